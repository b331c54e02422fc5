"""Owns what a write of a design document does: its functions checked, its views built or dropped.

Never answers a query. Only views whose map changed are built again; readers keep seeing the old ones
until the transaction ends.
Called by writing.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final

import msgspec

from couch_views.embedded.documents import Draft, document_json
from couch_views.embedded.errors import CouchError, not_implemented
from couch_views.embedded.indexes import Change, View, index, read_emitted, views_of
from couch_views.embedded.javascript import MapError, Maps
from couch_views.embedded.reduces import REDUCES
from couch_views.json_values import Json, decode, encode

BUILD_BATCH: Final = 1_000


class Declared(msgspec.Struct, frozen=True):
    """A view as its design document declares it; ``reduce`` is empty where there is none."""

    name: str
    map: str
    reduce: str


def declared_views(draft: Draft) -> list[Declared]:
    """The views of a design document, checked as CouchDB does on writing; none if it is being deleted."""
    if draft.deleted:
        return []
    fields = decode(draft.body)
    assert isinstance(fields, dict)
    if fields.get("language", "javascript") != "javascript":
        raise not_implemented("Only the language javascript is supported.")
    views = fields.get("views", {})
    if not isinstance(views, dict):
        raise CouchError(400, "invalid_design_doc", "`views` must be an object")
    found = [declared_view(name, view) for name, view in views.items()]
    for view in found:
        check_map(view)
    return found


def declared_view(name: str, view: Json) -> Declared:
    if not isinstance(view, dict):
        raise CouchError(400, "invalid_design_doc", f"`views.{name}` must be an object")
    source, reduce = view.get("map"), view.get("reduce", "")
    if not isinstance(source, str):
        raise CouchError(400, "invalid_design_doc", f"`views.{name}.map` must be a string")
    if not isinstance(reduce, str):
        raise CouchError(400, "invalid_design_doc", f"`views.{name}.reduce` must be a string")
    if reduce and reduce not in REDUCES:
        names = ", ".join(REDUCES)
        raise not_implemented(f"`views.{name}.reduce`: only the built-in reduces are supported: {names}.")
    return Declared(name, source, reduce)


def check_map(view: Declared) -> None:
    try:
        Maps([view.map])
    except MapError as error:
        reason = f"Compilation of the map function in the '{view.name}' view failed: {error}"
        raise CouchError(400, "compilation_error", reason) from error


def replace_views(
    connection: sqlite3.Connection, database: int, design: str, declared: list[Declared]
) -> None:
    """Makes the design document's views those declared: drops, keeps or builds each."""
    before = {
        name: (number, source)
        for number, name, source in connection.execute(
            "SELECT number, name, map FROM views WHERE database = ? AND design = ?", (database, design)
        )
    }
    wanted = {view.name: view for view in declared}
    for name, (number, source) in before.items():
        if name not in wanted or wanted[name].map != source:
            drop_view(connection, number)
        else:
            connection.execute("UPDATE views SET reduce = ? WHERE number = ?", (wanted[name].reduce, number))
    new = [view for view in declared if view.name not in before or before[view.name][1] != view.map]
    build(connection, database, [insert_view(connection, database, design, view) for view in new])


def drop_view(connection: sqlite3.Connection, number: int) -> None:
    connection.execute("DELETE FROM rows WHERE view = ?", (number,))
    connection.execute("DELETE FROM views WHERE number = ?", (number,))


def insert_view(connection: sqlite3.Connection, database: int, design: str, view: Declared) -> View:
    number = connection.execute(
        "INSERT INTO views (database, design, name, map, reduce) VALUES (?, ?, ?, ?, ?)",
        (database, design, view.name, view.map, view.reduce),
    ).lastrowid
    assert number is not None
    return View(number, design, view.map)


def build(connection: sqlite3.Connection, database: int, views: list[View]) -> None:
    """Runs new views over every document there is."""
    if not views:
        return
    known = {str(view.number) for view in views_of(connection, database)}
    for batch in batches(connection, database):
        changes = [
            Change(identity, None, document_json(identity, revision, body, deleted=False))
            for _, identity, revision, body, _ in batch
        ]
        emitted = index(connection, views, changes)
        connection.executemany(
            "UPDATE documents SET emitted = ? WHERE number = ?",
            [
                (merged(known, row[4], added), row[0])
                for row, added in zip(batch, emitted, strict=True)
                if added
            ],
        )


def merged(known: set[str], before: bytes | None, added: bytes) -> bytes:
    """What a document emits for its other views and for the new ones."""
    kept = {view: rows for view, rows in read_emitted(before).items() if view in known}
    return encode({**kept, **read_emitted(added)})


def batches(
    connection: sqlite3.Connection, database: int
) -> Iterator[list[tuple[int, str, str, bytes, bytes | None]]]:
    """The living ordinary documents: number, id, revision, body, emitted."""
    number = 0
    while True:
        batch = connection.execute(
            "SELECT number, id, revision, body, emitted FROM documents WHERE database = ? AND number > ?"
            " AND NOT deleted AND id NOT GLOB '_design/*' ORDER BY number LIMIT ?",
            (database, number, BUILD_BATCH),
        ).fetchall()
        if not batch:
            return
        yield batch
        number = batch[-1][0]
