"""Owns the tests of what auctions do to documents: a town's whole log, folded.

Never trades by itself: real machines do.
Called by pytest.
"""

from typing import cast

from actors.machines.messages.auctions import AuctionFill, AuctionStarted, AuctionUncrossed, Reference, Taken
from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.events import (
    MarketClosed,
    MarketHalted,
    MarketOpened,
)
from actors.machines.messages.words import Side
from couch_views.shapes import (
    AuctionField,
    Document,
    ExecutionDocument,
    HistoryDocument,
    MarketDocument,
    QuotesDocument,
    TradingDocument,
    document_id,
)
from tests.couch_views.projection.records import at, market_created, project

STARTED = AuctionStarted(7, False, 59_000_000, (Reference(9, 4_000), Reference(10, 5_000)))
ENDED = AuctionUncrossed(
    7,
    9,
    5_500,
    30,
    20,
    (AuctionFill(1, 16, 16, 32, 32, 20), AuctionFill(2, 48, 16, 32, 32, 10)),
    (Taken(6_000, 20), Taken(5_800, 10)),
    (Taken(5_000, 30),),
    2_000_000,
)


def bid(order_id: int, price: int, quantity: int, side: Side = Side.BUY) -> OrderMatched:
    return OrderMatched(7, 9, order_id, 16, side, price, quantity, (), quantity, None)


COLLECTED = [bid(16, 6_000, 20), bid(48, 5_800, 30), bid(32, 5_000, 30, Side.SELL)]


def market_in(documents: dict[str, Document]) -> MarketDocument:
    return cast("MarketDocument", documents[document_id("market", 7)])


def test_a_market_that_collects_says_so_until_it_opens_or_closes() -> None:
    collecting = market_in(project([market_created(), STARTED]))
    assert (collecting["state"], collecting["version"]) == ("auction", 2)
    assert {contract["state_or_outcome"] for contract in collecting["contracts"]} == {"auction"}
    auction: AuctionField = {
        "kind": "opening",
        "ends_datetime": at(59),
        "references": {"9": 4_000, "10": 5_000},
    }
    assert collecting["auction"] == auction
    halted = market_in(project([market_created(), STARTED, MarketHalted(7, "found something")]))
    assert (halted["state"], halted["auction"], halted["halt_reason"]) == (
        "halted",
        auction,
        "found something",
    )
    again = market_in(project([market_created(), STARTED, MarketHalted(7, "found something"), STARTED]))
    assert ("halt_reason" in again, again["version"]) == (False, 4)
    for event in (MarketOpened(7), MarketClosed(7)):
        assert "auction" not in market_in(project([market_created(), STARTED, event]))
    closing = AuctionStarted(7, True, 0, STARTED.references)
    auction = market_in(project([market_created(), closing]))["auction"]
    assert (auction["kind"], auction["ends_datetime"]) == ("closing", None)


def test_quotes_overlap_while_orders_are_collected_and_lose_what_trades() -> None:
    quotes = document_id("quotes", 7, 9)
    collected = cast("QuotesDocument", project([market_created(), STARTED, *COLLECTED])[quotes])
    assert (collected["bids"], collected["offers"]) == ([[6_000, 20], [5_800, 30]], [[5_000, 30]])
    ended = cast("QuotesDocument", project([market_created(), STARTED, *COLLECTED, ENDED])[quotes])
    assert (ended["bids"], ended["offers"]) == ([[5_800, 20]], [])


def test_what_an_auction_trades_is_counted_and_listed() -> None:
    documents = project([market_created(), STARTED, *COLLECTED, ENDED])
    trading = cast("TradingDocument", documents[document_id("trading", 7)])
    assert (trading["volume"], trading["contracts"]["9"]["volume"]) == (30, 30)
    assert trading["contracts"]["9"]["last_executed_price"] == 5_500
    executions = [
        cast("ExecutionDocument", documents[document_id("execution", 7, number)]) for number in (1, 2)
    ]
    assert [(each["price"], each["quantity"], each["taker_side"]) for each in executions] == [
        (5_500, 20, None),
        (5_500, 10, None),
    ]
    candles = [
        cast("HistoryDocument", each)["candles"] for each in documents.values() if each["kind"] == "history"
    ]
    assert candles == [[[0, 5_500, 5_500, 5_500, 5_500, 30, 2]]] * 2
