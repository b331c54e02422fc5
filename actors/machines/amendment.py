"""Owns what a market decides of an amendment: the order shrinks in its place, or leaves it and arrives anew.

Never changes a book, and knows no funds: what the amendment may cost was reserved before it came here.
Called by the markets machine.

What was executed of an order stays so: of the new total, that is taken off first. Who asks for no more than
was executed gets just that: nothing of the order stays open. A halted market lets orders shrink, not arrive.
"""

from actors.machines.market import Market
from actors.machines.messages.amendments import SubmitAmendment
from actors.machines.messages.events import AmendMissed, OrderReduced, OrderRejected, OrderReplaced
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import Reason


def decide_amendment(
    market: Market, asked: SubmitAmendment, time: int
) -> OrderReduced | OrderReplaced | AmendMissed:
    """Reduces in place what only becomes less; anything else is one event that replaces the order."""
    identity = (asked.order_id, asked.account_id)
    contract_id = market.resting.get(asked.order_id)
    resting = None if contract_id is None else market.books[contract_id].get(asked.order_id)
    if contract_id is None or resting is None:
        return AmendMissed(asked.market_id, *identity, Reason.TOO_LATE)
    executed = asked.quantity_before - resting.quantity
    left = asked.quantity - executed
    side, price, before = resting.side, resting.price, resting.quantity
    if left <= 0 or (asked.price == price and left <= before):
        left = max(0, left)
        total = executed + left
        return OrderReduced(asked.market_id, contract_id, *identity, side, price, total, before - left, left)
    anew = SubmitOrder(
        asked.market_id,
        contract_id,
        *identity,
        side,
        asked.price,
        left,
        asked.time_in_force,
        asked.conditions,
    )
    arrival = market.decide_order(anew, time)
    if isinstance(arrival, OrderRejected):
        return AmendMissed(asked.market_id, *identity, arrival.reason)
    return OrderReplaced(
        asked.market_id, contract_id, *identity, side, price, before, asked.quantity, arrival
    )
