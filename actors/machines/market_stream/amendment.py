"""Owns what a market decides of an amendment: the order shrinks in its place, or leaves it and arrives anew.

Never changes a book, and knows no funds: what the amendment may cost was reserved before it came here.
Called by the markets machine.

What was executed of an order stays so: of the new total, that is taken off first. Who asks for no more than
was executed gets just that: nothing of the order stays open. A halted market lets orders shrink, not arrive.
In play, what arrives anew waits out the delay as any order, and rests where it is meanwhile.
"""

from typing import NamedTuple

from actors.machines.market_stream.market import Market
from actors.machines.market_stream.waiting_amendments import delayed_amendment
from actors.machines.messages.amendments import SubmitAmendment
from actors.machines.messages.book_events import (
    AmendDelayed,
    AmendMissed,
    OrderReduced,
    OrderRejected,
    OrderReplaced,
)
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import Reason, Side

Decided = OrderReduced | OrderReplaced | AmendMissed | AmendDelayed


class _Open(NamedTuple):
    """What of an order has not traded: resting, or waiting to arrive."""

    contract_id: int
    side: Side
    price: int
    quantity: int


def decide_amendment(market: Market, asked: SubmitAmendment, time: int) -> Decided:
    """Reduces in place what only becomes less; anything else is one event that replaces the order."""
    decided = _reduce(market, asked, delayed=False)
    if decided is not None:
        return decided
    if market.delays:
        # A microsecond behind the order, should that have arrived this very moment and wait itself.
        return delayed_amendment(asked, time + market.details.in_play_delay_ms * 1_000 + 1)
    return _replace(market, asked, time, delayed=False)


def decide_waited(market: Market, asked: SubmitAmendment, time: int) -> Decided:
    """The same once it has waited: less may be left of the order than there was, or nothing."""
    return _reduce(market, asked, delayed=True) or _replace(market, asked, time, delayed=True)


def _open_part(market: Market, order_id: int) -> _Open | None:
    waiting = market.delay.waiting.get(order_id)
    if waiting is not None:
        return _Open(waiting.contract_id, waiting.side, waiting.price, waiting.quantity)
    contract_id = market.resting.get(order_id)
    if contract_id is None:
        return None
    resting = market.books[contract_id].get(order_id)
    assert resting is not None, f"order {order_id} rests in no book"
    return _Open(contract_id, resting.side, resting.price, resting.quantity)


def _reduce(market: Market, asked: SubmitAmendment, *, delayed: bool) -> OrderReduced | AmendMissed | None:
    """What needs no arrival; None: it does."""
    identity = (asked.order_id, asked.account_id)
    order = _open_part(market, asked.order_id)
    if order is None:
        return AmendMissed(asked.market_id, *identity, Reason.TOO_LATE, delayed)
    executed = asked.quantity_before - order.quantity
    left = max(0, asked.quantity - executed)
    if left and (asked.price != order.price or left > order.quantity):
        return None
    return OrderReduced(
        asked.market_id,
        order.contract_id,
        *identity,
        order.side,
        order.price,
        executed + left,
        order.quantity - left,
        left,
        delayed,
        asked.order_id in market.delay.waiting,
    )


def _replace(
    market: Market, asked: SubmitAmendment, time: int, *, delayed: bool
) -> OrderReplaced | AmendMissed:
    identity = (asked.order_id, asked.account_id)
    order = _open_part(market, asked.order_id)
    assert order is not None, "what isn't there any more was missed before"
    left = asked.quantity - (asked.quantity_before - order.quantity)
    arrival = market.decide_arrival(
        SubmitOrder(
            asked.market_id,
            order.contract_id,
            *identity,
            order.side,
            asked.price,
            left,
            asked.time_in_force,
            asked.conditions,
        ),
        time,
    )
    if isinstance(arrival, OrderRejected):
        return AmendMissed(asked.market_id, *identity, arrival.reason, delayed)
    return OrderReplaced(
        asked.market_id,
        order.contract_id,
        *identity,
        order.side,
        order.price,
        order.quantity,
        asked.quantity,
        arrival,
        delayed,
    )
