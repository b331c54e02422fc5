"""Owns the journal: what the processes say to operators, one JSON object a line, in var/journal.

Never holds an event of the exchange (that is the log, in rabbit/) nor a secret: no local variables.
Called by every program and shell at its start; afterwards they use ``structlog.get_logger()``.
"""

import contextlib
import logging
import os
from pathlib import Path
from typing import Final

import orjson
import structlog
from structlog.typing import EventDict, Processor

from actors.processes.settings import Settings

JOURNAL_NAME: Final = "journal.jsonl"
JOURNAL_BYTES_MAX: Final = 16 * 1_048_576
"""At start a longer journal becomes ``journal.1.jsonl``, and the one before that is forgotten."""


def path(settings: Settings) -> Path:
    """The journal's file."""
    return settings.journal_folder / JOURNAL_NAME


def open_journal(settings: Settings, process: str) -> None:
    """Directs structlog of this process into the journal, each line with the process's name and pid."""
    settings.journal_folder.mkdir(parents=True, exist_ok=True)
    # Unbuffered and appending: a line is one write, so lines of different processes never mix.
    file = path(settings).open("ab", buffering=0)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(process=process, pid=os.getpid())
    structlog.configure(processors=_processors(), logger_factory=structlog.BytesLoggerFactory(file=file))


def rotate(settings: Settings) -> None:
    """Puts a journal aside that has become too long. To be called while nobody writes it."""
    current = path(settings)
    with contextlib.suppress(FileNotFoundError):
        if current.stat().st_size > JOURNAL_BYTES_MAX:
            current.replace(settings.journal_folder / "journal.1.jsonl")


def _processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(serializer=_serialise),
    ]


def _serialise(event: EventDict, **_options: object) -> bytes:
    return orjson.dumps(event, default=repr)


class JsonFormatter(logging.Formatter):
    """Records of the standard library's logging, as lines of the journal."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "process": record.name,
            "pid": record.process,
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
        }
        if record.exc_text:
            line["exception"] = record.exc_text
        return orjson.dumps(line, default=repr).decode()
