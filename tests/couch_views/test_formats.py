"""Owns the tables of how times and average prices are written.

Never tests money: that is written by the machines.
Called by pytest.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines import limits
from couch_views.formats import format_average_price, format_time

TIMES = st.integers(0, limits.TIME_US_MAX)
EPOCH = datetime.fromtimestamp(0, UTC)


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (999_999, "1970-01-01T00:00:00.999999Z"),
        (1_000_000, "1970-01-01T00:00:01.000000Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (limits.TIME_US_MAX, "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_times_are_rfc_3339(time: int, text: str) -> None:
    assert format_time(time) == text


@given(TIMES, TIMES)
def test_texts_sort_as_times_and_lose_nothing(one: int, other: int) -> None:
    assert (one < other) == (format_time(one) < format_time(other))
    assert (datetime.fromisoformat(format_time(one)) - EPOCH) // timedelta(microseconds=1) == one


@pytest.mark.parametrize(
    ("value", "quantity", "text"),
    [
        (0, 0, None),
        (10, 2, "5.00"),
        (10, 3, "3.3333"),
        (20, 3, "6.6667"),
        (9, 2, "4.50"),
        (1, 8, "0.125"),
        (1, 20_000, "0.0001"),
        (1, 20_001, "0.00"),
        (9_999 * 10**10, 10**10, "9999.00"),
    ],
)
def test_average_prices_have_two_to_four_places(value: int, quantity: int, text: str | None) -> None:
    assert format_average_price(value, quantity) == text
