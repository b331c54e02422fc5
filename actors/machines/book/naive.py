"""Owns the obviously right order book: one plain list of resting orders a side, always sorted.

Never fast: every operation looks through the list. Never tuned: its only virtue is that it can be read.
Called by tests and by the replay, as the measure of every other book.
"""

from bisect import insort
from collections.abc import Iterable, Iterator
from operator import attrgetter

from actors.machines.book.interface import Match, Resting, digest_of
from actors.machines.limits import PRICE_MAX, PRICE_MIN
from actors.machines.messages.parts import MakerFill
from actors.machines.messages.words import Side


class NaiveBook:
    """A ``Book`` that keeps the orders of a side in a list, best price first, then oldest first."""

    def __init__(self) -> None:
        self._sides: dict[Side, list[Resting]] = {Side.BUY: [], Side.SELL: []}

    def match(
        self,
        account_id: int,
        side: Side,
        price: int,
        quantity: int,
        first_execution_id: int,
        past_own: bool = False,  # noqa: FBT001, FBT002 - the hot path, where a name costs
    ) -> Match:
        fills: list[MakerFill] = []
        own: list[Resting] = []
        left = quantity
        for maker in self._sides[opposite(side)]:
            if left == 0 or not reaches(side, price, maker.price):
                break
            if maker.account_id == account_id:
                if not past_own:
                    return Match(tuple(fills), left, crossed_self=True)
                own.append(maker)
                continue
            traded = min(left, maker.quantity)
            execution_id = first_execution_id + len(fills)
            fills.append(MakerFill(execution_id, maker.order_id, maker.account_id, maker.price, traded))
            left -= traded
        return Match(tuple(fills), left, crossed_self=False, own=tuple(own))

    def take(self, fills: Iterable[MakerFill]) -> None:
        for fill in fills:
            orders, index = self._find(fill.order_id)
            maker = orders[index]
            assert index == 0 or orders[index - 1].price != maker.price, "the oldest of a price trades first"
            left = maker.quantity - fill.quantity
            assert left >= 0, "a fill takes no more than is left of the resting order"
            if left:
                maker.quantity = left
            else:
                del orders[index]

    def rest(self, order_id: int, account_id: int, side: Side, price: int, quantity: int) -> None:
        assert quantity > 0, "only something can rest"
        assert PRICE_MIN <= price <= PRICE_MAX, "prices lie between nothing and certainty"
        assert self.get(order_id) is None, "an order rests once"
        best = self.best(opposite(side))
        assert best is None or not reaches(side, price, best), "an order that would trade can't rest"
        insort(self._sides[side], Resting(order_id, account_id, side, price, quantity), key=_priority)

    def remove(self, order_id: int) -> Resting:
        orders, index = self._find(order_id)
        order = orders.pop(index)
        order.live = False
        return order

    def reduce(self, order_id: int, quantity: int) -> None:
        orders, index = self._find(order_id)
        assert 0 <= quantity < orders[index].quantity, "something of a reduced order stays"
        orders[index].quantity -= quantity

    def get(self, order_id: int) -> Resting | None:
        try:
            orders, index = self._find(order_id)
        except KeyError:
            return None
        return orders[index]

    def best(self, side: Side) -> int | None:
        orders = self._sides[side]
        return orders[0].price if orders else None

    def levels(self, side: Side, depth: int) -> list[tuple[int, int]]:
        quantities: dict[int, int] = {}
        for order in self._sides[side]:
            quantities[order.price] = quantities.get(order.price, 0) + order.quantity
        return list(quantities.items())[:depth]

    def queue(self, side: Side) -> Iterator[Resting]:
        return iter(self._sides[side])

    def resting(self) -> Iterator[Resting]:
        yield from self._sides[Side.BUY]
        yield from self._sides[Side.SELL]

    def __len__(self) -> int:
        return len(self._sides[Side.BUY]) + len(self._sides[Side.SELL])

    def state_hash(self) -> str:
        return digest_of(self.resting())

    def _find(self, order_id: int) -> tuple[list[Resting], int]:
        """The list that holds the order, and where; raises ``KeyError``."""
        for orders in self._sides.values():
            ids = list(map(attrgetter("order_id"), orders))
            if order_id in ids:
                return orders, ids.index(order_id)
        raise KeyError(order_id)


def opposite(side: Side) -> Side:
    return Side.SELL if side is Side.BUY else Side.BUY


def reaches(side: Side, price: int, other: int) -> bool:
    """Whether an order of this side and price may trade at the other price."""
    return other <= price if side is Side.BUY else other >= price


def _priority(order: Resting) -> int:
    """Sorts by price, best first; ``insort`` puts an order behind those of the same price."""
    return -order.price if order.side is Side.BUY else order.price
