"""Owns the contract on design documents: checked when written, rebuilt when changed, gone when deleted.

Never queries more than it needs to see which rows there are.
Called by pytest.
"""

import pytest

from couch_views.json_values import Json
from tests.couch_views.contract.conftest import Couch


@pytest.fixture
def full(couch: Couch) -> Couch:
    couch.bulk({"_id": "a", "x": 1}, {"_id": "b", "x": 2})
    return couch


def test_a_view_is_built_from_what_is_there(full: Couch) -> None:
    full.design(by_x="function (doc) { emit(doc.x, null); }")
    assert full.view("by_x").column("id") == ["a", "b"]


def test_a_changed_map_is_built_again(full: Couch) -> None:
    full.design(by_x="function (doc) { emit(doc.x, null); }", kept="function (doc) { emit(doc._id, 7); }")
    full.design(by_x="function (doc) { emit(-doc.x, null); }", kept="function (doc) { emit(doc._id, 7); }")
    assert full.view("by_x").column("key") == [-2, -1]
    assert full.view("kept").column("value") == [7, 7]
    revision = full.ask("GET", "a")["_rev"]
    full.put("a", {"x": 9, "_rev": revision})
    assert full.view("by_x").column("key") == [-9, -2]
    assert full.view("kept").column("key") == ["a", "b"]


def test_a_view_may_come_and_go(full: Couch) -> None:
    full.design(one="function (doc) { emit(doc.x, null); }")
    full.design(two="function (doc) { emit(doc.x, null); }")
    assert full.ask("GET", "_design/d/_view/one")["reason"] == "missing_named_view"
    assert full.view("two").column("key") == [1, 2]
    full.design(one="function (doc) { emit(doc.x, null); }")
    assert full.view("one").column("key") == [1, 2]


def test_a_reduce_may_be_added(full: Couch) -> None:
    source = "function (doc) { emit(doc.x, doc.x); }"
    full.design(x=source)
    full.design(x=source, x_sum=source)
    assert full.view("x_sum").column("value") == [3]


def test_a_deleted_design_has_no_views(full: Couch) -> None:
    full.design(by_x="function (doc) { emit(doc.x, null); }")
    full.ask("DELETE", "_design/d", rev=full.ask("GET", "_design/d")["_rev"])
    answer = full.ask("GET", "_design/d/_view/by_x")
    assert (answer.status, answer["reason"]) == (404, "deleted")
    full.design(by_x="function (doc) { emit(doc.x, null); }")
    assert full.view("by_x").column("id") == ["a", "b"]


def test_a_design_document_is_a_document(couch: Couch) -> None:
    couch.put("_design/e", {"views": {}, "more": [1]})
    assert couch.ask("GET", "_design/e")["more"] == [1]
    assert couch.ask("GET", "_design%2Fe")["more"] == [1]
    assert couch.ask("GET", "_all_docs").column("id") == ["_design/e"]
    assert couch.ask("PUT", "_design/e", {}).status == 409


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
