"""Owns the contract on the built-in reduces: groups, ranges, and what they refuse.

Never tests the rows of a map.
Called by pytest.
"""

import pytest

from couch_views.json_values import Json
from tests.couch_views.contract.conftest import Couch

MAP = "function (doc) { emit([doc.owner, doc.place, doc.x], doc.x); }"


@pytest.fixture
def ledger(couch: Couch) -> Couch:
    """Six documents: owners a and b, places 0 and 1, x 0..5."""
    couch.design(x_sum=MAP, x_count=MAP, x_stats=MAP)
    couch.bulk(*[{"_id": f"d{x}", "owner": "ab"[x % 2], "place": x // 4, "x": x} for x in range(6)])
    return couch


@pytest.mark.parametrize(
    ("view", "value"),
    [
        ("x_sum", 15),
        ("x_count", 6),
        ("x_stats", {"sum": 15, "count": 6, "min": 0, "max": 5, "sumsqr": 55}),
    ],
)
def test_all_rows_are_one_group(ledger: Couch, view: str, value: Json) -> None:
    answer = ledger.view(view)
    assert answer.json == {"rows": [{"key": None, "value": value}]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"group_level": 0}, [[None, 15]]),
        ({"group_level": 1}, [[["a"], 6], [["b"], 9]]),
        ({"group_level": 2}, [[["a", 0], 2], [["a", 1], 4], [["b", 0], 4], [["b", 1], 5]]),
        ({"group_level": 1, "descending": True}, [[["b"], 9], [["a"], 6]]),
        ({"group": True, "limit": 2}, [[["a", 0, 0], 0], [["a", 0, 2], 2]]),
        ({"group": True, "skip": 5}, [[["b", 1, 5], 5]]),
        ({"group": True, "group_level": 1}, [[["a"], 6], [["b"], 9]]),
        ({"group_level": 9, "skip": 5}, [[["b", 1, 5], 5]]),
        ({"startkey": '["b"]'}, [[None, 9]]),
        ({"startkey": '["a",1]', "endkey": '["b",0,{}]'}, [[None, 8]]),
        ({"endkey": '["b",0,3]', "inclusive_end": False}, [[None, 7]]),
        ({"group_level": 1, "startkey": '["a",1]', "endkey": '["b",0,{}]'}, [[["a"], 4], [["b"], 4]]),
        ({"keys": '[["b",1,5],["none"],["a",0,2]]', "group": True}, [[["b", 1, 5], 5], [["a", 0, 2], 2]]),
        ({"keys": '[["b",1,5]]'}, [[None, 5]]),
        ({"startkey": '["c"]'}, []),
    ],
)
def test_groups_and_ranges(ledger: Couch, query: dict[str, Json], expected: list[list[Json]]) -> None:
    assert [[row["key"], row["value"]] for row in ledger.view("x_sum", **query).rows] == expected


def test_the_rows_are_there_without_the_reduce(ledger: Couch) -> None:
    answer = ledger.view("x_sum", reduce=False, startkey='["b"]')
    assert (answer["total_rows"], answer.column("value")) == (6, [1, 3, 5])


def test_a_group_of_keys_that_are_no_arrays(couch: Couch) -> None:
    couch.design(x_count="function (doc) { emit(doc.key, null); }")
    couch.bulk(*[{"_id": f"d{place}", "key": key} for place, key in enumerate([1, 1, "a", [1, 2], [1, 3]])])
    rows = couch.view("x_count", group_level=1).rows
    assert [[row["key"], row["value"]] for row in rows] == [[1, 2], ["a", 1], [[1], 2]]


def test_arrays_are_added_element_by_element(couch: Couch) -> None:
    couch.design(x_sum="function (doc) { emit(null, doc.x); }")
    couch.bulk(*[{"_id": f"d{place}", "x": x} for place, x in enumerate([[1, 2], [10, 20], [100]])])
    assert couch.view("x_sum").column("value") == [[111, 22]]


def test_objects_are_added_member_by_member(couch: Couch) -> None:
    couch.design(x_sum="function (doc) { emit(null, doc.x); }")
    couch.bulk({"x": {"high": 1, "low": 2}}, {"x": {"low": 3, "more": 4}})
    assert couch.view("x_sum").column("value") == [{"high": 1, "low": 5, "more": 4}]


@pytest.mark.parametrize("x", ["text", None, True, ["text"]])
def test_what_has_no_sum_is_an_error_in_its_row(couch: Couch, x: Json) -> None:
    couch.design(x_sum="function (doc) { emit(null, doc.x); }")
    couch.bulk({"_id": "a", "x": x})
    [value] = couch.view("x_sum").column("value")
    assert isinstance(value, dict)
    assert value["error"] == "builtin_reduce_error"


def test_a_sum_is_exact(couch: Couch) -> None:
    couch.design(x_sum="function (doc) { emit(null, doc.x); }")
    couch.bulk(*[{"_id": f"d{place}", "x": x} for place, x in enumerate([2**52, 1, -(2**52), 2**52])])
    assert couch.view("x_sum").column("value") == [2**52 + 1]


@pytest.mark.parametrize(
    "query",
    [
        {"include_docs": True},
        {"group": True, "reduce": False},
        {"group_level": 1, "reduce": False},
        {"keys": '[["a"],["b"]]'},
        {"keys": '[["a"],["b"]]', "group_level": 1},
    ],
)
def test_a_wrong_parameter_is_refused(ledger: Couch, query: dict[str, Json]) -> None:
    answer = ledger.ask("GET", "_design/d/_view/x_sum", **query)
    assert (answer.status, answer["error"]) == (400, "query_parse_error")
