"""Owns the tests of checking input against shapes: which field is named, and what is never a number.

Never tests the shapes of the resources.
Called by pytest.
"""

from enum import StrEnum
from typing import Annotated

import msgspec
import pytest

from resources.toolkit.fields import Shape, check, matches, parse_field
from resources.toolkit.problems import FieldError, ProblemError, ProblemKind


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Part(Shape):
    name: Annotated[str, msgspec.Meta(min_length=1)]


class Thing(Shape):
    price: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    colour: Colour = Colour.RED
    parts: tuple[Part, ...] = ()
    label: str | int | None = None


def refusal_of(value: object) -> FieldError:
    with pytest.raises(ProblemError) as caught:
        check(value, Thing)
    (error,) = caught.value.errors
    return error


@pytest.mark.parametrize(
    ("value", "field", "message"),
    [
        ({}, "price", "is missing"),
        ({"price": 0}, "price", "Expected `int` >= 1"),
        ({"price": 10_000}, "price", "Expected `int` <= 9999"),
        ({"price": 2**70}, "price", "Expected `int` <= 9999"),
        ({"price": 5.0}, "price", "Expected `int`, got `float`"),
        ({"price": 1e30}, "price", "Expected `int`, got `float`"),
        ({"price": "5"}, "price", "Expected `int`, got `str`"),
        ({"price": True}, "price", "Expected `int`, got `bool`"),
        ({"price": None}, "price", "Expected `int`, got `null`"),
        ({"price": [5]}, "price", "Expected `int`, got `array`"),
        ({"price": 5, "colour": "green"}, "colour", "Invalid enum value 'green'"),
        ({"price": 5, "colour": 1}, "colour", "Expected `str`, got `int`"),
        ({"price": 5, "label": {}}, "label", "Expected `int | str | null`, got `object`"),
        ({"price": 5, "weight": 1}, "weight", "is not known here"),
        ({"price": 5, "parts": {}}, "parts", "Expected `array`, got `object`"),
        (
            {"price": 5, "parts": [{"name": "a"}, {"name": ""}]},
            "parts[1].name",
            "Expected `str` of length >= 1",
        ),
        ({"price": 5, "parts": [{}]}, "parts[0].name", "is missing"),
        ({"price": 5, "parts": [{"name": "a", "b": 1}]}, "parts[0].b", "is not known here"),
        ({"price": 5, "parts": [1]}, "parts[0]", "Expected `object`, got `int`"),
        ([], "body", "Expected `object`, got `array`"),
        ("text", "body", "Expected `object`, got `str`"),
        (None, "body", "Expected `object`, got `null`"),
    ],
)
def test_what_is_wrong_is_named(value: object, field: str, message: str) -> None:
    assert refusal_of(value) == FieldError(field, message)


@pytest.mark.parametrize("name", ["`", "a` - at `$.b`", "", "price\n", "`" * 100, "$.parts[0]"])
def test_a_field_with_a_misleading_name_is_refused_all_the_same(name: str) -> None:
    assert refusal_of({"price": 5, name: 1}).message == "is not known here"


def test_what_fits_comes_back_as_the_shape() -> None:
    thing = check({"price": 5, "parts": [{"name": "a"}], "colour": "blue"}, Thing)
    assert thing == Thing(price=5, parts=(Part(name="a"),), colour=Colour.BLUE)


def test_a_field_can_have_a_kind_of_its_own() -> None:
    kind = ProblemKind("invalid-price", 422, "Not a possible price")
    with pytest.raises(ProblemError) as caught:
        check({"price": 0}, Thing, kinds={"price": kind})
    assert caught.value.kind is kind


def test_only_query_parameters_are_read_from_texts() -> None:
    assert check({"price": "5"}, Thing, strict=False).price == 5


def test_a_text_inside_a_field_is_parsed_or_its_field_is_named() -> None:
    assert parse_field("number", int, "12") == 12
    with pytest.raises(ProblemError) as caught:
        parse_field("number", int, "x")
    assert caught.value.errors[0].field == "number"


def test_whether_a_value_is_one_of_a_shape() -> None:
    assert matches("red", Colour)
    assert not matches("green", Colour)
