"""Owns the fast order book: an operation costs the same however many orders rest.

Never scans prices or orders: the best price, and the oldest order of a price, are always at hand.
Called by the market machine, one book a contract.

A half of the book is an array of levels indexed by rank: the price for bids, its complement for offers. So
a higher rank is better on both sides, and one code serves both. A level keeps its orders first in, first
out in an ``OrderedDict``: appending, cancelling anywhere and meeting the oldest first are all O(1), which
neither a deque (cancelling) nor a plain dict (whose oldest key hides behind the deleted ones) can do.
"""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from actors.machines.book.interface import Match, Resting, digest_of
from actors.machines.limits import PRICE_SCALE
from actors.machines.messages.parts import MakerFill
from actors.machines.messages.words import Side

NO_RANK: Final = 0
"""Below the rank of every order."""

_BUY: Final = Side.BUY


class _Level:
    """The orders of one price, oldest first by their ids, and the sum of their quantities."""

    __slots__ = ("orders", "price", "quantity")

    def __init__(self, price: int) -> None:
        self.orders: OrderedDict[int, Resting] = OrderedDict()
        self.price = price
        self.quantity = 0


class _Half:
    """One side of the book.

    ``occupied`` holds the ranks of the levels that have orders, ascending, above the sentinel ``NO_RANK``:
    its last entry is the best-price pointer, and the one before it the next best. Opening or closing a
    level away from the best moves the better ranks by one place: a block move of at most 80 kB, of a few
    hundred bytes in books as they are.
    """

    __slots__ = ("levels", "occupied")

    def __init__(self) -> None:
        self.levels: list[_Level | None] = []
        self.occupied = [NO_RANK]

    def open(self, rank: int, price: int) -> _Level:
        """A new level; the array grows to the best rank ever used and no further."""
        missing = rank + 1 - len(self.levels)
        if missing > 0:
            self.levels.extend([None] * missing)
        assert self.levels[rank] is None, "a level opens once"
        level = self.levels[rank] = _Level(price)
        insort(self.occupied, rank)
        return level

    def close(self, rank: int) -> None:
        """Forgets a level that has no orders left."""
        self.levels[rank] = None
        index = bisect_left(self.occupied, rank)
        assert self.occupied[index] == rank, "only an open level closes"
        del self.occupied[index]

    def best_first(self) -> Iterator[_Level]:
        for rank in islice(reversed(self.occupied), len(self.occupied) - 1):
            level = self.levels[rank]
            assert level is not None, "an occupied rank has a level"
            yield level


class FastBook:
    """A ``Book`` for the hot path."""

    __slots__ = ("_bids", "_level_of", "_offers")

    def __init__(self) -> None:
        self._bids = _Half()
        self._offers = _Half()
        self._level_of: dict[int, _Level] = {}

    def match(self, account_id: int, side: Side, price: int, quantity: int, first_execution_id: int) -> Match:
        if side is _BUY:
            half = self._offers
            worst_rank = PRICE_SCALE - price
        else:
            half = self._bids
            worst_rank = price
        if half.occupied[-1] < worst_rank:
            return Match((), quantity, False)
        return _match(half, worst_rank, account_id, quantity, first_execution_id)

    def take(self, fills: Iterable[MakerFill]) -> None:
        level_of = self._level_of
        for fill in fills:
            order_id = fill.order_id
            level = level_of[order_id]
            orders = level.orders
            maker = orders[order_id]
            left = maker.quantity - fill.quantity
            assert left >= 0, "a fill takes no more than is left of the resting order"
            level.quantity -= fill.quantity
            if left:
                orders[order_id] = Resting(order_id, maker.account_id, maker.side, maker.price, left)
                continue
            del orders[order_id]
            del level_of[order_id]
            if not orders:
                self._close(level, maker)

    def rest(self, order_id: int, account_id: int, side: Side, price: int, quantity: int) -> None:
        level_of = self._level_of
        assert quantity > 0, "only something can rest"
        assert order_id not in level_of, "an order rests once"
        if side is _BUY:
            half = self._bids
            rank = price
        else:
            half = self._offers
            rank = PRICE_SCALE - price
        assert NO_RANK < rank < PRICE_SCALE, "prices lie between nothing and certainty"
        level = half.levels[rank] if rank < len(half.levels) else None
        if level is None:
            level = half.open(rank, price)
        level.orders[order_id] = Resting(order_id, account_id, side, price, quantity)
        level.quantity += quantity
        level_of[order_id] = level

    def remove(self, order_id: int) -> Resting:
        level = self._level_of.pop(order_id)
        order = level.orders.pop(order_id)
        level.quantity -= order.quantity
        if not level.orders:
            self._close(level, order)
        return order

    def get(self, order_id: int) -> Resting | None:
        level = self._level_of.get(order_id)
        return level.orders[order_id] if level is not None else None

    def best(self, side: Side) -> int | None:
        rank = self._half(side).occupied[-1]
        if rank == NO_RANK:
            return None
        return rank if side is _BUY else PRICE_SCALE - rank

    def levels(self, side: Side, depth: int) -> list[tuple[int, int]]:
        return [(level.price, level.quantity) for level in islice(self._half(side).best_first(), depth)]

    def resting(self) -> Iterator[Resting]:
        for half in (self._bids, self._offers):
            for level in half.best_first():
                yield from level.orders.values()

    def __len__(self) -> int:
        return len(self._level_of)

    def state_hash(self) -> str:
        return digest_of(self.resting())

    def _close(self, level: _Level, last: Resting) -> None:
        """Forgets a level whose last order is gone."""
        assert level.quantity == 0, "a level's quantity is the sum of its orders"
        if last.side is _BUY:
            self._bids.close(last.price)
        else:
            self._offers.close(PRICE_SCALE - last.price)

    def _half(self, side: Side) -> _Half:
        return self._bids if side is _BUY else self._offers


def _match(half: _Half, worst_rank: int, account_id: int, quantity: int, first_execution_id: int) -> Match:
    """What an order that is good down to ``worst_rank`` would trade with this half."""
    fills: list[MakerFill] = []
    left = quantity
    execution_id = first_execution_id
    for rank in reversed(half.occupied):
        if rank < worst_rank:
            break
        level = half.levels[rank]
        assert level is not None, "an occupied rank has a level"
        for maker in level.orders.values():
            if maker.account_id == account_id:
                return Match(tuple(fills), left, True)
            available = maker.quantity
            traded = min(left, available)
            fills.append(MakerFill(execution_id, maker.order_id, maker.account_id, maker.price, traded))
            left -= traded
            if not left:
                return Match(tuple(fills), 0, False)
            execution_id += 1
    return Match(tuple(fills), left, False)
