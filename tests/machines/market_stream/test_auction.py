"""Owns the tests of the call auction: who trades at its price, and that nobody trades with themselves.

Never tests when an auction begins or ends: ``test_market.py`` does.
Called by pytest.
"""

from collections.abc import Sequence
from copy import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines.book.interface import Resting
from actors.machines.market_stream.auction import Auction, Uncrossing
from actors.machines.market_stream.equilibrium import Equilibrium
from actors.machines.messages.parts import FULL_LADDER, LadderStep, MakerFill
from actors.machines.messages.words import Side
from tests.machines.collected import (
    AUCTIONS,
    BEST,
    Collected,
    auction_of,
    brute_equilibrium,
    collected,
    orders_on,
    willing,
)


def drawn(ended: Uncrossing) -> list[str]:
    """A fill as ``1 buys 10 of 2``."""
    return [f"{fill.buy_order_id} buys {fill.quantity} of {fill.sell_order_id}" for fill in ended.fills]


# Who trades.


@pytest.mark.parametrize(
    ("orders", "fills"),
    [
        # Market orders first, though they came last; then the better price; then the older.
        ("a buys 5 @ 6000, b buys 5 @ 7000, c buys 5, d sells 12 @ 6000", ["3 buys 5 of 4", "2 buys 5 of 4",
                                                                       "1 buys 2 of 4"]),
        ("a sells 5 @ 4000, b sells 5 @ 4000, c buys 7 @ 4000", ["3 buys 5 of 1", "3 buys 2 of 2"]),
        # A market order comes before an order at the best price there is.
        ("a buys 5 @ 9999, b buys 5, c sells 5 @ 9999", ["2 buys 5 of 3"]),
        ("a sells 5 @ 1, b sells 5, c buys 5 @ 1", ["3 buys 5 of 2"]),
        # Who bid more than the price pays the price.
        ("a buys 5 @ 9000, b buys 5 @ 4000, c sells 10 @ 1000", ["1 buys 5 of 3", "2 buys 5 of 3"]),
    ],
)  # fmt: skip
def test_who_trades_with_whom(orders: str, fills: list[str]) -> None:
    ended = auction_of(list(collected(orders))).uncross(FULL_LADDER, 5000, 1)
    assert ended is not None
    assert drawn(ended) == fills


def brute_turns(orders: Sequence[Collected], side: Side, at: Equilibrium) -> dict[int, int]:
    """What trades of each order of a side, unit by unit: whose turn it is gets one."""
    sign = -1 if side is Side.BUY else 1
    turns = [
        (order.price is not None, sign * (order.price or 0), order_id, order.quantity)
        for order_id, order in enumerate(orders, start=1)
        if order in willing(orders, side, at.price) and order.side is side
    ]
    units = [order_id for *_, order_id, quantity in sorted(turns) for _ in range(quantity)]
    traded: dict[int, int] = {}
    for order_id in units[: at.volume]:
        traded[order_id] = traded.get(order_id, 0) + 1
    return traded


@settings(max_examples=150, deadline=None)
@given(drawn=AUCTIONS, reference=st.integers(4_900, 5_100))
def test_everybody_trades_what_is_their_turn(
    drawn: tuple[Sequence[LadderStep], list[Collected]], reference: int
) -> None:
    ladder, orders = drawn
    auction = auction_of(orders)
    ended = auction.uncross(ladder, reference, 7)
    at = brute_equilibrium(orders, ladder, reference)
    if ended is None:
        assert at is None
        return
    assert ended.at == at
    assert [fill.execution_id for fill in ended.fills] == list(range(7, 7 + len(ended.fills)))
    bought: dict[int, int] = {}
    sold: dict[int, int] = {}
    for fill in ended.fills:
        bought[fill.buy_order_id] = bought.get(fill.buy_order_id, 0) + fill.quantity
        sold[fill.sell_order_id] = sold.get(fill.sell_order_id, 0) + fill.quantity
        assert orders[fill.buy_order_id - 1].account_id == fill.buy_account_id
        assert orders[fill.sell_order_id - 1].account_id == fill.sell_account_id
    assert bought == brute_turns(orders, Side.BUY, at)
    assert sold == brute_turns(orders, Side.SELL, at)
    for side, traded, taken in ((Side.BUY, bought, ended.bids), (Side.SELL, sold, ended.offers)):
        levels: dict[int, int] = {}
        for order_id, quantity in traded.items():
            price = orders[order_id - 1].price or BEST[side]
            levels[price] = levels.get(price, 0) + quantity
        assert {each.price: each.quantity for each in taken} == levels
    assert len(ended.fills) < len(bought) + len(sold), "each fill finishes an order"
    trade(auction, ended)
    assert sum(order.quantity for order in auction.resting()) == (
        sum(order.quantity for order in orders) - 2 * at.volume
    )
    assert not left_to_trade(auction, ladder, reference)


def trade(auction: Auction, ended: Uncrossing) -> None:
    price = ended.at.price
    for fill in ended.fills:
        buyer = MakerFill(fill.execution_id, fill.buy_order_id, fill.buy_account_id, price, fill.quantity)
        seller = MakerFill(fill.execution_id, fill.sell_order_id, fill.sell_account_id, price, fill.quantity)
        auction.take((buyer, seller))


def left_to_trade(auction: Auction, ladder: Sequence[LadderStep], reference: int) -> bool:
    return auction.equilibrium(ladder, reference) is not None


# Self-trade prevention.


@pytest.mark.parametrize(
    ("there", "arriving", "own"),
    [
        ("a buys 5 @ 5000", (1, Side.SELL, 5000), [1]),
        ("a buys 5 @ 5000", (1, Side.SELL, 5001), []),
        ("a buys 5 @ 5000", (2, Side.SELL, 5000), []),
        ("a buys 5 @ 5000", (1, Side.BUY, 5000), []),
        ("a sells 5 @ 5000, a sells 5 @ 4000, b sells 1 @ 4000, a sells 5 @ 4000", (1, Side.BUY, 5000),
         [2, 4, 1]),
        ("a sells 5, a sells 5 @ 6000", (1, Side.BUY, 1), [1]),
        ("a buys 5, a buys 5 @ 6000", (1, Side.SELL, 9_999), [1]),
    ],
)  # fmt: skip
def test_an_order_meets_those_of_its_own_account_that_it_could_come_to_trade_with(
    there: str, arriving: tuple[int, Side, int], own: list[int]
) -> None:
    auction = auction_of(list(collected(there)))
    assert [order.order_id for order in auction.own_within(*arriving)] == own
    match = auction.match(*arriving, 3, 1)
    assert (match.fills, match.left, match.crossed_self, match.own) == ((), 3, bool(own), ())
    past = auction.match(*arriving, 3, 1, past_own=True)
    assert (past.fills, past.left, past.crossed_self) == ((), 3, False)
    assert [order.order_id for order in past.own] == own


@settings(max_examples=80, deadline=None)
@given(orders=orders_on(FULL_LADDER), reference=st.integers(4_900, 5_100))
def test_nobody_trades_with_themselves_whatever_the_price(orders: list[Collected], reference: int) -> None:
    auction = Auction()
    for order_id, order in enumerate(orders, start=1):
        price = BEST[order.side] if order.price is None else order.price
        if auction.match(order.account_id, order.side, price, order.quantity, 1).crossed_self:
            continue  # the newer goes
        rest = auction.rest_market if order.price is None else auction.rest
        rest(order_id, order.account_id, order.side, price, order.quantity)
    ended = auction.uncross(FULL_LADDER, reference, 1)
    assert all(fill.buy_account_id != fill.sell_account_id for fill in (ended.fills if ended else ()))


# A book like the others, but for trading.


def test_what_is_collected_stands_in_priority() -> None:
    auction = auction_of(
        list(collected("a buys 5 @ 6000, b buys 5 @ 6000, c buys 2, d sells 3 @ 5000, d sells 4, a buys 1"))
    )
    assert [order.order_id for order in auction.resting()] == [3, 6, 1, 2, 5, 4]
    assert [order.order_id for order in auction.queue(Side.SELL)] == [5, 4]
    assert [auction.is_market(order_id) for order_id in range(1, 7)] == [
        False,
        False,
        True,
        False,
        True,
        True,
    ]
    assert (auction.best(Side.BUY), auction.best(Side.SELL)) == (9_999, 1)
    assert auction.levels(Side.BUY, 5) == [(9_999, 3), (6000, 10)]
    assert auction.levels(Side.BUY, 1) == [(9_999, 3)]
    assert auction.levels(Side.SELL, 5) == [(1, 4), (5000, 3)]
    assert len(auction) == 6


def test_what_is_cancelled_or_traded_is_gone_without_a_trace() -> None:
    orders = list(collected("a buys 5 @ 6000, b buys 5 @ 6000, c buys 2, d sells 3 @ 5000"))
    auction, never = auction_of(orders), Auction()
    empty = never.state_hash()
    assert auction.state_hash() != empty
    kept = copy(auction.get(2))
    gone = auction.remove(2)
    assert kept == Resting(2, 2, Side.BUY, 6000, 5)
    assert (gone.quantity, gone.live) == (5, False)
    assert auction.get(2) is None
    with pytest.raises(KeyError):
        auction.remove(2)
    assert auction.levels(Side.BUY, 5) == [(9_999, 2), (6000, 5)]
    ended = auction.uncross(FULL_LADDER, 5000, 1)
    assert ended is not None
    trade(auction, ended)
    assert [(order.order_id, order.quantity) for order in auction.resting()] == [(1, 4)]
    auction.remove(1)
    assert (len(auction), auction.best(Side.BUY), auction.state_hash()) == (0, None, empty)
    assert vars_of(auction) == vars_of(never)


def vars_of(auction: Auction) -> list[object]:
    return [getattr(auction, slot) for slot in Auction.__slots__]


def test_a_reduced_order_keeps_its_place() -> None:
    auction = auction_of(list(collected("a buys 5 @ 6000, b buys 5 @ 6000, c sells 6")))
    auction.reduce(1, 3)
    assert auction.levels(Side.BUY, 1) == [(6000, 7)]
    ended = auction.uncross(FULL_LADDER, 5000, 1)
    assert ended is not None
    assert drawn(ended) == ["1 buys 2 of 3", "2 buys 4 of 3"]


def test_the_impossible_is_refused() -> None:
    auction = auction_of(list(collected("a buys 5 @ 6000")))
    with pytest.raises(AssertionError, match="once"):
        auction.rest(1, 1, Side.BUY, 6000, 5)
    with pytest.raises(AssertionError, match="something"):
        auction.rest(2, 1, Side.BUY, 6000, 0)
    with pytest.raises(AssertionError, match="no more"):
        auction.take([MakerFill(1, 1, 1, 6000, 6)])
    with pytest.raises(AssertionError, match="stays"):
        auction.reduce(1, 5)
