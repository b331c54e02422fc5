"""Owns the choice of a log by configuration.

Never falls back to another log than the one asked for.
Called by every process that reads or writes the log.
"""

from pathlib import Path

from rabbit.log import Log, LogError
from rabbit.sqlite import SqliteLog


def open_log(where: str, folder: Path) -> Log:
    """The log that ``CREDENCE_LOG`` names; ``folder`` is where files go, if it is kept in files."""
    if where == "sqlite":
        return SqliteLog(folder)
    raise LogError(f"CREDENCE_LOG must be sqlite, not {where.partition(':')[0]!r}: no other log is built in")
