"""Owns the tests of the leaderboards' cells: which periods a time is in, and which scopes a market.

Never looks at results.
Called by pytest.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines import limits
from actors.machines.messages.scores import Cell
from actors.machines.stream.score_cells import Periods, cells, periods_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(text: str) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("1970-01-01T00:00:00", Periods("1970-Q1", "1970-01", "1970-W01")),
        # A week is of the year that has its Thursday.
        ("2026-12-31T23:59:59.999999", Periods("2026-Q4", "2026-12", "2026-W53")),
        ("2027-01-01T00:00:00", Periods("2027-Q1", "2027-01", "2026-W53")),
        ("2027-01-03T23:59:59.999999", Periods("2027-Q1", "2027-01", "2026-W53")),
        ("2027-01-04T00:00:00", Periods("2027-Q1", "2027-01", "2027-W01")),
        ("2024-12-30T00:00:00", Periods("2024-Q4", "2024-12", "2025-W01")),
        # A leap day, and the year 2100, which has none.
        ("2024-02-29T12:00:00", Periods("2024-Q1", "2024-02", "2024-W09")),
        ("2100-03-01T00:00:00", Periods("2100-Q1", "2100-03", "2100-W09")),
        ("2026-03-31T23:59:59.999999", Periods("2026-Q1", "2026-03", "2026-W14")),
        ("2026-04-01T00:00:00", Periods("2026-Q2", "2026-04", "2026-W14")),
    ],
)
def test_periods_begin_and_end_in_utc(text: str, periods: Periods) -> None:
    assert periods_of(microseconds(text)) == periods


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_periods_are_those_of_the_calendar(moment: datetime) -> None:
    year, week, _ = moment.isocalendar()
    season = f"{moment.year:04d}-Q{(moment.month + 2) // 3}"
    expected = Periods(season, f"{moment.year:04d}-{moment.month:02d}", f"{year:04d}-W{week:02d}")
    assert periods_of((moment - EPOCH) // timedelta(microseconds=1)) == expected


def test_a_market_counts_in_ten_cells() -> None:
    assert cells(5, 12, "sport", 300 * limits.DAY_US) == (
        Cell("exchange", "all"),
        Cell("exchange", "1970-Q4"),
        Cell("exchange", "1970-10"),
        Cell("exchange", "1970-W44"),
        Cell("category:sport", "all"),
        Cell("category:sport", "1970-Q4"),
        Cell("category:sport", "1970-10"),
        Cell("category:sport", "1970-W44"),
        Cell("event:12", "all"),
        Cell("market:5", "all"),
    )
