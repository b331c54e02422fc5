"""Owns writes: databases, documents one by one and in bulk, local documents.

Never commits by itself: the caller's transaction holds documents and view rows together.
Called by server.
"""

import re
import sqlite3
import uuid
from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

from couch_views.embedded.designs import declared_views, drop_view, replace_views
from couch_views.embedded.documents import Draft, document_json
from couch_views.embedded.errors import CouchError, bad_request, conflict
from couch_views.embedded.indexes import Change, index, views_of
from couch_views.embedded.reading import Database, find_database
from couch_views.embedded.revisions import Stored, accepts, next_revision
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


Outcome: TypeAlias = Accepted | None
"""None: a conflict."""


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
    for view in views_of(connection, number):
        drop_view(connection, view.number)
    connection.execute("DELETE FROM documents WHERE database = ?", (number,))
    connection.execute("DELETE FROM local_documents WHERE database = ?", (number,))
    connection.execute("DELETE FROM databases WHERE number = ?", (number,))


def write_one(connection: sqlite3.Connection, name: str, draft: Draft) -> str:
    """Writes one document; its new revision, or 409."""
    if draft.is_local:
        return write_local(connection, find_database(connection, name), draft)
    (outcome,) = write_bulk(connection, name, [draft])
    if outcome is None:
        raise conflict()
    return outcome.revision


def write_bulk(connection: sqlite3.Connection, name: str, drafts: Sequence[Draft]) -> list[Outcome]:
    """Writes each draft that its revision allows, and brings the views in step."""
    if any(draft.is_local for draft in drafts):
        raise bad_request("Local documents are written one by one.")
    database = find_database(connection, name)
    outcomes = judge(connection, database, drafts)
    accepted = [outcome for outcome in outcomes if outcome is not None]
    designs = [(one.draft, declared_views(one.draft)) for one in accepted if one.draft.is_design]
    changes = [
        Change(one.draft.id, one.stored.emitted if one.stored else None, one.indexed) for one in accepted
    ]
    emitted = index(connection, views_of(connection, database.number), changes)
    store(connection, database, accepted, emitted)
    for draft, declared in designs:
        replace_views(connection, database.number, draft.id, declared)
    return outcomes


def judge(connection: sqlite3.Connection, database: Database, drafts: Sequence[Draft]) -> list[Outcome]:
    """Which drafts may be written. Of several with one id only the first can be."""
    stored = find_stored(connection, database, [draft.id for draft in drafts])
    outcomes: list[Outcome] = []
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
    """A local document: in no view and no list; its revisions count ``0-1``, ``0-2``..."""
    row = connection.execute(
        "SELECT revision FROM local_documents WHERE database = ? AND id = ?", (database.number, draft.id)
    ).fetchone()
    stored = row[0] if row else 0
    if draft.revision != (f"0-{stored}" if stored else None):
        raise conflict()
    if draft.deleted:
        connection.execute(
            "DELETE FROM local_documents WHERE database = ? AND id = ?", (database.number, draft.id)
        )
        return "0-0"
    connection.execute(
        "INSERT OR REPLACE INTO local_documents VALUES (?, ?, ?, ?)",
        (database.number, draft.id, stored + 1, draft.body),
    )
    return f"0-{stored + 1}"
