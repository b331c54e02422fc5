"""Owns collected orders as sentences, drawn ones, and the price that trying all prices finds.

Never judges an auction: the tests do.
Called by the tests of the auction and of its price.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from actors.machines.market_stream.auction import Auction
from actors.machines.market_stream.equilibrium import Equilibrium
from actors.machines.messages.parts import LadderStep
from actors.machines.messages.words import Side

HALVES = (LadderStep(50, 9950, 50),)
BROKEN = (LadderStep(10, 4000, 30), LadderStep(5000, 9900, 100))
"""With a gap in its middle."""
NARROW = (LadderStep(4_900, 5_100, 1),)
"""Few prices, so that trying all of them is quick."""
BEST = {Side.BUY: 9_999, Side.SELL: 1}


class Collected(NamedTuple):
    """An order as a table names it; without a price it is a market order."""

    account_id: int
    side: Side
    price: int | None
    quantity: int


def collected(words: str) -> Iterator[Collected]:
    """``a buys 10 @ 5000, b sells 5``."""
    for each in words.split(", ") if words else ():
        name, verb, quantity, *price = each.split()
        side = {"buys": Side.BUY, "sells": Side.SELL}[verb]
        yield Collected(ord(name) - ord("a") + 1, side, int(price[1]) if price else None, int(quantity))


def auction_of(orders: Sequence[Collected]) -> Auction:
    """The orders are numbered from 1 in the order in which they came."""
    auction = Auction()
    for order_id, order in enumerate(orders, start=1):
        if order.price is None:
            auction.rest_market(order_id, order.account_id, order.side, BEST[order.side], order.quantity)
        else:
            auction.rest(order_id, order.account_id, order.side, order.price, order.quantity)
    return auction


def brute_equilibrium(
    orders: Sequence[Collected], ladder: Sequence[LadderStep], reference: int
) -> Equilibrium | None:
    """Every price of the ladder is tried."""
    tried: list[tuple[tuple[int, int, int, int], Equilibrium]] = []
    for price in allowed_by(ladder):
        demand = sum(order.quantity for order in willing(orders, Side.BUY, price))
        supply = sum(order.quantity for order in willing(orders, Side.SELL, price))
        volume, imbalance = min(demand, supply), demand - supply
        rank = (-volume, abs(imbalance), abs(price - reference), price)
        tried.append((rank, Equilibrium(price, volume, imbalance)))
    found = min(tried)[1]
    return found if found.volume else None


def willing(orders: Sequence[Collected], side: Side, price: int) -> list[Collected]:
    """The orders of a side that may trade at a price."""
    sign = 1 if side is Side.BUY else -1
    return [o for o in orders if o.side is side and (o.price is None or sign * o.price >= sign * price)]


def allowed_by(ladder: Sequence[LadderStep]) -> list[int]:
    return [price for step in ladder for price in range(step.lowest, step.highest + 1, step.step)]


def prices_of(ladder: Sequence[LadderStep]) -> st.SearchStrategy[int]:
    """Prices of this ladder, most of them near to its middle, so that the sides meet."""
    allowed = allowed_by(ladder)
    middle = len(allowed) // 2
    return st.sampled_from(allowed[max(0, middle - 6) : middle + 6]) | st.sampled_from(allowed)


def orders_on(ladder: Sequence[LadderStep]) -> st.SearchStrategy[list[Collected]]:
    prices = st.none() | prices_of(ladder)
    order = st.builds(Collected, st.integers(1, 4), st.sampled_from(Side), prices, st.integers(1, 9))
    return st.lists(order, max_size=14)


AUCTIONS = st.sampled_from([NARROW, HALVES, BROKEN]).flatmap(
    lambda ladder: st.tuples(st.just(ladder), orders_on(ladder))
)
