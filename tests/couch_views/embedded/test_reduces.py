"""Owns the tests of the built-in reduces on values alone.

Never queries.
Called by pytest.
"""

import pytest

from couch_views.embedded.errors import CouchError
from couch_views.embedded.reduces import NOT_SUMMABLE, REDUCES
from couch_views.json_values import Json


@pytest.mark.parametrize(
    ("reduce", "values", "reduced"),
    [
        ("_count", ["any", None, {}], 3),
        ("_sum", [1, 2.5], 3.5),
        ("_sum", [2**53, 1], 2**53 + 1),
        ("_sum", [[1, 2], [3], 4], [8, 2]),
        ("_sum", [1, [2, 3]], [3, 3]),
        ("_sum", [{"a": 1, "b": [1, 2]}, {"a": 2, "c": {"d": 3}}], {"a": 3, "b": [1, 2], "c": {"d": 3}}),
        ("_stats", [3], {"sum": 3, "count": 1, "min": 3, "max": 3, "sumsqr": 9}),
        ("_stats", [-1, 2, 0.5], {"sum": 1.5, "count": 3, "min": -1, "max": 2, "sumsqr": 5.25}),
    ],
)
def test_values_are_reduced(reduce: str, values: list[Json], reduced: Json) -> None:
    assert REDUCES[reduce](values) == reduced


@pytest.mark.parametrize("value", [None, True, "1", ["a"], [[1]], {"a": 1}, {"a": None}])
def test_what_has_no_sum_is_shown(value: Json) -> None:
    assert REDUCES["_sum"]([1, value]) == {
        "error": "builtin_reduce_error",
        "reason": NOT_SUMMABLE,
        "caused_by": value,
    }


@pytest.mark.parametrize("value", [None, True, "1", {}, ["a"], [[1]]])
def test_what_is_no_number_is_named(value: Json) -> None:
    with pytest.raises(CouchError, match="builtin_reduce_error: The built-in reduce needs numbers"):
        REDUCES["_stats"]([1, value])
