"""Owns the command ``python -m scripts.reconcile [--var FOLDER | --url URL]``.

Never compares anything itself: ``stored.py`` and ``asked.py`` do. Never corrects anything.
Called by ``__main__.py`` (``make reconcile``) and by tests.

A line says what differs; the last line is one JSON object. The exit status is 0 only if nothing differs, 1 if
anything does, 2 if there is nothing that could be compared.
"""

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from actors.processes.settings import Settings, SettingsError
from couch_views.client import DocumentsError
from couch_views.opening import open_documents
from rabbit.log import LogError, LogUnavailableError
from rabbit.open import open_log
from scripts.client import Client, ClientError
from scripts.reconcile import asked, stored
from scripts.reconcile.reconciled import Reconciled

AGREED: Final = 0
DIFFERED: Final = 1
UNUSABLE: Final = 2

STAFF: Final = "staff"
STAFF_PASSWORD: Final = "CREDENCE_STAFF_PASSWORD"  # noqa: S105 (the variable's name)
PATIENCE_S: Final = 30.0
"""How long an exchange may be away, or its documents behind, before nothing is compared."""


class Teller:
    """Tells how it goes: a bar, and a line for each difference."""

    def __init__(self, progress: Progress) -> None:
        self.differences = 0
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def expect(self, steps: int) -> None:
        self._progress.update(self._task, total=steps)

    def advance(self, steps: int) -> None:
        self._progress.advance(self._task, steps)

    def differs(self, what: str) -> None:
        self.differences += 1
        self._progress.console.print(what, style="red", highlight=False, markup=False, soft_wrap=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    say = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    began = time.perf_counter()
    try:
        with Progress(*columns, console=say, transient=True) as progress:
            teller = Teller(progress)
            reconciled = _asked(options, teller) if options.url else _stored(options.var, teller)
    except (LogError, DocumentsError, SettingsError, ClientError, httpx.HTTPError) as error:
        say.print(f"The ledger can't be reconciled: {error}", style="red", highlight=False, markup=False)
        return UNUSABLE
    summary = _summary(reconciled, teller.differences, time.perf_counter() - began)
    sys.stdout.write(json.dumps(summary) + "\n")
    return DIFFERED if teller.differences else AGREED


def _asked(options: argparse.Namespace, teller: Teller) -> Reconciled:
    """Asks the exchange at this URL."""
    with Client(options.url.rstrip("/"), PATIENCE_S) as staff:
        staff.sign_in(options.username, options.password)
        return asked.reconcile(staff, teller)


def _stored(var: Path | None, teller: Teller) -> Reconciled:
    """Reconciles what is stored in this folder, or wherever the environment says."""
    settings = Settings.from_environment(os.environ)
    if var is not None:
        settings = dataclasses.replace(settings, var=var.absolute())
    log = open_log(settings.log, settings.log_folder)
    if not log.streams():
        raise LogUnavailableError("the log has not been initialised yet")
    with closing(open_documents(settings.documents, settings.documents_folder, writer=False)) as documents:
        return stored.reconcile(log, documents, settings.snapshots_folder, teller)


def _summary(reconciled: Reconciled, differences: int, seconds: float) -> dict[str, object]:
    return {
        **reconciled._asdict(),
        "differences": differences,
        "seconds": round(seconds, 3),
        "ok": not differences,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="reconcile", description="Compares every account: exchange, ledger and document."
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--var", type=Path, help="the folder of an exchange's state (default: CREDENCE_VAR)")
    where.add_argument("--url", help="a running exchange, which is asked instead")
    parser.add_argument("--username", default=STAFF, help="whom to ask it as (default: staff)")
    parser.add_argument(
        "--password",
        default=os.environ.get(STAFF_PASSWORD, ""),
        help=f"the password to ask it with (default: {STAFF_PASSWORD})",
    )
    return parser
