"""Owns a call auction: the orders of one contract that are collected, and how they trade at one price.

Never knows when it begins or ends, nor funds: the market does the one, accounts the other.
Called by the market machine (as its contract's ``Book`` while it collects), by the web and a command.

At the price that ``equilibrium.py`` finds, market orders trade first, then better prices before worse, within
a price the older first.

Self-trade prevention acts when an order is collected: two orders of one member never lie where both could
trade, so no price can make them meet. Which of the two goes is what the arriving order says of itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from actors.machines.book.interface import Match, Resting, digest_of
from actors.machines.limits import PRICE_SCALE
from actors.machines.market_stream.equilibrium import Equilibrium, Level, equilibrium
from actors.machines.messages.auctions import AuctionFill, Taken
from actors.machines.messages.parts import LadderStep, MakerFill
from actors.machines.messages.words import Side

_MARKET: Final[Mapping[Side, int]] = {Side.BUY: PRICE_SCALE, Side.SELL: 0}
"""At which level market orders stand: better than any price."""


class Uncrossing(NamedTuple):
    """How an auction ends: its fills in the order in which they trade, all at one price.

    ``bids`` and ``offers``: what they take of each level.
    """

    at: Equilibrium
    fills: tuple[AuctionFill, ...]
    bids: tuple[Taken, ...]
    offers: tuple[Taken, ...]


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

    def match(
        self,
        account_id: int,
        side: Side,
        price: int,
        quantity: int,
        first_execution_id: int,  # noqa: ARG002 - nothing trades, so nothing is numbered
        past_own: bool = False,  # noqa: FBT001, FBT002 - as in every book
    ) -> Match:
        """Nothing trades now; but the account may have orders that this one could come to trade with."""
        own = tuple(self.own_within(account_id, side, price))
        return Match((), quantity, bool(own) and not past_own, own=own if past_own else ())

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
        buyers, sellers = _Turns(self.queue(Side.BUY)), _Turns(self.queue(Side.SELL))
        fills: list[AuctionFill] = []
        left = at.volume
        while left:
            buyer, seller = buyers.next(), sellers.next()
            quantity = min(buyers.left, sellers.left, left)
            number = first_execution_id + len(fills)
            fills.append(
                AuctionFill(
                    number, buyer.order_id, buyer.account_id, seller.order_id, seller.account_id, quantity
                )
            )
            buyers.take(quantity)
            sellers.take(quantity)
            left -= quantity
        return Uncrossing(at, tuple(fills), buyers.taken(), sellers.taken())

    def get(self, order_id: int) -> Resting | None:
        held = self._orders.get(order_id)
        return None if held is None else held[0]

    def is_market(self, order_id: int) -> bool:
        """Whether it is a market order that stands there."""
        order, level = self._orders[order_id]
        return level == _MARKET[order.side]

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

    def reduce(self, order_id: int, quantity: int) -> None:
        order, level = self._orders[order_id]
        assert 0 <= quantity < order.quantity, "something of a reduced order stays"
        order.quantity -= quantity
        self._quantities[order.side][level] -= quantity

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


class _Turns:
    """The orders of a side in their turn: ``left`` is what has not traded of the one whose turn it is."""

    __slots__ = ("_levels", "_now", "_orders", "left")

    def __init__(self, orders: Iterator[Resting]) -> None:
        self._orders = orders
        self._now = next(orders)
        self._levels: dict[int, int] = {}
        self.left = self._now.quantity

    def next(self) -> Resting:
        """The order whose turn it is."""
        if not self.left:
            self._now = next(self._orders)
            self.left = self._now.quantity
        return self._now

    def take(self, quantity: int) -> None:
        price = self._now.price
        self._levels[price] = self._levels.get(price, 0) + quantity
        self.left -= quantity

    def taken(self) -> tuple[Taken, ...]:
        return tuple(Taken(*level) for level in self._levels.items())


def _best_first(side: Side, prices: Iterable[int]) -> list[int]:
    return sorted(prices, reverse=side is Side.BUY)
