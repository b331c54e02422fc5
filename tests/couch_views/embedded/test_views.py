"""Owns the tests of view queries that the contract suite can't see: bounds, work done, broken values.

Never repeats the contract suite.
Called by pytest.
"""

import pytest

from couch_views.embedded.collation import HIGHEST, LOWEST, after, encode_key
from couch_views.embedded.parameters import Options
from couch_views.embedded.views import ASCENDING, DESCENDING, Bound, bounds, linked_id
from tests.couch_views.embedded.test_indexes import Library

ONE, TWO = encode_key(1), encode_key(2)


@pytest.mark.parametrize(
    ("options", "low", "high"),
    [
        (Options(), (LOWEST, ""), (HIGHEST, "")),
        (Options(startkey=1, endkey=2), (ONE, ""), (after(TWO), "")),
        (Options(startkey=1, endkey=2, inclusive_end=False), (ONE, ""), (TWO, "")),
        (Options(startkey=1, startkey_docid="a"), (ONE, "a"), (HIGHEST, "")),
        (Options(endkey=2, endkey_docid="b"), (LOWEST, ""), (TWO, "b\0")),
        (Options(endkey=2, endkey_docid="b", inclusive_end=False), (LOWEST, ""), (TWO, "b")),
        (Options(startkey_docid="a", endkey_docid="b"), (LOWEST, ""), (HIGHEST, "")),
        (Options(startkey=2, endkey=1, descending=True), (ONE, ""), (after(TWO), "")),
        (
            Options(startkey=2, endkey=1, descending=True, inclusive_end=False),
            (after(ONE), ""),
            (after(TWO), ""),
        ),
        (Options(startkey=2, startkey_docid="b", descending=True), (LOWEST, ""), (TWO, "b\0")),
        (
            Options(endkey=1, endkey_docid="a", descending=True, inclusive_end=False),
            (ONE, "a\0"),
            (HIGHEST, ""),
        ),
    ],
)
def test_a_range_is_half_open_in_either_direction(options: Options, low: Bound, high: Bound) -> None:
    assert bounds(options) == (low, high)


@pytest.mark.parametrize("statement", [ASCENDING, DESCENDING])
def test_a_range_is_read_by_its_index_without_sorting(statement: str) -> None:
    library = Library()
    memory = library.server._store._memory
    assert memory is not None
    plan = memory.execute("EXPLAIN QUERY PLAN " + statement, (1, b"", "", b"\xff", "", -1, 0)).fetchall()
    [(_, _, _, step)] = plan
    assert step == "SEARCH rows USING PRIMARY KEY (index_number=? AND (key,id)>(?,?) AND (key,id)<(?,?))"
    library.server.close()


@pytest.mark.parametrize(
    ("value", "link"),
    [
        (b"null", None),
        (b'{"_id":"a"}', "a"),
        (b'{"_id":1}', None),
        (b'{"x":{"_id":"a"}}', None),
        (b'["_id"]', None),
        (b'"\\"_id\\""', None),
    ],
)
def test_a_value_may_name_a_document(value: bytes, link: str | None) -> None:
    assert linked_id(value) == link


def test_a_value_that_has_no_statistics_is_an_error_of_that_query_alone() -> None:
    library = Library()
    views = {"x": {"map": "function (doc) { emit(doc._id, doc.x); }", "reduce": "_stats"}}
    library.write({"a": {"x": 1}, "b": {"x": "no"}, "_design/d": {"views": views}})
    status, _, answer = library.server.handle("GET", "/library/_design/d/_view/x", "", {}, b"")
    assert (status, b"builtin_reduce_error" in answer) == (500, True)
    statistics = {"sum": 1, "count": 1, "min": 1, "max": 1, "sumsqr": 1}
    alone = library.ask("GET", "_design/d/_view/x?key=%22a%22")
    assert alone == {"rows": [{"key": None, "value": statistics}]}
    library.server.close()
