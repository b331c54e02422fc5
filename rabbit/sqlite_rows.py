"""Owns the rows of a stream in an SQLite file, its lock, and how it is waited for and kept small.

Never judges a frame, never leaves a transaction open between two calls: a reader can't hold the writer up.
Called by rabbit/sqlite.py, which makes the readers and writers of them.
"""

import sqlite3
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from rabbit.log import LogCorruptError, LogError, LogLockedError, LogUnavailableError
from rabbit.mark import MarkFile, read_mark
from rabbit.rows import BATCH_BYTES_MAX

BUSY_S_MAX: Final = 2.0
"""How long an append may wait for somebody else's transaction; there should never be one."""
POLL_PAUSE_S_MIN: Final = 0.0005
POLL_PAUSE_S_MAX: Final = 0.004
"""A follower's pause between two looks (3 us each) at the file doubles from the one to the other."""
WAL_ALLOCATED_BYTES: Final = 4_200_000
"""What SQLite lets a WAL grow to (1,000 pages with their headers) before it is written from its start."""
WAL_CHECK_BYTES: Final = 8 * 1_048_576
WAL_BYTES_MAX: Final = 64 * 1_048_576
"""SQLite empties a WAL of 4 MB by itself unless readers keep it busy; one above this is emptied even
if that has to wait for readers, up to ``WAL_WAIT_S_MAX``, once every ``WAL_CHECK_BYTES``."""
WAL_WAIT_S_MAX: Final = 0.2

SELECT_ROWS: Final = "SELECT number, frame FROM records WHERE number >= ? ORDER BY number LIMIT ?"
# One statement is one transaction: it adds the row only if nobody has added one since this writer did.
INSERT_ROW: Final = """
    INSERT INTO records (number, frame)
    SELECT ?1 + 1, ?2 WHERE (SELECT coalesce(max(number), 0) FROM records) = ?1
"""

_NOT_NOW: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
"""Errors of the machine; every other error speaks of the file."""


def make_rows(folder: Path, stream: str) -> None:
    """Makes the file of a stream without rows."""
    with closing(_connect_to_write(folder / f"{stream}.sqlite", "rwc")) as database:
        database.execute("CREATE TABLE records (number INTEGER PRIMARY KEY, frame BLOB NOT NULL)")


class SqliteRows:
    """``rabbit.rows.Rows``: for a reader, in the thread that made it."""

    def __init__(self, folder: Path, stream: str, *, to_write: bool = False) -> None:
        self._stream = stream
        self._path = folder / f"{stream}.sqlite"
        self._file = self._file_now()
        try:
            self._database = _connect_to_write(self._path, "rw") if to_write else _connect(self._path, "ro")
        except sqlite3.Error as error:
            raise self._explained(error) from error
        try:
            self._require_marked_row(folder / f"{stream}.mark")
        except BaseException:
            self._database.close()
            raise

    def newest(self) -> int:
        self._require_same_file()
        try:
            (newest,) = self._database.execute("SELECT max(number) FROM records").fetchone()
        except sqlite3.Error as error:
            raise self._explained(error) from error
        return newest or 0

    def batch(self, first: int, count: int) -> list[tuple[int, bytes]]:
        batch: list[tuple[int, bytes]] = []
        size = 0
        try:
            with closing(self._database.execute(SELECT_ROWS, (first, count))) as rows:
                for number, frame in rows:
                    if not isinstance(frame, bytes):
                        raise LogCorruptError(f"stream {self._stream}: row {number} holds no bytes")
                    batch.append((number, frame))
                    size += len(frame)
                    if size > BATCH_BYTES_MAX:
                        break
        except sqlite3.Error as error:
            raise self._explained(error) from error
        return batch

    def wait(self, newest: int, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        pause_s = POLL_PAUSE_S_MIN
        while self.newest() == newest:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return
            time.sleep(min(pause_s, left_s))
            pause_s = min(2 * pause_s, POLL_PAUSE_S_MAX)

    def close(self) -> None:
        self._database.close()

    def _require_marked_row(self, mark: Path) -> None:
        """A row noted in the mark was durable before, so it must be among the rows."""
        # The lower of two looks: a mark that is just being written may show a row that never was.
        row = min(read_mark(mark).row for _ in range(2))
        newest = self.newest()
        if newest < row:
            raise LogCorruptError(
                f"stream {self._stream}: {self._path} ends at row {newest}, but row {row} was durable:"
                " the file is damaged or was cut back"
            )

    def _file_now(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except FileNotFoundError as error:
            raise LogCorruptError(f"stream {self._stream}: its file {self._path} is gone") from error
        return found.st_dev, found.st_ino

    def _require_same_file(self) -> None:
        """A removed file can be read, and worse, written, as long as it is open."""
        if self._file_now() != self._file:
            raise LogCorruptError(f"stream {self._stream}: its file {self._path} was replaced by another")

    def _explained(self, error: sqlite3.Error | OSError) -> LogError:
        of_machine = isinstance(error, OSError) or _code(error) in _NOT_NOW
        kind = LogUnavailableError if of_machine else LogCorruptError
        return kind(f"stream {self._stream}: {self._path}: {error}")


class SqliteWriterRows(SqliteRows):
    """``rabbit.rows.WriterRows``: holds the stream's lock until it is closed, or its process has died."""

    def __init__(self, folder: Path, stream: str) -> None:
        self._wal = folder / f"{stream}.sqlite-wal"
        self._bytes_unchecked = 0
        with ExitStack() as cleanup:
            self._lock = _take_lock(folder, stream)
            cleanup.callback(self._lock.close)
            # Looked at first: a file that was opened to write has its WAL emptied when it is closed,
            # and of a damaged WAL all that follows the damage would be lost to those who might save it.
            SqliteRows(folder, stream).close()
            super().__init__(folder, stream, to_write=True)
            cleanup.callback(self._database.close)
            self._allocate_wal()
            self._mark = MarkFile(folder / f"{stream}.mark", self.newest())
            cleanup.pop_all()

    def append(self, newest: int, frame: bytes) -> None:
        self._require_same_file()
        try:
            added = self._database.execute(INSERT_ROW, (newest, frame)).rowcount
            if added != 1:
                raise LogLockedError(f"stream {self._stream} was taken over by another writer")
            self._mark.note(newest + 1)
            self._bound_wal(len(frame))
        except (sqlite3.Error, OSError) as error:
            raise self._explained(error) from error

    def close(self) -> None:
        super().close()
        self._mark.close()
        self._lock.close()

    def _allocate_wal(self) -> None:
        """Makes the WAL as long as it will be, once: SQLite then writes it over and over.

        Synchronising a file that grew makes the file system commit its journal, and with it wait for
        what all other processes have written; one that was only written over is on the disk at once.
        """
        if self._wal.exists() and self._wal.stat().st_size >= WAL_ALLOCATED_BYTES:
            return
        try:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("CREATE TABLE filler (content BLOB)")
            self._database.execute("INSERT INTO filler VALUES (zeroblob(?))", (WAL_ALLOCATED_BYTES,))
            self._database.execute("DROP TABLE filler")
            self._database.execute("COMMIT")
            self._database.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def _bound_wal(self, size: int) -> None:
        self._bytes_unchecked += size
        if self._bytes_unchecked < WAL_CHECK_BYTES:
            return
        self._bytes_unchecked = 0
        if self._wal.stat().st_size > WAL_BYTES_MAX:
            self._database.execute(f"PRAGMA busy_timeout = {int(WAL_WAIT_S_MAX * 1_000)}")
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._database.execute(f"PRAGMA busy_timeout = {int(BUSY_S_MAX * 1_000)}")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_S_MAX)


def _connect_to_write(path: Path, mode: str) -> sqlite3.Connection:
    database = _connect(path, mode)
    try:
        _use_wal(database)
    except BaseException:
        database.close()
        raise
    return database


def _use_wal(database: sqlite3.Connection) -> None:
    (journal,) = database.execute("PRAGMA journal_mode = WAL").fetchone()
    if journal != "wal":
        raise LogError("SQLite can't write ahead on this file system: the log needs a local disk")
    # FULL: the WAL is synchronised to the disk by each commit, not only by checkpoints.
    database.execute("PRAGMA synchronous = FULL")
    database.execute(f"PRAGMA journal_size_limit = {WAL_CHECK_BYTES}")


def _take_lock(folder: Path, stream: str) -> sqlite3.Connection:
    """Begins a transaction in a file of its own and leaves it open.

    SQLite's locks go with their process, however it dies, and are not handed on to its children.
    """
    try:
        lock = _connect(folder / f"{stream}.lock", "rwc")
    except sqlite3.Error as error:
        raise LogUnavailableError(f"stream {stream} can't be locked: {error}") from error
    try:
        lock.execute("PRAGMA busy_timeout = 0")
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if _code(error) != sqlite3.SQLITE_BUSY:
            raise LogUnavailableError(f"stream {stream} can't be locked: {error}") from error
        holder = read_mark(folder / f"{stream}.mark").pid
        raise LogLockedError(f"stream {stream} has a writer already: process {holder}") from error
    return lock


def _code(error: sqlite3.Error) -> int:
    """SQLite's plain code: the low byte of the extended one. Python's own errors have none."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
