"""Owns the one door to the documents: the ``couchdb`` client, before a real CouchDB or the embedded one.

Never knows what a document means, never repeats a request.
Called by the projector (the one writer) and by resources through couch_views.queries (readers).

The client is used through its ``Session`` seam only: its own session, with its cache, its repeated
PUTs and POSTs, its AttributeError at an error of more than 8 KiB, is never made.
"""

import contextlib
import http.client
import io
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, Protocol, cast

from couch_views.design_upgrade import upgrade
from couch_views.json_values import Json, JsonObject, decode, encode_exactly
from couch_views.queries.reading import Row


@contextlib.contextmanager
def _without(module: str) -> Iterator[None]:
    """As if the module could not be imported."""
    before = sys.modules.get(module)
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
        if before is not None:
            sys.modules[module] = before


# The client only asks it for the client's own version; that doubles what importing the client costs.
with _without("pkg_resources"):
    import couchdb
    import couchdb.http
    import couchdb.json

DATABASE: Final = "credence"
BULK_MAX: Final = 1_000
"""Documents in one request: CouchDB is fast up to here."""
SETTLES_WITHIN_S: Final = 10
"""A CouchDB that made a database in the place of one just deleted may need a moment to open it."""
SETTLE_PAUSE_S: Final = 0.05
SHOWN_MAX: Final = 500
NO_DATABASE: Final = "Database does not exist."

REVISIONS_MAX: Final = 5
"""Of a document's history: each one is kept and read with the document, and only replication needs them."""


class DocumentsError(Exception):
    """The documents can't do what was asked."""


class DocumentsUnavailableError(DocumentsError):
    """They can't be reached, or have not been made yet. A write may have been carried out."""


class DocumentsRefusedError(DocumentsError):
    """The store says no: the request was wrong, or this process may not write. Nothing has changed."""


class DocumentsForbiddenError(DocumentsRefusedError):
    """The store does not know this process, or may not do this for it: who set it up has to look."""


class DocumentConflictError(DocumentsError):
    """Somebody else has changed the document meanwhile."""


class Written(NamedTuple):
    """A document of a bulk that was written."""

    id: str
    revision: str


class NotWritten(NamedTuple):
    """A document of a bulk that was not written: ``conflict``, or another of CouchDB's error words."""

    id: str
    error: str
    reason: str


class Group(NamedTuple):
    """One row of a reduce; ``key`` is None where all rows are one group."""

    key: Json
    value: Json


class CouchServer(Protocol):
    """What answers requests: ``EmbeddedServer`` or ``RemoteServer``."""

    def handle(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]: ...

    def close(self) -> None: ...


class Session:
    """Stands where the client has its HTTP session, and is the one place that turns answers into errors.

    404 and 412 stay the client's own exceptions, because the client itself reacts to them.
    """

    def __init__(self, server: CouchServer) -> None:
        self._server = server

    def request(
        self,
        method: str,
        url: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        credentials: object = None,  # noqa: ARG002 the signature is the client's; the server has its own
    ) -> tuple[int, dict[str, str], io.BytesIO]:
        path, _, query = url.removeprefix(BASE).partition("?")
        try:
            status, answered, answer = self._server.handle(method, path, query, headers or {}, encoded(body))
        except (OSError, http.client.HTTPException) as error:
            raise DocumentsUnavailableError(f"{method} {path}: {error!r}") from error
        if status >= http.client.BAD_REQUEST:
            raise failure(status, f"{method} {path}", answer)
        if answer and JSON_TYPE not in answered.get("content-type", ""):
            raise DocumentsUnavailableError(f"{method} {path}: {status} with no JSON")
        return status, answered, io.BytesIO(answer)


BASE: Final = "documents:"
"""Stands for the address in the client's URLs: a session's server knows its own."""


JSON_TYPE: Final = "application/json"


def decoded(answer: str) -> Json:
    """What the client decodes is always an answer; one that ends in the middle is none."""
    try:
        return decode(answer)
    except ValueError as error:
        raise DocumentsUnavailableError(f"an answer that is no JSON: {error}") from error


couchdb.json.use(decode=decoded, encode=lambda value: encode_exactly(value).decode())


def encoded(body: object) -> bytes:
    if body is None or isinstance(body, bytes):
        return body or b""
    try:
        return encode_exactly(body)
    except ValueError as error:
        raise DocumentsRefusedError(f"not for a document: {error}") from error


def failure(status: int, asked: str, answer: bytes) -> Exception:
    """The exception for an answer of 400 and above."""
    error, reason = error_words(answer)
    message = f"{asked}: {status} {error}: {reason}"
    if status == http.client.NOT_FOUND and reason != NO_DATABASE:
        return cast("Exception", couchdb.http.ResourceNotFound((error, reason)))
    if status == http.client.PRECONDITION_FAILED:
        return cast("Exception", couchdb.http.PreconditionFailed((error, reason)))
    if status == http.client.CONFLICT:
        return DocumentConflictError(message)
    if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
        return DocumentsForbiddenError(message)
    if status >= http.client.INTERNAL_SERVER_ERROR or status in NOT_NOW:
        return DocumentsUnavailableError(message)
    return DocumentsRefusedError(message)


NOT_NOW: Final = (http.client.NOT_FOUND, http.client.REQUEST_TIMEOUT, http.client.TOO_MANY_REQUESTS)
"""The database isn't there yet, or what stands in between says so."""


def error_words(answer: bytes) -> tuple[str, str]:
    """Error and reason of CouchDB's answer, or what a proxy says in other words."""
    try:
        value = decode(answer)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        return "unknown", answer[:SHOWN_MAX].decode(errors="replace")
    return str(value.get("error"))[:SHOWN_MAX], str(value.get("reason"))[:SHOWN_MAX]


class Absent:
    """Stands for a bound of a range that is not given: None is a key."""


ABSENT: Final = Absent()


class Documents:
    """The documents of an installation. Any thread may use it; each has a client of its own."""

    def __init__(
        self,
        connect: Callable[[], CouchServer],
        close: Callable[[], None],
        database: str = DATABASE,
        *,
        updates_views: bool = False,
    ) -> None:
        """``updates_views``: who writes waits until it is indexed, so that no reader has to."""
        self._connect = connect
        self._close = close
        self._name = database
        self._updates_views = updates_views
        self._views: list[tuple[str, str]] = []
        self._local = threading.local()

    def get(self, identity: str) -> JsonObject | None:
        """The document with ``_id`` and ``_rev``, or None."""
        return cast("JsonObject | None", self._database().get(identity))

    def get_many(self, identities: Sequence[str]) -> list[JsonObject | None]:
        """The documents in the order asked, None where there is none; one request."""
        if not identities:
            return []
        rows = self._rows("_all_docs", {"keys": list(identities), "include_docs": True})
        return [cast("JsonObject | None", row.get("doc")) for row in rows]

    def identities(
        self, *, start: str, end: str, descending: bool = False, limit: int | None = None
    ) -> list[str]:
        """The ids from ``start`` to ``end`` (both inclusive) in that direction, by their bytes."""
        rows = self._rows("_all_docs", query_of(start, end, limit, descending=descending))
        return [cast("str", row["id"]) for row in rows]

    def view(
        self,
        design: str,
        view: str,
        *,
        start: Json | Absent = ABSENT,
        end: Json | Absent = ABSENT,
        descending: bool = False,
        limit: int | None = None,
    ) -> list[Row]:
        """The rows from key ``start`` to key ``end`` (both inclusive) in that direction."""
        options = query_of(start, end, limit, descending=descending) | {"reduce": False}
        rows = self._rows(f"{design}/{view}", options)
        return [Row(cast("str", row["id"]), row["key"], row["value"]) for row in rows]

    def views(
        self,
        design: str,
        view: str,
        ranges: Sequence[tuple[Json, Json]],
        *,
        descending: bool = False,
        limit: int | None = None,
    ) -> list[list[Row]]:
        """The rows of each of these ranges (first key, last key: inclusive), in their order; one request."""
        asked = [
            query_of(start, end, limit, descending=descending) | {"reduce": False} for start, end in ranges
        ]
        resource = self._database().resource("_design", design, "_view", view, "queries")
        try:
            _, _, answer = resource.post_json(body={"queries": asked})
        except couchdb.http.ResourceNotFound as error:
            raise DocumentsUnavailableError(f"{design}/{view}: {error}") from error
        return [
            [Row(row["id"], row["key"], row["value"]) for row in result["rows"]]
            for result in answer["results"]
        ]

    def reduce(
        self,
        design: str,
        view: str,
        *,
        start: Json | Absent = ABSENT,
        end: Json | Absent = ABSENT,
        group_level: int = 0,
    ) -> list[Group]:
        """The view's reduce over a range: one group, or one for each beginning of ``group_level`` parts.

        ``DocumentsRefusedError`` where values can't be reduced.
        """
        rows = self._rows(f"{design}/{view}", query_of(start, end, None) | {"group_level": group_level})
        for row in rows:
            if isinstance(row["value"], dict) and "error" in row["value"]:
                raise DocumentsRefusedError(f"{design}/{view}: {row['value']}"[:SHOWN_MAX])
        return [Group(row["key"], row["value"]) for row in rows]

    def bulk(self, documents: Sequence[Mapping[str, object]]) -> list[Written | NotWritten]:
        """Writes documents, each if its ``_rev`` is current (none for a new one); one outcome each, in order.

        At most ``BULK_MAX`` go into one request, so an exception may leave the first of more written.
        """
        outcomes: list[Written | NotWritten] = []
        for first in range(0, len(documents), BULK_MAX):
            body = {"docs": documents[first : first + BULK_MAX]}
            _, _, answer = self._database().resource.post_json("_bulk_docs", body=body)
            outcomes += [outcome(row) for row in answer]
            for design, first_view in self._views:
                self._ask(*design.split("/"), "_view", first_view, limit=0, reduce="false")
        return outcomes

    def ensure_database(self) -> None:
        """Makes the database if there is none; whoever else does so at the same time does no harm."""
        settled_at = time.monotonic()
        with contextlib.suppress(couchdb.http.PreconditionFailed):
            self._server().resource.put_json(self._name)
            settled_at += SETTLES_WITHIN_S
        while (limit := self._limit_of_revisions(settled_at)) is None:
            time.sleep(SETTLE_PAUSE_S)
        if limit != REVISIONS_MAX:
            self._database().resource.put_json("_revs_limit", body=REVISIONS_MAX)

    def delete_database(self) -> None:
        """Throws everything away: documents, views, the database itself, which must be there."""
        self._server().resource.delete_json(self._name)

    def ensure_designs(self, designs: Sequence[JsonObject]) -> bool:
        """Goes on with putting these design documents into place, and takes away others of ours.

        They are as ``load_designs`` makes them. False while changed views are still being built: readers have
        the old ones until it is called again and they are there.
        """
        placed = upgrade(self, designs)
        if placed and self._updates_views:
            # All views of a design document are indexed together.
            self._views = [(str(one["_id"]), next(iter(cast("JsonObject", one["views"])))) for one in designs]
        return placed

    def designs(self) -> list[JsonObject]:
        """Every design document there is."""
        options: dict[str, Json] = {"startkey": "_design/", "endkey": "_design0", "include_docs": True}
        return [cast("JsonObject", row["doc"]) for row in self._rows("_all_docs", options)]

    def document_count(self) -> int:
        """How many documents there are."""
        return cast("dict[str, int]", self._ask())["doc_count"]

    def updates_pending(self, design: str) -> int:
        """How many updates the indexes of the design document of this id are behind."""
        information = cast("dict[str, dict[str, dict[str, int]]]", self._ask(*design.split("/"), "_info"))
        return information["view_index"]["updates_pending"]["total"]

    def start_building(self, design: str, view: str) -> None:
        """Has the design document's indexes brought up to date, without waiting for it."""
        self._ask(*design.split("/"), "_view", view, update="lazy", limit=0, reduce="false")

    def write_designs(self, documents: Sequence[Mapping[str, object]]) -> bool:
        """Writes them in one bulk; False if somebody else has changed one meanwhile."""
        refused = [one for one in self.bulk(documents) if isinstance(one, NotWritten)]
        if any(one.error != "conflict" for one in refused):
            raise DocumentsRefusedError(str(refused)[:SHOWN_MAX])
        return not refused

    def drop_unused_indexes(self) -> None:
        """Removes the indexes that no design document needs any more."""
        self._database().resource.post_json("_view_cleanup")

    def close(self) -> None:
        """Closes what all threads have opened."""
        self._close()

    def _rows(self, view: str, options: Mapping[str, Json]) -> list[JsonObject]:
        """The raw rows of a view. No view is as no database: the writer has not made it yet."""
        try:
            return cast("list[JsonObject]", self._database().view(view, wrapper=same, **options).rows)
        except couchdb.http.ResourceNotFound as error:
            raise DocumentsUnavailableError(f"{view}: {error}") from error

    def _limit_of_revisions(self, settled_at: float) -> Json:
        """None where there is no answer yet, but may be one until then."""
        try:
            return self._ask("_revs_limit")
        except DocumentsUnavailableError:
            if time.monotonic() >= settled_at:
                raise
            return None

    def _ask(self, *path: str, **parameters: str | int) -> Json:
        """What stands at a path below the database. Nothing is as no database: it has not been made yet."""
        try:
            _, _, answer = self._database().resource(*path).get_json(**parameters)
        except couchdb.http.ResourceNotFound as error:
            raise DocumentsUnavailableError(f"{'/'.join(path)}: {error}") from error
        return cast("Json", answer)

    def _database(self) -> couchdb.Database:
        database: couchdb.Database | None = getattr(self._local, "database", None)
        if database is None:
            database = couchdb.Database(self._server().resource(self._name), self._name)
            self._local.database = database
        return database

    def _server(self) -> couchdb.Server:
        server: couchdb.Server | None = getattr(self._local, "server", None)
        if server is None:
            server = couchdb.Server(BASE, session=Session(self._connect()))
            self._local.server = server
        return server


def same(row: JsonObject) -> JsonObject:
    """The client wraps each row in an object of its own; we want none."""
    return row


def query_of(
    start: Json | Absent, end: Json | Absent, limit: int | None, *, descending: bool = False
) -> dict[str, Json]:
    options: dict[str, Json] = {}
    if not isinstance(start, Absent):
        options["startkey"] = start
    if not isinstance(end, Absent):
        options["endkey"] = end
    if limit is not None:
        options["limit"] = limit
    if descending:
        options["descending"] = True
    return options


def outcome(row: Mapping[str, str]) -> Written | NotWritten:
    if "error" in row:
        return NotWritten(row["id"], row["error"], row["reason"])
    return Written(row["id"], row["rev"])
