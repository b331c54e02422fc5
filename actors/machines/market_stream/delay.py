"""Owns the orders that wait out the delay of a market in play, in the order of their arrival.

Never matches one: when its time has come, it arrives in the market like any other order.
Called by the market machine.

The delay is the same for all orders of a market, so who came first is due first. What waits is not in the
book: it can be cancelled at once, and it is rejected when the market stops trading.
"""

from typing import Final

from msgspec import structs

from actors.machines.market_stream.timers import Timers
from actors.machines.messages.book_events import OrderCancelled, OrderDelayed, OrderReduced, OrderRejected
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import Reason

FIRST: Final = 0
"""The identity by which timers know the order that has waited longest in its market."""


class Delay:
    """What waits in one market."""

    __slots__ = ("market_id", "waiting")

    def __init__(self, market_id: int) -> None:
        self.market_id = market_id
        self.waiting: dict[int, OrderDelayed] = {}

    @property
    def first(self) -> SubmitOrder:
        """The order that has waited longest."""
        waiting = next(iter(self.waiting.values()))
        return SubmitOrder(
            waiting.market_id,
            waiting.contract_id,
            waiting.order_id,
            waiting.account_id,
            waiting.side,
            waiting.price,
            waiting.quantity,
            waiting.time_in_force,
            waiting.conditions,
        )

    # Decide: change nothing.

    def decide_withdrawal(self, order_id: int, reason: Reason) -> OrderCancelled | None:
        """Takes an order back that waits."""
        waiting = self.waiting.get(order_id)
        if waiting is None:
            return None
        return OrderCancelled(
            waiting.market_id,
            waiting.contract_id,
            waiting.order_id,
            waiting.account_id,
            waiting.side,
            waiting.price,
            waiting.quantity,
            reason,
            delayed=True,
        )

    def decide_rejections(self, reason: Reason) -> list[OrderRejected]:
        """The market stops trading: nothing that waits can arrive any more."""
        return [
            OrderRejected(self.market_id, waiting.order_id, waiting.account_id, reason, delayed=True)
            for waiting in self.waiting.values()
        ]

    # Evolve: total.

    def begin(self, event: OrderDelayed, timers: Timers) -> None:
        self.waiting[event.order_id] = event
        timers.add(event.due_time, self.market_id, FIRST)

    def reduce(self, event: OrderReduced) -> None:
        """Less of it will arrive."""
        waiting = self.waiting[event.order_id]
        self.waiting[event.order_id] = structs.replace(waiting, quantity=event.left)

    def end(self, order_id: int, timers: Timers) -> None:
        """It waits no more."""
        timers.remove(self.waiting.pop(order_id).due_time, self.market_id, FIRST)


def delayed(order: SubmitOrder, due_time: int) -> OrderDelayed:
    """An order begins to wait."""
    return OrderDelayed(
        order.market_id,
        order.contract_id,
        order.order_id,
        order.account_id,
        order.side,
        order.price,
        order.quantity,
        order.time_in_force,
        order.conditions,
        due_time,
    )
