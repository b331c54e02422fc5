"""Owns the contract on design documents: checked when written, rebuilt when changed, gone when deleted.

Never queries more than it needs to see which rows there are.
Called by pytest.
"""

from typing import Final

import pytest

from couch_views.json_values import Json, JsonObject
from tests.couch_views.contract.conftest import Couch, eventually


@pytest.fixture
def full(couch: Couch) -> Couch:
    couch.bulk({"_id": "a", "x": 1}, {"_id": "b", "x": 2})
    return couch


def reason(couch: Couch, view: str) -> Json:
    """Why a view can't be asked, None if it can."""
    answer = couch.ask("GET", f"_design/d/_view/{view}")
    return None if answer.status == 200 else answer["reason"]


def test_a_view_is_built_from_what_is_there(full: Couch) -> None:
    full.design(by_x="function (doc) { emit(doc.x, null); }")
    assert full.view("by_x").column("id") == ["a", "b"]


def test_a_changed_map_is_built_again(full: Couch) -> None:
    full.design(by_x="function (doc) { emit(doc.x, null); }", kept="function (doc) { emit(doc._id, 7); }")
    full.design(by_x="function (doc) { emit(-doc.x, null); }", kept="function (doc) { emit(doc._id, 7); }")
    eventually(lambda: full.view("by_x").column("key"), [-2, -1])
    assert full.view("kept").column("value") == [7, 7]
    revision = full.ask("GET", "a")["_rev"]
    full.put("a", {"x": 9, "_rev": revision})
    assert full.view("by_x").column("key") == [-9, -2]
    assert full.view("kept").column("key") == ["a", "b"]


def test_a_view_may_come_and_go(full: Couch) -> None:
    full.design(one="function (doc) { emit(doc.x, null); }")
    full.design(two="function (doc) { emit(doc.x, null); }")
    eventually(lambda: reason(full, "one"), "missing_named_view")
    assert full.view("two").column("key") == [1, 2]
    full.design(one="function (doc) { emit(doc.x, null); }")
    eventually(lambda: reason(full, "two"), "missing_named_view")
    assert full.view("one").column("key") == [1, 2]


def test_a_reduce_may_be_added(full: Couch) -> None:
    source = "function (doc) { emit(doc.x, doc.x); }"
    full.design(x=source)
    full.design(x=source, x_sum=source)
    eventually(lambda: reason(full, "x_sum"), None)
    assert full.view("x_sum").column("value") == [3]


def test_a_deleted_design_has_no_views(full: Couch) -> None:
    full.design(by_x="function (doc) { emit(doc.x, null); }")
    full.ask("DELETE", "_design/d", rev=full.ask("GET", "_design/d")["_rev"])
    eventually(lambda: reason(full, "by_x"), "deleted")
    full.design(by_x="function (doc) { emit(doc.x, null); }")
    eventually(lambda: reason(full, "by_x"), None)
    assert full.view("by_x").column("id") == ["a", "b"]


def test_a_design_document_is_a_document(couch: Couch) -> None:
    couch.put("_design/e", {"views": {}, "more": [1]})
    assert couch.ask("GET", "_design/e")["more"] == [1]
    assert couch.ask("GET", "_all_docs").column("id") == ["_design/e"]
    assert couch.ask("PUT", "_design/e", {}).status == 409


def test_design_documents_are_found_by_their_range(couch: Couch) -> None:
    couch.bulk({"_id": "_design/b"}, {"_id": "_design/a.b"}, {"_id": "Z"}, {"_id": "a"})
    rows = couch.ask("GET", "_all_docs", startkey='"_design/"', endkey='"_design0"', include_docs=True).rows
    assert [row["id"] for row in rows] == ["_design/a.b", "_design/b"]
    assert rows[0]["doc"] == couch.ask("GET", "_design/a.b").json


BY_X: Final = "function (doc) { emit(doc.x, null); }"


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"views": {"v": {"map": BY_X}}}, True),
        ({"language": "javascript", "views": {"v": {"map": BY_X}}, "more": 1}, True),
        ({"views": {"v": {"map": BY_X + " "}}}, False),
        ({"views": {"v": {"map": BY_X, "reduce": "_count"}}}, False),
        ({"views": {"w": {"map": BY_X}}}, False),
    ],
)
def test_an_index_is_known_by_what_is_in_it(couch: Couch, other: JsonObject, same: bool) -> None:
    couch.put("_design/d", {"views": {"v": {"map": BY_X}}})
    couch.put("_design/e.f", other)
    assert (couch.signature() == couch.signature("e.f")) == same


def test_what_was_built_under_another_name_is_there_at_once(full: Couch) -> None:
    full.design(by_x="function (doc) { emit('old', null); }")
    assert full.view("by_x").column("key") == ["old", "old"]
    full.put("_design/d.next", {"language": "javascript", "views": {"by_x": {"map": BY_X}}})
    assert full.ask("GET", "_design/d.next/_view/by_x").column("key") == [1, 2]
    assert full.view("by_x").column("key") == ["old", "old"]
    full.design(by_x=BY_X)
    eventually(lambda: full.view("by_x").column("key"), [1, 2])
    assert full.signature() == full.signature("d.next")
    full.ask("DELETE", "_design/d.next", rev=full.ask("GET", "_design/d.next")["_rev"])
    cleaned = full.ask("POST", "_view_cleanup", {})
    assert (cleaned.status, cleaned.json) == (202, {"ok": True})
    eventually(lambda: reason(full, "by_x"), None)
    assert full.view("by_x").column("key") == [1, 2]


def test_a_view_may_be_built_without_waiting_for_it(full: Couch) -> None:
    full.design(by_x=BY_X)
    answer = full.ask("GET", "_design/d/_view/by_x", update="lazy", limit=0, reduce=False)
    assert (answer.status, answer.rows) == (200, [])
    eventually(full.updates_pending, 0)
    assert full.view("by_x", update="false").column("key") == [1, 2]


def test_only_a_design_document_that_is_there_has_indexes(couch: Couch) -> None:
    answer = couch.ask("GET", "_design/no/_info")
    assert (answer.status, answer.json) == (404, {"error": "not_found", "reason": "missing"})


@pytest.mark.parametrize(
    ("views", "error"),
    [
        ({"v": {"map": "function (doc) {"}}, "compilation_error"),
        ({"v": {"map": "1"}}, "compilation_error"),
        ({"v": {"map": 1}}, "invalid_design_doc"),
        ({"v": 1}, "invalid_design_doc"),
        (1, "invalid_design_doc"),
    ],
)
def test_a_bad_function_is_refused_when_it_is_written(couch: Couch, views: Json, error: str) -> None:
    answer = couch.ask("PUT", "_design/d", {"views": views})
    assert (answer.status, answer["error"]) == (400, error)
    assert couch.ask("GET", "_design/d").status == 404
