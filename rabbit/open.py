"""Owns the choice of a log by configuration.

Never falls back to another log than the one asked for, never shows its URL, which holds a password.
Called by every process that reads or writes the log.
"""

from pathlib import Path
from typing import Final

from rabbit.log import Log, LogError
from rabbit.sqlite import SqliteLog

BROKER_SCHEMES: Final = ("amqp://", "amqps://")


def open_log(where: str, folder: Path) -> Log:
    """The log that ``CREDENCE_LOG`` names; ``folder`` is where files go, if it is kept in files."""
    if where == "sqlite":
        return SqliteLog(folder)
    if where.startswith(BROKER_SCHEMES):
        # pika takes 60 ms to load, which every process would pay each time it is started.
        from rabbit.amqp import AmqpLog  # noqa: PLC0415

        return AmqpLog(where)
    raise LogError(
        f"CREDENCE_LOG must be sqlite or begin with {' or '.join(BROKER_SCHEMES)},"
        f" not {where.partition(':')[0]!r}"
    )
