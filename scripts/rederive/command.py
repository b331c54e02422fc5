"""Owns the command ``python -m scripts.rederive [--var FOLDER]``.

Never writes, and needs no standstill: a record only says of others what was durable before it.
Called by ``__main__.py`` (``make rederive``) and by tests.

Each social stream is made anew, record by record, from what its own records say they read and took, and
compared with what they wrote. The last line is one JSON object; the exit status is 0 if all is equal, 1 if
anything differs (the first difference of each stream is shown), 2 if there is no log that could be read.
"""

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from actors.machines.streams import Streams
from actors.processes.settings import Settings, SettingsError
from actors.processes.social_rederive import Rederived, rederive
from rabbit.log import LogError, LogUnavailableError
from rabbit.open import open_log

EQUAL: Final = 0
DIFFERENT: Final = 1
UNUSABLE: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    say = Console(stderr=True)
    began = time.perf_counter()
    try:
        settings = Settings.from_environment(os.environ)
        if options.var is not None:
            settings = dataclasses.replace(settings, var=options.var.absolute())
        found = _rederive(settings, say)
    except (LogError, SettingsError) as error:
        _print(say, f"The social streams can't be made anew: {error}", "red")
        return UNUSABLE
    differences = sum(each.difference is not None for each in found)
    summary = {
        "streams": len(found),
        "records": sum(each.records for each in found),
        "events": sum(each.events for each in found),
        "differences": differences,
        "seconds": round(time.perf_counter() - began, 3),
    }
    sys.stdout.write(json.dumps(summary) + "\n")
    return DIFFERENT if differences else EQUAL


def _rederive(settings: Settings, say: Console) -> list[Rederived]:
    """Stream after stream, a line each."""
    log = open_log(settings.log, settings.log_folder)
    names = log.streams()
    if not names:
        raise LogUnavailableError("the log has not been initialised yet")
    found = []
    for name in Streams.of_names(names).social_names:
        rederived = rederive(log, name)
        found.append(rederived)
        _print(say, f"{name}: {rederived.records} records, {rederived.events} events are what they had to be")
        if (difference := rederived.difference) is not None:
            _print(say, f"{name}: record {difference.sequence} is not: {difference.what}", "red")
    return found


def _print(say: Console, line: str, style: str | None = None) -> None:
    """A line as it is: not wrapped, nothing in it taken for markup."""
    say.print(line, style=style, highlight=False, markup=False, soft_wrap=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rederive", description="Makes the social streams anew from what they read, and compares."
    )
    parser.add_argument("--var", type=Path, help="the folder of an exchange's state (default: CREDENCE_VAR)")
    return parser
