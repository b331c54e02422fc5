"""Owns the cells of the leaderboards: which scopes and periods a result is of.

Never reads a clock: the time is the settlement's. All periods are in UTC.
Called by the scores slice and the projection, which must agree.
"""

from functools import lru_cache
from typing import Final, NamedTuple

from actors.machines import limits
from actors.machines.messages.scores import Cell

ALL: Final = "all"
EXCHANGE: Final = "exchange"
CELLS_OF_A_RESULT: Final = 10
_KEPT_MAX: Final = 1_024

_THURSDAY: Final = 3
"""1970-01-01 was one, counted from Monday; an ISO week is of the year that its Thursday is of."""
_DAYS_TO_MARCH_0000: Final = 719_468
_DAYS_OF_400_YEARS: Final = 146_097
_DAYS_OF_100_YEARS: Final = 36_524
_DAYS_OF_4_YEARS: Final = 1_460
_DAYS_OF_YEAR: Final = 365
_DAYS_OF_5_MONTHS: Final = 153
_MARCH: Final = 3
_MONTHS: Final = 12


class Periods(NamedTuple):
    """The periods that a time is in: ``2026-Q4``, ``2026-11``, ``2026-W47``."""

    season: str
    month: str
    week: str


# All members of a market ask for the same ones.
@lru_cache(_KEPT_MAX)
def cells(market_id: int, event_id: int, category: str, time: int) -> tuple[Cell, ...]:
    """The cells of a market's result; markets and events have one of all time alone."""
    periods = (ALL, *periods_of(time))
    return (
        *(Cell(scope, period) for scope in (EXCHANGE, f"category:{category}") for period in periods),
        Cell(f"event:{event_id}", ALL),
        Cell(f"market:{market_id}", ALL),
    )


def periods_of(time: int) -> Periods:
    """The season (quarter), month and ISO week of a time."""
    days = time // limits.DAY_US
    year, month = _year_and_month(days)
    thursday = days - (days + _THURSDAY) % 7 + _THURSDAY
    week_year, _ = _year_and_month(thursday)
    week = (thursday - _first_day(week_year)) // 7 + 1
    return Periods(
        f"{year:04d}-Q{(month + 2) // 3}", f"{year:04d}-{month:02d}", f"{week_year:04d}-W{week:02d}"
    )


def _year_and_month(days: int) -> tuple[int, int]:
    """Of days since 1970, by years that begin in March, so that a leap day is the last one."""
    era, day = divmod(days + _DAYS_TO_MARCH_0000, _DAYS_OF_400_YEARS)
    leaps = day // _DAYS_OF_4_YEARS - day // _DAYS_OF_100_YEARS + day // (_DAYS_OF_400_YEARS - 1)
    year = (day - leaps) // _DAYS_OF_YEAR
    day_of_year = day - _days_before(year)
    months = (5 * day_of_year + 2) // _DAYS_OF_5_MONTHS + _MARCH
    return era * 400 + year + (months > _MONTHS), (months - 1) % _MONTHS + 1


def _days_before(year: int) -> int:
    return _DAYS_OF_YEAR * year + year // 4 - year // 100 + year // 400


def _first_day(year: int) -> int:
    """Days since 1970 of January 1st: 306 days after the March before."""
    return _days_before(year - 1) + 306 - _DAYS_TO_MARCH_0000
