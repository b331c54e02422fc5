"""Owns the judgement of what orders were accepted under: all or nothing, only resting, until a moment.

Never looks at answers: that an order was accepted under these conditions, another judge has seen.
Called by the verdict.
"""

from collections.abc import Iterator

from actors.machines.messages.words import Reason, TimeInForce
from tests.chaos.findings import Findings
from tests.chaos.history import History, LoggedOrder


def judge_conditions(history: History, findings: Findings) -> None:
    """Adds every order of the log that was not treated as it asked to be."""
    findings.lost += [
        f"order {order_id} {problem}"
        for order_id, orders in history.orders.items()
        for order in orders[:1]
        for problem in _broken(order, history)
    ]


def _broken(order: LoggedOrder, history: History) -> Iterator[str]:
    placed = order.placed
    if placed.time_in_force is TimeInForce.FILL_OR_KILL and order.executed not in {0, placed.quantity}:
        yield f"was to be filled or killed, and executed {order.executed} of {placed.quantity}"
    takings = [booking for booking in history.bookings.get(placed.order_id, []) if booking.taker]
    if placed.conditions.post_only and takings:
        yield f"was only to rest, and took execution {takings[0].execution_id}"
    if placed.challenge_id:
        return  # its challenge says how long it lasts
    for update in order.updates:
        if update.reason is Reason.EXPIRED and update.time < placed.conditions.good_til:
            yield f"is good til {placed.conditions.good_til}, and expired at {update.time}"
        if update.reason is Reason.EXPIRED and placed.time_in_force is not TimeInForce.GOOD_TIL_DATE:
            yield f"expired, though it is {placed.time_in_force}"
