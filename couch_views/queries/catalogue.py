"""Owns the reads of events and markets.

Never shows anything private: these documents are for everybody.
Called by resources.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, cast

from actors.machines import limits
from actors.machines.messages.words import EventState, MarketState
from couch_views.formats import format_time
from couch_views.queries.keys import ANY, key_digits, key_text, key_time
from couch_views.queries.lists import Listing, ViewRange, distinct, in_life_order, read_known
from couch_views.queries.pages import Page, Sort, parse_sort
from couch_views.queries.reading import Reads
from couch_views.shapes import EventDocument, MarketDocument, TradingDocument, document_id

_EVENT_NAMES: Final = {
    "id": "id",
    "created": "id",
    "created_datetime": "id",
    "start_datetime": "start_datetime",
}
_EVENT_ORDERS: Final = (("id",), ("start_datetime", "id"))
_MARKET_NAMES: Final = {"id": "id", "event_id": "event_id", "display_order": "display_order"}
_MARKET_ORDERS: Final = (("id",), ("event_id", "display_order", "id"))


class EventFilters(NamedTuple):
    """What an event must be to be listed; an empty filter lets everything through.

    Times in microseconds since 1970, both inclusive.
    """

    states: Sequence[str] = ()
    types: Sequence[str] = ()
    ids: Sequence[int] = ()
    start_min: int | None = None
    start_max: int | None = None

    def match(self, event: EventDocument) -> bool:
        start = event["start_datetime"]
        return (
            (not self.states or event["state"] in self.states)
            and (not self.types or event["type"] in self.types)
            and (self.start_min is None or start >= format_time(self.start_min))
            and (self.start_max is None or start <= format_time(self.start_max))
        )


class MarketFilters(NamedTuple):
    """What a market must be to be listed; an empty filter lets everything through."""

    event_ids: Sequence[int] = ()
    states: Sequence[str] = ()
    ids: Sequence[int] = ()

    def match(self, market: MarketDocument) -> bool:
        return (not self.states or market["state"] in self.states) and (
            not self.event_ids or int(market["event_id"]) in self.event_ids
        )


EVERY_EVENT: Final = EventFilters()
EVERY_MARKET: Final = MarketFilters()


def events(
    documents: Reads,
    filters: EventFilters = EVERY_EVENT,
    sort: str | None = None,
    limit: int = limits.PAGE_LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[EventDocument]:
    """Events by ``id`` (the default), ``created`` or ``start_datetime``.

    With ``filters.ids`` these events in the order asked, whole: no paging.
    """
    states = in_life_order(filters.states, EventState)
    order = parse_sort(sort, _EVENT_NAMES, _EVENT_ORDERS)
    if filters.ids:
        return Page([event for event in events_by_id(documents, filters.ids) if filters.match(event)], None)
    types = [key_text(name) for name in distinct(filters.types)]
    ranges = [
        _event_range(state, name, filters, order) for state in states or [ANY] for name in types or [ANY]
    ]
    return Listing("events", ranges, order).page(documents, limit, cursor, filters.match)


def events_by_id(documents: Reads, event_ids: Sequence[int]) -> list[EventDocument]:
    """The events in the order asked; unknown ones are left out."""
    found = read_known(documents, [document_id("event", event_id) for event_id in distinct(event_ids)])
    return cast("list[EventDocument]", found)


def markets(
    documents: Reads,
    filters: MarketFilters = EVERY_MARKET,
    sort: str | None = None,
    limit: int = limits.PAGE_LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[MarketDocument]:
    """Markets by ``id`` (the default) or by ``event_id,display_order``.

    With ``filters.ids`` these markets in the order asked, whole: no paging.
    """
    states = in_life_order(filters.states, MarketState)
    order = parse_sort(sort, _MARKET_NAMES, _MARKET_ORDERS)
    if filters.ids:
        return Page(
            [market for market in markets_by_id(documents, filters.ids) if filters.match(market)], None
        )
    event_keys = [key_digits(event_id) for event_id in distinct(filters.event_ids)]
    ranges = [
        _market_range(state, event, order) for state in states or [ANY] for event in event_keys or [ANY]
    ]
    return Listing("markets", ranges, order).page(documents, limit, cursor, filters.match)


def markets_by_id(documents: Reads, market_ids: Sequence[int]) -> list[MarketDocument]:
    """The markets (with their contracts) in the order asked; unknown ones are left out."""
    found = read_known(documents, [document_id("market", market_id) for market_id in distinct(market_ids)])
    return cast("list[MarketDocument]", found)


def markets_of_events(documents: Reads, event_ids: Sequence[int]) -> list[MarketDocument]:
    """All markets of these events: events in the order asked, within one by ``display_order``."""
    found: list[MarketDocument] = []
    for event_id in distinct(event_ids):
        cursor = None
        while True:
            page = markets(
                documents, MarketFilters([event_id]), "event_id,display_order", limits.PAGE_LIMIT_MAX, cursor
            )
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
    return found


def event_volumes(documents: Reads, event_ids: Sequence[int]) -> dict[int, int]:
    """Event id -> the volume of all its markets, in quantity units."""
    events_of_markets = {
        market["id"]: int(market["event_id"]) for market in markets_of_events(documents, event_ids)
    }
    volumes = dict.fromkeys(event_ids, 0)
    read = read_known(documents, [document_id("trading", market_id) for market_id in events_of_markets])
    for trading in cast("list[TradingDocument]", read):
        volumes[events_of_markets[trading["market_id"]]] += trading["volume"]
    return volumes


def _event_range(state: str, name: str, filters: EventFilters, order: Sort) -> ViewRange:
    if order.fields == ("id",):
        return ViewRange("events", ("id", state, name, ANY))
    span = ViewRange("events", ("start", state, name))
    if filters.start_min is not None:
        span = span._replace(lowest=key_time(filters.start_min))
    if filters.start_max is not None:
        span = span._replace(highest=key_time(filters.start_max))
    return span


def _market_range(state: str, event: str, order: Sort) -> ViewRange:
    if order.fields == ("id",):
        return ViewRange("markets", ("id", state, event, ANY))
    span = ViewRange("markets", ("event", state))
    return span if event == ANY else span._replace(lowest=event, highest=event)
