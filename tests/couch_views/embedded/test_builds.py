"""Owns the tests of building indexes in parts: pending, resumed, met by writes; in the end as if at once.

Never tests what a map emits.
Called by pytest.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from couch_views.embedded import builds
from couch_views.embedded.server import EmbeddedServer
from couch_views.json_values import Json, JsonObject, decode, encode
from tests.couch_views.embedded.test_indexes import BULKS, Library, replayed

MAP = "function (doc) { emit(doc._id, null); }"
DESIGN = {"_design/d": {"views": {"v": {"map": MAP}}}}
SEVEN = {f"d{place}": {"x": place} for place in range(7)}


@pytest.fixture
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "BATCH", 2)
    monkeypatch.setattr(builds, "DOCUMENTS_MAX", 2)


def pending(library: Library) -> Json:
    answer = library.ask("GET", "_design/d/_info")
    assert isinstance(answer, dict)
    index = answer["view_index"]
    assert isinstance(index, dict)
    assert isinstance(index["updates_pending"], dict)
    return index["updates_pending"]["total"]


def ids(library: Library, query: str = "") -> list[Json]:
    answer = library.ask("GET", "_design/d/_view/v" + query)
    assert isinstance(answer, dict)
    assert isinstance(answer["rows"], list)
    return [row["id"] for row in answer["rows"] if isinstance(row, dict)]


def test_a_build_of_any_length_goes_through_all_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "BATCH", 2)
    library = Library()
    library.write(SEVEN)
    library.write({"d3": None, "_design/e": {}})
    library.write(DESIGN)
    assert pending(library) == 0
    assert ids(library) == ["d0", "d1", "d2", "d4", "d5", "d6"]
    library.server.close()


@pytest.mark.usefixtures("_small_parts")
def test_a_long_build_goes_on_with_each_query_that_does_not_wait() -> None:
    library = Library()
    library.write(SEVEN)
    library.write(DESIGN)
    seen = []
    while pending(library):
        seen.append((pending(library), len(ids(library, "?update=false"))))
        ids(library, "?update=lazy&limit=0")
    # The design document is the eighth.
    assert seen == [(6, 2), (4, 4), (2, 6)]
    assert len(ids(library)) == 7
    library.server.close()


@pytest.mark.usefixtures("_small_parts")
def test_what_is_written_meanwhile_is_in_its_place_at_once() -> None:
    library = Library()
    library.write(SEVEN)
    library.write(DESIGN)
    library.write({"d0": None, "d5": {"x": 50}, "d6": None, "new": {}})
    assert ids(library, "?update=false") == ["d1", "d5", "new"]
    assert ids(library) == ["d1", "d2", "d3", "d4", "d5", "new"]
    assert pending(library) == 0
    library.server.close()


@pytest.mark.usefixtures("_small_parts")
def test_only_who_writes_can_build(tmp_path: Path) -> None:
    documents: list[JsonObject] = [{"_id": f"d{place}"} for place in range(7)]
    bulk = encode({"docs": [*documents, {"_id": "_design/d", "views": {"v": {"map": MAP}}}]})
    writer = EmbeddedServer(tmp_path, writer=True)
    writer.handle("PUT", "/library", "", {}, b"")
    writer.handle("POST", "/library/_bulk_docs", "", {}, bulk)
    writer.close()
    reader = EmbeddedServer(tmp_path, writer=False)
    path = "/library/_design/d/_view/v"
    status, _, answer = reader.handle("GET", path, "", {}, b"")
    assert (status, b"still being built" in answer) == (503, True)
    assert reader.handle("GET", path, "update=lazy", {}, b"")[0] == 200
    again = EmbeddedServer(tmp_path, writer=True)
    assert again.handle("GET", path, "", {}, b"")[0] == 200
    _, _, answer = reader.handle("GET", path, "", {}, b"")
    rows = decode(answer)
    assert isinstance(rows, dict)
    assert rows["total_rows"] == 7
    reader.close()
    again.close()


STEPS = st.lists(BULKS | st.just("build") | st.integers(0, 7), min_size=1, max_size=10)
"""A bulk, a part of a build, or which maps the design document has from here on."""


@settings(max_examples=60)
@given(STEPS)
def test_built_in_parts_amid_writes_is_built_at_once(
    steps: list[dict[str, JsonObject | None] | int | str],
) -> None:
    library = Library()
    with pytest.MonkeyPatch.context() as small:
        small.setattr(builds, "BATCH", 1)
        small.setattr(builds, "DOCUMENTS_MAX", 1)
        for step in steps:
            if isinstance(step, dict):
                library.write(step)
            elif isinstance(step, int):
                library.declare(step)
            else:
                go_on(library, 1)
    go_on(library, None)
    assert library.rows() == replayed(library.contents, library.maps)
    library.server.close()


def go_on(library: Library, documents_max: int | None) -> None:
    with library.server._store.writing() as connection:
        builds.go_on_building(connection, 1, documents_max)
