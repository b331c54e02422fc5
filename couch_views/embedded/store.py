"""Owns the SQLite file: its tables, connections and transactions.

Never knows HTTP or what a document is. One process writes, any number only read; each thread has its own
connection. Rows of views change in the transaction of the documents they come from.
Called by every module of the embedded server that reads or writes.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from weakref import WeakSet

from couch_views.embedded.errors import CouchError

FILE_NAME: Final = "documents.sqlite3"
FORMAT_VERSION: Final = 2
CACHE_KIB: Final = 65_536
BUSY_TIMEOUT_MS: Final = 10_000
CHECKPOINT_PAGES: Final = 4_000

# documents.emitted is what the maps emitted for the document, {index number: [[key, value]...]}: the rows
# to take away when it changes. Index numbers are never used twice, so what a dropped one left there is inert.
# indexes.built is the number of the document that a build has come to, NULL once it has come to the end.
SCHEMA: Final = """
CREATE TABLE databases (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    identity TEXT NOT NULL,
    sequence INTEGER NOT NULL DEFAULT 0,
    document_count INTEGER NOT NULL DEFAULT 0,
    deleted_count INTEGER NOT NULL DEFAULT 0,
    revs_limit INTEGER NOT NULL DEFAULT 1000
);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    database INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision TEXT NOT NULL,
    deleted INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    body BLOB NOT NULL,
    emitted BLOB,
    UNIQUE (database, id)
);
CREATE UNIQUE INDEX documents_by_sequence ON documents (database, sequence);
CREATE TABLE local_documents (
    database INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (database, id)
) WITHOUT ROWID;
CREATE TABLE indexes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    database INTEGER NOT NULL,
    map TEXT NOT NULL,
    row_count INTEGER NOT NULL DEFAULT 0,
    built INTEGER
);
CREATE TABLE views (
    database INTEGER NOT NULL,
    design TEXT NOT NULL,
    name TEXT NOT NULL,
    reduce TEXT NOT NULL,
    index_number INTEGER NOT NULL,
    PRIMARY KEY (database, design, name)
) WITHOUT ROWID;
CREATE TABLE rows (
    index_number INTEGER NOT NULL,
    key BLOB NOT NULL,
    id TEXT NOT NULL,
    place INTEGER NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (index_number, key, id, place)
) WITHOUT ROWID;
"""

# A file of format 1 had one index for each view, with the view's number.
FROM_FORMAT_1: Final = """
ALTER TABLE databases ADD COLUMN revs_limit INTEGER NOT NULL DEFAULT 1000;
CREATE TABLE indexes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    database INTEGER NOT NULL,
    map TEXT NOT NULL,
    row_count INTEGER NOT NULL DEFAULT 0,
    built INTEGER
);
INSERT INTO indexes SELECT number, database, map, row_count, NULL FROM views;
DELETE FROM sqlite_sequence WHERE name = 'indexes';
INSERT INTO sqlite_sequence (name, seq) SELECT 'indexes', seq FROM sqlite_sequence WHERE name = 'views';
CREATE TABLE declared (
    database INTEGER NOT NULL,
    design TEXT NOT NULL,
    name TEXT NOT NULL,
    reduce TEXT NOT NULL,
    index_number INTEGER NOT NULL,
    PRIMARY KEY (database, design, name)
) WITHOUT ROWID;
INSERT INTO declared SELECT database, design, name, reduce, number FROM views;
DROP TABLE views;
ALTER TABLE declared RENAME TO views;
ALTER TABLE rows RENAME COLUMN view TO index_number;
"""
SCRIPTS: Final = {0: SCHEMA, 1: FROM_FORMAT_1}
"""By the format of a file: what makes it one of the current format."""


class Connection(sqlite3.Connection):
    """A connection that can be referred to weakly, so that it ends with its thread."""


class Store:
    """The file of one embedded server, or memory when there is no folder.

    ``writer`` makes the file if it isn't there. Reading needs the file: a ``CouchError`` 503 until then.
    ``image`` is what another one in memory had in it.
    """

    def __init__(self, folder: Path | None, *, writer: bool, image: bytes | None = None) -> None:
        self._folder = folder
        self.writes = writer
        self._local = threading.local()
        self._opened: WeakSet[Connection] = WeakSet()
        self._lock = threading.RLock()
        self._memory = self._connect(":memory:") if folder is None else None
        if image is not None:
            assert self._memory is not None, "a file is its own image"
            self._memory.deserialize(image)
        if writer:
            try:
                self._prepare()
            except (OSError, sqlite3.Error) as error:
                raise CouchError(
                    500, "internal_server_error", f"The documents can't be opened: {error}"
                ) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One snapshot for all that a request reads."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All of a request or nothing; 403 where this process only reads."""
        if not self.writes:
            raise CouchError(
                403, "forbidden", "This process only reads the documents; the projector writes them."
            )
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def image(self) -> bytes:
        """All that is in memory, for another store to begin with."""
        assert self._memory is not None, "a file is its own image"
        with self._lock:
            return self._memory.serialize()

    def close(self) -> None:
        """Closes every thread's connection."""
        with self._lock:
            for connection in list(self._opened):
                connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        if self._memory is not None:
            with self._lock, _transaction(self._memory, begin):
                yield self._memory
        else:
            connection = self._connection()
            with _transaction(connection, begin):
                yield connection

    def _connection(self) -> sqlite3.Connection:
        """This thread's own connection to the file."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            assert self._folder is not None
            path = self._folder / FILE_NAME
            if not self.writes and not path.exists():
                raise not_made()
            connection = self._connect(f"{path.absolute().as_uri()}?mode={'rwc' if self.writes else 'ro'}")
            if not self.writes and version_of(connection) == 0:
                raise not_made()
            self._local.connection = connection
        return connection

    def _connect(self, target: str) -> Connection:
        connection = sqlite3.connect(
            target,
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_MS / 1_000,
            factory=Connection,
        )
        with self._lock:
            self._opened.add(connection)
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        return connection

    def _prepare(self) -> None:
        """Makes the tables in a new file, or those of an older one anew; refuses one of a newer format."""
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        connection = self._memory or self._connection()
        connection.execute("PRAGMA journal_mode = WAL")
        with self.writing():
            version = version_of(connection)
            if version == FORMAT_VERSION:
                return
            if version not in SCRIPTS:
                raise CouchError(
                    500,
                    "internal_server_error",
                    f"The documents have format {version}, not {FORMAT_VERSION}: rebuild them.",
                )
            for statement in SCRIPTS[version].split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")


def version_of(connection: sqlite3.Connection) -> int:
    """The format of the file; 0 until its tables are made."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def not_made() -> CouchError:
    return CouchError(503, "service unavailable", "The documents have not been made yet.")


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
