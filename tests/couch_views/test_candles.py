"""Owns the cases of candles: where they begin, how executions fill them, how longer ones are composed.

Never stores one.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couch_views.candles import Candle, Interval, add_execution, block_of, compose, start_of

DAY_S = 86_400
HOUR_US = 3_600_000_000

Execution = tuple[int, int, int]
"""Second, price, quantity."""

executions = st.lists(
    st.tuples(st.integers(0, 3 * DAY_S), st.integers(1, 9_999), st.integers(1, 10**10)), max_size=60
).map(sorted)


def kept(done: list[Execution], interval_s: int) -> list[Candle]:
    candles: list[list[int]] = []
    for second, price, quantity in done:
        add_execution(candles, start_of(second * 1_000_000, interval_s), price, quantity)
    return [Candle(*candle) for candle in candles]


def naive(done: list[Execution], interval_s: int) -> list[Candle]:
    """Every interval looked at by itself."""
    found = []
    for start_s in range(0, 3 * DAY_S + 1, interval_s):
        prices = [price for second, price, _ in done if start_s <= second < start_s + interval_s]
        volume = sum(quantity for second, _, quantity in done if start_s <= second < start_s + interval_s)
        if prices:
            ends = (prices[0], max(prices), min(prices), prices[-1])
            found.append(Candle(start_s, *ends, volume, len(prices)))
    return found


@given(executions, st.sampled_from([Interval.HOUR, Interval.DAY]))
def test_candles_are_those_of_all_executions_looked_at_at_once(
    done: list[Execution], interval: Interval
) -> None:
    assert compose(kept(done, interval.kept_s), interval.seconds) == naive(done, interval.seconds)


@given(executions)
def test_candles_of_minutes_and_of_five_are_too(done: list[Execution]) -> None:
    within_hours = sorted((second % 7_200, price, quantity) for second, price, quantity in done)
    minutes = kept(within_hours, 60)
    assert minutes == naive(within_hours, 60)
    assert compose(minutes, 300) == naive(within_hours, 300)
    assert compose(minutes, 60) == minutes


def test_a_candle_opens_and_closes_with_its_first_and_last_execution() -> None:
    done = [(61, 5_000, 10), (80, 5_200, 20), (100, 4_900, 30), (119, 5_100, 40), (120, 6_000, 50)]
    assert kept(done, 60) == [
        Candle(60, 5_000, 5_200, 4_900, 5_100, 100, 4),
        Candle(120, 6_000, 6_000, 6_000, 6_000, 50, 1),
    ]


def test_time_does_not_run_backwards() -> None:
    candles: list[list[int]] = []
    add_execution(candles, 120, 1, 1)
    with pytest.raises(AssertionError, match="60 is before 120"):
        add_execution(candles, 60, 1, 1)


@pytest.mark.parametrize(
    ("interval", "seconds", "kept_s"),
    [("1m", 60, 60), ("5m", 300, 60), ("1h", 3_600, 3_600), ("1d", 86_400, 3_600)],
)
def test_intervals_are_named_as_clients_write_them(interval: str, seconds: int, kept_s: int) -> None:
    assert (Interval(interval).seconds, Interval(interval).kept_s) == (seconds, kept_s)


@pytest.mark.parametrize(
    ("time_us", "interval_s", "start_s"),
    [
        (0, 60, 0),
        (HOUR_US - 1, 3_600, 0),
        (HOUR_US, 3_600, 3_600),
        (24 * HOUR_US - 1, 86_400, 0),
        (24 * HOUR_US, 86_400, 86_400),
    ],
)
def test_a_candle_begins_with_its_minute_hour_or_day_in_utc(
    time_us: int, interval_s: int, start_s: int
) -> None:
    assert start_of(time_us, interval_s) == start_s


def test_a_block_is_two_hours_of_minutes_or_five_days_of_hours() -> None:
    assert [block_of(start_s, 60) for start_s in (0, 7_140, 7_200)] == [0, 0, 1]
    assert [block_of(start_s, 3_600) for start_s in (0, 5 * DAY_S - 3_600, 5 * DAY_S)] == [0, 0, 1]
