"""Owns the contract on ``_all_docs``: ranges of ids by their bytes, and lists of ids.

Never looks at views.
Called by pytest.
"""

import pytest

from couch_views.json_values import Json
from tests.couch_views.contract.conftest import Couch

IDS = ["A", "a", "a0", "b", "c", "é"]


@pytest.fixture
def full(couch: Couch) -> Couch:
    couch.bulk(*[{"_id": identity, "x": identity} for identity in reversed(IDS)])
    return couch


def test_documents_are_listed_by_the_bytes_of_their_ids(full: Couch) -> None:
    answer = full.ask("GET", "_all_docs")
    assert answer["total_rows"] == 6
    assert answer.column("id") == answer.column("key") == IDS
    assert "doc" not in answer.rows[0]
    assert answer.rows[3]["value"] == {"rev": full.ask("GET", "b")["_rev"]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"startkey": '"a"'}, ["a", "a0", "b", "c", "é"]),
        ({"endkey": '"b"'}, ["A", "a", "a0", "b"]),
        ({"endkey": '"b"', "inclusive_end": False}, ["A", "a", "a0"]),
        ({"startkey": '"a"', "endkey": '"b"'}, ["a", "a0", "b"]),
        ({"start_key": '"a"', "end_key": '"b"'}, ["a", "a0", "b"]),
        ({"key": '"a0"'}, ["a0"]),
        ({"key": '"zzz"'}, []),
        ({"limit": 2}, ["A", "a"]),
        ({"limit": 0}, []),
        ({"skip": 4}, ["c", "é"]),
        ({"skip": 1, "limit": 1}, ["a"]),
        ({"descending": True, "limit": 2}, ["é", "c"]),
        ({"descending": True, "startkey": '"b"'}, ["b", "a0", "a", "A"]),
        ({"descending": True, "startkey": '"b"', "endkey": '"a"'}, ["b", "a0", "a"]),
        ({"descending": True, "endkey": '"a"', "inclusive_end": False}, ["é", "c", "b", "a0"]),
        ({"startkey": '"a"', "endkey": '"a\\ufff0"'}, ["a", "a0"]),
        ({"startkey": '"b"', "endkey": '"a"'}, []),
        ({"descending": True, "startkey": '"a"', "endkey": '"b"'}, []),
    ],
)
def test_a_range_of_ids(full: Couch, query: dict[str, Json], expected: list[str]) -> None:
    answer = full.ask("GET", "_all_docs", **query)
    assert (answer.status, answer.column("id")) == (200, expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["b", "no", "A", "b"]),
        ({"skip": 1, "limit": 2}, ["no", "A"]),
        ({"descending": True}, ["b", "A", "no", "b"]),
        ({"limit": 0}, []),
    ],
)
def test_a_list_of_ids_keeps_its_order(full: Couch, query: dict[str, Json], expected: list[str]) -> None:
    keys: list[Json] = ["b", "no", "A", "b"]
    posted = full.ask("POST", "_all_docs", {"keys": keys}, **query)
    assert posted.column("key") == expected
    assert full.ask("GET", "_all_docs", keys=keys, **query).rows == posted.rows


def test_an_unknown_id_is_an_error_row_and_a_deleted_one_has_no_document(full: Couch) -> None:
    full.ask("DELETE", "b", rev=full.ask("GET", "b")["_rev"])
    answer = full.ask("POST", "_all_docs", {"keys": ["b", "no", "a"]}, include_docs=True)
    deleted, unknown, known = answer.rows
    assert unknown == {"key": "no", "error": "not_found"}
    assert (deleted["id"], deleted["doc"]) == ("b", None)
    assert isinstance(deleted["value"], dict)
    assert deleted["value"]["deleted"] is True
    assert known["doc"] == full.ask("GET", "a").json


def test_documents_come_with_the_rows(full: Couch) -> None:
    rows = full.ask("GET", "_all_docs", include_docs=True, startkey='"b"', limit=1).rows
    assert [row["doc"] for row in rows] == [full.ask("GET", "b").json]


def test_options_may_stand_in_the_body(full: Couch) -> None:
    answer = full.ask("POST", "_all_docs", {"startkey": "a", "limit": 3, "include_docs": True}, limit=2)
    assert answer.column("id") == ["a", "a0"]
    assert answer.rows[0]["doc"] is not None


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"limit": "many"}, "query_parse_error"),
        ({"limit": -1}, "query_parse_error"),
        ({"skip": "1.5"}, "query_parse_error"),
        ({"descending": "maybe"}, "query_parse_error"),
        ({"reduce": True}, "query_parse_error"),
        ({"group": True}, "query_parse_error"),
        ({"startkey": "b"}, "bad_request"),
    ],
)
def test_a_wrong_parameter_is_refused(full: Couch, query: dict[str, Json], error: str) -> None:
    answer = full.ask("GET", "_all_docs", **query)
    assert (answer.status, answer["error"]) == (400, error)
