"""Owns the indexes: the rows that maps emit for documents, kept in step within each write.

Never answers a query. All views of a database with the same map share one index. A write costs work in
proportion to the documents written: the old rows of a document are known from ``documents.emitted`` and
only the difference is written.
Called by writing and designs; views reads the rows.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias, cast

import msgspec

from couch_views.embedded.collation import encode_key
from couch_views.embedded.javascript import Emitted, Maps, log_skipped
from couch_views.json_values import decode, encode

CONTEXTS_MAX: Final = 64

IndexRows: TypeAlias = dict[str, Emitted]
"""By index number (as JSON wants its keys): what that index's map emitted for one document."""
RowKey: TypeAlias = tuple[int, bytes, str, int]
"""Index, encoded key, document id, and its place among what the document emitted there."""
Row: TypeAlias = tuple[int, bytes, str, int, bytes]
"""A row key, and the row's value as JSON."""
EncodedRows: TypeAlias = dict[tuple[bytes, int], bytes]
"""Encoded key and place, and the value as JSON."""


class Index(msgspec.Struct, frozen=True):
    """An index that some view uses; ``design`` is the first of the design documents that declare one."""

    number: int
    design: str
    map: str


class Change(msgspec.Struct, frozen=True, gc=False):
    """What a document had emitted before a write, and the document after it (None: it has gone)."""

    id: str
    emitted: bytes | None
    document: bytes | None


def indexes_of(connection: sqlite3.Connection, database: int) -> list[Index]:
    found = connection.execute(
        "SELECT number, min(design), map FROM indexes JOIN views ON index_number = number"
        " WHERE indexes.database = ? GROUP BY number ORDER BY number",
        (database,),
    )
    return [Index(*row) for row in found]


def index(
    connection: sqlite3.Connection, indexes: Sequence[Index], changes: Sequence[Change]
) -> list[bytes | None]:
    """Brings the rows of the indexes in step with the changes; gives each document's new ``emitted``."""
    emitted = run_maps(indexes, [change.document for change in changes])
    rows = RowChanges()
    for change, after in zip(changes, emitted, strict=True):
        if after != change.emitted:
            rows.add(change.id, read_emitted(change.emitted), read_emitted(after))
    rows.write(connection)
    return emitted


def run_maps(indexes: Sequence[Index], documents: Sequence[bytes | None]) -> list[bytes | None]:
    """What the maps emit for each document, in stored form: one call of JavaScript per design document."""
    present = [document for document in documents if document is not None]
    found: list[IndexRows] = [{} for _ in present]
    for group in groups(indexes):
        results = compiled(tuple(one.map for one in group)).run(present)
        for rows, result in zip(found, results, strict=True):
            for one, emitted in zip(group, result, strict=True):
                if emitted:
                    rows[str(one.number)] = emitted
    stored = iter([stored_emitted(*one) for one in zip(present, found, strict=True)])
    return [None if document is None else next(stored) for document in documents]


def stored_emitted(document: bytes, rows: IndexRows) -> bytes | None:
    """What a document emitted, as it is stored; nothing if it is nested too deep to be stored."""
    try:
        return encode(rows) if rows else None
    except ValueError as error:
        log_skipped(document, str(error))
        return None


def groups(indexes: Iterable[Index]) -> list[list[Index]]:
    """The indexes of each design document."""
    found: dict[str, list[Index]] = {}
    for one in indexes:
        found.setdefault(one.design, []).append(one)
    return list(found.values())


def read_emitted(emitted: bytes | None) -> IndexRows:
    return cast("IndexRows", decode(emitted)) if emitted else {}


class RowChanges:
    """The rows that a write takes away and puts in."""

    def __init__(self) -> None:
        self._gone: list[RowKey] = []
        self._new: list[Row] = []
        self._counts: Counter[int] = Counter()

    def add(self, identity: str, before: IndexRows, after: IndexRows) -> None:
        """The difference between what a document emitted before and what it emits now."""
        for number, new in after.items():
            old = before.get(number)
            if not old:
                self._add_new(int(number), identity, new)
            elif encode(old) != encode(new):  # not old != new: in Python 1 == True
                self._add_changed(int(number), identity, encoded(old), encoded(new))
        for number, old in before.items():
            if number not in after:
                self._add_changed(int(number), identity, encoded(old), {})

    def _add_new(self, number: int, identity: str, emitted: Emitted) -> None:
        self._new += [
            (number, encode_key(key), identity, place, encode(value))
            for place, (key, value) in enumerate(emitted)
        ]
        self._counts[number] += len(emitted)

    def _add_changed(self, number: int, identity: str, old: EncodedRows, new: EncodedRows) -> None:
        self._gone += [(number, key, identity, place) for key, place in old if (key, place) not in new]
        self._new += [
            (number, key, identity, place, value)
            for (key, place), value in new.items()
            if old.get((key, place)) != value
        ]
        self._counts[number] += len(new) - len(old)

    def write(self, connection: sqlite3.Connection) -> None:
        connection.executemany(
            "DELETE FROM rows WHERE index_number = ? AND key = ? AND id = ? AND place = ?", sorted(self._gone)
        )
        connection.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?)", sorted(self._new))
        connection.executemany(
            "UPDATE indexes SET row_count = row_count + ? WHERE number = ?",
            [(count, number) for number, count in self._counts.items()],
        )


def encoded(emitted: Emitted) -> EncodedRows:
    return {(encode_key(key), place): encode(value) for place, (key, value) in enumerate(emitted)}


_compiled = threading.local()


def compiled(sources: tuple[str, ...]) -> Maps:
    """The maps compiled, kept for this thread (a quickjs context must stay with its thread)."""
    cache: dict[tuple[str, ...], Maps] = _compiled.__dict__.setdefault("cache", {})
    if sources not in cache:
        if len(cache) >= CONTEXTS_MAX:
            del cache[next(iter(cache))]
        cache[sources] = Maps(sources)
    return cache[sources]
