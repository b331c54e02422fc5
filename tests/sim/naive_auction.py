"""Owns a call auction as anybody would write it: a list of orders, every price tried, unit after unit traded.

Never fast, and never shares a line with the exchange's.
Called by the model of the markets, one for each contract of a market that collects.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from actors.machines.book.interface import Match, Resting
from actors.machines.book.naive import NaiveBook, opposite, reaches
from actors.machines.messages.parts import LadderStep, MakerFill
from actors.machines.messages.words import Side


class Due(NamedTuple):
    """How an auction has to end: ``fills`` are (buy order, sell order, quantity)."""

    price: int
    volume: int
    imbalance: int
    fills: list[tuple[int, int, int]]


class NaiveAuction(NaiveBook):
    """The orders in the order in which they came, with the market orders among them named."""

    def __init__(self, resting: Iterable[Resting] = ()) -> None:
        super().__init__()
        self._orders = {order.order_id: order for order in resting}
        self._market: dict[int, None] = {}

    def match(
        self,
        account_id: int,
        side: Side,
        price: int,
        quantity: int,
        first_execution_id: int,
        past_own: bool = False,
    ) -> Match:
        """Nothing trades; which of the account's orders such an order could come to trade with."""
        others = self._turns(opposite(side))
        own = tuple([o for o in others if o.account_id == account_id and reaches(side, price, o.price)])
        return Match((), quantity, bool(own) and not past_own, own=own if past_own else ())

    def rest(self, order_id: int, account_id: int, side: Side, price: int, quantity: int) -> None:
        self._orders[order_id] = Resting(order_id, account_id, side, price, quantity)

    def rest_market(self, order_id: int, account_id: int, side: Side, price: int, quantity: int) -> None:
        self.rest(order_id, account_id, side, price, quantity)
        self._market[order_id] = None

    def get(self, order_id: int) -> Resting | None:
        return self._orders.get(order_id)

    def queue(self, side: Side) -> Iterator[Resting]:
        return iter(self._turns(side))

    def best(self, side: Side) -> int | None:
        return next((order.price for order in self._turns(side)), None)

    def take(self, fills: Iterable[MakerFill]) -> None:
        """What of them became part of a set, as the auction ends."""
        for fill in fills:
            self._orders[fill.order_id].quantity -= fill.quantity
            if not self._orders[fill.order_id].quantity:
                del self._orders[fill.order_id]

    def remove(self, order_id: int) -> Resting:
        return self._orders.pop(order_id)

    def reduce(self, order_id: int, quantity: int) -> None:
        self._orders[order_id].quantity -= quantity

    def resting(self) -> Iterator[Resting]:
        """By side, in their turn."""
        for side in Side:
            yield from self._turns(side)

    def levels(self, side: Side, depth: int) -> list[tuple[int, int]]:
        quantities: dict[int, int] = {}
        for order in self._turns(side):
            quantities[order.price] = quantities.get(order.price, 0) + order.quantity
        return list(quantities.items())[:depth]

    def market_orders(self) -> list[int]:
        return [order_id for order_id in self._market if order_id in self._orders]

    def __len__(self) -> int:
        return len(self._orders)

    def ends(self, ladder: Sequence[LadderStep], reference: int) -> Due | None:
        """How it has to end; None: nothing trades."""
        prices = [p for step in ladder for p in range(step.lowest, step.highest + 1, step.step)]
        bids = [(o.price, o.quantity) for o in self._orders.values() if o.side is Side.BUY]
        offers = [(o.price, o.quantity) for o in self._orders.values() if o.side is Side.SELL]
        if not bids or not offers or max(bids)[0] < min(offers)[0]:
            return None
        best: tuple[tuple[int, int, int, int], tuple[int, int, int]] | None = None
        for price in prices:
            demand = sum(quantity for bid, quantity in bids if bid >= price)
            supply = sum(quantity for offer, quantity in offers if offer <= price)
            volume, imbalance = min(demand, supply), demand - supply
            rank = (-volume, abs(imbalance), abs(price - reference), price)
            if volume and (best is None or rank < best[0]):
                best = rank, (price, volume, imbalance)
        return None if best is None else Due(*best[1], self._fills(*best[1][:2]))

    def trade(self, due: Due) -> None:
        """What traded is gone."""
        for *order_ids, quantity in due.fills:
            for order_id in order_ids:
                self._orders[order_id].quantity -= quantity
                if not self._orders[order_id].quantity:
                    del self._orders[order_id]

    def _turns(self, side: Side) -> list[Resting]:
        sign = -1 if side is Side.BUY else 1
        of_side = [order for order in self._orders.values() if order.side is side]
        return sorted(of_side, key=lambda o: (o.order_id not in self._market, sign * o.price))

    def _fills(self, price: int, volume: int) -> list[tuple[int, int, int]]:
        queues = [
            [[o.order_id, o.quantity] for o in self._turns(Side.BUY) if o.price >= price],
            [[o.order_id, o.quantity] for o in self._turns(Side.SELL) if o.price <= price],
        ]
        fills: list[tuple[int, int, int]] = []
        while volume:
            quantity = min(volume, queues[0][0][1], queues[1][0][1])
            fills.append((queues[0][0][0], queues[1][0][0], quantity))
            volume -= quantity
            for queue in queues:
                queue[0][1] -= quantity
                if not queue[0][1]:
                    queue.pop(0)
        return fills
