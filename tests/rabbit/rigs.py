"""Owns what the contract tests need of an implementation beyond the interface: a rig for each.

Never tests. A further implementation joins the contract by a rig of its own in tests/rabbit/conftest.py.
Called by tests/rabbit.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final, Protocol

from rabbit.log import Log, Position, Reader, Record, Writer
from rabbit.memory import MemoryLog
from rabbit.sqlite import SqliteLog

STREAMS: Final = ("accounts-0", "markets-0")
STREAM: Final = "accounts-0"
START: Final = Position()


class Rig(Protocol):
    """One log, with access to what is under it.

    ``fenced``: a stale record can't get into its store, so one that is there is damage.
    """

    log: Log
    fenced: bool

    def reopened(self) -> Log:
        """The same log as another process sees it."""

    def free(self, stream: str) -> None:
        """Frees the lock under its holder, as the death of the holder's process does."""

    def rows(self, stream: str) -> list[bytes]:
        """The frames as they are kept."""

    def replace(self, stream: str, frames: list[bytes]) -> None:
        """Keeps other frames instead, and nothing else that would tell."""

    def close(self) -> None: ...


class SqliteRig:
    fenced = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "log"
        self.log: Log = SqliteLog(self.folder)

    def reopened(self) -> Log:
        return SqliteLog(self.folder)

    def free(self, stream: str) -> None:
        (self.folder / f"{stream}.lock").unlink()

    def rows(self, stream: str) -> list[bytes]:
        with closing(self._database(stream)) as database:
            return [frame for (frame,) in database.execute("SELECT frame FROM records ORDER BY number")]

    def replace(self, stream: str, frames: list[bytes]) -> None:
        with closing(self._database(stream)) as database, database:
            database.execute("DELETE FROM records")
            database.executemany("INSERT INTO records VALUES (?, ?)", enumerate(frames, 1))
        (self.folder / f"{stream}.mark").unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is open."""

    def _database(self, stream: str) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / f"{stream}.sqlite")


class MemoryRig:
    fenced = True

    def __init__(self) -> None:
        self._log = MemoryLog()
        self.log: Log = self._log

    def reopened(self) -> Log:
        return self._log

    def free(self, stream: str) -> None:
        self._log.free(stream)

    def rows(self, stream: str) -> list[bytes]:
        return list(self._log.frames(stream))

    def replace(self, stream: str, frames: list[bytes]) -> None:
        self._log.frames(stream)[:] = frames

    def close(self) -> None:
        """Nothing is open."""


def recovered(log: Log, stream: str = STREAM, after: Position = START) -> Writer:
    """A writer that is ready to append."""
    writer = log.writer(stream)
    for _ in writer.recover(after):
        pass
    return writer


def body(number: int) -> bytes:
    """A body that tells the records of a test apart."""
    return b'{"number":%d}' % number


def append(writer: Writer, count: int, first: int = 1) -> list[Record]:
    """Appends records with the bodies ``first``, ``first + 1``..., each at a time of its own."""
    return [writer.append(body(number), 1_000 * number) for number in range(first, first + count)]


def everything(reader: Reader, after: Position = START, limit: int = 1_000) -> list[Record]:
    """All records after the position, page by page."""
    records: list[Record] = []
    while page := reader.read(records[-1].position if records else after, limit):
        records += page
    return records
