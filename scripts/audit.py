"""Owns the command ``python -m scripts.audit [--var FOLDER | --log URL-OR-FOLDER]``.

Never judges a record: the audit does, and rabbit/chain.py verifies the chains. Never writes.
Called by ``make audit`` and by tests.

It reads a log from its beginning to its end, also while it is written. The last line is one JSON object; the
exit status is 0 only if nothing was found, 1 if anything was, 2 if there is no log that could be read.
"""

import argparse
import dataclasses
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from actors.auditing.breaches import Breach
from actors.processes.auditor_core import Followed, LogAudit
from actors.processes.settings import Settings, SettingsError
from rabbit.log import Log, LogError
from rabbit.open import BROKER_SCHEMES, open_log
from rabbit.sqlite import SqliteLog
from scripts.interrupts import interrupts_told

CLEAN: Final = 0
BREACHED: Final = 1
UNUSABLE: Final = 2
BREACHES_SHOWN: Final = 20
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    say = Console(stderr=True)
    try:
        audit = LogAudit(_log(options))
        began, began_cpu = time.perf_counter(), time.process_time()
        breaches = _read_all(audit, say)
        took = (time.perf_counter() - began, time.process_time() - began_cpu)
    except (LogError, SettingsError) as error:
        _print(say, f"The log can't be audited: {error}", "red")
        return UNUSABLE
    audit.close()
    _show(audit.streams, breaches, say)
    sys.stdout.write(json.dumps(_summary(audit, breaches, *took)) + "\n")
    return BREACHED if breaches else CLEAN


def _read_all(audit: LogAudit, say: Console) -> list[Breach]:
    """Step after step, until every stream was read to its end."""
    breaches: list[Breach] = []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=say, transient=True) as progress:
        task = progress.add_task("")
        # A second time to the end: what is still missing then is not only being written.
        for _ in range(2):
            caught_up = False
            while not caught_up:
                step = audit.step()
                caught_up = step.caught_up
                breaches += step.breaches
                records = sum(followed.head.sequence for followed in audit.streams)
                events = audit.auditor.events
                found = f"{records:,} records, {events:,} events, {len(breaches):,} breaches"
                progress.update(task, description=found)
    return breaches


def _show(streams: Sequence[Followed], breaches: Sequence[Breach], say: Console) -> None:
    """The head of each stream, a line each, and what was found."""
    width = max(len(followed.name) for followed in streams)
    for followed in streams:
        head = followed.head
        written = f"{_time(head.time):%Y-%m-%dT%H:%M:%SZ}" if head.sequence else "-"
        place = f"record {head.sequence} of epoch {head.epoch}  {written}  {head.digest.hex() or '-'}"
        stopped = "  stopped" if followed.stopped else ""
        _print(say, f"{followed.name:<{width}}  {place}  {followed.events} events{stopped}")
    for breach in breaches[:BREACHES_SHOWN]:
        where = "all markets" if breach.market_id is None else f"market {breach.market_id}"
        _print(say, f"{breach.name} ({where}): {breach.what}", "red")
    if len(breaches) > BREACHES_SHOWN:
        _print(say, f"... and {len(breaches) - BREACHES_SHOWN} more", "red")


def _print(say: Console, line: str, style: str | None = None) -> None:
    """A line as it is: not wrapped, nothing in it taken for markup."""
    say.print(line, style=style, highlight=False, markup=False, soft_wrap=True)


def _summary(
    audit: LogAudit, breaches: Sequence[Breach], seconds: float, cpu_seconds: float
) -> dict[str, object]:
    return {
        "streams": {
            followed.name: {
                "sequence": followed.head.sequence,
                "hash": followed.head.digest.hex(),
                "epoch": followed.head.epoch,
                "time": followed.head.time,
                "events": followed.events,
                "stopped": followed.stopped,
            }
            for followed in audit.streams
        },
        "records": sum(followed.head.sequence for followed in audit.streams),
        "events": audit.auditor.events,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu_seconds, 3),
        "breaches": dict(Counter(breach.rule.value for breach in breaches)),
        "ok": not breaches,
    }


def _time(microseconds: int) -> datetime:
    return BEGINNING + timedelta(microseconds=microseconds)


def _log(options: argparse.Namespace) -> Log:
    """The log of the options; without any, that of the environment."""
    if options.log is not None and not options.log.startswith(BROKER_SCHEMES):
        return SqliteLog(Path(options.log))
    settings = Settings.from_environment(os.environ)
    if options.var is not None:
        settings = dataclasses.replace(settings, var=options.var)
    return open_log(options.log or settings.log, settings.log_folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="audit", description="Verifies a whole log: every chain, and every rule."
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--var", type=Path, help="the folder of an exchange's state (default: CREDENCE_VAR)")
    where.add_argument("--log", help="a log's folder, or its broker's URL (default: CREDENCE_LOG)")
    return parser


if __name__ == "__main__":
    with interrupts_told():
        sys.exit(main())
