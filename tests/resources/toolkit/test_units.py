"""Owns the cases of numbers that people write in a unit of theirs.

Never tests which fields have one.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.toolkit.units import Unit, hint_of, on_forms, read_unit, title_of, unit_of, write_unit

PERCENT = Unit(100)
PAYOUT = Unit(10_000, 2)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("39", PERCENT, 3900),
        ("39 %", PERCENT, 3900),
        (" 39.5\N{NO-BREAK SPACE}% ", PERCENT, 3950),
        ("0.01", PERCENT, 1),
        ("-1", PERCENT, -100),
        ("39.555", PERCENT, None),
        ("", PERCENT, None),
        ("%", PERCENT, None),
        ("1e2", PERCENT, None),
        ("\u0663\u0669", PERCENT, None),
        ("10", PAYOUT, 100_000),
        ("10.00", PAYOUT, 100_000),
        ("1,000.5", PAYOUT, 10_005_000),
        ("0.00001", PAYOUT, None),
    ],
)
def test_what_a_text_means(text: str, unit: Unit, expected: int | None) -> None:
    assert read_unit(text, unit) == expected


@pytest.mark.parametrize(
    ("number", "unit", "expected"),
    [
        (3900, PERCENT, "39"),
        (3950, PERCENT, "39.5"),
        (1, PERCENT, "0.01"),
        (100_000, PAYOUT, "10.00"),
        (25_001, PAYOUT, "2.5001"),
        (10**10, PAYOUT, "1000000.00"),
    ],
)
def test_how_a_number_is_written(number: int, unit: Unit, expected: str) -> None:
    assert write_unit(number, unit) == expected


@given(st.integers(0, 10**12), st.sampled_from([PERCENT, PAYOUT]))
def test_what_is_written_is_read(number: int, unit: Unit) -> None:
    assert read_unit(write_unit(number, unit), unit) == number


def test_a_field_says_its_unit() -> None:
    notes = {**on_forms(PERCENT, "In percent", "Like 39."), "title": "Price", "description": "In ticks."}
    assert (unit_of(notes), title_of(notes), hint_of(notes)) == (PERCENT, "In percent", "Like 39.")
    plain = {"title": "Price", "description": "In ticks."}
    assert (unit_of(plain), title_of(plain), hint_of(plain)) == (None, "Price", "In ticks.")
    assert (title_of({}), hint_of({})) == ("", "")
