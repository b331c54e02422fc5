"""Owns writes: databases, documents one by one and in bulk, local documents.

Never commits by itself: the caller's transaction holds documents and view rows together.
Called by server.
"""

import re
import sqlite3
import uuid
from collections.abc import Sequence
from typing import Final

import msgspec

from couch_views.embedded.designs import declared_views, drop_unused, replace_views
from couch_views.embedded.documents import Draft, document_json
from couch_views.embedded.errors import CouchError, conflict
from couch_views.embedded.indexes import Change, index, indexes_of
from couch_views.embedded.reading import Database, find_database
from couch_views.embedded.revisions import Stored, accepts, next_local_revision, next_revision
from couch_views.json_values import encode

NAME_PATTERN: Final = re.compile(r"[a-z][a-z0-9_$()+/-]{0,200}")
INSERT: Final = (
    "INSERT INTO documents (database, id, revision, deleted, sequence, body, emitted)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
UPDATE: Final = (
    "UPDATE documents SET revision = ?, deleted = ?, sequence = ?, body = ?, emitted = ? WHERE number = ?"
)


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """A draft that may be written, what is stored of it now, and the revision that it gets."""

    draft: Draft
    stored: Stored | None
    revision: str

    @property
    def indexed(self) -> bytes | None:
        """What the maps see of it: nothing of a deleted or a design document."""
        if self.draft.deleted or self.draft.is_design:
            return None
        return document_json(self.draft.id, self.revision, self.draft.body, deleted=False)


def create_database(connection: sqlite3.Connection, name: str) -> None:
    if not NAME_PATTERN.fullmatch(name):
        raise CouchError(
            400,
            "illegal_database_name",
            f"Name: '{name:.100}'. Only lowercase characters (a-z), digits (0-9), and any of the characters"
            " _, $, (, ), +, -, and / are allowed. Must begin with a letter.",
        )
    try:
        connection.execute(
            "INSERT INTO databases (name, identity) VALUES (?, ?)", (name, uuid.uuid4().hex[:12])
        )
    except sqlite3.IntegrityError as error:
        reason = "The database could not be created, the file already exists."
        raise CouchError(412, "file_exists", reason) from error


def delete_database(connection: sqlite3.Connection, name: str) -> None:
    number = find_database(connection, name).number
    connection.execute("DELETE FROM views WHERE database = ?", (number,))
    drop_unused(connection, number)
    connection.execute("DELETE FROM documents WHERE database = ?", (number,))
    connection.execute("DELETE FROM local_documents WHERE database = ?", (number,))
    connection.execute("DELETE FROM databases WHERE number = ?", (number,))


def limit_revisions(connection: sqlite3.Connection, name: str, limit: int) -> None:
    """Notes how many revisions a document's history may have; here it has one in any case."""
    number = find_database(connection, name).number
    connection.execute("UPDATE databases SET revs_limit = ? WHERE number = ?", (limit, number))


def write_one(connection: sqlite3.Connection, name: str, draft: Draft) -> str:
    """Writes one document; its new revision, or 409."""
    (revision,) = write_bulk(connection, name, [draft])
    if revision is None:
        raise conflict()
    return revision


def write_bulk(connection: sqlite3.Connection, name: str, drafts: Sequence[Draft]) -> list[str | None]:
    """Writes each draft that its revision allows, and brings the views in step.

    Gives the new revisions; None where the draft's revision is not the current one.
    """
    database = find_database(connection, name)
    outcomes = judge(connection, database, [draft for draft in drafts if not draft.is_local])
    write_accepted(connection, database, [outcome for outcome in outcomes if outcome is not None])
    ordinary = iter(outcomes)
    revisions: list[str | None] = []
    for draft in drafts:
        if draft.is_local:
            revisions.append(write_local(connection, database, draft))
        else:
            outcome = next(ordinary)
            revisions.append(outcome.revision if outcome else None)
    return revisions


def write_accepted(connection: sqlite3.Connection, database: Database, accepted: list[Accepted]) -> None:
    designs = [(one.draft, declared_views(one.draft)) for one in accepted if one.draft.is_design]
    changes = [
        Change(one.draft.id, one.stored.emitted if one.stored else None, one.indexed) for one in accepted
    ]
    emitted = index(connection, indexes_of(connection, database.number), changes)
    store(connection, database, accepted, emitted)
    for draft, declared in designs:
        replace_views(connection, database.number, draft.id, declared)


def judge(
    connection: sqlite3.Connection, database: Database, drafts: Sequence[Draft]
) -> list[Accepted | None]:
    """Which drafts may be written. Of several with one id only the first can be."""
    stored = find_stored(connection, database, [draft.id for draft in drafts])
    outcomes: list[Accepted | None] = []
    seen: set[str] = set()
    for draft in drafts:
        before = stored.get(draft.id)
        if draft.id in seen or not accepts(before, draft.revision, deleting=draft.deleted):
            outcomes.append(None)
            continue
        seen.add(draft.id)
        revision = next_revision(before.revision if before else None, draft.body, deleted=draft.deleted)
        outcomes.append(Accepted(draft, before, revision))
    return outcomes


def find_stored(
    connection: sqlite3.Connection, database: Database, identities: list[str]
) -> dict[str, Stored]:
    found = connection.execute(
        "SELECT documents.id, number, revision, deleted, emitted FROM json_each(?) AS wanted"
        " CROSS JOIN documents ON documents.database = ? AND documents.id = wanted.value",
        (encode(identities).decode(), database.number),
    )
    return {identity: Stored(*row) for identity, *row in found}


def store(
    connection: sqlite3.Connection, database: Database, accepted: list[Accepted], emitted: list[bytes | None]
) -> None:
    new, changed = [], []
    living = deleted = 0
    for sequence, (one, rows) in enumerate(zip(accepted, emitted, strict=True), database.sequence + 1):
        values = (one.revision, one.draft.deleted, sequence, one.draft.body, rows)
        if one.stored is None:
            new.append((database.number, one.draft.id, *values))
        else:
            changed.append((*values, one.stored.number))
            living -= not one.stored.deleted
            deleted -= one.stored.deleted
        living += not one.draft.deleted
        deleted += one.draft.deleted
    connection.executemany(UPDATE, changed)
    connection.executemany(INSERT, new)
    connection.execute(
        "UPDATE databases SET sequence = sequence + ?, document_count = document_count + ?,"
        " deleted_count = deleted_count + ? WHERE number = ?",
        (len(accepted), living, deleted, database.number),
    )


def write_local(connection: sqlite3.Connection, database: Database, draft: Draft) -> str:
    """A local document: in no view and no list, never in conflict; its revisions count 0-1, 0-2..."""
    connection.execute(
        "DELETE FROM local_documents WHERE database = ? AND id = ?", (database.number, draft.id)
    )
    if draft.deleted:
        return "0-0"
    revision = next_local_revision(draft.revision)
    connection.execute(
        "INSERT INTO local_documents VALUES (?, ?, ?, ?)", (database.number, draft.id, revision, draft.body)
    )
    return revision
