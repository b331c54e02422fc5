"""Owns a call auction: the orders of one contract that are collected, and how they trade at one price.

Never knows when it begins or ends, nor funds: the market does the one, accounts the other.
Called by the market machine (as its contract's ``Book`` while it collects), by the web and a command.

The price is one of the market's ladder: the one at which most is traded; of several the one that leaves the
least over (the imbalance); then the one nearest to the reference; then the lower. At this price market
orders trade first, then better prices before worse, within a price the older first.

Self-trade prevention acts when an order is collected: two orders of one member never lie where both could
trade, so no price can make them meet. Which of the two goes is what the arriving order says of itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from actors.machines.book.interface import Match, Resting, digest_of
from actors.machines.limits import PRICE_SCALE
from actors.machines.messages.auctions import AuctionFill
from actors.machines.messages.parts import LadderStep, MakerFill
from actors.machines.messages.words import Side

_MARKET: Final[Mapping[Side, int]] = {Side.BUY: PRICE_SCALE, Side.SELL: 0}
"""At which level market orders stand: better than any price."""

Level = tuple[int, int]
"""Price and quantity."""


class Equilibrium(NamedTuple):
    """The price at which an auction trades, how much, and what is left over there.

    ``imbalance`` is what is bought minus what is sold at this price or better: positive where buyers go
    short, negative where sellers do.
    """

    price: int
    volume: int
    imbalance: int


class Uncrossing(NamedTuple):
    """How an auction ends: its fills in the order in which they trade, all at one price."""

    at: Equilibrium
    fills: tuple[AuctionFill, ...]


def equilibrium(
    bids: Sequence[Level], offers: Sequence[Level], ladder: Sequence[LadderStep], reference: int
) -> Equilibrium | None:
    """What these levels, in any order, would trade at; None: nothing would. O(levels), but for sorting them.

    Between two prices of orders nothing changes, so the best price is next to one, or to the reference.
    """
    if not bids or not offers:
        return None
    rising_bids, rising_offers = sorted(bids), sorted(offers)
    highest, lowest = rising_bids[-1][0], rising_offers[0][0]
    demand = sum(quantity for _, quantity in bids)
    supply = 0
    gone = come = 0
    found: list[tuple[tuple[int, int, int, int], Equilibrium]] = []
    for price in _candidates(bids, offers, ladder, reference):
        if not lowest <= price <= highest:
            continue
        while rising_bids[gone][0] < price:
            demand -= rising_bids[gone][1]
            gone += 1
        while come < len(rising_offers) and rising_offers[come][0] <= price:
            supply += rising_offers[come][1]
            come += 1
        volume, imbalance = min(demand, supply), demand - supply
        rank = (-volume, abs(imbalance), abs(price - reference), price)
        found.append((rank, Equilibrium(price, volume, imbalance)))
    return min(found)[1] if found else None


def midpoint(ladder: Sequence[LadderStep]) -> int:
    """The reference where nothing was traded before: the middle of the ladder."""
    return (min(step.lowest for step in ladder) + max(step.highest for step in ladder)) // 2


class Auction:
    """A ``Book`` in which nothing trades on arrival, however crossed it is, until it is uncrossed."""

    __slots__ = ("_levels", "_orders", "_own", "_quantities")

    def __init__(self) -> None:
        self._orders: dict[int, tuple[Resting, int]] = {}
        """Orders with the level at which they stand."""
        self._levels: dict[Side, dict[int, dict[int, Resting]]] = {side: {} for side in Side}
        self._quantities: dict[Side, dict[int, int]] = {side: {} for side in Side}
        self._own: dict[Side, dict[int, dict[int, int]]] = {side: {} for side in Side}
        """Side -> account -> level -> how many of its orders stand there."""

    # Decide: change nothing.

    def match(self, account_id: int, side: Side, price: int, quantity: int, first_execution_id: int) -> Match:  # noqa: ARG002 - nothing trades, so nothing is numbered
        """Nothing trades now; whether the account has an order that this one could come to trade with."""
        return Match((), quantity, next(self.own_within(account_id, side, price), None) is not None)

    def own_within(self, account_id: int, side: Side, price: int) -> Iterator[Resting]:
        """The account's orders that an order of this side and price could come to trade with, best first."""
        for level in _best_first(side.other, self._own[side.other].get(account_id, ())):
            if level > price if side is Side.BUY else level < price:
                return
            orders = self._levels[side.other][level].values()
            yield from (order for order in orders if order.account_id == account_id)

    def equilibrium(self, ladder: Sequence[LadderStep], reference: int) -> Equilibrium | None:
        """What it would trade at if it ended now."""
        bids, offers = (list(self._quantities[side].items()) for side in Side)
        return equilibrium(bids, offers, ladder, reference)

    def uncross(
        self, ladder: Sequence[LadderStep], reference: int, first_execution_id: int
    ) -> Uncrossing | None:
        """How it ends now; None: nothing trades."""
        at = self.equilibrium(ladder, reference)
        if at is None:
            return None
        buyers, sellers = self.queue(Side.BUY), self.queue(Side.SELL)
        buyer, seller = next(buyers), next(sellers)
        to_buy, to_sell = buyer.quantity, seller.quantity
        fills: list[AuctionFill] = []
        left = at.volume
        while True:
            quantity = min(to_buy, to_sell, left)
            number = first_execution_id + len(fills)
            fills.append(
                AuctionFill(
                    number, buyer.order_id, buyer.account_id, seller.order_id, seller.account_id, quantity
                )
            )
            left -= quantity
            if not left:
                return Uncrossing(at, tuple(fills))
            to_buy -= quantity
            to_sell -= quantity
            if not to_buy:
                buyer = next(buyers)
                to_buy = buyer.quantity
            if not to_sell:
                seller = next(sellers)
                to_sell = seller.quantity

    def get(self, order_id: int) -> Resting | None:
        held = self._orders.get(order_id)
        return None if held is None else held[0]

    def best(self, side: Side) -> int | None:
        first = next(self.queue(side), None)
        return None if first is None else first.price

    def levels(self, side: Side, depth: int) -> list[Level]:
        """A market order counts at the price that it is reserved at, the worst that it may trade at."""
        quantities: dict[int, int] = {}
        for level in _best_first(side, self._levels[side]):
            price = next(iter(self._levels[side][level].values())).price
            quantities[price] = quantities.get(price, 0) + self._quantities[side][level]
        return list(islice(quantities.items(), depth))

    def queue(self, side: Side) -> Iterator[Resting]:
        levels = self._levels[side]
        for level in _best_first(side, levels):
            yield from levels[level].values()

    def resting(self) -> Iterator[Resting]:
        for side in Side:
            yield from self.queue(side)

    def __len__(self) -> int:
        return len(self._orders)

    def state_hash(self) -> str:
        return digest_of(self.resting())

    # Evolve: total.

    def take(self, fills: Iterable[MakerFill]) -> None:
        """What of an order traded is gone, on whichever side it stood."""
        for fill in fills:
            order, level = self._orders[fill.order_id]
            assert fill.quantity <= order.quantity, "a fill takes no more than is left of the order"
            order.quantity -= fill.quantity
            self._quantities[order.side][level] -= fill.quantity
            if not order.quantity:
                self._forget(order, level)

    def rest(self, order_id: int, account_id: int, side: Side, price: int, quantity: int) -> None:
        self._collect(Resting(order_id, account_id, side, price, quantity), price)

    def rest_market(self, order_id: int, account_id: int, side: Side, price: int, quantity: int) -> None:
        """A market order is collected; ``price`` is the worst that it may trade at, reserved for it."""
        self._collect(Resting(order_id, account_id, side, price, quantity), _MARKET[side])

    def remove(self, order_id: int) -> Resting:
        order, level = self._orders[order_id]
        order.live = False
        self._quantities[order.side][level] -= order.quantity
        self._forget(order, level)
        return order

    def market_orders(self) -> Iterator[Resting]:
        """The market orders, oldest first of each side."""
        for side in Side:
            yield from self._levels[side].get(_MARKET[side], {}).values()

    def _collect(self, order: Resting, level: int) -> None:
        assert order.quantity > 0, "only something can be collected"
        assert order.order_id not in self._orders, "an order is collected once"
        self._orders[order.order_id] = order, level
        self._levels[order.side].setdefault(level, {})[order.order_id] = order
        quantities = self._quantities[order.side]
        quantities[level] = quantities.get(level, 0) + order.quantity
        own = self._own[order.side].setdefault(order.account_id, {})
        own[level] = own.get(level, 0) + 1

    def _forget(self, order: Resting, level: int) -> None:
        """An order of which nothing stands any more."""
        del self._orders[order.order_id]
        levels, every = self._levels[order.side], self._own[order.side]
        del levels[level][order.order_id]
        if not levels[level]:
            del levels[level]
            del self._quantities[order.side][level]
        own = every[order.account_id]
        own[level] -= 1
        if not own[level]:
            del own[level]
        if not own:
            del every[order.account_id]


def _best_first(side: Side, prices: Iterable[int]) -> list[int]:
    return sorted(prices, reverse=side is Side.BUY)


def _candidates(
    bids: Sequence[Level], offers: Sequence[Level], ladder: Sequence[LadderStep], reference: int
) -> list[int]:
    """The prices of the ladder that stand next to an order's, or to the reference, ascending."""
    marks = dict.fromkeys([reference, *(price for price, _ in bids), *(price for price, _ in offers)])
    found: dict[int, None] = {}
    for mark in marks:
        if any(step.allows(mark) for step in ladder):
            found[mark] = None
        for neighbour in (_below(mark, ladder), _above(mark, ladder)):
            if neighbour is not None:
                found[neighbour] = None
    return sorted(found)


def _below(price: int, ladder: Sequence[LadderStep]) -> int | None:
    """The next lower price of the ladder."""
    lower = [
        step.lowest + (min(price - 1, step.highest) - step.lowest) // step.step * step.step
        for step in ladder
        if step.lowest < price
    ]
    return max(lower, default=None)


def _above(price: int, ladder: Sequence[LadderStep]) -> int | None:
    """The next higher price of the ladder."""
    higher = [
        step.lowest + max(0, (price - step.lowest) // step.step + 1) * step.step
        for step in ladder
        if step.highest > price
    ]
    return min(higher, default=None)
