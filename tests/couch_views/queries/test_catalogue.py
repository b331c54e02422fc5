"""Owns the tables of how events and markets are listed.

Never tests paging itself: that stands with lists.
Called by pytest.
"""

import pytest

from actors.machines import limits
from couch_views.queries.catalogue import (
    EventFilters,
    MarketFilters,
    event_volumes,
    events,
    events_by_id,
    markets,
    markets_by_id,
    markets_of_events,
)
from couch_views.queries.pages import QueryError
from tests.couch_views.shelf import SECOND, Shelf, event, ids, market, trading


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put(
        event(1, "upcoming", "football", 50),
        event(2, "live", "football", 40),
        event(3, "upcoming", "Tennis & <é>", 30),
        event(4, "settled", "politics", 20),
        event(5, "upcoming", "football", 20),
    )
    shelf.put(
        market(11, 1, "open", order=2),
        market(12, 1, "draft", order=1),
        market(13, 2, "open"),
        market(14, 3, "halted", order=1),
        market(15, 3, "open", order=1),
        market(16, 3, "settled", order=0),
    )
    shelf.put(trading(11, 100), trading(12, 20), trading(13, 3))
    return shelf


@pytest.mark.parametrize(
    ("filters", "sort", "expected"),
    [
        (EventFilters(), None, [1, 2, 3, 4, 5]),
        (EventFilters(), "-id", [5, 4, 3, 2, 1]),
        (EventFilters(), "created", [1, 2, 3, 4, 5]),
        (EventFilters(), "start_datetime", [4, 5, 3, 2, 1]),
        (EventFilters(), "-start_datetime,-id", [1, 2, 3, 5, 4]),
        (EventFilters(states=["upcoming"]), "id", [1, 3, 5]),
        (EventFilters(states=["settled", "live"]), "id", [2, 4]),
        (EventFilters(states=["cancelled"]), None, []),
        (EventFilters(types=["football"]), "start_datetime", [5, 2, 1]),
        (EventFilters(types=["Tennis & <é>", "politics"]), "-start_datetime", [3, 4]),
        (EventFilters(types=["foot"]), None, []),
        (EventFilters(states=["upcoming"], types=["football", "football"]), None, [1, 5]),
        (EventFilters(start_min=30 * SECOND), "start_datetime", [3, 2, 1]),
        (EventFilters(start_max=30 * SECOND), "start_datetime", [4, 5, 3]),
        (EventFilters(start_min=20 * SECOND + 1, start_max=40 * SECOND), "id", [2, 3]),
        (EventFilters(start_min=40 * SECOND, start_max=30 * SECOND), "start_datetime", []),
        (EventFilters(["upcoming"], ["football"], (), 10 * SECOND, 30 * SECOND), "start_datetime", [5]),
        (EventFilters(ids=[4, 2, 99, 2, 1]), "-start_datetime", [4, 2, 1]),
        (EventFilters(ids=[4, 2, 1], states=["upcoming", "live"]), None, [2, 1]),
    ],
)
@pytest.mark.parametrize("limit", [2, 100])
def test_events_are_listed(
    shelf: Shelf, filters: EventFilters, sort: str | None, expected: list[int], limit: int
) -> None:
    page = events(shelf, filters, sort, limit)
    found = ids(page.items)
    while page.next_cursor is not None:
        page = events(shelf, filters, sort, limit, page.next_cursor)
        found += ids(page.items)
    assert found == expected


@pytest.mark.parametrize(
    ("filters", "sort", "expected"),
    [
        (MarketFilters(), None, [11, 12, 13, 14, 15, 16]),
        (MarketFilters(), "-id", [16, 15, 14, 13, 12, 11]),
        (MarketFilters(), "event_id,display_order", [12, 11, 13, 16, 14, 15]),
        (MarketFilters(), "-event_id,-display_order,-id", [15, 14, 16, 13, 11, 12]),
        (MarketFilters(event_ids=[3]), None, [14, 15, 16]),
        (MarketFilters(event_ids=[3]), "event_id,display_order", [16, 14, 15]),
        (MarketFilters(event_ids=[3, 1, 3]), "event_id", [12, 11, 16, 14, 15]),
        (MarketFilters(event_ids=[9]), None, []),
        (MarketFilters(states=["open"]), None, [11, 13, 15]),
        (MarketFilters(states=["halted", "draft"]), "-id", [14, 12]),
        (MarketFilters([1, 3], ["open"]), "event_id,display_order", [11, 15]),
        (MarketFilters(ids=[16, 11, 99, 13]), None, [16, 11, 13]),
        (MarketFilters([3, 2], ["open"], [16, 11, 13]), None, [13]),
    ],
)
@pytest.mark.parametrize("limit", [2, 100])
def test_markets_are_listed(
    shelf: Shelf, filters: MarketFilters, sort: str | None, expected: list[int], limit: int
) -> None:
    page = markets(shelf, filters, sort, limit)
    found = ids(page.items)
    while page.next_cursor is not None:
        page = markets(shelf, filters, sort, limit, page.next_cursor)
        found += ids(page.items)
    assert found == expected


def test_several_are_read_in_the_order_asked(shelf: Shelf) -> None:
    assert ids(events_by_id(shelf, [3, 99, 1, 3])) == [3, 1]
    assert ids(markets_by_id(shelf, [13, 99, 11])) == [13, 11]


def test_markets_of_events_come_event_by_event(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ids(markets_of_events(shelf, [3, 99, 1])) == [16, 14, 15, 12, 11]
    monkeypatch.setattr(limits, "PAGE_LIMIT_MAX", 2)
    assert ids(markets_of_events(shelf, [3, 99, 1])) == [16, 14, 15, 12, 11]


def test_an_events_volume_is_its_markets(shelf: Shelf) -> None:
    assert event_volumes(shelf, [2, 1, 4]) == {2: 3, 1: 120, 4: 0}


@pytest.mark.parametrize(
    ("sort", "states", "field"),
    [("name", [], "sort"), ("start_datetime,-id", [], "sort"), (None, ["open"], "states")],
)
def test_what_events_do_not_know_is_named(sort: str | None, states: list[str], field: str) -> None:
    with pytest.raises(QueryError) as refused:
        events(Shelf(), EventFilters(states), sort)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("sort", "states", "field"),
    [("display_order", [], "sort"), ("created", [], "sort"), (None, ["live"], "states")],
)
def test_what_markets_do_not_know_is_named(sort: str | None, states: list[str], field: str) -> None:
    with pytest.raises(QueryError) as refused:
        markets(Shelf(), MarketFilters((), states), sort)
    assert refused.value.field == field
