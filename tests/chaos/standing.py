"""Owns what stands in one market, followed event by event: orders, what waits there, what is to happen when.

Never runs a machine of the exchange: it adds and takes away what events say, and tells what can't be.
Called by the judge of markets.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed
from actors.machines.messages.book_events import (
    AmendDelayed,
    OrderCancelled,
    OrderDelayed,
    OrderMatched,
    OrderReduced,
    OrderReplaced,
)
from actors.machines.messages.parts import MarketDetails
from actors.machines.messages.words import Reason, Side, TimeInForce

US_PER_S: Final = 1_000_000
US_PER_MS: Final = 1_000
LEFT_BY_AUCTIONS: Final = frozenset({Reason.INSUFFICIENT_LIQUIDITY, Reason.MARKET_HALTED})
"""Why an auction's end cancels what it leaves."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is left of an order where it stands; ``good_til``: 0 if it doesn't end by itself."""

    account_id: int
    contract_id: int
    side: Side
    price: int
    left: int
    kind: TimeInForce
    good_til: int


@dataclass(slots=True)
class Standing:
    """Of one market."""

    details: MarketDetails
    orders: dict[int, Order] = field(default_factory=dict)
    waiting: dict[int, OrderDelayed] = field(default_factory=dict)
    """Orders that wait out the delay in play, in the order in which they came."""
    amending: dict[int, AmendDelayed] = field(default_factory=dict)
    """Orders -> amendments that wait out the delay."""
    auction: AuctionStarted | None = None
    """The auction that it is in, halted or not."""
    halted: bool = False
    in_play: bool = False
    uncrossed: set[int] = field(default_factory=set)
    """Contracts that have traded in this auction."""
    voided: set[int] = field(default_factory=set)
    leaving: list[Order] = field(default_factory=list)
    """What was cancelled as the auction ended: nothing of it could have traded with what is left."""

    @property
    def delay_us(self) -> int:
        """How long what arrives has to wait now."""
        return self.details.in_play_delay_ms * US_PER_MS if self.in_play else 0

    def life_us(self, *, closing: bool) -> int | None:
        """For how long such an auction collects; 0: until staff ends it; None: it has none."""
        life_s = self.details.closing_auction_s if closing else self.details.opening_auction_s
        return None if life_s is None else life_s * US_PER_S

    def match(self, event: OrderMatched) -> Iterator[str]:
        """An order arrived: what it met is less, and what is left of it may stand."""
        for own in event.cancelled:
            gone = self.orders.pop(own.order_id, None)
            if gone is None or gone.account_id != event.account_id:
                yield f"order {event.order_id} ended order {own.order_id}, which is {gone}"
        for fill in event.fills:
            yield from self.take(fill.order_id, fill.quantity)
        for made in event.sets:
            for leg in made.legs:
                yield from self.take(leg.order_id, made.quantity)
        if event.left and event.reason is None:
            if event.order_id in self.orders:
                yield f"order {event.order_id} stands there already"
            self.orders[event.order_id] = Order(
                event.account_id,
                event.contract_id,
                event.side,
                event.price,
                event.left,
                event.time_in_force,
                event.good_til,
            )

    def take(self, order_id: int, quantity: int) -> Iterator[str]:
        """So much of an order traded."""
        order = self.orders.get(order_id)
        if order is None or order.left < quantity:
            yield f"{quantity} of order {order_id} traded, which is {order}"
        elif order.left == quantity:
            del self.orders[order_id]
        else:
            self.orders[order_id] = replace(order, left=order.left - quantity)

    def cancel(self, event: OrderCancelled) -> Iterator[str]:
        if event.delayed:
            if self.waiting.pop(event.order_id, None) is None:
                yield f"order {event.order_id} was cancelled as if it waited"
        elif (order := self.orders.pop(event.order_id, None)) is None:
            yield f"order {event.order_id} was cancelled, and stood nowhere"
        elif event.reason in LEFT_BY_AUCTIONS:
            self.leaving.append(order)

    def reduce(self, event: OrderReduced) -> Iterator[str]:
        if event.order_id in self.waiting:
            return  # what waits is judged by when it arrives
        order = self.orders.pop(event.order_id, None)
        if order is None or order.left - event.reduced != event.left:
            yield f"order {event.order_id} was reduced by {event.reduced} to {event.left}, which is {order}"
        elif event.left:
            self.orders[event.order_id] = replace(order, left=event.left)

    def replace(self, event: OrderReplaced) -> Iterator[str]:
        if self.orders.pop(event.order_id, None) is None:
            yield f"order {event.order_id} was replaced, and stood nowhere"
        yield from self.match(event.arrival)

    def uncross(self, event: AuctionUncrossed) -> Iterator[str]:
        """What trades of a contract is what most could trade, nobody at a worse price than their own."""
        most = most_volume(self._of(event.contract_id, self.orders.values()))
        if not sum(fill.quantity for fill in event.fills) == event.volume == most:
            yield f"contract {event.contract_id} traded {event.volume} in its auction of {most}"
        if event.contract_id in self.uncrossed:
            yield f"contract {event.contract_id} traded twice in one auction"
        self.uncrossed.add(event.contract_id)
        for fill in event.fills:
            for order_id, side in ((fill.buy_order_id, Side.BUY), (fill.sell_order_id, Side.SELL)):
                order = self.orders.get(order_id)
                if order is not None and (order.side, order.contract_id) != (side, event.contract_id):
                    yield f"order {order_id} did not {side} contract {event.contract_id}"
                if order is not None and _is_worse(order, event.price):
                    yield f"order {order_id} traded at {event.price}, and its price is {order.price}"
                yield from self.take(order_id, fill.quantity)

    def crossed(self) -> list[int]:
        """Contracts in which something could still trade, what leaves by the auction's end included."""
        left = [*self.orders.values(), *self.leaving]
        contracts = [contract.contract_id for contract in self.details.contracts]
        return [contract_id for contract_id in contracts if most_volume(self._of(contract_id, left))]

    def _of(self, contract_id: int, orders: Iterable[Order]) -> list[Order]:
        return [order for order in orders if order.contract_id == contract_id]


def most_volume(orders: Iterable[Order]) -> int:
    """How much can trade at one price, of all that are asked for."""
    found = list(orders)

    def volume(price: int) -> int:
        bought, sold = (
            sum(order.left for order in found if order.side is side and not _is_worse(order, price))
            for side in (Side.BUY, Side.SELL)
        )
        return min(bought, sold)

    return max((volume(order.price) for order in found), default=0)


def _is_worse(order: Order, price: int) -> bool:
    """Whether a price is worse than the order's own."""
    return price > order.price if order.side is Side.BUY else price < order.price
