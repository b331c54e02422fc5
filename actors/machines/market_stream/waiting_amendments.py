"""Owns the amendments that wait out the delay of a market in play: those that make an order arrive anew.

Never amends: when its time has come, an amendment is decided like any other.
Called by the market machine.

The order rests where it is meanwhile, and may trade there, or be cancelled at once. The delay is the same for
all of a market, so what came first is due first; of what is due at once, too, the first that came goes first.
"""

from collections.abc import Container

from actors.machines.market_stream.timers import Timers
from actors.machines.messages.amendments import SubmitAmendment
from actors.machines.messages.book_events import AmendDelayed, AmendMissed, OrderReduced, OrderReplaced
from actors.machines.messages.words import Reason


class WaitingAmendments:
    """What waits in one market: an amendment for an order at most."""

    __slots__ = ("market_id", "waiting")

    def __init__(self, market_id: int) -> None:
        self.market_id = market_id
        self.waiting: dict[int, AmendDelayed] = {}

    # Decide: change nothing.

    def of_timer(self, identity: int) -> SubmitAmendment | None:
        """What is to be amended now that a timer of this identity is due: an order's, counted the other way.

        Timers of one time are in no order of arrival: each is the turn of what has waited longest.
        """
        if identity >= 0 or not self.waiting:
            return None
        waiting = next(iter(self.waiting.values()))
        return SubmitAmendment(
            waiting.market_id,
            waiting.order_id,
            waiting.account_id,
            waiting.price,
            waiting.quantity,
            waiting.quantity_before,
            waiting.time_in_force,
            waiting.conditions,
        )

    def decide_misses(self, reason: Reason, *there: Container[int]) -> list[AmendMissed]:
        """The market stops trading: nothing can arrive anew any more. ``there``: the orders that could."""
        return [
            AmendMissed(
                self.market_id,
                waiting.order_id,
                waiting.account_id,
                reason if any(waiting.order_id in orders for orders in there) else Reason.TOO_LATE,
                delayed=True,
            )
            for waiting in self.waiting.values()
        ]

    # Evolve: total.

    def begin(self, event: AmendDelayed, timers: Timers) -> None:
        self.waiting[event.order_id] = event
        timers.add(event.due_time, self.market_id, -event.order_id)

    def end(self, event: AmendMissed | OrderReduced | OrderReplaced, timers: Timers) -> None:
        """Decided: if it had to wait, it waits no more."""
        if event.delayed:
            timers.remove(self.waiting.pop(event.order_id).due_time, self.market_id, -event.order_id)


def delayed_amendment(asked: SubmitAmendment, due_time: int) -> AmendDelayed:
    """An amendment begins to wait."""
    return AmendDelayed(
        asked.market_id,
        asked.order_id,
        asked.account_id,
        asked.price,
        asked.quantity,
        asked.quantity_before,
        asked.time_in_force,
        asked.conditions,
        due_time,
    )
