"""Owns what a candle is: how executions become one, how long it lasts, and which candles are kept together.

Never reads or writes a document.
Called by projection/history.py, which keeps them, queries/history.py, which composes longer ones, and charts.

Candles of a minute and of an hour are kept; those of five minutes and of a day are composed of them when
they are read, which writes half as much and can't come to anything else. They are kept in blocks of 120:
a document is bounded (5 kB), however long and busily a market trades, and is found by its number.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from actors.machines.limits import HISTORY_BLOCK_CANDLES

SECOND_US: Final = 1_000_000


class Interval(StrEnum):
    """How long a candle lasts, as clients write it."""

    MINUTE = "1m"
    FIVE_MINUTES = "5m"
    HOUR = "1h"
    DAY = "1d"

    @property
    def seconds(self) -> int:
        return _SECONDS[self]

    @property
    def kept_s(self) -> int:
        """The interval of the kept candles that candles of this one are made of."""
        return MINUTE_S if self in (Interval.MINUTE, Interval.FIVE_MINUTES) else HOUR_S


MINUTE_S: Final = 60
HOUR_S: Final = 3_600
_SECONDS: Final = {
    Interval.MINUTE: MINUTE_S,
    Interval.FIVE_MINUTES: 5 * MINUTE_S,
    Interval.HOUR: HOUR_S,
    Interval.DAY: 24 * HOUR_S,
}

# A longer candle is never made of two blocks.
assert all(HISTORY_BLOCK_CANDLES * each.kept_s % each.seconds == 0 for each in Interval)


class Candle(NamedTuple):
    """The executions of one contract in ``interval`` seconds from ``start_s`` (seconds since 1970) on.

    Prices in ticks; ``volume`` counts each execution's quantity once. No executions, no candle.
    """

    start_s: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    executions: int


def start_of(time_us: int, interval_s: int) -> int:
    """When the candle of a moment begins: intervals count from 1970 in UTC, so a day begins at midnight."""
    return time_us // (interval_s * SECOND_US) * interval_s


def block_of(start_s: int, interval_s: int) -> int:
    """The number of the block that a kept candle stands in."""
    return start_s // (interval_s * HISTORY_BLOCK_CANDLES)


def add_execution(candles: list[list[int]], start_s: int, price: int, quantity: int) -> None:
    """Takes the next execution into the last candle or a new one; what was before isn't looked at."""
    if candles and candles[-1][0] == start_s:
        last = candles[-1]
        last[2] = max(last[2], price)
        last[3] = min(last[3], price)
        last[4] = price
        last[5] += quantity
        last[6] += 1
    else:
        assert not candles or candles[-1][0] < start_s, f"{start_s} is before {candles[-1][0]}"
        candles.append([start_s, price, price, price, price, quantity, 1])


def compose(candles: Iterable[Sequence[int]], interval_s: int) -> list[Candle]:
    """Candles, oldest first, as those of a longer (or the same) interval."""
    composed: list[list[int]] = []
    for start, opened, high, low, close, volume, executions in candles:
        start_s = start // interval_s * interval_s
        if composed and composed[-1][0] == start_s:
            last = composed[-1]
            last[2] = max(last[2], high)
            last[3] = min(last[3], low)
            last[4] = close
            last[5] += volume
            last[6] += executions
        else:
            composed.append([start_s, opened, high, low, close, volume, executions])
    return [Candle(*candle) for candle in composed]
