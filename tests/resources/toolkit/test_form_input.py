"""Owns the tests of reading forms: from pairs to the value that the same command takes as JSON.

Never tests what a shape refuses.
Called by pytest.
"""

from datetime import datetime
from enum import Enum
from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines import limits
from resources.toolkit.fields import Shape, check
from resources.toolkit.form_input import filled_in, read_fields, tree_of
from resources.toolkit.problems import ProblemError


class Colour(Enum):
    RED = "red"


class Part(Shape):
    name: str
    size: int | None = None


class Place(Shape):
    town: str = ""


class Whole(Shape):
    number: int = 0
    text: str = "unsaid"
    at_least_one: Annotated[str, msgspec.Meta(min_length=1)] = "x"
    nullable: str | None = None
    flag: bool = False
    when: datetime | None = None
    colour: Colour = Colour.RED
    either: Annotated[str, msgspec.Meta(pattern="^[0-9]+$")] | int = 1
    names: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    parts: tuple[Part, ...] = ()
    place: Place | None = None


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (b"number=5", {"number": 5}),
        (b"number=-5", {"number": -5}),
        (b"number=five", {"number": "five"}),
        (b"number=1e3", {"number": "1e3"}),
        (b"number=", {}),
        (b"number=1&number=2", {"number": 2}),
        (b"text=a+b%26c", {"text": "a b&c"}),
        (b"text=", {"text": ""}),
        (b"text=a%0D%0Ab", {"text": "a\nb"}),
        (b"at_least_one=", {}),
        (b"nullable=", {}),
        (b"flag=true", {"flag": True}),
        (b"flag=on", {"flag": True}),
        (b"flag=no", {"flag": False}),
        (b"when=2026-05-17T14:00", {"when": "2026-05-17T14:00:00Z"}),
        (b"when=2026-05-17T14:00:30", {"when": "2026-05-17T14:00:30Z"}),
        (b"when=2026-05-17T14:00:00%2B02:00", {"when": "2026-05-17T14:00:00+02:00"}),
        (b"colour=red", {"colour": "red"}),
        (b"either=17", {"either": "17"}),
        (b"names=a&names=&names=b", {"names": ["a", "b"]}),
        (b"numbers=1&numbers=x", {"numbers": [1, "x"]}),
        (b"names=", {}),
        (
            b"parts[0].name=a&parts[0].size=3&parts[7].name=b",
            {"parts": [{"name": "a", "size": 3}, {"name": "b"}]},
        ),
        (b"place.town=Oslo", {"place": {"town": "Oslo"}}),
        (b"unknown=1", {"unknown": "1"}),
        (b"parts[x].name=a", {"parts[x].name": "a"}),
        (b"parts[0].colour=a", {"parts[0].colour": "a"}),
    ],
)
def test_a_form_says_what_json_would(form: bytes, expected: dict[str, object]) -> None:
    assert tree_of(read_fields(form), Whole) == expected


def test_rows_that_were_left_empty_are_not_there() -> None:
    form = read_fields(b"parts[0].name=a&parts[0].size=&parts[1].name=b&parts[2].size=")
    assert tree_of(form, Whole) == {"parts": [{"name": "a"}, {"name": "b"}]}


@pytest.mark.parametrize(
    "body", [b"no pairs", b"\xff=1", b"a=%FF", b"&".join([b"a=1"] * (limits.FORM_FIELDS_MAX + 1))]
)
def test_what_is_no_form_is_400(body: bytes) -> None:
    with pytest.raises(ProblemError) as caught:
        read_fields(body)
    assert caught.value.kind.status == 400


def test_what_was_filled_in_is_shown_again() -> None:
    assert filled_in(read_fields(b"a=1&a=2&b=")) == {"a": "1,2", "b": ""}


@given(st.integers(), st.booleans(), st.text(st.characters(codec="utf-8", exclude_characters="\r")))
def test_what_goes_into_a_form_comes_out_of_it(number: int, flag: bool, text: str) -> None:
    fields = {"number": [str(number)], "text": [text], "flag": [str(flag).lower()]}
    if abs(number) < 10**30:
        said = check(tree_of(fields, Whole), Whole)
        assert (said.number, said.text, said.flag) == (number, text, flag)


@given(st.binary(max_size=80))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    try:
        fields = read_fields(body)
    except ProblemError:
        return
    tree_of(fields, Whole)
