"""Owns the tests of the client's door: what the projector and the web rely on.

Never tests CouchDB's own rules: the contract suite does.
Called by pytest.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from couch_views import client
from couch_views.client import (
    DocumentConflictError,
    Documents,
    DocumentsForbiddenError,
    DocumentsRefusedError,
    DocumentsUnavailableError,
    NotWritten,
    Written,
    failure,
)
from couch_views.embedded.server import EmbeddedServer
from couch_views.json_values import JsonObject
from couch_views.opening import open_documents
from couch_views.queries.reading import Row
from tests.couch_views.servers import URL, place_at
from tests.couch_views.test_design_upgrade import WatchedServer

DESIGN: JsonObject = {
    "_id": "_design/lists",
    "language": "javascript",
    "views": {
        "by_owner": {"map": "function (doc) { if (doc.owner) { emit([doc.owner, doc._id], doc.worth); } }"},
        "worth": {"map": "function (doc) { emit([doc.owner, doc._id], doc.worth); }", "reduce": "_sum"},
    },
    "digest": "1",
}


@pytest.fixture(params=["sqlite", "memory", *(["real"] if URL else [])])
def documents(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Documents]:
    opened = (
        Documents(*place_at(URL))
        if request.param == "real"
        else open_documents(request.param, tmp_path, writer=True)
    )
    opened.ensure_database()
    yield opened
    opened.close()


def things(count: int) -> list[JsonObject]:
    return [{"_id": f"thing{place:04d}", "owner": "ab"[place % 2], "worth": place} for place in range(count)]


def test_a_document_that_was_written_is_read(documents: Documents) -> None:
    [written] = documents.bulk([{"_id": "a", "worth": 1}])
    assert isinstance(written, Written)
    assert documents.get("a") == {"_id": "a", "_rev": written.revision, "worth": 1}
    assert documents.get("b") is None


def test_the_database_is_made_once(documents: Documents) -> None:
    documents.bulk(things(1))
    documents.ensure_database()
    assert documents.get("thing0000") is not None


def test_many_come_in_the_order_asked(documents: Documents) -> None:
    documents.bulk(things(3))
    found = documents.get_many(["thing0002", "unknown", "thing0000"])
    assert [one and one["worth"] for one in found] == [2, None, 0]
    assert documents.get_many([]) == []


def test_a_bulk_tells_each_documents_outcome(documents: Documents) -> None:
    documents.bulk(things(1))
    outcomes = documents.bulk([{"_id": "new"}, {"_id": "thing0000"}])
    assert [type(one) for one in outcomes] == [Written, NotWritten]
    assert outcomes[1] == NotWritten("thing0000", "conflict", "Document update conflict.")


def test_a_long_bulk_goes_in_several_requests(documents: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BULK_MAX", 4)
    outcomes = documents.bulk(things(10))
    assert [one.id for one in outcomes] == [f"thing{place:04d}" for place in range(10)]
    assert len(documents.identities(start="thing", end="thingz")) == 10


def test_views_and_ids_are_read_by_range(documents: Documents) -> None:
    documents.ensure_designs([DESIGN])
    documents.bulk(things(6))
    rows = documents.view("lists", "by_owner", start=["a", "thing0002"], end=["a", {}])
    assert rows == [
        Row("thing0002", ["a", "thing0002"], 2),
        Row("thing0004", ["a", "thing0004"], 4),
    ]
    assert documents.views("lists", "by_owner", [(["a"], ["a", {}]), (["c"], ["c", {}])], limit=1) == [
        [Row("thing0000", ["a", "thing0000"], 0)],
        [],
    ]
    backwards = documents.view("lists", "by_owner", start=["b", {}], end=["b"], descending=True, limit=1)
    assert [row.id for row in backwards] == ["thing0005"]
    assert documents.identities(start="thing0004", end="thing0002", descending=True, limit=2) == [
        "thing0004",
        "thing0003",
    ]


def test_who_writes_waits_for_the_views_so_that_no_reader_has_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BULK_MAX", 4)
    embedded = EmbeddedServer(None, writer=True)
    server = WatchedServer(embedded)
    writer = Documents(lambda: server, server.close, updates_views=True)
    writer.ensure_database()
    writer.ensure_designs([DESIGN])
    server.asked.clear()
    writer.bulk(things(6))
    assert server.asked == ["POST _bulk_docs", "GET _design/lists/_view/by_owner"] * 2
    embedded.close()


def test_a_sum_that_can_not_be_is_refused(documents: Documents) -> None:
    documents.ensure_designs([DESIGN])
    documents.bulk([{"_id": "a", "worth": 1}, {"_id": "b", "worth": "much"}])
    with pytest.raises(DocumentsRefusedError, match="builtin_reduce_error"):
        documents.reduce("lists", "worth")


def test_a_reduce_is_read_in_groups(documents: Documents) -> None:
    documents.ensure_designs([DESIGN])
    documents.bulk(things(6))
    assert [tuple(group) for group in documents.reduce("lists", "worth")] == [(None, 15)]
    groups = documents.reduce("lists", "worth", group_level=1)
    assert [tuple(group) for group in groups] == [(["a"], 6), (["b"], 9)]


def test_a_conflict_and_a_refusal_have_their_own_errors(documents: Documents) -> None:
    documents.bulk([{"_id": "a"}])
    with pytest.raises(DocumentConflictError, match="409 conflict"):
        documents._database().save({"_id": "a"})
    with pytest.raises(DocumentsRefusedError, match="400 illegal_docid"):
        documents.bulk([{"_id": "_a"}])


def test_an_integer_beyond_53_bits_never_leaves(documents: Documents) -> None:
    with pytest.raises(DocumentsRefusedError, match="not for a document: Integer exceeds 53-bit range"):
        documents.bulk([{"_id": "a", "x": 2**53}])
    assert documents.get("a") is None


def test_a_view_that_is_not_there_is_not_made_yet(documents: Documents) -> None:
    with pytest.raises(DocumentsUnavailableError, match="missing"):
        documents.view("lists", "by_owner")
    with pytest.raises(DocumentsUnavailableError, match="missing"):
        documents.views("lists", "by_owner", [(None, None)])


def test_designs_are_written_only_when_they_differ(documents: Documents) -> None:
    documents.ensure_designs([DESIGN])
    first = documents.get("_design/lists")
    documents.ensure_designs([DESIGN])
    assert documents.get("_design/lists") == first
    documents.ensure_designs([{**DESIGN, "digest": "2"}])
    second = documents.get("_design/lists")
    assert second is not None
    assert (second["digest"], str(second["_rev"])[:2]) == ("2", "2-")


def test_null_is_a_bound(documents: Documents) -> None:
    views: JsonObject = {"v": {"map": "function (doc) { emit(doc.x); }"}}
    design: JsonObject = {"_id": "_design/n", "views": views, "digest": "1"}
    documents.ensure_designs([design])
    documents.bulk([{"_id": "a", "x": None}, {"_id": "b", "x": 1}])
    assert [row.id for row in documents.view("n", "v", end=None)] == ["a"]
    assert [row.id for row in documents.view("n", "v")] == ["a", "b"]


def test_the_documents_given_are_left_as_they_are(documents: Documents) -> None:
    document = {"_id": "a", "x": 1}
    documents.bulk([document])
    assert document == {"_id": "a", "x": 1}


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (400, b'{"error":"bad_request","reason":"no"}', DocumentsRefusedError),
        (401, b'{"error":"unauthorized","reason":"no"}', DocumentsForbiddenError),
        (403, b'{"error":"forbidden","reason":"no"}', DocumentsForbiddenError),
        (404, b'{"error":"not_found","reason":"Database does not exist."}', DocumentsUnavailableError),
        (409, b'{"error":"conflict","reason":"no"}', DocumentConflictError),
        (413, b"", DocumentsRefusedError),
        (429, b"slowly", DocumentsUnavailableError),
        (500, b"[1]", DocumentsUnavailableError),
        (500, b'[{"id":"a","error":"internal_server_error","reason":"no"}]', DocumentsUnavailableError),
        (503, b"\xff", DocumentsUnavailableError),
    ],
)
def test_every_answer_has_one_error(status: int, answer: bytes, error: type[Exception]) -> None:
    assert type(failure(status, "GET /a", answer)) is error
