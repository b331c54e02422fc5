"""Owns the cases of the scales: lines of the grid, and how prices, volumes and times are written.

Never draws.
Called by pytest.
"""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.charts.scales import (
    Span,
    format_moment,
    format_period,
    format_price,
    format_volume,
    price_scale,
    time_marks,
)

MINUTE, HOUR, DAY = 60, 3_600, 86_400
NOON = int(datetime(2026, 5, 17, 12, tzinfo=UTC).timestamp())
LAST = 253_402_300_799


@pytest.mark.parametrize(
    ("low", "high", "lines"),
    [
        (5_000, 5_000, [4_900, 4_950, 5_000, 5_050, 5_100]),
        (4_200, 5_800, [4_000, 4_500, 5_000, 5_500, 6_000]),
        (1, 9_999, [0, 2_000, 4_000, 6_000, 8_000, 10_000]),
        (1, 30, [0, 50, 100, 150]),
        (9_990, 9_999, [9_850, 9_900, 9_950, 10_000]),
    ],
)
def test_lines_of_prices_are_round(low: int, high: int, lines: list[int]) -> None:
    span, marks = price_scale(low, high)
    assert (span, marks) == (Span(lines[0], lines[-1]), lines)


@given(st.integers(1, 9_999), st.integers(1, 9_999))
def test_all_prices_are_on_the_scale(one: int, other: int) -> None:
    low, high = sorted((one, other))
    span, marks = price_scale(low, high)
    assert 0 <= span.low < low
    assert high < span.high <= 10_000
    assert 3 <= len(marks) <= 7
    assert (span.part(span.low), span.part(span.high)) == (0, 1)


def written(low: int, high: int) -> list[str]:
    return [f"{mark.label} {mark.below}".strip() for mark in time_marks(Span(low, high), 8)]


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (NOON, NOON + 5 * MINUTE, ["12:00 17 May", "12:01", "12:02", "12:03", "12:04", "12:05"]),
        (
            NOON + 1,
            NOON + 14 * HOUR,
            ["14:00 17 May", "16:00", "18:00", "20:00", "22:00", "00:00 18 May", "02:00"],
        ),
        (
            NOON,
            NOON + 3 * DAY,
            ["12:00 17 May", "00:00 18 May", "12:00", "00:00 19 May", "12:00", "00:00 20 May", "12:00"],
        ),
        (NOON, NOON + 6 * DAY, ["18 May 2026", "19 May", "20 May", "21 May", "22 May", "23 May"]),
        (NOON, NOON + 150 * DAY, ["Jun 2026", "Jul", "Aug", "Sep", "Oct"]),
        (NOON, NOON + 900 * DAY, ["Jul 2026", "Jan 2027", "Jul", "Jan 2028", "Jul"]),
    ],
)
def test_marks_of_times_are_round_and_name_a_day_once(low: int, high: int, marks: list[str]) -> None:
    assert written(low, high) == marks


@given(st.integers(0, LAST), st.integers(60, LAST))
def test_any_time_has_few_marks_within(low: int, length: int) -> None:
    span = Span(low, low + length)
    marks = time_marks(span, 8)
    assert len(marks) <= 8
    assert all(span.low <= mark.second <= span.high for mark in marks)


@pytest.mark.parametrize(
    ("ticks", "shown"), [(6_250, "62.5%"), (6_200, "62%"), (6_255, "62.55%"), (1, "0.01%"), (10_000, "100%")]
)
def test_a_price_is_in_percent(ticks: int, shown: str) -> None:
    assert format_price(ticks) == shown


@pytest.mark.parametrize(
    ("quantity", "shown"),
    [
        (1, "0.0001"),
        (10_000, "1"),
        (15_500, "1.55"),
        (9_990_000, "999"),
        (9_996_000, "1k"),
        (123_456_789, "12.3k"),
        (10**10, "1M"),
        (10**15, "100B"),
        (10**19, "1e+03T"),
    ],
)
def test_a_volume_is_short(quantity: int, shown: str) -> None:
    assert format_volume(quantity) == shown


@pytest.mark.parametrize(
    ("first", "last", "step", "shown"),
    [
        (NOON, NOON, HOUR, "17 May 2026, 12:00 to 13:00 UTC"),
        (NOON, NOON + 12 * HOUR, HOUR, "17 May 2026, 12:00 to 18 May 2026, 01:00 UTC"),
        (NOON - 12 * HOUR, NOON + 12 * HOUR, DAY, "17 May 2026 to 18 May 2026, days in UTC"),
        (LAST // MINUTE * MINUTE, LAST // MINUTE * MINUTE, MINUTE, "31 Dec 9999, 23:59 to 23:59 UTC"),
    ],
)
def test_a_period_is_told_in_words(first: int, last: int, step: int, shown: str) -> None:
    assert format_period(first, last, step) == shown


def test_a_moment_is_told_in_words() -> None:
    assert format_moment(NOON + 61) == "17 May 2026, 12:01"
