"""Owns the tests of what is read of declarations.

Never tests what is made of it.
Called by pytest.
"""

from resources.openapi.declarations import declarations, tags
from tests.resources.openapi.boats import RESOURCES, Boat, BoatAsked, BoatsQuery


def test_every_method_of_the_api_is_there_and_nothing_else() -> None:
    found = [(declared.method, declared.path) for declared in declarations(RESOURCES)]
    assert found == [("GET", "/v3/boats/"), ("POST", "/v3/boats/"), ("DELETE", "/v3/boats/{boat_id}/")]


def test_what_a_method_takes_and_gives_is_known() -> None:
    read, build, sink = declarations(RESOURCES)
    assert (read.query, read.body, read.answers) == (BoatsQuery, None, {200: list[Boat]})
    assert (build.query, build.body, build.answers) == (None, BoatAsked, {201: Boat})
    assert sink.answers == {204: None}
    assert sink.fields == {"boat_id": {"type": "string", "pattern": r"^[1-9][0-9]{0,18}$", "examples": ["1"]}}


def test_how_an_answer_can_be_had_is_known() -> None:
    read, _, sink = declarations(RESOURCES)
    assert read.media_types == ["application/json", "text/html", "application/xhtml+xml"]
    assert read.formats == ["json", "html", "xhtml"]
    assert sink.formats == ["json"]


def test_the_docstring_of_what_handles_it_describes_it() -> None:
    read, build, _ = declarations(RESOURCES)
    assert (read.description, build.description) == ("Newest first, as `boats`.", "")


def test_a_group_is_called_by_its_first_resource() -> None:
    assert tags(RESOURCES) == {"boats": "Boats"}
