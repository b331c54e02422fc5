"""Owns what a write of a design document does: its functions checked, its views declared, indexes dropped.

Never answers a query. Only a map that no view of the database has yet is built; readers keep seeing the old
rows until the transaction ends.
Called by writing; by server for the signature.
"""

import hashlib
import sqlite3
from functools import lru_cache
from typing import Final

import msgspec

from couch_views.embedded import builds
from couch_views.embedded.documents import Draft
from couch_views.embedded.errors import CouchError, not_implemented
from couch_views.embedded.indexes import indexes_of
from couch_views.embedded.javascript import MapError, Maps
from couch_views.embedded.reduces import REDUCES
from couch_views.json_values import Json, decode, encode_sorted

CHECKED_MAX: Final = 256


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
    if fault := compilation_fault(view.map):
        reason = f"Compilation of the map function in the '{view.name}' view failed: {fault}"
        raise CouchError(400, "compilation_error", reason)


@lru_cache(maxsize=CHECKED_MAX)
def compilation_fault(source: str) -> str:
    """Why a map can't be compiled; empty if it can. The same few are written again and again."""
    try:
        Maps([source])
    except MapError as error:
        return str(error)
    return ""


def signature(body: bytes) -> str:
    """What tells whether two design documents have the same indexes: their language and views alone."""
    fields = decode(body)
    assert isinstance(fields, dict)
    named = {"language": fields.get("language", "javascript"), "views": fields.get("views", {})}
    return hashlib.md5(encode_sorted(named), usedforsecurity=False).hexdigest()


def replace_views(
    connection: sqlite3.Connection, database: int, design: str, declared: list[Declared]
) -> None:
    """Makes the design document's views those declared; indexes that no view uses any more are dropped."""
    known = {one.map: one.number for one in indexes_of(connection, database)}
    connection.execute("DELETE FROM views WHERE database = ? AND design = ?", (database, design))
    for view in declared:
        if view.map not in known:
            known[view.map] = insert_index(connection, database, view.map)
        connection.execute(
            "INSERT INTO views VALUES (?, ?, ?, ?, ?)",
            (database, design, view.name, view.reduce, known[view.map]),
        )
    drop_unused(connection, database)
    builds.go_on_building(connection, database, builds.DOCUMENTS_MAX)


def insert_index(connection: sqlite3.Connection, database: int, source: str) -> int:
    """A new index, of which nothing is built."""
    inserted = connection.execute(
        "INSERT INTO indexes (database, map, built) VALUES (?, ?, 0)", (database, source)
    )
    assert inserted.lastrowid is not None
    return inserted.lastrowid


def drop_unused(connection: sqlite3.Connection, database: int) -> None:
    unused = connection.execute(
        "SELECT number FROM indexes WHERE database = ? AND number NOT IN (SELECT index_number FROM views)",
        (database,),
    ).fetchall()
    connection.executemany("DELETE FROM rows WHERE index_number = ?", unused)
    connection.executemany("DELETE FROM indexes WHERE number = ?", unused)
