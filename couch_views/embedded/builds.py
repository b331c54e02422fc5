"""Owns the building of indexes over the documents that were there before them, some at a time.

Never answers a query. What is written meanwhile is indexed by its write: running a map over it again changes
nothing. So a build is interrupted anywhere, by anything, and goes on where it was.
Called by designs (the beginning), and by server when it is asked for more.
"""

import sqlite3
from collections.abc import Sequence
from typing import Final, TypeAlias

from couch_views.embedded.documents import document_json
from couch_views.embedded.indexes import Change, Index, index, indexes_of, read_emitted
from couch_views.json_values import encode

BATCH: Final = 1_000
DOCUMENTS_MAX: Final = 5_000
"""Documents in one go, which is one transaction: about a second."""

Stored: TypeAlias = tuple[int, str, str, bytes, bytes | None]
"""Of a living ordinary document: number, id, revision, body, emitted."""


def go_on_building(connection: sqlite3.Connection, database: int, documents_max: int | None) -> None:
    """Runs the maps of all unfinished indexes over the next documents; None: over all that are left."""
    unfinished, number = unfinished_indexes(connection, database)
    if not unfinished:
        return
    done = 0
    at: int | None = number
    while at is not None and (documents_max is None or done < documents_max):
        batch = next_batch(connection, database, at)
        run_over(connection, database, unfinished, batch)
        done += len(batch)
        at = batch[-1][0] if len(batch) == BATCH else None
    connection.executemany(
        "UPDATE indexes SET built = ? WHERE number = ?", [(at, n.number) for n in unfinished]
    )


def unfinished_indexes(connection: sqlite3.Connection, database: int) -> tuple[list[Index], int]:
    """Those that are still being built, and the document from which on some of them has not been run."""
    built = dict(
        connection.execute(
            "SELECT number, built FROM indexes WHERE database = ? AND built IS NOT NULL", (database,)
        )
    )
    found = [one for one in indexes_of(connection, database) if one.number in built]
    return found, min((built[one.number] for one in found), default=0)


def next_batch(connection: sqlite3.Connection, database: int, after: int) -> list[Stored]:
    return connection.execute(
        "SELECT number, id, revision, body, emitted FROM documents WHERE database = ? AND number > ?"
        " AND NOT deleted AND id NOT GLOB '_design/*' ORDER BY number LIMIT ?",
        (database, after, BATCH),
    ).fetchall()


def run_over(
    connection: sqlite3.Connection, database: int, indexes: Sequence[Index], batch: Sequence[Stored]
) -> None:
    """Brings the rows of these indexes in step with these documents."""
    known = {str(one.number) for one in indexes_of(connection, database)}
    these = {str(one.number) for one in indexes}
    changes = [
        Change(identity, only(these, emitted), document_json(identity, revision, body, deleted=False))
        for _, identity, revision, body, emitted in batch
    ]
    outcomes = index(connection, indexes, changes)
    connection.executemany(
        "UPDATE documents SET emitted = ? WHERE number = ?",
        [(merged(known, row[4], added), row[0]) for row, added in zip(batch, outcomes, strict=True) if added],
    )


def only(numbers: set[str], emitted: bytes | None) -> bytes | None:
    """What a document has emitted for these indexes already."""
    rows = {number: rows for number, rows in read_emitted(emitted).items() if number in numbers}
    return encode(rows) if rows else None


def merged(known: set[str], before: bytes | None, added: bytes) -> bytes:
    """What a document emits for its other indexes and for the new ones."""
    kept = {number: rows for number, rows in read_emitted(before).items() if number in known}
    return encode({**kept, **read_emitted(added)})


def updates_pending(connection: sqlite3.Connection, database: int, design: str) -> int:
    """How many documents, at most, are still to be run over for a design document."""
    (built,) = connection.execute(
        "SELECT min(built) FROM views JOIN indexes ON number = index_number"
        " WHERE views.database = ? AND design = ?",
        (database, design),
    ).fetchone()
    if built is None:
        return 0
    (last,) = connection.execute(
        "SELECT max(number) FROM documents WHERE database = ?", (database,)
    ).fetchone()
    return int(last) - int(built)
