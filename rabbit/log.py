"""Owns the interface of the log: initialise, take a stream's lock, append durably, read, follow.

Never says where records are kept: rabbit/sqlite.py, rabbit/amqp.py and rabbit/memory.py do.
Called by hosts (writers) and by every follower of the log (readers).
"""

from collections.abc import Iterator
from typing import Final, Protocol

import msgspec

FORMAT_VERSION: Final = 1
KEEP_ALIVE_S: Final = 1.0
"""A writer with nothing to append is to be kept alive this often."""


class LogError(Exception):
    """The log can't do what was asked; the message says why, in words for an operator."""


class LogCorruptError(LogError):
    """A record is torn, flipped, repeated, missing or foreign: the stream must stop."""


class LogLockedError(LogError):
    """Somebody else holds the stream's lock, or took it over (a newer epoch)."""


class LogUnavailableError(LogError):
    """The log can't be reached now; what was being appended is in doubt until it is read."""


class Record(msgspec.Struct, frozen=True):
    """One record of a stream as a reader gets it, verified.

    ``sequence`` counts from 1 without gaps; ``time`` is microseconds since 1970 and never earlier
    than the record's before; ``digest`` is the hash that the next record refers to.
    """

    stream: str
    epoch: int
    sequence: int
    time: int
    digest: bytes
    body: bytes

    @property
    def position(self) -> "Position":
        """Where a reader stands that has taken this record."""
        return Position(self.sequence, self.digest)


class Position(msgspec.Struct, frozen=True):
    """Where a reader stands: the last record it has taken. ``Position(0, b"")`` is the beginning.

    Resuming re-reads that record and compares its digest, so a log that was replaced or cut back
    is noticed (``LogCorruptError``).
    """

    sequence: int = 0
    digest: bytes = b""


class Writer(Protocol):
    """The one writer of a stream, holding its lock from birth to ``close``."""

    @property
    def epoch(self) -> int: ...

    def recover(self, after: Position = Position()) -> Iterator[Record]:
        """Every record after the position, verified, up to this writer's own epoch record.

        Must be exhausted before the first ``append``.
        """

    def append(self, body: bytes, time: int) -> Record:
        """Appends one record and returns once it is durable.

        ``time`` is raised to the last record's where it is earlier. Raises ``LogLockedError`` if the
        lock is lost, ``LogUnavailableError`` if it is in doubt whether the record is stored: after
        any exception the writer is dead, and only a new one may go on.
        """

    def keep_alive(self) -> None:
        """Says that the writer still is there, and finds out whether it still may, and can, write.

        A broker gives the lock of a connection that is silent for some heartbeats to somebody else.
        Raises what ``append`` raises, with the same consequence.
        """

    def close(self) -> None: ...


class Reader(Protocol):
    """Reads one stream without disturbing its writer."""

    def read(self, after: Position, limit: int) -> list[Record]:
        """Up to ``limit`` verified records after the position, at least one unless the stream ends there.

        A short page is not the end (large records come in smaller pages); an empty one is.
        """

    def follow(self, after: Position, limit: int, timeout_s: float) -> list[Record]:
        """Like ``read``, but waits up to ``timeout_s`` for the first record to appear.

        For those who keep up: an empty page says that nothing has come in time, not even that the stream
        ends there, which at a broker is far cheaper to say (a record may be a moment under way).
        """

    def close(self) -> None: ...


class Log(Protocol):
    """A log of named streams. Streams are made once, by ``initialise``, and never by writing."""

    def initialise(self, streams: tuple[str, ...], older: tuple[str, ...] = ()) -> None:
        """Makes the streams; raises ``LogError`` if the log already exists with other streams.

        A log that exists with just the streams of ``older`` (some of the same) is from before there were
        the others: they are added to it.
        """

    def streams(self) -> tuple[str, ...]:
        """The streams of an initialised log, in the order given; empty before that."""

    def writer(self, stream: str) -> Writer:
        """Takes the stream's lock (``LogLockedError`` if it is held) and appends an epoch record."""

    def reader(self, stream: str) -> Reader: ...
