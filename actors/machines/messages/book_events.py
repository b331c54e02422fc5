"""Owns what happens to orders at their market: matched, waiting, rejected, cancelled, amended.

Never changed once written: a field is only ever added at the end, with a default.
Called by the market machines and by every follower of the log.
"""

from actors.machines.messages.base import Count, Identity, Message, Price, Quantity, Time
from actors.machines.messages.parts import Conditions, MakerFill, OwnOrder, SetFill
from actors.machines.messages.words import Reason, Side, TimeInForce


class OrderMatched(Message):
    """An order arrived: what it traded, and what is left of it.

    ``left`` rests in the book when ``reason`` is None, and is cancelled for that reason otherwise.
    ``cancelled``: resting orders of the same account that it met, which left the book before its fills did.
    ``delayed``: it had waited out the delay of a market in play. ``sets``: what it traded with orders of all
    other contracts; executions are numbered over ``fills`` and ``sets`` in the order in which they traded.
    """

    market_id: Identity
    contract_id: Identity
    order_id: Identity
    account_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    fills: tuple[MakerFill, ...]
    left: Count
    reason: Reason | None
    time: Time = 0
    cancelled: tuple[OwnOrder, ...] = ()
    time_in_force: TimeInForce = TimeInForce.GOOD_TIL_CANCELLED
    good_til: Time = 0
    delayed: bool = False
    sets: tuple[SetFill, ...] = ()


class OrderDelayed(Message):
    """An order arrived in a market in play: it waits until ``due_time``, and then arrives in its book."""

    market_id: Identity
    contract_id: Identity
    order_id: Identity
    account_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    time_in_force: TimeInForce
    conditions: Conditions
    due_time: Time


class OrderRejected(Message):
    """An order could not arrive. ``delayed``: it had been waiting for that."""

    market_id: Identity
    order_id: Identity
    account_id: Identity
    reason: Reason
    delayed: bool = False


class OrderCancelled(Message):
    """A resting order left the book unfilled; ``quantity`` is what was left of it.

    ``delayed``: it rested in no book, but waited out the delay of a market in play.
    """

    market_id: Identity
    contract_id: Identity
    order_id: Identity
    account_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    reason: Reason
    delayed: bool = False


class CancelMissed(Message):
    """A cancel found nothing resting."""

    market_id: Identity
    order_id: Identity
    account_id: Identity


class OrderReduced(Message):
    """A resting order has become smaller in its place, by ``reduced``; ``left`` of it still rests.

    ``quantity`` is its new total: never less than what was executed. With nothing left it is done with.
    ``waits``: it has not arrived yet, so no book has it.
    """

    market_id: Identity
    contract_id: Identity
    order_id: Identity
    account_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    reduced: Count
    left: Count
    delayed: bool = False
    waits: bool = False


class OrderReplaced(Message):
    """A resting order left its place (``price``, ``left``), and arrived anew under its own id.

    ``quantity`` is its new total; ``arrival`` says what of it arrived, at which price, and what became of it.
    """

    market_id: Identity
    contract_id: Identity
    order_id: Identity
    account_id: Identity
    side: Side
    price: Price
    left: Quantity
    quantity: Quantity
    arrival: OrderMatched
    delayed: bool = False


class AmendMissed(Message):
    """An amendment could not be carried out: nothing rests any more, or it could not arrive anew.

    ``delayed``, here and above: the amendment had waited out the delay of a market in play.
    """

    market_id: Identity
    order_id: Identity
    account_id: Identity
    reason: Reason
    delayed: bool = False


class AmendDelayed(Message):
    """An amendment that makes an order arrive anew waits, in a market in play; the order rests meanwhile."""

    market_id: Identity
    order_id: Identity
    account_id: Identity
    price: Price
    quantity: Quantity
    quantity_before: Quantity
    time_in_force: TimeInForce
    conditions: Conditions
    due_time: Time
