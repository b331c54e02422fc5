"""Owns the tests of the rules on auctions: a lawful history of them, and a table of falsified events.

Never repeats which price is the right one in other cases: the machine's tests try all prices.
Called by pytest.
"""

from functools import cache

import pytest
from msgspec import structs

from actors.auditing.breaches import Rule
from actors.auditing.entries import Entry
from actors.machines.messages.answers import OrderResult
from actors.machines.messages.auctions import AuctionFill, AuctionStarted, AuctionUncrossed, Reference, Taken
from actors.machines.messages.book_events import OrderCancelled, OrderMatched
from actors.machines.messages.commands import CancelOrder
from actors.machines.messages.events import (
    Event,
    MarketClosed,
    MarketHalted,
    MarketOpened,
)
from actors.machines.messages.parts import Conditions, MakerFill, OwnOrder
from actors.machines.messages.words import MarketState, Reason, SelfTrade, Side, TimeInForce
from tests.auditing.recorded import (
    Change,
    after,
    audited,
    doubled,
    falsified,
    fields,
    followed_by,
    found_in,
    removed,
)
from tests.machines.auction_town import MARKET, A, AuctionTown, B
from tests.machines.town import LOT

BUY, SELL = Side.BUY, Side.SELL
AUCTION, OPEN, HALTED, CLOSED = (
    MarketState.AUCTION,
    MarketState.OPEN,
    MarketState.HALTED,
    MarketState.CLOSED,
)


@cache
def calls() -> tuple[Entry, ...]:
    """An opening auction, with a halt; trading; a closing auction. Of each trade one is a market order's.

    Orders match as alice 0, bob 1, carol 2, alice's own 3 and 4, alice 5 (cancelled), alice 6 and bob 7 that
    trade when it is open, carol 8, then in the closing auction bob 9, carol 10 and alice's own 11.
    """
    town = AuctionTown()
    town.move(AUCTION)
    town.order(town.alice, BUY, 6_000, 10)
    town.order(town.bob, SELL, 4_000, 8)
    town.order(town.carol, BUY, None, 5)
    town.order(town.alice, SELL, 5_000)
    town.order(town.alice, SELL, 9_000, conditions=Conditions(self_trade=SelfTrade.CANCEL_MAKER))
    cancelled = town.order(town.alice, BUY, 100)
    assert isinstance(cancelled, OrderResult)
    town.send(town.alice, CancelOrder(cancelled.order_id))
    town.move(HALTED)
    town.move(AUCTION)
    town.move(OPEN)
    town.order(town.alice, BUY, 7_000, contract_id=B)
    town.order(town.bob, SELL, 7_000, contract_id=B)
    town.order(town.carol, SELL, 8_000, 2, contract_id=B)
    town.move(AUCTION)
    town.order(town.bob, BUY, 8_000, 1, contract_id=B)
    town.order(town.carol, SELL, None, 9)
    town.order(town.alice, SELL, 6_000, conditions=Conditions(self_trade=SelfTrade.CANCEL_MAKER))
    town.move(CLOSED)
    town.assert_sound()
    return tuple(town.entries)


def test_a_lawful_history_of_auctions_breaches_nothing() -> None:
    assert audited(calls()) == []
    events = [event for entry in calls() for event in entry.body.events]
    assert sum(isinstance(event, AuctionUncrossed) for event in events) == 2
    assert sum(isinstance(event, OrderMatched) and bool(event.cancelled) for event in events) == 1


def first_fill(**changes: object) -> Change:
    """An auction whose first fill is another one."""

    def change(event: Event) -> AuctionUncrossed:
        assert isinstance(event, AuctionUncrossed)
        fill = structs.replace(event.fills[0], **changes)
        return structs.replace(event, fills=(fill, *event.fills[1:]))

    change.__name__ = f"first fill {changes}"
    return change


FILL = AuctionFill(1, 16, 16, 32, 32, LOT)
OWN = (OwnOrder(A, 16, BUY, 6_000, 10 * LOT),)


@pytest.mark.parametrize(
    ("kind", "nth", "change", "rule"),
    [
        # How an auction begins.
        (AuctionStarted, 0, fields(closing=True), Rule.AUCTION),
        (AuctionStarted, 0, fields(ends_time=99), Rule.AUCTION),
        (AuctionStarted, 0, fields(references=(Reference(A, 5_001), Reference(B, 5_000))), Rule.AUCTION),
        (AuctionStarted, 0, fields(references=()), Rule.AUCTION),
        (AuctionStarted, 1, fields(closing=True), Rule.AUCTION),
        (AuctionStarted, 2, fields(references=(Reference(A, 5_000), Reference(B, 5_000))), Rule.AUCTION),
        (AuctionStarted, 0, fields(market_id=9), Rule.LIFE),
        (AuctionStarted, 0, doubled, Rule.LIFE),
        (MarketClosed, 0, followed_by(AuctionStarted(MARKET, True, 0, ())), Rule.LIFE),
        # What is collected.
        (OrderMatched, 1, fields(fills=(MakerFill(1, 16, 16, 6_000, LOT),)), Rule.AUCTION),
        (OrderMatched, 1, fields(left=LOT), Rule.AUCTION),
        (OrderMatched, 3, fields(reason=None), Rule.SELF_TRADE),
        (OrderMatched, 1, fields(reason=Reason.SELF_TRADE), Rule.SELF_TRADE),
        (OrderMatched, 1, fields(cancelled=OWN), Rule.SELF_TRADE),
        (OrderMatched, 11, fields(cancelled=()), Rule.SELF_TRADE),
        (OrderMatched, 1, doubled, Rule.ONCE),
        # How it ends.
        (AuctionUncrossed, 0, fields(price=5_001), Rule.AUCTION),
        (AuctionUncrossed, 0, fields(imbalance=0), Rule.AUCTION),
        (AuctionUncrossed, 0, fields(volume=9 * LOT), Rule.AUCTION),
        (AuctionUncrossed, 0, fields(fills=()), Rule.QUANTITY),
        (AuctionUncrossed, 0, fields(bids=(Taken(6_000, 8 * LOT),)), Rule.QUANTITY),
        (AuctionUncrossed, 0, fields(contract_id=99), Rule.LIFE),
        (AuctionUncrossed, 0, fields(market_id=99), Rule.LIFE),
        (AuctionUncrossed, 0, doubled, Rule.AUCTION),
        (AuctionUncrossed, 0, removed, Rule.CROSSED),
        (AuctionUncrossed, 1, removed, Rule.CROSSED),
        (AuctionUncrossed, 0, after(MarketHalted(MARKET)), Rule.LIFE),
        (AuctionUncrossed, 0, first_fill(execution_id=2), Rule.EXECUTIONS),
        (AuctionUncrossed, 0, first_fill(quantity=LOT), Rule.PRIORITY),
        (AuctionUncrossed, 0, first_fill(buy_order_id=16), Rule.PRIORITY),
        (AuctionUncrossed, 0, first_fill(sell_account_id=99), Rule.PRIORITY),
        (MarketOpened, 0, after(AuctionUncrossed(MARKET, B, 1, 1, 0, (FILL,), (), (), 1)), Rule.AUCTION),
        # What is cancelled.
        (OrderCancelled, 0, fields(reason=Reason.INSUFFICIENT_LIQUIDITY), Rule.AUCTION),
        (OrderCancelled, 2, removed, Rule.LIFE),
    ],
)
def test_a_falsified_event_is_found(kind: type, nth: int, change: Change, rule: Rule) -> None:
    assert rule in found_in(kind, change, nth, calls)


def test_an_order_is_only_cancelled_for_an_auction_where_there_is_one() -> None:
    cancelled = OrderCancelled(MARKET, B, 1, 1, BUY, 1, LOT, Reason.INSUFFICIENT_LIQUIDITY)
    assert Rule.ORDER in found_in(MarketOpened, followed_by(cancelled), 0, calls)


def test_a_market_order_does_not_outlive_its_auction() -> None:
    entries, _ = falsified(OrderMatched, fields(time_in_force=TimeInForce.MARKET), 0, calls)
    found = [breach.what for breach in audited(entries) if breach.rule is Rule.AUCTION]
    assert "the market orders [17] outlive the auction" in found
