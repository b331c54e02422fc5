"""Owns the tests of making design documents from files.

Never runs a map: whether ours work, the tests of the designs say.
Called by pytest.
"""

from pathlib import Path

import pytest

from couch_views.design_documents import DesignError, load_designs
from couch_views.opening import open_documents

MAP = "function (doc) { emit(doc._id, 1); }\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


def test_a_folder_is_a_design_document(tmp_path: Path) -> None:
    files = {
        "b/v.map.js": MAP,
        "a/one.map.js": MAP,
        "a/two.map.js": MAP,
        "a/two.reduce": "_count\n",
        "a/notes": "x",
    }
    designs = load_designs(write(tmp_path, files))
    assert [design["_id"] for design in designs] == ["_design/a", "_design/b"]
    assert designs[0]["views"] == {
        "one": {"map": MAP.strip()},
        "two": {"map": MAP.strip(), "reduce": "_count"},
    }
    assert designs[0]["language"] == "javascript"


def test_the_digest_is_of_the_functions(tmp_path: Path) -> None:
    def digest(files: dict[str, str]) -> object:
        [design] = load_designs(write(tmp_path, files))
        return design["digest"]

    first = digest({"a/v.map.js": MAP})
    assert digest({"a/v.map.js": MAP + "\n"}) == first
    assert digest({"a/v.map.js": MAP.replace("1", "2")}) != first
    assert digest({"a/v.map.js": MAP, "a/v.reduce": "_sum"}) != first


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a/readme": ""}, "a: no view"),
        ({"a/v.map.js": MAP, "a/w.reduce": "_sum"}, "a/w.reduce: there is no map function of this name"),
        ({"a/v.map.js": MAP, "a/v.reduce": "function () {}"}, "a/v.reduce: not one of"),
    ],
)
def test_a_folder_that_makes_no_sense_is_named(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        load_designs(write(tmp_path, files))


def test_ours_can_be_stored_and_stay_as_they_are() -> None:
    documents = open_documents("memory", Path(), writer=True)
    documents.ensure_database()
    designs = load_designs()
    assert designs
    documents.ensure_designs(designs)
    before = documents.get_many([str(design["_id"]) for design in designs])
    assert [one and {**one, "_rev": ""} for one in before] == [{**design, "_rev": ""} for design in designs]
    documents.ensure_designs(load_designs())
    assert documents.get_many([str(design["_id"]) for design in designs]) == before
    documents.close()
