"""Owns the tests of writes that the contract suite can't see: all or nothing, counts, work done.

Never repeats the contract suite.
Called by pytest.
"""

import pytest

from couch_views.json_values import JsonObject, encode
from tests.couch_views.embedded.test_indexes import Library

MAP = "function (doc) { emit(doc.x, null); }"


@pytest.fixture
def library() -> Library:
    return Library()


def counts(library: Library) -> list[object]:
    information = library.ask("GET", "")
    assert isinstance(information, dict)
    return [
        information["doc_count"],
        information["doc_del_count"],
        str(information["update_seq"]).split("-")[0],
    ]


def test_counts_follow_every_write(library: Library) -> None:
    assert counts(library) == [0, 0, "0"]
    library.write({"a": {}, "b": {}})
    assert counts(library) == [2, 0, "2"]
    library.write({"a": None, "b": {"x": 1}})
    assert counts(library) == [1, 1, "4"]
    library.write({"a": {}})
    assert counts(library) == [2, 0, "5"]


def test_a_refused_design_document_refuses_its_whole_bulk(library: Library) -> None:
    documents = [{"_id": "a"}, {"_id": "_design/d", "views": {"v": {"map": "("}}}, {"_id": "_local/b"}]
    body = encode({"docs": documents})
    status, _, _ = library.server.handle("POST", "/library/_bulk_docs", "", {}, body)
    assert status == 400
    assert counts(library) == [0, 0, "0"]
    assert library.server.handle("GET", "/library/_local/b", "", {}, b"")[0] == 404


def test_documents_and_their_design_may_come_together(library: Library) -> None:
    design: JsonObject = {"views": {"v": {"map": MAP}}}
    library.write({"a": {"x": 1}, "_design/d": design, "b": {"x": 2}})
    answer = library.ask("GET", "_design/d/_view/v")
    assert isinstance(answer, dict)
    assert answer["total_rows"] == 2


def test_a_deleted_database_leaves_nothing(library: Library) -> None:
    library.write({"a": {"x": 1}, "_design/d": {"views": {"v": {"map": MAP}}}, "_local/l": {}})
    library.server.handle("PUT", "/other", "", {}, b"")
    library.server.handle("PUT", "/other/kept", "", {}, b"{}")
    library.ask("DELETE", "")
    memory = library.server._store._memory
    assert memory is not None
    left = "SELECT id FROM rows UNION ALL SELECT name FROM views UNION ALL SELECT id FROM local_documents"
    assert memory.execute(left).fetchall() == []
    assert memory.execute("SELECT id FROM documents").fetchall() == [("kept",)]


def test_a_bulk_costs_statements_not_documents(library: Library) -> None:
    """What is read before a write is read at once, however many documents there are."""
    library.write({"_design/d": {"views": {"v": {"map": MAP}}}})
    memory = library.server._store._memory
    assert memory is not None
    selects: list[str] = []
    memory.set_trace_callback(lambda text: selects.append(text) if text.startswith("SELECT") else None)
    library.write({f"d{place}": {"x": place} for place in range(100)})
    memory.set_trace_callback(None)
    assert len(selects) <= 4
