"""Owns the tests of design documents' writes: what is refused, and which views are built again.

Never repeats what the contract suite sees from outside.
Called by pytest.
"""

import sqlite3

import pytest

from couch_views.embedded.designs import declared_views, signature
from couch_views.embedded.documents import read_draft
from couch_views.embedded.errors import CouchError
from couch_views.json_values import Json, JsonObject, encode
from tests.couch_views.embedded.test_indexes import Library

MAP = "function (doc) { emit(doc._id, doc.x); }"
OTHER = "function (doc) { emit(doc.x, null); }"


def index_numbers(library: Library) -> dict[str, int]:
    memory = library.server._store._memory
    assert isinstance(memory, sqlite3.Connection)
    return dict(memory.execute("SELECT name, index_number FROM views").fetchall())


def design(**views: Json) -> dict[str, JsonObject | None]:
    return {"_design/d": {"views": views}}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"language": "erlang"}, "501 not_implemented: Only the language javascript"),
        (
            {"views": {"v": {"map": MAP, "reduce": "function () {}"}}},
            "501 not_implemented: `views.v.reduce`: only",
        ),
        ({"views": {"v": {"map": MAP, "reduce": "_approx_count_distinct"}}}, "501 not_implemented"),
        (
            {"views": {"v": {"map": MAP, "reduce": 1}}},
            "400 invalid_design_doc: `views.v.reduce` must be a string",
        ),
        ({"views": {"v": {}}}, "400 invalid_design_doc: `views.v.map` must be a string"),
        (
            {"views": {"v": {"map": "("}}},
            "400 compilation_error: Compilation of the map function in the 'v' view",
        ),
    ],
)
def test_a_bad_design_document_is_explained(fields: JsonObject, error: str) -> None:
    with pytest.raises(CouchError, match=error.replace("(", "\\(")):
        declared_views(read_draft(fields, "_design/d"))


def test_a_deleted_design_document_declares_nothing() -> None:
    assert declared_views(read_draft({"views": 1, "_deleted": True}, "_design/d")) == []


def test_only_changed_maps_are_built_again() -> None:
    library = Library()
    library.write({"a": {"x": 1}, **design(one={"map": MAP}, two={"map": MAP})})
    before = index_numbers(library)
    library.write(design(one={"map": MAP, "reduce": "_sum"}, two={"map": OTHER}, three={"map": MAP}))
    after = index_numbers(library)
    assert after["one"] == before["one"]
    assert after["two"] > before["two"]
    assert library.ask("GET", "_design/d/_view/one") == {"rows": [{"key": None, "value": 1}]}
    library.server.close()


def test_views_with_the_same_map_share_their_rows_until_the_last_of_them_goes() -> None:
    library = Library()
    library.write({"a": {"x": 1}, **design(one={"map": MAP}, two={"map": MAP, "reduce": "_sum"})})
    shared = index_numbers(library)["one"]
    library.write({"_design/beside": {"views": {"other": {"map": MAP}}}})
    assert set(index_numbers(library).values()) == {shared}
    library.write(design(one={"map": OTHER}))
    assert index_numbers(library) == {"one": shared + 1, "other": shared}
    assert len(library.rows()) == 4
    library.write({"_design/beside": None})
    assert index_numbers(library) == {"one": shared + 1}
    assert len(library.rows()) == 2
    library.server.close()


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        ({"views": {"v": {"map": MAP}}, "digest": "2"}, True),
        ({"language": "javascript", "views": {"v": {"map": MAP}}}, True),
        ({"views": {"v": {"map": OTHER}}}, False),
        ({"views": {"v": {"map": MAP, "reduce": "_sum"}}}, False),
        ({"views": {"w": {"map": MAP}}}, False),
        ({}, False),
    ],
)
def test_a_signature_is_of_what_is_indexed(fields: JsonObject, same: bool) -> None:
    assert (signature(encode({"views": {"v": {"map": MAP}}})) == signature(encode(fields))) == same


def test_what_dropped_views_left_is_swept_at_the_next_build() -> None:
    library = Library()
    library.write({"a": {"x": 1}, **design(one={"map": MAP})})
    library.write(design(two={"map": MAP}))
    memory = library.server._store._memory
    assert memory is not None
    number = index_numbers(library)["two"]
    assert memory.execute("SELECT emitted FROM documents WHERE id = 'a'").fetchone() == (
        b'{"%d":[["a",1]]}' % number,
    )
    library.server.close()
