"""Owns the cases of reading a market's history: windows, bounds, composed intervals, earlier windows.

Never tests how candles come about: that stands with the projection.
Called by pytest.
"""

import random
from collections.abc import Sequence
from typing import Final

import pytest

from couch_views.candles import Candle, Interval, compose
from couch_views.queries.history import History, HistoryFilters, history
from couch_views.queries.pages import QueryError
from tests.couch_views import shelf as documents
from tests.couch_views.shelf import Shelf, market

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400
NOON: Final = 20_000 * DAY + 12 * HOUR
US: Final = 1_000_000


def candle(start_s: int, price: int = 5_000, volume: int = 10) -> list[int]:
    return [start_s, price, price + 1, price - 1, price, volume, 1]


def shelf_of(interval_s: int, starts: dict[int, Sequence[int]]) -> Shelf:
    """Market 1 with a candle of each contract at these starts, in seconds after noon."""
    shelf = Shelf()
    shelf.put(market(1, contracts=[11, 12]))
    for contract_id, own in starts.items():
        shelf.put(*documents.history(1, contract_id, interval_s, *(candle(NOON + start) for start in own)))
    return shelf


def starts(found: History | None) -> dict[str, list[int]]:
    """The starts of each contract's candles, in seconds after noon."""
    assert found is not None
    return {each.contract["id"]: [one.start_s - NOON for one in each.candles] for each in found.contracts}


def test_candles_come_contract_by_contract_oldest_first() -> None:
    shelf = shelf_of(HOUR, {11: [0, HOUR, 5 * HOUR], 12: [2 * HOUR]})
    found = history(shelf, 1)
    assert starts(found) == {"11": [0, HOUR, 5 * HOUR], "12": [2 * HOUR]}
    assert found is not None
    assert found.contracts[0].candles[0] == Candle(NOON, 5_000, 5_001, 4_999, 5_000, 10, 1)
    assert (found.market["id"], found.interval, found.earlier_until) == ("1", "1h", None)


def test_an_unknown_market_has_no_history_and_a_quiet_one_an_empty_one() -> None:
    shelf = shelf_of(HOUR, {})
    assert history(shelf, 2) is None
    assert starts(history(shelf, 1)) == {"11": [], "12": []}


def test_contracts_come_in_the_order_asked_without_unknown_ones() -> None:
    shelf = shelf_of(HOUR, {11: [0], 12: [HOUR]})
    found = history(shelf, 1, HistoryFilters(contract_ids=[12, 99, 11, 12]))
    assert list(starts(found).items()) == [("12", [HOUR]), ("11", [0])]
    assert starts(history(shelf, 1, HistoryFilters(contract_ids=[99]))) == {}


def test_a_window_ends_where_the_market_traded_last_and_is_the_same_for_all() -> None:
    shelf = shelf_of(HOUR, {11: [0, HOUR, 2 * HOUR], 12: [0, 4 * HOUR]})
    found = history(shelf, 1, limit=3)
    assert starts(found) == {"11": [2 * HOUR], "12": [4 * HOUR]}
    assert found is not None
    assert found.earlier_until == (NOON + 2 * HOUR) * US


@pytest.mark.parametrize(
    ("since", "until", "shown"),
    [
        (None, None, [0, HOUR, 2 * HOUR]),
        (0, None, [0, HOUR, 2 * HOUR]),
        (1, None, [0, HOUR, 2 * HOUR]),
        (HOUR - 1, None, [0, HOUR, 2 * HOUR]),
        (HOUR, None, [HOUR, 2 * HOUR]),
        (None, 2 * HOUR + 1, [0, HOUR, 2 * HOUR]),
        (None, 2 * HOUR, [0, HOUR]),
        (HOUR, 2 * HOUR, [HOUR]),
        (HOUR, HOUR, []),
        (3 * HOUR, None, []),
        (None, 0, []),
        (2 * HOUR, HOUR, []),
    ],
)
def test_bounds_take_candles_whose_time_overlaps(
    since: int | None, until: int | None, shown: list[int]
) -> None:
    shelf = shelf_of(HOUR, {11: [0, HOUR, 2 * HOUR]})
    filters = HistoryFilters(
        since=None if since is None else (NOON + since) * US,
        until=None if until is None else (NOON + until) * US,
    )
    found = history(shelf, 1, filters)
    assert starts(found)["11"] == shown
    assert found is not None
    assert found.earlier_until is None or shown


def test_bounds_at_the_ends_of_time_are_fine() -> None:
    shelf = shelf_of(HOUR, {11: [0]})
    end = 253_402_300_799_999_999
    assert starts(history(shelf, 1, HistoryFilters(since=0, until=end)))["11"] == [0]
    assert starts(history(shelf, 1, HistoryFilters(until=0)))["11"] == []


@pytest.mark.parametrize("interval", list(Interval))
@pytest.mark.parametrize("limit", [1, 7, 100])
def test_windows_read_backwards_hold_every_candle_once(interval: Interval, limit: int) -> None:
    chance = random.Random(limit)
    own = sorted({chance.randrange(400 * 60) for _ in range(80)} | {0, 7_199 * 60 // interval.kept_s})
    kept = [candle(NOON + start * interval.kept_s, chance.randint(2, 9_000)) for start in own]
    shelf = Shelf()
    shelf.put(market(1, contracts=[11]), *documents.history(1, 11, interval.kept_s, *kept))
    found, until = list[Candle](), None
    while True:
        window = history(shelf, 1, HistoryFilters(interval, until=until), limit)
        assert window is not None
        candles = window.contracts[0].candles
        assert 0 < len(candles) <= limit
        found = [*candles, *found]
        until = window.earlier_until
        if until is None:
            break
    assert found == compose([Candle(*one) for one in kept], interval.seconds)


def test_what_is_left_out_below_a_bound_is_no_earlier_window() -> None:
    shelf = shelf_of(MINUTE, {11: [0, 60, 120, 86_400]})
    filters = HistoryFilters(Interval.MINUTE, since=(NOON + 120) * US)
    last = history(shelf, 1, filters, limit=10)
    assert last is not None
    assert last.earlier_until == (NOON + 86_400 - 9 * 60) * US
    first = history(shelf, 1, filters._replace(until=last.earlier_until), limit=10)
    assert starts(first)["11"] == [120]
    assert first is not None
    assert first.earlier_until is None


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_limit_is_bounded(limit: int) -> None:
    with pytest.raises(QueryError, match="limit: from 1 to 1000"):
        history(shelf_of(HOUR, {}), 1, limit=limit)


def test_a_limit_is_bounded_for_all_contracts_together() -> None:
    shelf = Shelf()
    shelf.put(market(1, contracts=range(1, 201)))
    assert history(shelf, 1, limit=100) is not None
    assert history(shelf, 1, HistoryFilters(contract_ids=range(1, 21)), limit=1_000) is not None
    with pytest.raises(QueryError, match="limit: at most 100 for 200 contracts"):
        history(shelf, 1, limit=101)
