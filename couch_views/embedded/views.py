"""Owns queries of views: ranges of rows, their documents, and their reduces.

Never runs a map: indexes keeps the rows up to date.
Called by server.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Final, TypeAlias

import msgspec

from couch_views.embedded.collation import HIGHEST, LOWEST, NULL, after, decode_key, encode_key
from couch_views.embedded.errors import CouchError, not_found
from couch_views.embedded.parameters import Absent, Options, check_options, check_range
from couch_views.embedded.reading import Database, find_documents
from couch_views.embedded.reduces import REDUCES
from couch_views.json_values import Json, decode, encode

Bound: TypeAlias = tuple[bytes, str]
"""An encoded key and a document id: rows are ordered by both."""
Row: TypeAlias = tuple[str, bytes, bytes]
"""Document id, encoded key, value as JSON."""

ASCENDING: Final = (
    "SELECT id, key, value FROM rows WHERE index_number = ? AND (key, id) >= (?, ?) AND (key, id) < (?, ?)"
    " ORDER BY key, id, place LIMIT ? OFFSET ?"
)
DESCENDING: Final = (
    "SELECT id, key, value FROM rows WHERE index_number = ? AND (key, id) >= (?, ?) AND (key, id) < (?, ?)"
    " ORDER BY key DESC, id DESC, place DESC LIMIT ? OFFSET ?"
)


class Built(msgspec.Struct, frozen=True):
    """A view: its index's number, and how it reduces."""

    number: int
    reduce: str
    row_count: int
    finished: bool


def find_view(connection: sqlite3.Connection, database: Database, design: str, view: str) -> Built:
    row = connection.execute(
        "SELECT number, reduce, row_count, built IS NULL FROM views JOIN indexes ON number = index_number"
        " WHERE views.database = ? AND design = ? AND name = ?",
        (database.number, design, view),
    ).fetchone()
    if row is not None:
        return Built(*row)
    known = find_documents(connection, database, [design]).get(design)
    if known is None or known.deleted:
        raise not_found("deleted" if known else "missing")
    raise not_found("missing_named_view")


class UnfinishedError(CouchError):
    """The view's index is still being built."""

    def __init__(self) -> None:
        super().__init__(503, "service unavailable", "The view is still being built.")


def query(
    connection: sqlite3.Connection,
    database: Database,
    design: str,
    view: str,
    options: Options,
    *,
    stale: bool = False,
) -> bytes:
    """The answer of ``_view``; ``stale``: from what is there, where ``UnfinishedError`` would be raised."""
    return answer(connection, database, find_built(connection, database, design, view, stale=stale), options)


def queries(
    connection: sqlite3.Connection,
    database: Database,
    design: str,
    view: str,
    asked: Iterable[Options],
    *,
    stale: bool = False,
) -> bytes:
    """The answer of ``_view/.../queries``: those of several queries, in their order."""
    index = find_built(connection, database, design, view, stale=stale)
    answers = [answer(connection, database, index, options) for options in asked]
    return b'{"results":[%b]}' % b",".join(answers)


def find_built(
    connection: sqlite3.Connection, database: Database, design: str, view: str, *, stale: bool
) -> Built:
    index = find_view(connection, database, design, view)
    if not (index.finished or stale):
        raise UnfinishedError
    return index


def answer(connection: sqlite3.Connection, database: Database, index: Built, options: Options) -> bytes:
    """What one query of a view is answered."""
    if options.keys is not None and len(options.keys) == 1:
        options = of_key(options.keys[0], options)
    reducing = bool(index.reduce) and options.reduce is not False
    check_options(options, reducing=reducing, reducible=bool(index.reduce))
    check_range(options)
    if reducing:
        return b'{"rows":[%b]}' % b",".join(reduced_rows(connection, index, options))
    rows = list(map_rows(connection, index, options))
    answered = rows_with_documents(connection, database, rows) if options.include_docs else plain_rows(rows)
    return b'{"total_rows":%d,"offset":null,"rows":[%b]}' % (index.row_count, b",".join(answered))


def map_rows(connection: sqlite3.Connection, index: Built, options: Options) -> Iterator[Row]:
    if options.keys is None:
        return read(connection, index, options, bounds(options), options.limit, options.skip)
    most = options.skip + options.limit
    ranges = key_ranges(options.keys[::-1] if options.descending else options.keys, options)
    each = (row for between in ranges for row in read(connection, index, options, between, most, 0))
    return islice(each, options.skip, options.skip + options.limit)


def read(
    connection: sqlite3.Connection,
    index: Built,
    options: Options,
    between: tuple[Bound, Bound],
    limit: int,
    skip: int,
) -> Iterator[Row]:
    statement = DESCENDING if options.descending else ASCENDING
    low, high = between
    return connection.execute(statement, (index.number, *low, *high, limit, skip))


def bounds(options: Options) -> tuple[Bound, Bound]:
    """``low <= (key, id) < high``: the range in either direction, half-open."""
    if options.descending:
        return lower(options.endkey, options.endkey_docid, inclusive=options.inclusive_end), upper(
            options.startkey, options.startkey_docid, inclusive=True
        )
    return lower(options.startkey, options.startkey_docid, inclusive=True), upper(
        options.endkey, options.endkey_docid, inclusive=options.inclusive_end
    )


def key_ranges(keys: Iterable[Json], options: Options) -> list[tuple[Bound, Bound]]:
    return [bounds(of_key(key, options)) for key in keys]


def of_key(key: Json, options: Options) -> Options:
    return msgspec.structs.replace(options, startkey=key, endkey=key, keys=None)


def lower(key: Json | Absent, identity: str | None, *, inclusive: bool) -> Bound:
    if isinstance(key, Absent):
        return LOWEST, ""
    encoded = encode_key(key)
    if identity is None:
        return (encoded, "") if inclusive else (after(encoded), "")
    return encoded, identity if inclusive else identity + "\0"


def upper(key: Json | Absent, identity: str | None, *, inclusive: bool) -> Bound:
    if isinstance(key, Absent):
        return HIGHEST, ""
    encoded = encode_key(key)
    if identity is None:
        return (after(encoded), "") if inclusive else (encoded, "")
    return encoded, identity + "\0" if inclusive else identity


def plain_rows(rows: Iterable[Row]) -> Iterator[bytes]:
    for identity, key, value in rows:
        yield b'{"id":%b,"key":%b,"value":%b}' % (encode(identity), encode(decode_key(key)), value)


def rows_with_documents(
    connection: sqlite3.Connection, database: Database, rows: list[Row]
) -> Iterator[bytes]:
    """Each row with its document, or the one that its value names by ``_id``."""
    linked = [linked_id(value) or identity for identity, _, value in rows]
    documents = find_documents(connection, database, dict.fromkeys(linked))
    for (identity, key, value), link in zip(rows, linked, strict=True):
        found = documents.get(link)
        document = found.json() if found and not found.deleted else b"null"
        row = (encode(identity), encode(decode_key(key)), value, document)
        yield b'{"id":%b,"key":%b,"value":%b,"doc":%b}' % row


def linked_id(value: bytes) -> str | None:
    if b'"_id"' not in value:
        return None
    decoded = decode(value)
    link = decoded.get("_id") if isinstance(decoded, dict) else None
    return link if isinstance(link, str) else None


def reduced_rows(connection: sqlite3.Connection, index: Built, options: Options) -> Iterator[bytes]:
    """One row a group: all, each key, or each beginning of ``group_level`` elements."""
    ranges = [bounds(options)] if options.keys is None else key_ranges(options.keys, options)
    rows = (row for between in ranges for row in read(connection, index, options, between, -1, 0))
    reduce = REDUCES[index.reduce]
    groups = groupby(rows, lambda row: group_key(row[1], options))
    for key, members in islice(groups, options.skip, options.skip + options.limit):
        values = [decode(value) for _, _, value in members]
        yield encode({"key": decode_key(key), "value": reduce(values)})


def group_key(key: bytes, options: Options) -> bytes:
    """What the rows of a group have in common, encoded."""
    if options.by_key:
        return key
    if not options.group_level:
        return NULL
    decoded = decode_key(key)
    return encode_key(decoded[: options.group_level]) if isinstance(decoded, list) else key
