"""Owns the routes: which method and path does what, and the answers' statuses and headers.

Never raises at bad input or a failing disk: these are answers in CouchDB's form.
Called by couch_views.client at the place of a socket, and by the contract tests.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol, TypeAlias
from urllib.parse import quote, unquote

import msgspec

from couch_views.embedded import builds, reading, views, writing
from couch_views.embedded.designs import signature
from couch_views.embedded.documents import Draft, checked_id, read_draft
from couch_views.embedded.errors import CouchError, bad_request, not_found, not_implemented
from couch_views.embedded.parameters import (
    Options,
    parse_query,
    read_object,
    read_options,
    read_positive,
    read_queries,
)
from couch_views.embedded.reading import Database
from couch_views.embedded.store import Store
from couch_views.json_values import Json, JsonObject, encode

Headers: TypeAlias = dict[str, str]
Answer: TypeAlias = tuple[int, Headers, bytes]

VERSION: Final = "3.5.0"
BODY_BYTES_MAX: Final = 64 * 1_048_576
JSON_TYPE: Final = {"content-type": "application/json"}

logger = logging.getLogger(__name__)


class Request(msgspec.Struct, frozen=True):
    """A request taken apart; header names are in lower case."""

    method: str
    path: tuple[str, ...]
    parameters: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def reads(self) -> bool:
        return self.method in ("GET", "HEAD")


class Find(Protocol):
    """What a query of a view, or several, is answered from one state of the database."""

    def __call__(self, connection: sqlite3.Connection, database: Database, *, stale: bool) -> bytes: ...


class EmbeddedServer:
    """CouchDB's HTTP API without HTTP, over the documents in a folder (None: in memory).

    Any thread may call. One process is the ``writer``; in the others every write is 403.
    """

    def __init__(self, folder: Path | None, *, writer: bool, image: bytes | None = None) -> None:
        """``image`` is what another one in memory had in it."""
        self._store = Store(folder, writer=writer, image=image)
        self._actions: Final[Mapping[str, Callable[[Request, str], Answer]]] = {
            "_all_docs": self._all_documents,
            "_bulk_docs": self._bulk,
            "_changes": self._changes,
            "_ensure_full_commit": self._full_commit,
            "_revs_limit": self._revisions_limit,
            "_view_cleanup": self._clean_views_up,
        }

    def handle(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answers a request: status, headers (names in lower case) and body.

        ``path`` is still percent-encoded, ``query`` has no question mark.
        """
        try:
            check_size(body)
            segments = tuple([unquote(segment) for segment in path.split("/") if segment])
            status, extra, answer = self._route(Request(method, segments, parse_query(query), headers, body))
        except CouchError as error:
            status, extra, answer = error.status, error.headers, error.body()
        except sqlite3.Error as error:
            logger.exception("%s %s failed in SQLite", method, path)
            status, extra, answer = 500, {}, encode({"error": "internal_server_error", "reason": str(error)})
        return status, {**JSON_TYPE, **extra}, b"" if method == "HEAD" else answer

    def close(self) -> None:
        self._store.close()

    def image(self) -> bytes:
        """All documents and views that are in memory, for another server to begin with."""
        return self._store.image()

    def _route(self, request: Request) -> Answer:
        match request.path:
            case ():
                return welcome(request)
            case ("_all_dbs",):
                return self._all_databases(request)
            case (name,):
                return self._database(request, name)
            case (name, action) if action in self._actions:
                return self._actions[action](request, name)
            case (name, "_design" | "_local" as kind, identity):
                return self._document(request, name, f"{kind}/{identity}")
            case (_, "_design" | "_local" as kind):
                raise bad_request(f"Invalid {kind} document id.")
            case (name, "_design", design, "_view", view):
                return self._view(request, name, f"_design/{design}", view)
            case (name, "_design", design, "_view", view, "queries"):
                return self._queries(request, name, f"_design/{design}", view)
            case (name, "_design", design, "_info"):
                return self._index_information(request, name, design)
            case (name, identity):
                return self._document(request, name, identity)
            case _:
                raise not_found()

    def _all_databases(self, request: Request) -> Answer:
        allow(request, "GET", "HEAD")
        with self._store.reading() as connection:
            return 200, {}, encode(reading.database_names(connection))

    def _database(self, request: Request, name: str) -> Answer:
        allow(request, "GET", "HEAD", "POST", "PUT", "DELETE")
        if request.reads:
            with self._store.reading() as connection:
                return 200, {}, reading.information(reading.find_database(connection, name))
        if request.method == "POST":
            return self._write(name, read_draft(read_object(request.body)))
        with self._store.writing() as connection:
            if request.method == "PUT":
                writing.create_database(connection, name)
                return 201, {"location": f"/{quote(name, '')}"}, b'{"ok":true}'
            writing.delete_database(connection, name)
        return 200, {}, b'{"ok":true}'

    def _document(self, request: Request, name: str, identity: str) -> Answer:
        allow(request, "GET", "HEAD", "PUT", "DELETE")
        checked_id(identity)
        if request.reads:
            return self._read(request, name, identity)
        if request.method == "PUT":
            draft = read_draft(read_object(request.body), identity, named_revision(request))
            _, headers, answer = self._write(name, draft)
            return 200 if draft.deleted else 201, headers, answer
        return self._delete(name, read_draft({"_deleted": True}, identity, named_revision(request)))

    def _read(self, request: Request, name: str, identity: str) -> Answer:
        with self._store.reading() as connection:
            found = reading.find_document(connection, name, identity)
        if request.parameters.get("rev", found.revision) != found.revision:
            raise not_found()
        etag = f'"{found.revision}"'
        if request.headers.get("if-none-match") == etag:
            return 304, {"etag": etag}, b""
        return 200, {"etag": etag}, found.json()

    def _write(self, name: str, draft: Draft) -> Answer:
        with self._store.writing() as connection:
            revision = writing.write_one(connection, name, draft)
        headers = {"etag": f'"{revision}"', "location": f"/{quote(name, '')}/{quote(draft.id)}"}
        return 201, headers, encode({"ok": True, "id": draft.id, "rev": revision})

    def _delete(self, name: str, draft: Draft) -> Answer:
        with self._store.writing() as connection:
            reading.find_document(connection, name, draft.id)
            revision = writing.write_one(connection, name, draft)
        return 200, {"etag": f'"{revision}"'}, encode({"ok": True, "id": draft.id, "rev": revision})

    def _bulk(self, request: Request, name: str) -> Answer:
        allow(request, "POST")
        wanted = read_object(request.body)
        drafts = [read_draft(document) for document in bulk_documents(wanted)]
        with self._store.writing() as connection:
            revisions = writing.write_bulk(connection, name, drafts)
        return 201, {}, encode([bulk_row(*one) for one in zip(drafts, revisions, strict=True)])

    def _all_documents(self, request: Request, name: str) -> Answer:
        options = read_query(request)
        with self._store.reading() as connection:
            database = reading.find_database(connection, name)
            return 200, {}, reading.all_documents(connection, database, options)

    def _view(self, request: Request, name: str, design: str, view: str) -> Answer:
        options = read_query(request)

        def find(connection: sqlite3.Connection, database: Database, *, stale: bool) -> bytes:
            return views.query(connection, database, design, view, options, stale=stale)

        return self._found(request, name, find)

    def _queries(self, request: Request, name: str, design: str, view: str) -> Answer:
        allow(request, "POST")
        asked = read_queries(request.body)

        def find(connection: sqlite3.Connection, database: Database, *, stale: bool) -> bytes:
            return views.queries(connection, database, design, view, asked, stale=stale)

        return self._found(request, name, find)

    def _found(self, request: Request, name: str, find: Find) -> Answer:
        """CouchDB builds what it is asked for and isn't there yet; of ours only the one that writes can."""
        update = request.parameters.get("update", "true")
        try:
            answer = self._find(name, find, stale=update != "true")
        except views.UnfinishedError:
            if not self._store.writes:
                raise
            self._build(name, None)
            answer = self._find(name, find, stale=False)
        if update == "lazy" and self._store.writes:
            self._build(name, builds.DOCUMENTS_MAX)
        return 200, {}, answer

    def _find(self, name: str, find: Find, *, stale: bool) -> bytes:
        with self._store.reading() as connection:
            return find(connection, reading.find_database(connection, name), stale=stale)

    def _build(self, name: str, documents_max: int | None) -> None:
        with self._store.writing() as connection:
            database = reading.find_database(connection, name)
            builds.go_on_building(connection, database.number, documents_max)

    def _changes(self, request: Request, name: str) -> Answer:
        allow(request, "GET", "HEAD")
        if request.parameters.get("feed", "normal") != "normal":
            raise not_implemented("Only the normal feed of changes is supported.")
        since = request.parameters.get("since", "0")
        options = read_options(request.parameters)
        with self._store.reading() as connection:
            database = reading.find_database(connection, name)
            number = reading.sequence_number(database, since)
            return 200, {}, reading.changes(connection, database, number, options)

    def _index_information(self, request: Request, name: str, design: str) -> Answer:
        allow(request, "GET", "HEAD")
        with self._store.reading() as connection:
            found = reading.find_document(connection, name, f"_design/{design}")
            number = reading.find_database(connection, name).number
            pending = builds.updates_pending(connection, number, found.id)
        index = {
            "signature": signature(found.body),
            "language": "javascript",
            "updater_running": False,
            "compact_running": False,
            "waiting_clients": 0,
            "waiting_commit": False,
            "updates_pending": {"minimum": pending, "preferred": pending, "total": pending},
        }
        return 200, {}, encode({"name": design, "view_index": index})

    def _revisions_limit(self, request: Request, name: str) -> Answer:
        allow(request, "GET", "HEAD", "PUT")
        if request.reads:
            with self._store.reading() as connection:
                return 200, {}, encode(reading.find_database(connection, name).revs_limit)
        limit = read_positive(request.body)
        with self._store.writing() as connection:
            writing.limit_revisions(connection, name, limit)
        return 200, {}, b'{"ok":true}'

    def _clean_views_up(self, request: Request, name: str) -> Answer:
        """Indexes that no view uses are dropped at once: there is nothing to clean up."""
        allow(request, "POST")
        with self._store.reading() as connection:
            reading.find_database(connection, name)
        return 202, {}, b'{"ok":true}'

    def _full_commit(self, request: Request, name: str) -> Answer:
        allow(request, "POST")
        with self._store.reading() as connection:
            reading.find_database(connection, name)
        return 201, {}, b'{"ok":true,"instance_start_time":"0"}'


def check_size(body: bytes) -> None:
    if len(body) > BODY_BYTES_MAX:
        raise CouchError(413, "too_large", "the request entity is too large")


def welcome(request: Request) -> Answer:
    allow(request, "GET", "HEAD")
    answer = {"couchdb": "Welcome", "version": VERSION, "vendor": {"name": "Credence embedded documents"}}
    return 200, {}, encode(answer)


def read_query(request: Request) -> Options:
    allow(request, "GET", "HEAD", "POST")
    return read_options(request.parameters, request.body if request.method == "POST" else None)


def named_revision(request: Request) -> str | None:
    """The revision that a write names, in the query or in ``If-Match``."""
    query = request.parameters.get("rev")
    header = request.headers.get("if-match", "").strip('"')
    if query and header and query != header:
        raise bad_request("Document rev and etag have different values")
    return query or header or None


def bulk_documents(wanted: JsonObject) -> list[Json]:
    """The documents of a bulk's body."""
    if "docs" not in wanted:
        raise bad_request("POST body must include `docs` parameter.")
    documents, new_edits = wanted["docs"], wanted.get("new_edits", True)
    if not isinstance(documents, list):
        raise bad_request("`docs` parameter must be an array.")
    if not isinstance(new_edits, bool):
        raise bad_request("`new_edits` parameter must be a boolean.")
    if not new_edits:
        raise not_implemented("`new_edits` can only be true: this server takes no replication.")
    return documents


def bulk_row(draft: Draft, revision: str | None) -> JsonObject:
    if revision is None:
        return {"id": draft.id, "error": "conflict", "reason": "Document update conflict."}
    return {"ok": True, "id": draft.id, "rev": revision}


def allow(request: Request, *methods: str) -> None:
    if request.method not in methods:
        allowed = ",".join(methods)
        raise CouchError(405, "method_not_allowed", f"Only {allowed} allowed", {"allow": allowed})
