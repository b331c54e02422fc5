"""Owns reads that need no view: databases, documents, ``_all_docs`` and ``_changes``.

Never writes.
Called by server and views.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from couch_views.embedded.documents import LOCAL_PREFIX, document_json
from couch_views.embedded.errors import CouchError, bad_parameter, not_found, not_implemented
from couch_views.embedded.parameters import Absent, Options, check_options
from couch_views.json_values import Json, encode

HIGHEST_ID: Final = "\U0010ffff"
DATABASE_BY_NAME: Final = (
    "SELECT number, name, identity, sequence, document_count, deleted_count, revs_limit"
    " FROM databases WHERE name = ?"
)
ALL_ASCENDING: Final = (
    "SELECT id, revision, deleted, body FROM documents WHERE database = ? AND id >= ? AND id < ?"
    " AND NOT deleted ORDER BY id LIMIT ? OFFSET ?"
)
ALL_DESCENDING: Final = (
    "SELECT id, revision, deleted, body FROM documents WHERE database = ? AND id >= ? AND id < ?"
    " AND NOT deleted ORDER BY id DESC LIMIT ? OFFSET ?"
)
CHANGES: Final = (
    "SELECT sequence, id, revision, deleted, body FROM documents"
    " WHERE database = ? AND sequence > ? ORDER BY sequence LIMIT ?"
)


class Database(msgspec.Struct, frozen=True):
    """A row of the table of databases."""

    number: int
    name: str
    identity: str
    sequence: int
    document_count: int
    deleted_count: int
    revs_limit: int

    def sequence_text(self, sequence: int) -> str:
        """Opaque, as CouchDB's."""
        return f"{sequence}-{self.identity}"


class Found(msgspec.Struct, frozen=True, gc=False):
    """A stored document."""

    id: str
    revision: str
    deleted: bool
    body: bytes

    def json(self) -> bytes:
        return document_json(self.id, self.revision, self.body, deleted=self.deleted)


def database_names(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM databases ORDER BY name")]


def find_database(connection: sqlite3.Connection, name: str) -> Database:
    row = connection.execute(DATABASE_BY_NAME, (name,)).fetchone()
    if row is None:
        raise not_found("Database does not exist.")
    return Database(*row)


def find_document(connection: sqlite3.Connection, database: str, identity: str) -> Found:
    """The living document of this id; 404 ``missing`` or ``deleted``."""
    if identity.startswith(LOCAL_PREFIX):
        return find_local(connection, database, identity)
    row = connection.execute(
        "SELECT id, revision, deleted, body FROM documents"
        " WHERE database = (SELECT number FROM databases WHERE name = ?) AND id = ?",
        (database, identity),
    ).fetchone()
    if row is None:
        find_database(connection, database)
        raise not_found()
    if row[2]:
        raise not_found("deleted")
    return Found(*row)


def find_local(connection: sqlite3.Connection, database: str, identity: str) -> Found:
    row = connection.execute(
        "SELECT id, revision, 0, body FROM local_documents WHERE database = ? AND id = ?",
        (find_database(connection, database).number, identity),
    ).fetchone()
    if row is None:
        raise not_found()
    return Found(*row)


def find_documents(
    connection: sqlite3.Connection, database: Database, identities: Iterable[str]
) -> dict[str, Found]:
    """Those of the ids that are known, the deleted ones too."""
    found = connection.execute(
        "SELECT documents.id, revision, deleted, body FROM json_each(?) AS wanted"
        " CROSS JOIN documents ON documents.database = ? AND documents.id = wanted.value",
        (encode(list(identities)).decode(), database.number),
    )
    return {row[0]: Found(*row) for row in found}


def all_documents(connection: sqlite3.Connection, database: Database, options: Options) -> bytes:
    """The answer of ``_all_docs``: ids in the order of their bytes, or those asked for in their order."""
    check_options(options, reducing=False, reducible=False)
    if options.keys is None:
        rows = [all_row(found, options) for found in documents_between(connection, database, options)]
    else:
        rows = keyed_rows(connection, database, options.keys, options)
    return b'{"total_rows":%d,"offset":null,"rows":[%b]}' % (database.document_count, b",".join(rows))


def documents_between(connection: sqlite3.Connection, database: Database, options: Options) -> list[Found]:
    low, high = id_bounds(options)
    found = connection.execute(
        ALL_DESCENDING if options.descending else ALL_ASCENDING,
        (database.number, low, high, options.limit, options.skip),
    )
    return [Found(*row) for row in found]


def id_bounds(options: Options) -> tuple[str, str]:
    """``low <= id < high``. The id after x is x followed by NUL."""
    start, end = id_bound(options.startkey), id_bound(options.endkey)
    if options.descending:
        low = "" if end is None else end if options.inclusive_end else end + "\0"
        return low, HIGHEST_ID if start is None else start + "\0"
    high = HIGHEST_ID if end is None else end + "\0" if options.inclusive_end else end
    return start or "", high


def id_bound(key: Json | Absent) -> str | None:
    if isinstance(key, Absent):
        return None
    if not isinstance(key, str):
        raise bad_parameter("The keys of `_all_docs` are document ids: strings.")
    return key


def keyed_rows(
    connection: sqlite3.Connection, database: Database, keys: Sequence[Json], options: Options
) -> list[bytes]:
    wanted = keys[::-1] if options.descending else keys
    wanted = wanted[options.skip : options.skip + options.limit]
    known = find_documents(connection, database, [key for key in wanted if isinstance(key, str)])
    rows = []
    for key in wanted:
        found = known.get(key) if isinstance(key, str) else None
        rows.append(
            b'{"key":%b,"error":"not_found"}' % encode(key) if found is None else all_row(found, options)
        )
    return rows


def all_row(found: Found, options: Options) -> bytes:
    identity = encode(found.id)
    deleted = b',"deleted":true' if found.deleted else b""
    row = b'{"id":%b,"key":%b,"value":{"rev":"%b"%b}' % (identity, identity, found.revision.encode(), deleted)
    if options.include_docs:
        row += b',"doc":' + (b"null" if found.deleted else found.json())
    return row + b"}"


def changes(connection: sqlite3.Connection, database: Database, since: int, options: Options) -> bytes:
    """The answer of ``_changes``: the last change of each document after ``since``, oldest first."""
    if options.descending:
        raise not_implemented("Changes are only listed in ascending order.")
    limit = max(options.limit, 1)
    found = connection.execute(CHANGES, (database.number, since, limit)).fetchall()
    last = found[-1][0] if len(found) == limit else max(since, database.sequence)
    rows = [change_row(database, sequence, Found(*row), options) for sequence, *row in found]
    return b'{"results":[%b],"last_seq":"%b","pending":%d}' % (
        b",".join(rows),
        database.sequence_text(last).encode(),
        pending(connection, database, last),
    )


def pending(connection: sqlite3.Connection, database: Database, last: int) -> int:
    if last >= database.sequence:
        return 0
    (count,) = connection.execute(
        "SELECT count(*) FROM documents WHERE database = ? AND sequence > ?", (database.number, last)
    ).fetchone()
    return int(count)


def change_row(database: Database, sequence: int, found: Found, options: Options) -> bytes:
    row = b'{"seq":"%b","id":%b,"changes":[{"rev":"%b"}]' % (
        database.sequence_text(sequence).encode(),
        encode(found.id),
        found.revision.encode(),
    )
    if found.deleted:
        row += b',"deleted":true'
    if options.include_docs:
        row += b',"doc":' + found.json()
    return row + b"}"


def sequence_number(database: Database, since: str) -> int:
    """The number in an opaque sequence: ``0``, ``now``, or one of ours."""
    if since == "now":
        return database.sequence
    number, _, identity = since.strip('"').partition("-")
    if not number.isdecimal() or identity not in ("", database.identity):
        raise CouchError(
            400, "bad_request", f"Malformed sequence supplied in 'since' parameter: {since:.100}"
        )
    return int(number)


def information(database: Database) -> bytes:
    """The answer of GET /database."""
    return encode(
        {
            "db_name": database.name,
            "doc_count": database.document_count,
            "doc_del_count": database.deleted_count,
            "update_seq": database.sequence_text(database.sequence),
            "instance_start_time": "0",
            "compact_running": False,
        }
    )
