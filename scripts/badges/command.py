"""Owns the command ``python -m scripts.badges [--var FOLDER]``.

Never changes a badge that somebody has, and writes nothing where all that is declared is counted.
Called by ``__main__.py`` (``make badges``) and by tests.

It refuses while an exchange runs, on this folder or (the social streams being locked) anywhere else. It
writes records of the social streams themselves: whoever reads them knows the badges as if they had been
declared from the beginning. The last line is one JSON object; the exit status is 0 if all is counted, 2 if
not: then the command is run again, and begins anew with the badge at which it ended.
"""

import argparse
import dataclasses
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from actors.machines.messages.record import Body, decode_events, encode
from actors.machines.stream.badge_recount import Recount
from actors.machines.streams import Streams
from actors.processes.launcher import RefusedError, only_one
from actors.processes.settings import Settings, SettingsError
from rabbit.log import Log, LogError, LogUnavailableError, Writer
from rabbit.open import open_log

COUNTED: Final = 0
UNUSABLE: Final = 2
_US: Final = 1_000
"""Nanoseconds."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    say = Console(stderr=True)
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        settings = Settings.from_environment(os.environ)
        if options.var is not None:
            settings = dataclasses.replace(settings, var=options.var.absolute())
        with Progress(*columns, console=say, transient=True) as progress:
            summary = _count(settings, progress)
    except (LogError, SettingsError, RefusedError, OSError) as error:
        say.print(f"The badges can't be counted: {error}", style="red", highlight=False, markup=False)
        return UNUSABLE
    sys.stdout.write(json.dumps(summary) + "\n")
    return COUNTED


def _count(settings: Settings, progress: Progress) -> dict[str, object]:
    """All locks first: a social stream tells others what its members do."""
    log = open_log(settings.log, settings.log_folder)
    names = log.streams()
    if not names:
        raise LogUnavailableError("the log has not been initialised yet")
    streams, began = Streams.of_names(names), time.perf_counter()
    earned: Counter[str] = Counter()
    with only_one(settings), ExitStack() as held:
        writers = {name: _locked(log, name, held) for name in streams.social_names}
        for name, writer in writers.items():
            earned += count(name, streams, writer, progress)
    return {
        "streams": len(writers),
        "badges": sorted(earned),
        "earned": {badge: levels - 1 for badge, levels in sorted(earned.items())},
        "seconds": round(time.perf_counter() - began, 3),
    }


def _locked(log: Log, name: str, held: ExitStack) -> Writer:
    return held.enter_context(closing(log.writer(name)))


def count(name: str, streams: Streams, writer: Writer, progress: Progress) -> Counter[str]:
    """Counts what is missing in one social stream: badge -> one, and one more for each level earned."""
    recount = Recount(name, streams)
    reading = progress.add_task(f"reading {name}", total=None)
    for record in writer.recover():
        recount.take(decode_events(record.body))  # type: ignore[arg-type] # a social stream's own events
        progress.advance(reading)
    found: Counter[str] = Counter()
    writing = progress.add_task(f"writing {name}", total=None)
    for event in recount.events():
        writer.append(encode(Body({}, (event,), {}, {})), time.time_ns() // _US)
        found[event.badge] += len(event.earned) + event.ends
        progress.advance(writing)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="badges", description="Counts badges that were declared later over the past."
    )
    parser.add_argument("--var", type=Path, help="the folder of an exchange's state (default: CREDENCE_VAR)")
    return parser
