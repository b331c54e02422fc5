"""Owns the tests of positions as clients see them.

Never waits for one.
Called by pytest.
"""

import pytest

from resources.toolkit.http import HttpRequest
from resources.toolkit.positions import (
    covers,
    format_position,
    parse_position,
    wanted_position,
    wanted_wait_s,
)
from resources.toolkit.problems import ProblemError


def asking(**headers: str) -> HttpRequest:
    return HttpRequest("GET", "/v3", "", {name.replace("_", "-"): text for name, text in headers.items()})


def test_a_position_goes_out_and_comes_back() -> None:
    position = {"markets-0": 77, "accounts-1": 812}
    assert format_position(position) == "accounts-1:812,markets-0:77"
    assert parse_position(format_position(position)) == position


@pytest.mark.parametrize(
    "text", ["", "x", "accounts-1", "accounts-1:", "accounts-1:-1", "a:1", ",", "a-1:1;b-1:1"]
)
def test_what_never_came_from_here_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no position"):
        parse_position(text)


@pytest.mark.parametrize(
    ("reached", "wanted", "expected"),
    [
        ({}, {}, True),
        ({"a": 1}, {}, True),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 2, "b": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": 1}, {"b": 1}, False),
        ({}, {"b": 0}, True),
    ],
)
def test_whether_a_reader_has_seen_a_position(
    reached: dict[str, int], wanted: dict[str, int], expected: bool
) -> None:
    assert covers(reached, wanted) is expected


def test_the_wanted_position_is_in_a_header() -> None:
    assert wanted_position(asking()) == {}
    assert wanted_position(asking(x_credence_min_position="accounts-0:5")) == {"accounts-0": 5}


def test_a_wrong_wanted_position_names_the_header() -> None:
    with pytest.raises(ProblemError) as caught:
        wanted_position(asking(x_credence_min_position="soon"))
    assert caught.value.kind.status == 422
    assert caught.value.errors[0].field == "X-Credence-Min-Position"


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("wait=5", 5),
        ("respond-async, wait=10", 10),
        ("Wait = 3", 3),
        ('wait="2"', 2),
        ("wait=x", 0),
        ("await=5", 0),
        ("wait=-1", 0),
        ("", 0),
    ],
)
def test_how_long_to_wait_is_a_preference(prefer: str, seconds: int) -> None:
    assert wanted_wait_s(asking(prefer=prefer)) == seconds
