"""Owns the scales of charts: where the lines of a grid stand, and how prices, sums and times are written.

Never draws.
Called by the charts of this package.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from actors.machines.limits import PRICE_SCALE, TIME_US_MAX

TICKS_PER_PERCENT: Final = PRICE_SCALE // 100
PRICE_LINES_MAX: Final = 6
_PRICE_STEPS: Final = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000)
_PRICE_MARGIN_MIN: Final = 100

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
_TIME_STEPS: Final = (
    *(_MINUTE * count for count in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * count for count in (1, 2, 3, 6, 12)),
    *(_DAY * count for count in (1, 2, 5, 10)),
)
_MONTH_STEPS: Final = (1, 2, 3, 6, 12)
_MONTH_S: Final = 30 * _DAY
_SECOND_MAX: Final = TIME_US_MAX // 1_000_000
_QUANTITY_PER_UNIT: Final = 10_000
_THOUSANDS: Final = ("", "k", "M", "B", "T")
_THOUSAND_FROM: Final = 999.5
"""What would be written as 1000 in three digits."""


class Span(NamedTuple):
    """From a lowest to a highest value."""

    low: int
    high: int

    def part(self, value: float) -> float:
        """Where a value stands: 0 at the low end, 1 at the high one."""
        return (value - self.low) / (self.high - self.low)


class TimeMark(NamedTuple):
    """A line of the grid: the moment in seconds since 1970, what is written, and what below it."""

    second: int
    label: str
    below: str


def price_scale(low: int, high: int) -> tuple[Span, list[int]]:
    """What an axis of prices shows so that these two are well inside, and the prices that it names."""
    margin = max((high - low) // 12, _PRICE_MARGIN_MIN)
    wanted = Span(max(0, low - margin), min(PRICE_SCALE, high + margin))
    step = next(
        (step for step in _PRICE_STEPS if (wanted.high - wanted.low) <= step * (PRICE_LINES_MAX - 1)),
        _PRICE_STEPS[-1],
    )
    first, last = wanted.low // step * step, -(-wanted.high // step) * step
    return Span(first, last), list(range(first, last + 1, step))


def time_marks(span: Span, marks_max: int) -> list[TimeMark]:
    """Round moments in UTC within a span of seconds since 1970, at most so many."""
    length = span.high - span.low
    step = next((step for step in _TIME_STEPS if length <= step * (marks_max - 1)), None)
    if step is None:
        return list(_by_months(span, marks_max))
    return list(_by_seconds(span, step))


def _by_seconds(span: Span, step: int) -> Iterator[TimeMark]:
    before = ""
    for second in range(-(-span.low // step) * step, min(span.high, _SECOND_MAX) + 1, step):
        moment = _moment(second)
        day = format_day(second)
        label, below = (f"{moment:%H:%M}", day) if step < _DAY else (day, f"{moment:%Y}")
        yield TimeMark(second, label, below if below != before else "")
        before = below


def _by_months(span: Span, marks_max: int) -> Iterator[TimeMark]:
    months = (span.high - span.low) // _MONTH_S + 1
    every = next((every for every in _MONTH_STEPS if months < every * (marks_max - 1)), None)
    every = every or -(-months // (12 * (marks_max - 1))) * 12
    first, last = _moment(span.low), _moment(span.high)
    before = ""
    for month in range(first.year * 12 // every * every, last.year * 12 + 12, every):
        year, place = divmod(month, 12)
        moment = datetime(max(1, min(year, 9_999)), place + 1, 1, tzinfo=UTC)
        second = int(moment.timestamp())
        if span.low <= second <= span.high:
            year_below = f"{moment:%Y}"
            yield TimeMark(second, f"{moment:%b}", year_below if year_below != before else "")
            before = year_below


def format_price(ticks: int) -> str:
    """``6250`` as ``62.5%``."""
    whole, rest = divmod(ticks, TICKS_PER_PERCENT)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


def format_volume(quantity: int) -> str:
    """A quantity as units of payout, in about three digits: ``123_456_789`` as ``12.3k``."""
    value, thousands = quantity / _QUANTITY_PER_UNIT, 0
    while value >= _THOUSAND_FROM and thousands < len(_THOUSANDS) - 1:
        value /= 1_000
        thousands += 1
    if value >= _THOUSAND_FROM:
        return f"{value:.2g}{_THOUSANDS[-1]}"
    return f"{value:.3g}{_THOUSANDS[thousands]}"


def format_day(second: int) -> str:
    """``17 May``."""
    moment = _moment(second)
    return f"{moment.day} {moment:%b}"


def format_moment(second: int) -> str:
    """``17 May 2026, 14:00``."""
    moment = _moment(second)
    return f"{_day(moment)}, {moment:%H:%M}"


def format_period(first: int, last: int, step_s: int) -> str:
    """From the beginning of the first candle to the end of the last one, in words."""
    begin, end = _moment(first), _moment(last + step_s)
    if step_s >= _DAY:
        return f"{_day(begin)} to {_day(_moment(last))}, days in UTC"
    until = f"{end:%H:%M}" if begin.date() == end.date() else f"{_day(end)}, {end:%H:%M}"
    return f"{_day(begin)}, {begin:%H:%M} to {until} UTC"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(min(max(second, 0), _SECOND_MAX), UTC)
