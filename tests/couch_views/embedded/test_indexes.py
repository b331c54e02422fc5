"""Owns the tests of the view rows: kept step by step, they are what building them anew gives.

Never tests queries.
Called by pytest.
"""

import logging
import sqlite3
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from couch_views.embedded.indexes import CONTEXTS_MAX, Change, Index, compiled, index, run_maps
from couch_views.embedded.server import EmbeddedServer
from couch_views.json_values import Json, JsonObject, decode, encode

MAPS = [
    "function (doc) { (doc.keys || []).forEach(function (key) { emit(key, doc.value); }); }",
    "function (doc) { if (doc.value) { emit([doc.value, doc._id], null); } }",
    "function (doc) { emit(doc.keys, null); if (doc.value === 1) { throw 1; } }",
]
# True and 1, False and 0 are equal in Python, and different keys.
KEYS = st.sampled_from([0, 1, True, False, "a", None, ["a"]])
CONTENTS = st.fixed_dictionaries({"keys": st.lists(KEYS, max_size=3), "value": st.integers(0, 3)})
# None deletes the document.
BULKS = st.dictionaries(st.sampled_from("abcd"), st.none() | CONTENTS, min_size=1, max_size=4)
# An int chooses which of the maps the design document has (a bit each).
STEPS = st.lists(BULKS | st.integers(0, 7), min_size=1, max_size=8)


class Library:
    """A server whose documents are written without naming revisions."""

    def __init__(self) -> None:
        self.server = EmbeddedServer(None, writer=True)
        self.revisions: dict[str, str] = {}
        self.contents: dict[str, Mapping[str, object]] = {}
        self.deleted: set[str] = set()
        self.maps = 0
        self.ask("PUT", "")

    def ask(self, method: str, path: str, body: object = None) -> Json:
        content = encode(body) if body is not None else b""
        path, _, query = path.partition("?")
        status, _, answer = self.server.handle(method, f"/library/{path}", query, {}, content)
        assert status < 300, answer
        return decode(answer)

    def write(self, documents: Mapping[str, Mapping[str, object] | None]) -> None:
        drafts: list[dict[str, object]] = []
        for identity, content in documents.items():
            if content is None and identity in self.deleted:
                continue
            draft = {"_id": identity, **({"_deleted": True} if content is None else content)}
            if identity in self.revisions and identity not in self.deleted:
                draft["_rev"] = self.revisions[identity]
            if content is None:
                self.contents.pop(identity, None)
                self.deleted.add(identity)
            else:
                self.contents[identity] = content
                self.deleted.discard(identity)
            drafts.append(draft)
        outcomes = self.ask("POST", "_bulk_docs", {"docs": drafts})
        assert isinstance(outcomes, list)
        for outcome in outcomes:
            assert isinstance(outcome, dict)
            self.revisions[str(outcome["id"])] = str(outcome["rev"])

    def declare(self, maps: int) -> None:
        views = {f"v{place}": {"map": source} for place, source in enumerate(MAPS) if maps & 1 << place}
        self.maps = maps
        self.write({"_design/d": {"views": views}})
        del self.contents["_design/d"]

    def rows(self) -> list[tuple[object, ...]]:
        """Every row there is, by the name of its view, and the count that each view keeps."""
        with self.server._store.reading() as connection:
            rows = connection.execute(
                "SELECT name, key, id, place, value FROM rows LEFT JOIN views USING (index_number)"
                " ORDER BY name, key, id, place"
            ).fetchall()
            counts = connection.execute(
                "SELECT name, row_count FROM indexes LEFT JOIN views ON index_number = number ORDER BY name"
            ).fetchall()
        return rows + counts


def replayed(contents: Mapping[str, Mapping[str, object]], maps: int) -> list[tuple[object, ...]]:
    """The rows of a library that got these documents at once, and then its views."""
    library = Library()
    if contents:
        library.write(contents)
    library.declare(maps)
    rows = library.rows()
    library.server.close()
    return rows


@given(STEPS)
@settings(max_examples=60)
@example([{"a": {"keys": [1], "value": 0}}, {"a": {"keys": [True], "value": 0}}])
def test_rows_kept_step_by_step_are_the_rows_built_anew(
    steps: list[dict[str, JsonObject | None] | int],
) -> None:
    library = Library()
    library.declare(3)
    for step in steps:
        if isinstance(step, int):
            library.declare(step)
        else:
            library.write(step)
    assert library.rows() == replayed(library.contents, library.maps)
    library.server.close()


@pytest.fixture
def connection() -> sqlite3.Connection:
    library = Library()
    memory = library.server._store._memory
    assert memory is not None
    return memory


def index_of(source: str, design: str = "_design/d", number: int = 1) -> Index:
    return Index(number, design, source)


def changed_rows(connection: sqlite3.Connection, indexes: Sequence[Index], changes: Sequence[Change]) -> int:
    before = connection.total_changes
    index(connection, indexes, changes)
    return connection.total_changes - before


def test_only_the_difference_is_written(connection: sqlite3.Connection) -> None:
    by_key = index_of(MAPS[0])
    old = b'{"keys":[1,2,3],"value":7}'
    [emitted] = index(connection, [by_key], [Change("a", None, old)])
    assert changed_rows(connection, [by_key], [Change("a", emitted, old)]) == 0
    added = b'{"keys":[1,2,3,4],"value":7}'
    assert changed_rows(connection, [by_key], [Change("a", emitted, added)]) == 1


def test_each_design_document_runs_its_own_maps() -> None:
    indexes = [
        index_of("function () { emit(1); }", "_design/d", 1),
        index_of("function () { emit(2); }", "_design/e", 2),
    ]
    emitted = b'{"1":[[1,null]],"2":[[2,null]]}'
    assert run_maps(indexes, [b"{}", None, b"{}"]) == [emitted, None, emitted]


def test_rows_nested_too_deep_are_left_out(
    connection: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    nesting = index_of(
        "function (doc) { var v = 1; for (var i = 0; i < doc.deep; i++) { v = [v]; } emit(v, v); }"
    )
    documents = [Change("a", None, b'{"deep":500}'), Change("b", None, b'{"deep":240}')]
    with caplog.at_level(logging.WARNING):
        emitted = index(connection, [nesting], documents)
    assert [rows is None for rows in emitted] == [True, False]
    assert connection.execute("SELECT id FROM rows").fetchall() == [("b",)]
    assert '"deep":500' in caplog.text


def test_compiled_maps_are_kept_and_the_oldest_dropped() -> None:
    first = compiled(("function () { emit(0); }",))
    assert compiled(("function () { emit(0); }",)) is first
    for number in range(CONTEXTS_MAX):
        compiled((f"function () {{ emit({number}, 1); }}",))
    assert compiled(("function () { emit(0); }",)) is not first
