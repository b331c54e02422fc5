"""Owns the tests of reads that the contract suite can't see: bounds, sequences, work done.

Never repeats the contract suite.
Called by pytest.
"""

import pytest

from couch_views.embedded.errors import CouchError
from couch_views.embedded.parameters import Options
from couch_views.embedded.reading import Database, id_bounds, sequence_number
from tests.couch_views.embedded.test_indexes import Library

DATABASE = Database(1, "a", "cafe", 12, 0, 0, 1_000)


@pytest.mark.parametrize(
    ("options", "low", "high"),
    [
        (Options(), "", "\U0010ffff"),
        (Options(startkey="a", endkey="b"), "a", "b\0"),
        (Options(startkey="a", endkey="b", inclusive_end=False), "a", "b"),
        (Options(startkey="b", endkey="a", descending=True), "a", "b\0"),
        (Options(startkey="b", endkey="a", descending=True, inclusive_end=False), "a\0", "b\0"),
        (Options(descending=True), "", "\U0010ffff"),
    ],
)
def test_a_range_of_ids_is_half_open(options: Options, low: str, high: str) -> None:
    assert id_bounds(options) == (low, high)


@pytest.mark.parametrize("key", [1, None, ["a"], {}])
def test_a_bound_of_all_documents_is_a_text(key: object) -> None:
    with pytest.raises(CouchError, match="document ids: strings"):
        id_bounds(Options(startkey=key))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("since", "number"), [("0", 0), ("now", 12), ("5", 5), ("7-cafe", 7), ("7-", 7), ('"7-cafe"', 7)]
)
def test_a_sequence_is_read(since: str, number: int) -> None:
    assert sequence_number(DATABASE, since) == number


@pytest.mark.parametrize("since", ["", "a", "-1", "7-babe"])
def test_a_sequence_of_another_database_is_refused(since: str) -> None:
    with pytest.raises(CouchError, match="Malformed sequence"):
        sequence_number(DATABASE, since)


def test_lists_are_read_by_their_index() -> None:
    library = Library()
    memory = library.server._store._memory
    assert memory is not None
    plans: list[str] = []
    statements: list[str] = []
    library.write({"a": {"x": 1}})
    memory.set_trace_callback(statements.append)
    library.ask("GET", "_all_docs?limit=1")
    library.ask("GET", "_changes")
    library.ask("POST", "_all_docs", {"keys": ["a", "b"], "include_docs": True})
    library.ask("GET", "a")
    memory.set_trace_callback(None)
    for statement in statements:
        if statement.startswith("SELECT"):
            plans += [str(row[3]) for row in memory.execute("EXPLAIN QUERY PLAN " + statement)]
    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN") and "wanted" not in plan] == []
    assert [plan for plan in plans if "TEMP B-TREE" in plan] == []
    library.server.close()
