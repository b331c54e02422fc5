"""Owns the fast order book: an operation costs the same however many orders rest.

Never scans prices or orders for what it needs: the best price, and the oldest order there, are at hand.
Called by the market machine, one book a contract.

Levels stand in one array indexed by tick, which serves both sides because a book is never crossed. A level
is a queue, oldest first. An order that is cancelled in the middle of its queue stays there, marked, until the
orders before it are gone or the dead outnumber the living: so a cancel is O(1), amortised, and a queue is at
most twice as long as need be. Two things always hold: the first order of a queue is alive, and an empty level
is no level.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from actors.machines.book.interface import Match, Resting, digest_of
from actors.machines.limits import PRICE_SCALE
from actors.machines.messages.parts import MakerFill
from actors.machines.messages.words import Side

BEST_OF_NO_BIDS: Final = 0
BEST_OF_NO_OFFERS: Final = PRICE_SCALE
DEAD_KEPT: Final = 32
"""So many dead orders a level may keep whatever else it holds."""

_BUY: Final = Side.BUY


class _Level(deque[Resting]):
    """The queue of a price; ``quantity`` sums up the living orders, ``dead`` counts the others."""

    __slots__ = ("dead", "price", "quantity")

    def __init__(self, price: int) -> None:
        super().__init__()
        self.price = price
        self.quantity = 0
        self.dead = 0


class _Prices:
    """The prices at which one side has orders.

    ``ranks`` are the prices times ``sign``, ascending, so that the last is the best and the one before it
    the next best; the first is a sentinel, worse than any price. A price that comes or goes moves the
    better ones by one place, which is one block move in C. ``best`` is the best-price pointer.
    """

    __slots__ = ("best", "ranks", "sign")

    def __init__(self, sign: int, nothing: int) -> None:
        self.sign = sign
        self.ranks = [sign * nothing]
        self.best = nothing

    def add(self, price: int) -> None:
        rank = self.sign * price
        if rank > self.ranks[-1]:
            self.ranks.append(rank)
            self.best = price
        else:
            insort(self.ranks, rank)

    def discard(self, price: int) -> None:
        if price == self.best:
            self.ranks.pop()
            self.best = self.sign * self.ranks[-1]
        else:
            del self.ranks[bisect_left(self.ranks, self.sign * price)]

    def best_first(self) -> Iterator[int]:
        for rank in islice(reversed(self.ranks), len(self.ranks) - 1):
            yield self.sign * rank


_NO_LEVELS: Final[list[_Level | None]] = [None] * PRICE_SCALE
"""What every empty book shares, so that a contract costs 80 kB only while orders rest in it."""


class FastBook:
    """A ``Book`` for the hot path."""

    __slots__ = ("_bids", "_levels", "_offers", "_orders")

    def __init__(self) -> None:
        self._bids = _Prices(1, BEST_OF_NO_BIDS)
        self._offers = _Prices(-1, BEST_OF_NO_OFFERS)
        self._levels = _NO_LEVELS
        self._orders: dict[int, Resting] = {}

    def match(
        self,
        account_id: int,
        side: Side,
        price: int,
        quantity: int,
        first_execution_id: int,
        past_own: bool = False,  # noqa: FBT001, FBT002 - the hot path, where a name costs
    ) -> Match:
        if side is _BUY:
            prices = self._offers
            if price < prices.best:
                return Match((), quantity, False)
        else:
            prices = self._bids
            if price > prices.best:
                return Match((), quantity, False)
        assert 0 < price < PRICE_SCALE, "prices lie between nothing and certainty"
        levels, ranks, sign = self._levels, prices.ranks, prices.sign
        worst_rank = sign * price
        fills: list[MakerFill] = []
        own: list[Resting] = []
        execution_id = first_execution_id
        left = quantity
        depth = 1
        while (rank := ranks[-depth]) >= worst_rank:
            level = levels[sign * rank]
            assert level is not None, "a price with orders has a level"
            for maker in level:
                if not maker.live:
                    continue
                maker_id = maker.account_id
                if maker_id == account_id:
                    if past_own:
                        own.append(maker)
                        continue
                    return Match(tuple(fills), left, True)
                available = maker.quantity
                if available >= left:
                    fills.append(MakerFill(execution_id, maker.order_id, maker_id, maker.price, left))
                    return Match(tuple(fills), 0, False, (), tuple(own))
                fills.append(MakerFill(execution_id, maker.order_id, maker_id, maker.price, available))
                left -= available
                execution_id += 1
            depth += 1
        return Match(tuple(fills), left, False, (), tuple(own))

    def take(self, fills: Iterable[MakerFill]) -> None:
        orders, levels = self._orders, self._levels
        for fill in fills:
            level = levels[fill.price]
            assert level is not None, "a fill names an order's price"
            maker = level[0]
            assert maker.order_id == fill.order_id, "the oldest order of a price trades first"
            left = maker.quantity - fill.quantity
            if left:
                assert left > 0, "a fill takes no more than is left of the resting order"
                maker.quantity = left
                level.quantity -= fill.quantity
            else:
                del orders[maker.order_id]
                self._drop_first(level, maker)

    def rest(self, order_id: int, account_id: int, side: Side, price: int, quantity: int) -> None:
        orders = self._orders
        if side is _BUY:
            assert 0 < price < self._offers.best, "a bid rests below every offer"
        else:
            assert self._bids.best < price < PRICE_SCALE, "an offer rests above every bid"
        assert quantity > 0, "only something can rest"
        assert order_id not in orders, "an order rests once"
        level = self._levels[price]
        if level is None:
            level = self._open(side, price)
        # The level's own price: one object for all its orders, at hand when one of them goes.
        order = Resting(order_id, account_id, side, level.price, quantity)
        level.append(order)
        level.quantity += quantity
        orders[order_id] = order

    def remove(self, order_id: int) -> Resting:
        order = self._orders.pop(order_id)
        level = self._levels[order.price]
        assert level is not None, "an order rests in a level"
        order.live = False
        if level[0] is order:
            self._drop_first(level, order)
        else:
            level.quantity -= order.quantity
            level.dead = dead = level.dead + 1
            if dead > DEAD_KEPT and dead * 2 > len(level):
                self._bury_all(level)
        return order

    def reduce(self, order_id: int, quantity: int) -> None:
        order = self._orders[order_id]
        assert 0 <= quantity < order.quantity, "something of a reduced order stays"
        level = self._levels[order.price]
        assert level is not None, "an order rests in a level"
        order.quantity -= quantity
        level.quantity -= quantity

    def get(self, order_id: int) -> Resting | None:
        return self._orders.get(order_id)

    def best(self, side: Side) -> int | None:
        prices = self._bids if side is _BUY else self._offers
        return prices.best if len(prices.ranks) > 1 else None

    def levels(self, side: Side, depth: int) -> list[tuple[int, int]]:
        prices = islice(self._prices(side).best_first(), depth)
        return [(price, level.quantity) for price in prices if (level := self._levels[price])]

    def queue(self, side: Side) -> Iterator[Resting]:
        prices = self._bids if side is _BUY else self._offers
        levels, ranks, sign = self._levels, prices.ranks, prices.sign
        for at in range(len(ranks) - 1, 0, -1):
            for order in levels[sign * ranks[at]] or ():
                if order.live:
                    yield order

    def resting(self) -> Iterator[Resting]:
        yield from self.queue(_BUY)
        yield from self.queue(Side.SELL)

    def __len__(self) -> int:
        return len(self._orders)

    def state_hash(self) -> str:
        return digest_of(self.resting())

    def _prices(self, side: Side) -> _Prices:
        return self._bids if side is _BUY else self._offers

    def _open(self, side: Side, price: int) -> _Level:
        """A new level."""
        if self._levels is _NO_LEVELS:
            self._levels = _NO_LEVELS.copy()
        level = self._levels[price] = _Level(price)
        self._prices(side).add(price)
        return level

    def _drop_first(self, level: _Level, first: Resting) -> None:
        """The first order of a queue has just died: it goes, and so do the dead right behind it."""
        level.popleft()
        left = level.quantity - first.quantity
        if not left:
            self._close(first.side, first.price)
            return
        level.quantity = left
        if level.dead:
            while not level[0].live:
                level.popleft()
                level.dead -= 1

    def _bury_all(self, level: _Level) -> None:
        living = [order for order in level if order.live]
        level.clear()
        level.extend(living)
        level.dead = 0

    def _close(self, side: Side, price: int) -> None:
        """Forgets a level in which nothing lives."""
        self._levels[price] = None
        self._prices(side).discard(price)
        if not self._orders:
            self._levels = _NO_LEVELS
