"""Owns the journal: what the processes say to operators, one JSON object a line, in var/journal.

Never holds an event of the exchange (that is the log, in rabbit/) nor a secret: no local variables.
Called by every program and shell at its start; afterwards they use ``structlog.get_logger()``, and what
libraries say to the standard library's ``logging`` (warnings and worse) comes here, too.
"""

import contextlib
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import orjson
import structlog
from structlog.typing import EventDict, Processor

from actors.processes.settings import Settings

JOURNAL_NAME: Final = "journal.jsonl"
JOURNAL_BYTES_MAX: Final = 16 * 1_048_576
"""At start a longer journal becomes ``journal.1.jsonl``, and the one before that is forgotten."""

LAST_WORDS_WITHIN_BYTES: Final = 262_144
LAST_WORDS_WITHIN: Final = timedelta(seconds=60)

# Thespian replaces these two in every actor, so that what is logged goes through its logger's process.
_root_logger = logging.root
_manager = logging.Logger.manager


def path(settings: Settings) -> Path:
    """The journal's file."""
    return settings.journal_folder / JOURNAL_NAME


def open_journal(settings: Settings, process: str) -> None:
    """Directs all that this process logs into the journal, each line with the process's name and pid."""
    settings.journal_folder.mkdir(parents=True, exist_ok=True)
    # Unbuffered and appending: a line is one write, so lines of different processes never mix.
    file = path(settings).open("ab", buffering=0)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(process=process, pid=os.getpid())
    structlog.configure(
        processors=_processors(process), logger_factory=structlog.BytesLoggerFactory(file=file)
    )
    logging.root = logging.Logger.root = _root_logger
    logging.Logger.manager = _manager
    _root_logger.handlers = [JournalHandler()]


def last_words(settings: Settings, process: str) -> str | None:
    """What a process of this name failed of a moment ago, in a line; None if the journal doesn't know."""
    oldest = datetime.now(UTC) - LAST_WORDS_WITHIN
    with path(settings).open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LAST_WORDS_WITHIN_BYTES))
        lines = file.read().splitlines()
    for line in reversed(lines):
        with contextlib.suppress(orjson.JSONDecodeError):  # the first may be the end of one
            said = orjson.loads(line)
            if datetime.fromisoformat(said["time"]) < oldest:
                return None
            if said["process"] == process and "exception" in said:
                return str(said["exception"]).splitlines()[-1]
    return None


def rotate(settings: Settings) -> None:
    """Puts a journal aside that has become too long. To be called while nobody writes it."""
    current = path(settings)
    with contextlib.suppress(FileNotFoundError):
        if current.stat().st_size > JOURNAL_BYTES_MAX:
            current.replace(settings.journal_folder / "journal.1.jsonl")


def _processors(process: str) -> list[Processor]:
    def sign(_logger: object, _method: str, event: EventDict) -> EventDict:
        return {**event, "process": process, "pid": os.getpid()}

    return [
        structlog.contextvars.merge_contextvars,
        sign,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(serializer=_serialise),
    ]


def _serialise(event: EventDict, **_options: object) -> bytes:
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS)


class JournalHandler(logging.Handler):
    """Takes what is said to the standard library's logging into the journal."""

    def emit(self, record: logging.LogRecord) -> None:
        said: dict[str, object] = {"logger": record.name}
        if record.exc_text:  # of a record that came from another process
            said["exception"] = record.exc_text
        elif record.exc_info:
            said["exc_info"] = record.exc_info
        structlog.get_logger().log(record.levelno, record.getMessage(), **said)
