"""Owns the contract on single documents: revisions, conflicts, deletion, refusals.

Never writes in bulk.
Called by pytest.
"""

import pytest

from couch_views.json_values import Json, JsonObject
from tests.couch_views.contract.conftest import Couch


def test_a_document_is_read_as_it_was_written(couch: Couch) -> None:
    content: JsonObject = {
        "text": "é\u0000\U0001f600",
        "numbers": [0, -1, 1.5, 2**53],
        "deep": {"a": [None, True, {}]},
    }
    written = couch.ask("PUT", "a", content)
    assert (written.status, written["ok"], written["id"]) == (201, True, "a")
    read = couch.ask("GET", "a")
    assert read.json == {"_id": "a", "_rev": written["rev"], **content}
    assert read.headers["content-type"] == "application/json"


def test_a_revision_counts_and_has_a_digest(couch: Couch) -> None:
    first = couch.put("a", {"x": 1})
    second = couch.put("a", {"x": 2, "_rev": first})
    assert [revision.partition("-")[0] for revision in (first, second)] == ["1", "2"]
    assert all(len(revision.partition("-")[2]) == 32 for revision in (first, second))


def test_the_same_history_has_the_same_revisions(couch: Couch) -> None:
    assert couch.put("a", {"x": 1}) == couch.put("b", {"x": 1})
    assert couch.put("c", {"x": 1}) != couch.put("d", {"x": 2})


@pytest.mark.parametrize(
    ("stored", "named", "status"),
    [
        ("nothing", None, 201),
        ("nothing", "another", 409),
        ("live", None, 409),
        ("live", "first", 409),
        ("live", "another", 409),
        ("live", "current", 201),
        ("deleted", None, 201),
        ("deleted", "first", 409),
        ("deleted", "another", 409),
        ("deleted", "current", 409),
    ],
)
def test_a_write_names_the_current_revision(
    couch: Couch, stored: str, named: str | None, status: int
) -> None:
    revisions = {"another": "1-" + "0" * 32}
    if stored != "nothing":
        revisions["first"] = couch.put("a", {"x": 1})
        revisions["current"] = couch.put(
            "a", {"x": 2, "_rev": revisions["first"], "_deleted": stored == "deleted"}
        )
    answer = couch.ask("PUT", "a", {"x": 3} | ({"_rev": revisions[named]} if named else {}))
    assert answer.status == status
    if status == 409:
        assert answer.json == {"error": "conflict", "reason": "Document update conflict."}
    else:
        assert str(answer["rev"]).startswith({"nothing": "1", "live": "3", "deleted": "3"}[stored] + "-")


def test_a_revision_may_stand_in_three_places(couch: Couch) -> None:
    revision = couch.put("a", {})
    revision = couch.put("a", {"_rev": revision})
    revision = couch.put("a", {}, rev=revision)
    written = couch.ask("PUT", "a", {}, {"if-match": f'"{revision}"'})
    assert written.status == 201
    differing = couch.ask("PUT", "a", {"_rev": written["rev"]}, rev=revision)
    assert (differing.status, differing["error"]) == (400, "bad_request")
    differing = couch.ask("PUT", "a", {}, {"if-match": str(written["rev"])}, rev=revision)
    assert (differing.status, differing["error"]) == (400, "bad_request")


def test_a_deleted_document_is_missing(couch: Couch) -> None:
    assert couch.ask("GET", "a").json == {"error": "not_found", "reason": "missing"}
    revision = couch.put("a", {"x": 1})
    assert couch.ask("DELETE", "a").status == 409
    deleted = couch.ask("DELETE", "a", rev=revision)
    assert (deleted.status, deleted["ok"], str(deleted["rev"])[:2]) == (200, True, "2-")
    answer = couch.ask("GET", "a")
    assert (answer.status, answer.json) == (404, {"error": "not_found", "reason": "deleted"})
    assert couch.ask("HEAD", "a").status == 404
    assert couch.ask("DELETE", "b").status == 404


def test_a_reader_who_has_the_document_gets_nothing(couch: Couch) -> None:
    revision = couch.put("a", {"x": 1})
    head = couch.ask("HEAD", "a")
    assert (head.status, head.json, head.headers["etag"]) == (200, None, f'"{revision}"')
    assert couch.ask("GET", "a", None, {"if-none-match": f'"{revision}"'}).status == 304
    assert couch.ask("GET", "a", None, {"if-none-match": '"1-0"'}).status == 200
    assert couch.ask("GET", "a", rev=revision).status == 200


def test_a_posted_document_gets_an_id_if_it_has_none(couch: Couch) -> None:
    made = couch.ask("POST", "", {"x": 1})
    assert (made.status, len(str(made["id"]))) == (201, 32)
    assert couch.ask("GET", str(made["id"]))["x"] == 1
    named = couch.ask("POST", "", {"_id": "mine", "x": 2})
    assert (named.status, named["id"]) == (201, "mine")
    assert named.headers["location"].endswith(f"/{couch.name}/mine")


def test_an_id_may_hold_any_character(couch: Couch) -> None:
    for identity in ("a/b", "a b?c#d", "é\U0001f600", "+%2F"):
        made = couch.ask("POST", "", {"_id": identity})
        assert made["id"] == identity
    assert couch.ask("GET", "a%2Fb")["_id"] == "a/b"
    assert couch.ask("GET", "a%20b%3Fc%23d")["_id"] == "a b?c#d"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "bad_request"),
        (b"{", "bad_request"),
        (b"[]", "bad_request"),
        (b'"text"', "bad_request"),
        (b'{"x": NaN}', "bad_request"),
        (b'{"_unknown": 1}', "doc_validation"),
        (b'{"_deleted": 1}', "doc_validation"),
        (b'{"_rev": 1}', "bad_request"),
        (b'{"_rev": "nonsense"}', "bad_request"),
    ],
)
def test_a_bad_document_changes_nothing(couch: Couch, body: bytes, error: str) -> None:
    answer = couch.ask("PUT", "a", body)
    assert (answer.status, answer["error"]) == (400, error)
    assert couch.ask("GET", "a").status == 404


@pytest.mark.parametrize(
    ("identity", "reason"),
    [
        (1, "Document id must be a string"),
        ("", "Document id must not be empty"),
        ("_secret", "Only reserved document ids may start with underscore."),
    ],
)
def test_a_bad_id_is_refused(couch: Couch, identity: Json, reason: str) -> None:
    answer = couch.ask("POST", "", {"_id": identity})
    assert (answer.status, answer["error"], answer["reason"]) == (400, "illegal_docid", reason)


def test_a_local_document_is_in_no_list(couch: Couch) -> None:
    first = couch.put("_local/a", {"x": 1})
    second = couch.put("_local/a", {"x": 2, "_rev": first})
    assert (first, second) == ("0-1", "0-2")
    assert couch.ask("GET", "_local/a").json == {"_id": "_local/a", "_rev": "0-2", "x": 2}
    assert couch.ask("GET", "_all_docs").rows == []
    assert couch.ask("DELETE", "_local/a", rev=second).status == 200
    assert couch.ask("GET", "_local/a").status == 404
    assert couch.ask("PUT", "_local", {}).status == 400
