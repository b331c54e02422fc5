"""Owns what pages show beside a content: names of what it only has ids of, best prices, the visitor's money.

Never reads anything for who doesn't look at a page; never one member's money for another.
Called by resources within the one read of their documents.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol, cast

from actors.machines.messages.words import MarketState
from couch_views.queries import accounts, catalogue, orders
from couch_views.queries.auctions import indicative
from couch_views.queries.lists import distinct, read_known
from couch_views.queries.prices import best_quotes, meet_in_sets
from couch_views.queries.reading import Reads
from couch_views.shapes import (
    ContractField,
    EventDocument,
    MarketDocument,
    OrderDocument,
    QuotesDocument,
    TradingDocument,
    document_id,
)
from resources.representations import FILL_FIELDS, Json, shown
from resources.toolkit.view import View
from resources.toolkit.visitor import Member

BOARDS_MAX: Final = 60
"""Markets of one page that are shown with their prices."""
CONTRACTS_MAX: Final = 5
"""Contracts of each that are shown where there are several markets."""
_TRADED_MAX: Final = 24
_NAMES_MAX: Final = 100
_PURSE: Final = ("balance", "available_balance", "exposure", "currency")
_DEPTH: Final = 1


class Looking(Protocol):
    """What matters here of a call: whether a page is to be shown, and who looks at it."""

    @property
    def for_page(self) -> bool: ...

    @property
    def visitor(self) -> Member | None: ...


def purse(documents: Reads, call: Looking) -> Json:
    """``account``: the visitor's own money, as documents know it; nothing for who has none here yet."""
    if not call.for_page or call.visitor is None:
        return {}
    account = accounts.account(documents, call.visitor.account_id)
    return {} if account is None else {"account": shown(account, _PURSE)}


def only(view: View, name: str) -> Mapping[str, object] | None:
    """The one thing that a page is about; none if it is a list."""
    things = view.content.get(name)
    if "pagination" in view.content or not isinstance(things, Sequence) or len(things) != 1:
        return None
    return cast("Mapping[str, object]", things[0])


def of_markets(documents: Reads, call: Looking, markets: Sequence[MarketDocument]) -> Json:
    """``boards``: these markets with their best prices; and the visitor's money."""
    if not call.for_page:
        return {}
    return {"boards": boards(documents, markets[:BOARDS_MAX]), **purse(documents, call)}


def of_events(documents: Reads, call: Looking, events: Sequence[EventDocument]) -> Json:
    """``boards`` of the one event's markets, if it is one; and the visitor's money."""
    if not call.for_page or len(events) != 1:
        return purse(documents, call)
    filters = catalogue.MarketFilters([int(events[0]["id"])])
    found = catalogue.markets(documents, filters, "event_id,display_order", BOARDS_MAX)
    return of_markets(documents, call, found.items)


def of_home(documents: Reads, call: Looking) -> Json:
    """``events``: what trades, the newest markets event by event; and the visitor's money."""
    if not call.for_page:
        return {}
    live = catalogue.MarketFilters(states=(MarketState.AUCTION, MarketState.OPEN, MarketState.HALTED))
    found = catalogue.markets(documents, live, "-id", _TRADED_MAX)
    of_event: dict[str, list[Json]] = {}
    for market, board in zip(found.items, boards(documents, found.items), strict=True):
        of_event.setdefault(market["event_id"], []).insert(0, board)
    return {"events": list(of_event.values()), **purse(documents, call)}


def of_ids(documents: Reads, call: Looking, items: Iterable[Mapping[str, object]]) -> Json:
    """``names`` of the markets and contracts that items name by id; and the visitor's money.

    ``names`` is market id -> its name, its event's, and the names of its contracts by id.
    """
    if not call.for_page:
        return {}
    ids = [int(str(item["market_id"])) for item in items if item["market_id"] is not None]
    markets = catalogue.markets_by_id(documents, distinct(ids)[:_NAMES_MAX])
    events = catalogue.events_by_id(documents, [int(market["event_id"]) for market in markets])
    of_event = {event["id"]: event["name"] for event in events}
    names = {
        market["id"]: {
            "name": market["name"],
            "event": of_event.get(market["event_id"], ""),
            "contracts": {contract["id"]: contract["name"] for contract in market["contracts"]},
        }
        for market in markets
    }
    return {"names": names, **purse(documents, call)}


def of_order(documents: Reads, call: Looking, order: OrderDocument) -> Json:
    """``names`` for the order, and its ``fills``; it must be known to be the visitor's."""
    if not call.for_page:
        return {}
    executed = order["total_executed_quantity"] > 0
    fills = orders.fills_of_order(documents, int(order["id"])) if executed else []
    return {"fills": [shown(fill, FILL_FIELDS) for fill in fills], **of_ids(documents, call, [order])}


def boards(
    documents: Reads,
    markets: Sequence[MarketDocument],
    contracts_max: int = CONTRACTS_MAX,
    depth: int = _DEPTH,
) -> list[Json]:
    """Markets with prices, all read at once; of each up to so many contracts, and levels of the book."""
    wanted = []
    for market in markets:
        wanted.append(document_id("event", market["event_id"]))
        wanted.append(document_id("trading", market["id"]))
        wanted += [
            document_id("quotes", market["id"], contract["id"]) for contract in _quoted(market, contracts_max)
        ]
    found = {str(document["_id"]): document for document in read_known(documents, distinct(wanted))}
    return [_board(found, market, contracts_max, depth) for market in markets]


def _quoted(market: MarketDocument, contracts_max: int) -> Sequence[ContractField]:
    """The contracts whose books a board needs: of those that may meet, all."""
    return market["contracts"] if market["cross_matching"] else market["contracts"][:contracts_max]


def _board(found: Mapping[str, object], market: MarketDocument, contracts_max: int, depth: int) -> Json:
    event = cast("EventDocument | None", found.get(document_id("event", market["event_id"])))
    trading = cast("TradingDocument | None", found.get(document_id("trading", market["id"])))
    contracts: list[Json] = []
    keys = [document_id("quotes", market["id"], each["id"]) for each in _quoted(market, contracts_max)]
    known = cast("list[QuotesDocument]", [found[key] for key in keys if key in found])
    whole = {quotes["contract_id"]: quotes for quotes in known}
    best = best_quotes(known, depth, in_sets=meet_in_sets(market))
    quoted = {quotes["contract_id"]: quotes for quotes in best}
    for contract in market["contracts"][:contracts_max]:
        quotes = quoted.get(contract["id"])
        traded = None if trading is None else trading["contracts"].get(contract["id"])
        contracts.append(
            {
                "id": contract["id"],
                "name": contract["name"],
                "outcome": contract["state_or_outcome"],
                "indicative": None if quotes is None else indicative(market, whole[contract["id"]]),
                "bids": [] if quotes is None else quotes["bids"],
                "offers": [] if quotes is None else quotes["offers"],
                "last": None if traded is None else traded["last_executed_price"],
                "volume": 0 if traded is None else traded["volume"],
            }
        )
    return {
        "id": market["id"],
        "name": market["name"],
        "state": market["state"],
        "event": None if event is None else shown(event, ("id", "name", "state", "start_datetime")),
        "volume": 0 if trading is None else trading["volume"],
        "contracts": contracts,
        "more": max(0, len(market["contracts"]) - contracts_max),
    }
