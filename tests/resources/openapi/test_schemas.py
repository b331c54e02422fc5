"""Owns the tests of the schemas of shapes: what clients in other languages read.

Never tests the shapes of the exchange.
Called by pytest.
"""

from enum import StrEnum, unique
from typing import Annotated, NotRequired, TypedDict

import msgspec
import pytest

from resources.openapi.schemas import Schemas, prose, referred
from resources.toolkit.fields import Shape
from resources.toolkit.query import Query


@unique
class Wind(StrEnum):
    """How it blows."""

    STRONG = "strong"
    CALM = "calm"


class Boat(TypedDict):
    """A boat, as ``boats`` show it."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z]+\Z", description="As ``painted``.")]
    crew: list["Sailor"]
    captain: NotRequired["Sailor"]


class Sailor(TypedDict):
    title: str
    age: Annotated[int, msgspec.Meta(ge=16)]


class BoatAsked(Shape):
    name: str
    wind: Wind = Wind.CALM


class RaftAsked(Shape):
    logs: int


class BoatsQuery(Query, frozen=True):
    winds: tuple[Wind, ...] = ()
    limit: int = 20
    since: Annotated[str, msgspec.Meta(max_length=9)] | None = None


def test_an_answer_has_its_fields_in_the_order_of_its_declaration() -> None:
    schemas = Schemas([Boat])
    assert schemas.of(Boat) == {"$ref": "#/components/schemas/Boat"}
    boat = schemas.components["Boat"]
    assert isinstance(boat["properties"], dict)
    assert list(boat["properties"]) == ["name", "crew", "captain"]
    assert boat["required"] == ["name", "crew"]


def test_patterns_and_prose_are_for_readers_in_any_language() -> None:
    boat = Schemas([Boat]).components["Boat"]
    assert boat["description"] == "A boat, as `boats` show it."
    assert isinstance(boat["properties"], dict)
    assert boat["properties"]["name"] == {
        "type": "string",
        "pattern": "^[a-z]+$",
        "description": "As `painted`.",
    }


def test_a_property_may_be_called_title() -> None:
    sailor = Schemas([Boat]).components["Sailor"]
    assert sailor == {
        "type": "object",
        "properties": {"title": {"type": "string"}, "age": {"type": "integer", "minimum": 16}},
        "required": ["title", "age"],
    }


def test_words_keep_their_order() -> None:
    assert Schemas([BoatAsked]).components["Wind"] == {
        "description": "How it blows.",
        "type": "string",
        "enum": ["strong", "calm"],
    }


def test_a_body_takes_no_field_that_is_not_declared() -> None:
    asked = Schemas([BoatAsked]).components["BoatAsked"]
    assert asked["additionalProperties"] is False


BOAT = {"$ref": "#/components/schemas/BoatAsked"}
RAFT = {"$ref": "#/components/schemas/RaftAsked"}


@pytest.mark.parametrize(
    ("shape", "schema"),
    [
        (BoatAsked | RaftAsked, {"anyOf": [BOAT, RAFT]}),
        (list[BoatAsked | RaftAsked], {"type": "array", "items": {"anyOf": [BOAT, RAFT]}}),
        (
            BoatAsked | Annotated[list[BoatAsked | RaftAsked], msgspec.Meta(min_length=1, max_length=9)],
            {
                "anyOf": [
                    BOAT,
                    {"type": "array", "items": {"anyOf": [BOAT, RAFT]}, "minItems": 1, "maxItems": 9},
                ]
            },
        ),
        (dict[str, Boat], {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Boat"}}),
        (list[BoatAsked], {"type": "array", "items": BOAT}),
        (str | None, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
    ],
    ids=str,
)
def test_shapes_may_be_alternatives(shape: object, schema: object) -> None:
    assert Schemas([shape]).of(shape) == schema


def test_a_parameter_is_never_null_but_left_out() -> None:
    assert Schemas([BoatsQuery]).parameters_of(BoatsQuery) == {
        "winds": {"type": "array", "items": {"$ref": "#/components/schemas/Wind"}},
        "limit": {"type": "integer", "default": 20},
        "since": {"type": "string", "maxLength": 9},
    }


def test_what_is_named_only_is_there_too() -> None:
    assert set(Schemas([BoatAsked], [Sailor]).components) == {"BoatAsked", "Sailor", "Wind"}


def test_two_shapes_of_one_name_are_refused() -> None:
    def another() -> type:
        class Boat(TypedDict):
            keel: str

        return Boat

    with pytest.raises(AssertionError, match="two shapes are called Boat"):
        Schemas([Boat, another()])


def test_references_are_found_wherever_they_are() -> None:
    assert referred({"anyOf": [BOAT, {"items": RAFT}]}) == {"BoatAsked", "RaftAsked"}


def test_a_docstring_becomes_commonmark() -> None:
    assert prose("One ``word``.\n\n    And a line.\n    ") == "One `word`.\n\nAnd a line."
