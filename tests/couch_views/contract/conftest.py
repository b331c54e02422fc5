"""Owns the servers that the contract suite runs against, and a fresh database on each.

Never compares anything.
Called by the tests of this folder.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, urlencode

import pytest

from couch_views.client import CouchServer
from couch_views.embedded.server import EmbeddedServer
from couch_views.json_values import Json, JsonObject, decode, encode
from couch_views.remote import RemoteServer
from tests.couch_views.stand_in import standing_in

URL: Final = os.environ.get("COUCHDB_URL", "")
BEHIND_SOCKETS: Final = ["served", "real"] if URL else ["served"]
SERVERS: Final = ["embedded", *BEHIND_SOCKETS]
"""``served`` is the embedded one behind a socket: what RemoteServer makes of every answer."""
IN_TIME_S: Final = 60.0


def eventually(look: Callable[[], object], expected: object) -> None:
    """CouchDB has design documents in a cache: a change of one is seen a moment later."""
    deadline = time.monotonic() + IN_TIME_S
    while (seen := look()) != expected and time.monotonic() < deadline:
        time.sleep(0.02)
    assert seen == expected


class Answer:
    """An answer taken apart; ``json`` is its body."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.json: Json = decode(body) if body else None

    def __getitem__(self, name: str) -> Json:
        assert isinstance(self.json, dict), self.json
        return self.json[name]

    @property
    def rows(self) -> list[JsonObject]:
        """The rows of a view's answer (or of a list of outcomes)."""
        found = self.json["rows"] if isinstance(self.json, dict) else self.json
        assert isinstance(found, list), self.json
        return [row for row in found if isinstance(row, dict)]

    def column(self, name: str) -> list[Json]:
        return [row.get(name) for row in self.rows]


class Couch:
    """One database on a server, asked by raw requests."""

    def __init__(self, server: CouchServer, name: str) -> None:
        self.server = server
        self.name = name

    def ask(
        self,
        method: str,
        path: str = "",
        body: object = None,
        headers: dict[str, str] | None = None,
        /,
        **query: object,
    ) -> Answer:
        """A request below the database; query values that are no strings are written as JSON."""
        parameters = {
            name: value if isinstance(value, str) else encode(value).decode() for name, value in query.items()
        }
        content = body if isinstance(body, bytes) else encode(body) if body is not None else b""
        path = f"/{self.name}/{path}".rstrip("/")
        return Answer(*self.server.handle(method, path, urlencode(parameters), headers or {}, content))

    def put(self, identity: str, document: Mapping[str, object], **query: object) -> str:
        """Writes a document that must be accepted; its revision."""
        answer = self.ask("PUT", quote(identity, safe="/"), document, **query)
        assert answer.status == (200 if document.get("_deleted") else 201), answer.json
        revision = answer["rev"]
        assert isinstance(revision, str)
        return revision

    def bulk(self, *documents: Mapping[str, object]) -> Answer:
        answer = self.ask("POST", "_bulk_docs", {"docs": list(documents)})
        assert answer.status == 201, answer.json
        return answer

    def design(self, **views: str) -> None:
        """A design document ``d``; a view whose name ends in a reduce's name (``x_sum``) has that reduce."""
        declared: JsonObject = {}
        for name, source in views.items():
            view: JsonObject = {"map": source}
            for reduce in ("_sum", "_count", "_stats"):
                if name.endswith(reduce):
                    view["reduce"] = reduce
            declared[name] = view
        stored = self.ask("GET", "_design/d")
        revision: JsonObject = {"_rev": stored["_rev"]} if stored.status == 200 else {}
        self.put("_design/d", {**revision, "language": "javascript", "views": declared})

    def signature(self, design: str = "d") -> Json:
        """Of the indexes of a design document."""
        index = self.ask("GET", f"_design/{design}/_info")["view_index"]
        assert isinstance(index, dict)
        return index["signature"]

    def updates_pending(self, design: str = "d") -> Json:
        """How many updates its indexes are behind."""
        index = self.ask("GET", f"_design/{design}/_info")["view_index"]
        assert isinstance(index, dict)
        assert isinstance(index["updates_pending"], dict)
        return index["updates_pending"]["total"]

    def view(self, view: str, **query: object) -> Answer:
        answer = self.ask("GET", f"_design/d/_view/{view}", **query)
        assert answer.status == 200, answer.json
        return answer


@pytest.fixture(scope="session")
def served_url() -> Iterator[str]:
    embedded = EmbeddedServer(None, writer=True)
    with standing_in(embedded) as server:
        yield server.url
    embedded.close()


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[CouchServer]:
    opened: CouchServer = (
        EmbeddedServer(None, writer=True)
        if request.param == "embedded"
        else RemoteServer(URL if request.param == "real" else request.getfixturevalue("served_url"))
    )
    yield opened
    opened.close()


@pytest.fixture
def couch(server: CouchServer) -> Iterator[Couch]:
    made = Couch(server, f"contract{uuid.uuid4().hex}")
    assert made.ask("PUT").status == 201
    yield made
    made.ask("DELETE")
