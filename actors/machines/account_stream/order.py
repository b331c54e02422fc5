"""Owns the life of one order as its member's account sees it.

Never matches and never moves money: it follows the market's word.
Called by the account machine.

An order is ``pending`` from acceptance until the market has spoken; then it rests (``created``, or
``partial`` once something executed), or it is at an end. What executed can only be ``settled`` or
``voided`` with its market. A state that the table doesn't name can't be reached: it is an error in
the log, and the stream stops.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from actors.machines.account_stream.exposure import risk, risk_amended
from actors.machines.messages.answers import OrderResult
from actors.machines.messages.events import OrderPlaced, OrderUpdated
from actors.machines.messages.parts import Amended, Fill
from actors.machines.messages.posted import OrderReport
from actors.machines.messages.words import OrderState, Reason

TRANSITIONS: Final[Mapping[OrderState | None, frozenset[OrderState]]] = {
    None: frozenset({OrderState.PENDING}),
    OrderState.PENDING: frozenset(
        {
            OrderState.PENDING,
            OrderState.CREATED,
            OrderState.PARTIAL,
            OrderState.FILLED,
            OrderState.CANCELLED,
            OrderState.REJECTED,
        }
    ),
    # It stays as it is where only its price or its quantity changes: so it may be pending and created again.
    OrderState.CREATED: frozenset(
        {OrderState.CREATED, OrderState.PARTIAL, OrderState.FILLED, OrderState.CANCELLED}
    ),
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
        "amendment",
        "challenge_id",
        "conditions",
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
        self.conditions = event.conditions
        self.reference_id = event.reference_id
        self.challenge_id = event.challenge_id
        self.created_time = event.time
        self.modified_time = event.time
        self.left = event.quantity
        self.executed_quantity = 0
        self.executed_value = 0
        self.state = OrderState.PENDING
        self.reason: Reason | None = None
        self.amendment: Amended | None = None
        """What it is to become, while the market has not said whether it does."""

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def is_offer(self) -> bool:
        """Whether it is offered as a challenge."""
        return self.challenge_id == self.order_id

    @property
    def reserved(self) -> int:
        """The most that what is open of it can lose, with the amendment that is on its way."""
        return self.reserved_with(self.amendment)

    def reserved_with(self, amendment: Amended | None) -> int:
        """The same if this amendment were on its way."""
        return _reserved(self, self.left, self.executed_quantity, amendment)

    def reserved_after(self, fills: Sequence[Fill], left: int, amended: Amended | None) -> int:
        """The same once the market's word is applied: these fills, so much left, on these terms then."""
        if left == 0:
            return 0
        if amended is not None:
            return risk(self.side, amended.price, left)
        executed = self.executed_quantity + sum([fill.quantity for fill in fills])
        return _reserved(self, left, executed, self.amendment)

    def state_after(self, report: OrderReport) -> OrderState:
        """The state that the market's word leads to."""
        if report.rejected:
            return OrderState.REJECTED
        if report.amended is not None and not report.arrival and self.state is OrderState.PENDING:
            return OrderState.PENDING  # it has become less while it waits to arrive
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
        if event.amended is not None:
            self.price, self.quantity = event.amended.price, event.amended.quantity
        if event.amended is not None or not self.live:
            self.amendment = None
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
            self.conditions,
            self.challenge_id,
        )


def _reserved(order: Order, left: int, executed: int, amendment: Amended | None) -> int:
    if amendment is None:
        return risk(order.side, order.price, left)
    return risk_amended(order.side, order.price, left, amendment.price, max(0, amendment.quantity - executed))
