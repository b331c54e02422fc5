"""Owns the life of one order as its member's account sees it.

Never matches and never moves money: it follows the market's word.
Called by the account machine.

An order is ``pending`` from acceptance until the market has spoken; then it rests (``created``, or
``partial`` once something executed), or it is at an end. What executed can only be ``settled`` or
``voided`` with its market. A state that the table doesn't name can't be reached: it is an error in
the log, and the stream stops.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines.messages.answers import OrderResult
from actors.machines.messages.events import OrderPlaced, OrderUpdated
from actors.machines.messages.parts import Fill
from actors.machines.messages.posted import OrderReport
from actors.machines.messages.words import OrderState, Reason

TRANSITIONS: Final[Mapping[OrderState | None, frozenset[OrderState]]] = {
    None: frozenset({OrderState.PENDING}),
    OrderState.PENDING: frozenset(
        {
            OrderState.CREATED,
            OrderState.PARTIAL,
            OrderState.FILLED,
            OrderState.CANCELLED,
            OrderState.REJECTED,
        }
    ),
    OrderState.CREATED: frozenset({OrderState.PARTIAL, OrderState.FILLED, OrderState.CANCELLED}),
    OrderState.PARTIAL: frozenset({OrderState.PARTIAL, OrderState.FILLED, OrderState.CANCELLED}),
    OrderState.FILLED: frozenset({OrderState.SETTLED, OrderState.VOIDED}),
    OrderState.SETTLED: frozenset({OrderState.SETTLED, OrderState.VOIDED}),
    OrderState.VOIDED: frozenset({OrderState.SETTLED, OrderState.VOIDED}),
    OrderState.CANCELLED: frozenset(),
    OrderState.REJECTED: frozenset(),
}
LIVE: Final = frozenset({OrderState.PENDING, OrderState.CREATED, OrderState.PARTIAL})


class Order:
    """One order; quantities in 1/10000 of a currency unit, value in 1/10^8, times in microseconds."""

    __slots__ = (
        "challenge_id",
        "contract_id",
        "created_time",
        "executed_quantity",
        "executed_value",
        "left",
        "market_id",
        "modified_time",
        "order_id",
        "price",
        "quantity",
        "reason",
        "reference_id",
        "side",
        "state",
        "time_in_force",
    )

    def __init__(self, event: OrderPlaced) -> None:
        self.order_id = event.order_id
        self.market_id = event.market_id
        self.contract_id = event.contract_id
        self.side = event.side
        self.price = event.price
        self.quantity = event.quantity
        self.time_in_force = event.time_in_force
        self.reference_id = event.reference_id
        self.challenge_id = event.challenge_id
        self.created_time = event.time
        self.modified_time = event.time
        self.left = event.quantity
        self.executed_quantity = 0
        self.executed_value = 0
        self.state = OrderState.PENDING
        self.reason: Reason | None = None

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def is_offer(self) -> bool:
        """Whether it is offered as a challenge."""
        return self.challenge_id == self.order_id

    def state_after(self, report: OrderReport) -> OrderState:
        """The state that the market's word leads to."""
        if report.rejected:
            return OrderState.REJECTED
        if report.reason is not None:
            return OrderState.CANCELLED
        if report.left == 0:
            return OrderState.FILLED
        return OrderState.PARTIAL if report.fills or self.executed_quantity else OrderState.CREATED

    def update(self, event: OrderUpdated) -> None:
        """Evolves by the market's word."""
        self.move_to(event.state)
        for fill in event.fills:
            self.executed_quantity += fill.quantity
            self.executed_value += fill.price * fill.quantity
        self.left = event.left
        self.reason = event.reason
        self.modified_time = event.time

    def move_to(self, state: OrderState) -> None:
        """Takes a declared transition; anything else is an ``AssertionError``."""
        assert state in TRANSITIONS[self.state], f"order {self.order_id}: {self.state} -> {state}"
        self.state = state

    def result(self, balance: int, exposure: int, fills: tuple[Fill, ...] = ()) -> OrderResult:
        """The order as an answer shows it, with the account's money at that moment."""
        return OrderResult(
            self.order_id,
            self.state,
            self.market_id,
            self.contract_id,
            self.side,
            self.time_in_force,
            self.price,
            self.quantity,
            self.executed_quantity,
            self.executed_value,
            self.left,
            self.created_time,
            self.modified_time,
            balance,
            exposure,
            self.reference_id,
            self.reason,
            fills,
        )
