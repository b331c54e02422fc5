"""Owns the obviously right matcher of complementary contracts: of all that could trade it takes the best.

Never shares a line with the books: what rests is one list, in the order of arrival.
Called by the tests of the books, and by the simulator as the measure of what markets do.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from actors.machines.book import Match, Resting
from actors.machines.messages.parts import MakerFill, SetFill, SetLeg
from actors.machines.messages.words import Side


class Standing:
    """An order that rests; ``left`` is what is left of it."""

    def __init__(
        self, contract_id: int, order_id: int, account_id: int, side: Side, price: int, left: int
    ) -> None:
        self.contract_id = contract_id
        self.order_id = order_id
        self.account_id = account_id
        self.side = side
        self.price = price
        self.left = left


class Trade(NamedTuple):
    """What an arriving order could trade next: with one order, or with one of each other contract."""

    price: int
    makers: tuple[Standing, ...]
    is_set: bool


class ObviousSets:
    """A market of complementary contracts."""

    def __init__(self, contract_ids: Sequence[int]) -> None:
        self.contract_ids = tuple(contract_ids)
        self.orders: list[Standing] = []

    def match(
        self,
        contract_id: int,
        account_id: int,
        side: Side,
        price: int,
        quantity: int,
        first_execution_id: int,
        *,
        past_own: bool = False,
    ) -> Match:
        """What an arriving order trades; the orders that it trades with, or goes past, shrink or are gone."""
        fills: list[MakerFill] = []
        sets: list[SetFill] = []
        left, execution_id = quantity, first_execution_id
        crossed_self = False
        gone_past: list[Resting] = []
        while left and (trades := list(self._trades(contract_id, side, price))):
            trade = min(trades, key=lambda trade: self._priority(trade, side))
            own = [maker for maker in trade.makers if maker.account_id == account_id]
            if own and past_own:
                gone_past.append(_resting(own[0]))
                self.orders.remove(own[0])
                continue
            crossed_self = bool(own)
            if crossed_self:
                break
            traded = min([left, *(maker.left for maker in trade.makers)])
            if trade.is_set:
                sets.append(_set(trade, traded, execution_id))
                execution_id += len(self.contract_ids)
            else:
                (maker,) = trade.makers
                fills.append(MakerFill(execution_id, maker.order_id, maker.account_id, maker.price, traded))
                execution_id += 1
            left -= traded
            for maker in trade.makers:
                maker.left -= traded
            self.orders = [order for order in self.orders if order.left]
        return Match(tuple(fills), left, crossed_self, tuple(sets), tuple(gone_past))

    def rest(
        self, contract_id: int, order_id: int, account_id: int, side: Side, price: int, quantity: int
    ) -> None:
        self.orders.append(Standing(contract_id, order_id, account_id, side, price, quantity))

    def remove(self, order_id: int) -> Standing:
        order = self.get(order_id)
        assert order is not None, f"order {order_id} does not rest"
        self.orders.remove(order)
        return order

    def get(self, order_id: int) -> Standing | None:
        return next((order for order in self.orders if order.order_id == order_id), None)

    def is_crossed(self) -> bool:
        """Whether anything that rests could trade with what else rests."""
        return any(
            next(self._trades(order.contract_id, order.side, order.price), None) is not None
            for order in self.orders
        )

    def _trades(self, contract_id: int, side: Side, limit: int) -> Iterator[Trade]:
        """All that such an order could trade now within its limit."""
        for maker in self.orders:
            within = maker.price <= limit if side is Side.BUY else maker.price >= limit
            if within and maker.contract_id == contract_id and maker.side is side.other:
                yield Trade(maker.price, (maker,), is_set=False)
        others = [
            [order for order in self.orders if order.contract_id == other and order.side is side]
            for other in self.contract_ids
            if other != contract_id
        ]
        for makers in product(*others):
            missing = 10_000 - sum(maker.price for maker in makers)
            if missing <= limit if side is Side.BUY else missing >= limit:
                yield Trade(max(1, missing), makers, is_set=True)

    def _priority(self, trade: Trade, side: Side) -> tuple[int, bool, int, list[int]]:
        """The least goes first: by price, direct before set, the makers' prices, then the time of each."""
        sign = 1 if side is Side.BUY else -1
        makers = sum(maker.price for maker in trade.makers)
        times = [self.orders.index(maker) for maker in trade.makers]
        return sign * trade.price, trade.is_set, -sign * makers if trade.is_set else 0, times


def _resting(order: Standing) -> Resting:
    return Resting(order.order_id, order.account_id, order.side, order.price, order.left)


def _set(trade: Trade, quantity: int, execution_id: int) -> SetFill:
    prices = [maker.price for maker in trade.makers]
    while sum(prices) + trade.price > 10_000:  # a tick at a time: the dearest bid that it began with, first
        dearest = max(
            (at for at, price in enumerate(prices) if price > 1), key=lambda at: (trade.makers[at].price, -at)
        )
        prices[dearest] -= 1
    legs = tuple(
        SetLeg(
            execution_id + place,
            maker.contract_id,
            maker.order_id,
            maker.account_id,
            price,
            maker.price - price,
        )
        for place, (maker, price) in enumerate(zip(trade.makers, prices, strict=True), start=1)
    )
    return SetFill(execution_id, trade.price, quantity, legs)
