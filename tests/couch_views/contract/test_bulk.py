"""Owns the contract on bulks: one outcome a document, in order.

Never tests a rule of revisions that the single documents' tests have.
Called by pytest.
"""

import pytest

from couch_views.json_values import Json, JsonObject
from tests.couch_views.contract.conftest import Couch


def things(count: int) -> list[JsonObject]:
    return [{"_id": f"thing{place}", "x": place} for place in range(count)]


def test_a_bulk_makes_changes_and_deletes(couch: Couch) -> None:
    made = couch.bulk(*things(3))
    assert made.column("id") == ["thing0", "thing1", "thing2"]
    assert made.column("ok") == [True] * 3
    named = [{**thing, "_rev": rev} for thing, rev in zip(things(3), made.column("rev"), strict=True)]
    changed = couch.bulk({**named[0], "x": 7}, {**named[1], "_deleted": True})
    assert [str(revision)[:2] for revision in changed.column("rev")] == ["2-", "2-"]
    assert couch.ask("GET", "thing0")["x"] == 7
    assert couch.ask("GET", "thing1")["reason"] == "deleted"
    assert couch.ask("GET", "thing2")["x"] == 2


def test_a_conflict_refuses_its_document_alone(couch: Couch) -> None:
    couch.put("thing1", {})
    outcomes = couch.bulk(*things(3)).rows
    assert [one.get("ok") for one in outcomes] == [True, None, True]
    assert outcomes[1] == {"id": "thing1", "error": "conflict", "reason": "Document update conflict."}


def test_a_deletion_names_the_current_revision_too(couch: Couch) -> None:
    first = couch.put("a", {"x": 1})
    second = couch.put("a", {"x": 2, "_rev": first})
    stale = couch.bulk({"_id": "a", "_rev": first, "_deleted": True}, {"_id": "b", "_rev": first})
    assert stale.column("error") == ["conflict", "conflict"]
    assert couch.bulk({"_id": "a", "_rev": second, "_deleted": True}).column("ok") == [True]
    assert couch.bulk({"_id": "a", "x": 3}).column("ok") == [True]


def test_outcomes_come_in_the_order_of_the_documents(couch: Couch) -> None:
    couch.put("d050", {})
    names = [f"d{place * 37 % 200:03d}" for place in range(200)]
    outcomes = couch.bulk(*[{"_id": name} for name in names])
    assert outcomes.column("id") == names
    assert [name for name, ok in zip(names, outcomes.column("ok"), strict=True) if not ok] == ["d050"]


def test_of_two_with_one_id_the_first_is_written(couch: Couch) -> None:
    assert couch.bulk({"_id": "a", "x": 1}, {"_id": "a", "x": 2}).column("error") == [None, "conflict"]
    assert couch.ask("GET", "a")["x"] == 1


def test_a_document_may_be_born_deleted(couch: Couch) -> None:
    [outcome] = couch.bulk({"_id": "a", "_deleted": True}).rows
    assert outcome["ok"] is True
    assert couch.ask("GET", "a")["reason"] == "deleted"


def test_a_bulk_holds_documents_of_every_kind(couch: Couch) -> None:
    outcomes = couch.bulk({"_id": "_local/a"}, {"x": 1}, {"_id": "_design/e"})
    assert outcomes.column("ok") == [True] * 3
    assert couch.ask("GET", "_local/a").status == couch.ask("GET", "_design/e").status == 200


def test_an_empty_bulk_is_nothing(couch: Couch) -> None:
    assert couch.bulk().json == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "POST body must include `docs` parameter."),
        ({"docs": 1}, "`docs` parameter must be an array."),
        ({"docs": [], "new_edits": 0}, "`new_edits` parameter must be a boolean."),
        ({"docs": [1]}, "Document must be a JSON object"),
        ([], "Request body must be a JSON object"),
    ],
)
def test_a_bulk_of_the_wrong_shape_is_refused(couch: Couch, body: Json, reason: str) -> None:
    answer = couch.ask("POST", "_bulk_docs", body)
    assert (answer.status, answer["error"], answer["reason"]) == (400, "bad_request", reason)


def test_one_illegal_document_refuses_the_whole_bulk(couch: Couch) -> None:
    for illegal, error in (({"_id": "_no"}, "illegal_docid"), ({"_id": "b", "_no": 1}, "doc_validation")):
        answer = couch.ask("POST", "_bulk_docs", {"docs": [{"_id": "a"}, illegal]})
        assert (answer.status, answer["error"]) == (400, error)
        assert couch.ask("GET", "a").status == 404
