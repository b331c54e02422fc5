"""Owns the reads of what trades: quotes, volumes, last executed prices, public executions.

Never shows who traded.
Called by resources.
"""

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import Final, cast

from actors.machines import limits
from couch_views.queries.auctions import quoted
from couch_views.queries.catalogue import markets_by_id
from couch_views.queries.implied import available
from couch_views.queries.lists import IdRange, distinct, read_known
from couch_views.queries.pages import (
    Page,
    Place,
    QueryError,
    Sort,
    check_limit,
    decode_cursor,
    encode_cursor,
    parse_sort,
)
from couch_views.queries.reading import Reads
from couch_views.shapes import (
    ID_DIGITS,
    ExecutionDocument,
    MarketDocument,
    QuotesDocument,
    TradingDocument,
    document_id,
)

CHUNK_OF_MANY: Final = 50
"""Executions that are read at a time of each of several markets."""

_EXECUTION_NAMES: Final = {
    "id": "execution_id",
    "execution_id": "execution_id",
    "created": "execution_id",
    "created_datetime": "execution_id",
}
_EXECUTION_ORDERS: Final = (("execution_id",),)


def quotes(
    documents: Reads,
    market_ids: Sequence[int],
    depth: int = limits.QUOTES_DEPTH_DEFAULT,
    *,
    raw: bool = False,
) -> list[QuotesDocument]:
    """The best ``depth`` levels of each side, a document for each contract of the markets.

    Markets in the order asked, unknown ones left out; contracts in their market's order. Of a market with
    cross-matching all that may be traded, in sets too, or ``raw`` its contracts' own orders.
    """
    if not 1 <= depth <= limits.QUOTES_DEPTH_MAX:
        raise QueryError("depth", f"from 1 to {limits.QUOTES_DEPTH_MAX}")
    markets = markets_by_id(documents, market_ids)
    contracts = [(market["id"], contract["id"]) for market in markets for contract in market["contracts"]]
    read = read_known(documents, [document_id("quotes", *numbers) for numbers in contracts])
    by_id = {market["id"]: market for market in markets}
    of_market: dict[str, list[QuotesDocument]] = {market["id"]: [] for market in markets}
    for quotes in cast("list[QuotesDocument]", read):
        market_id = quotes["market_id"]
        of_market[market_id].append(quoted(by_id[market_id], quotes))
    return [
        quotes
        for market in markets
        for quotes in best_quotes(of_market[market["id"]], depth, in_sets=meet_in_sets(market) and not raw)
    ]


def meet_in_sets(market: MarketDocument) -> bool:
    """Whether an order may meet those of other contracts now: not while they are collected for an auction."""
    return bool(market.get("cross_matching")) and "auction" not in market


def best_quotes(quotes: Sequence[QuotesDocument], depth: int, *, in_sets: bool) -> list[QuotesDocument]:
    """The best levels of a market's contracts; ``in_sets``: with what the contracts, all given, imply."""
    if in_sets:
        return available(quotes, depth)
    return [{**each, "bids": each["bids"][:depth], "offers": each["offers"][:depth]} for each in quotes]


def trading(documents: Reads, market_ids: Sequence[int]) -> list[TradingDocument]:
    """Volumes and last executed prices; markets in the order asked, unknown ones left out."""
    read = read_known(documents, [document_id("trading", market_id) for market_id in distinct(market_ids)])
    return cast("list[TradingDocument]", read)


def executions(
    documents: Reads,
    market_ids: Sequence[int],
    sort: str | None = None,
    limit: int = limits.PAGE_LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[ExecutionDocument]:
    """The executions of these markets, newest first unless ``sort`` is ``created`` or ``execution_id``.

    Executions count from 1 in each market, so a page remembers how far it came in each of them.
    """
    check_limit(limit)
    order = parse_sort(sort or "-execution_id", _EXECUTION_NAMES, _EXECUTION_ORDERS)
    wanted = [str(market_id) for market_id in distinct(market_ids)]
    places = decode_cursor("executions", order, cursor)
    chunk = limit + 1 if len(wanted) == 1 else min(limit + 1, CHUNK_OF_MANY)
    tails = [_tail(documents, market, places, order, chunk) for market in wanted]
    ordered = merge(*tails, key=_place_of, reverse=order.descending)
    found = list(islice(ordered, limit + 1))
    for execution in found[:limit]:
        places[execution["market_id"]] = (execution["execution_id"],)
    return Page(found[:limit], encode_cursor("executions", order, places) if len(found) > limit else None)


def executions_numbered(documents: Reads, market_id: int, first: int, last: int) -> list[ExecutionDocument]:
    """The executions of one market with these numbers, newest first, as far as they exist."""
    identities = [document_id("execution", market_id, number) for number in range(last, first - 1, -1)]
    return cast("list[ExecutionDocument]", read_known(documents, identities))


def _tail(
    documents: Reads, market: str, places: dict[str, Place], order: Sort, chunk: int
) -> Iterator[ExecutionDocument]:
    """The executions of one market beyond its place, read as they are needed."""
    executions = IdRange(document_id("execution", market), ID_DIGITS)
    after = places.get(market)
    while True:
        found = executions.read(documents, after, chunk, descending=order.descending)
        if after is None and order.descending:
            # What happens here while the other markets are paged is newer than this list.
            newest = int(found[0].place[0]) if found else 0
            places.setdefault(market, (str(newest + 1),))
        yield from cast(
            "Iterator[ExecutionDocument]", iter(read_known(documents, [entry.id for entry in found]))
        )
        if len(found) < chunk:
            return
        after = found[-1].place


def _place_of(execution: ExecutionDocument) -> tuple[str, str, int]:
    return (
        execution["created_datetime"],
        execution["market_id"].rjust(ID_DIGITS, "0"),
        int(execution["execution_id"]),
    )
