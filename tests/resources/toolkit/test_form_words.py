"""Owns the cases of what a page says is wrong with an input.

Never tests what is wrong.
Called by pytest.
"""

from typing import Annotated

import msgspec
import pytest

from resources.toolkit.fields import Shape, check
from resources.toolkit.form_words import in_words
from resources.toolkit.problems import ProblemError
from resources.toolkit.units import Unit


class Boat(Shape):
    """One field for each sort of words."""

    crew: Annotated[int, msgspec.Meta(ge=1, le=8)] = 1
    name: Annotated[str, msgspec.Meta(min_length=2, max_length=4)] = "ab"
    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z]+\Z")] = "a"
    sails: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=2)] = (1,)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"crew": 0}, "At least 1 is needed."),
        ({"crew": 9}, "At most 8 is possible."),
        ({"crew": "many"}, "A whole number is needed."),
        ({"name": "a"}, "At least 2 characters are needed."),
        ({"name": "abcde"}, "At most 4 characters are possible."),
        ({"code": "A\n`B`"}, "Some of these characters can't stand here, or there are none."),
        ({"sails": []}, "At least 1 of them are needed."),
        ({"sails": [1, 2, 3]}, "At most 2 of them are possible."),
    ],
)
def test_what_the_shape_says_is_said_in_words(value: object, expected: str) -> None:
    with pytest.raises(ProblemError) as caught:
        check(value, Boat)
    assert in_words(caught.value.errors[0].message) == expected


def test_other_words_stay() -> None:
    assert in_words("is missing") == "This is needed."
    assert in_words("at most 8 decimal places are kept") == "at most 8 decimal places are kept"
    assert in_words("") == ""


def test_numbers_of_a_unit_are_told_in_it() -> None:
    percent = Unit(100)
    assert in_words("Expected `int` <= 9999", percent) == "At most 99.99 is possible."
    assert in_words("Expected `int` >= 1", percent) == "At least 0.01 is needed."
    assert in_words("Expected `int`, got `str`", percent) == "A number is needed, in steps of 0.01."
