"""Owns the command ``python -m scripts.rebuild [--var FOLDER]``.

Never writes to the log but the epoch that every holder of a stream's lock begins; never goes on half way.
Called by ``__main__.py`` (``make rebuild``) and by tests.

It refuses while an exchange runs, on this folder or (the streams being locked) anywhere else. The log is read
and verified as a whole before anything is thrown away. The last line is one JSON object; the exit status is 0
if all is there again, 2 if not: what the reason was is to be mended, and the command run again.
"""

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from actors.processes.launcher import RefusedError, only_one
from actors.processes.settings import Settings, SettingsError
from couch_views.client import DocumentsError
from couch_views.opening import discard_documents, open_documents
from rabbit.log import Log, LogError
from rabbit.open import open_log
from scripts.rebuild.rebuilding import Counted, count, rebuild

REBUILT: Final = 0
UNUSABLE: Final = 2


class Bar:
    """Shows how far it is."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("reading the log", total=None)

    def expect(self, records: int) -> None:
        self._progress.update(self._task, description="folding", total=records)

    def advance(self, records: int) -> None:
        self._progress.advance(self._task, records)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    say = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        settings = Settings.from_environment(os.environ)
        if options.var is not None:
            settings = dataclasses.replace(settings, var=options.var.absolute())
        with Progress(*columns, console=say, transient=True) as progress:
            summary = _rebuild(settings, Bar(progress))
    except (LogError, DocumentsError, SettingsError, RefusedError, OSError) as error:
        say.print(f"The documents can't be rebuilt: {error}", style="red", highlight=False, markup=False)
        return UNUSABLE
    sys.stdout.write(json.dumps(summary) + "\n")
    return REBUILT


def _rebuild(settings: Settings, bar: Bar) -> dict[str, object]:
    log = open_log(settings.log, settings.log_folder)
    with only_one(settings), _locked(log):
        counted = count(log)
        began, began_cpu = time.perf_counter(), time.process_time()
        discard_documents(settings.documents, settings.documents_folder)
        with closing(open_documents(settings.documents, settings.documents_folder, writer=True)) as documents:
            rebuild(log, documents, counted, bar)
            made = documents.document_count()
        return _summary(counted, made, time.perf_counter() - began, time.process_time() - began_cpu)


@contextmanager
def _locked(log: Log) -> Iterator[None]:
    """Holds every stream's lock, as its host would: the log stays as it is. Raises ``LogLockedError``."""
    with ExitStack() as held:
        for name in log.streams():
            held.enter_context(closing(log.writer(name)))
        yield


def _summary(counted: Counted, documents: int, seconds: float, cpu_seconds: float) -> dict[str, object]:
    return {
        **counted._asdict(),
        "documents": documents,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu_seconds, 3),
        "events_per_s": round(counted.events / seconds),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rebuild", description="Throws all documents away and makes them anew from the log."
    )
    parser.add_argument("--var", type=Path, help="the folder of an exchange's state (default: CREDENCE_VAR)")
    return parser
