"""Owns what becomes of an order on its arrival: what it trades, what rests, what is cancelled and why.

Never changes a book, and knows neither funds nor states of the market: it says what would happen now.
Called by the market machine, for what arrives and for whoever asks what would become of an order.
"""

from actors.machines.book.interface import Book
from actors.machines.messages.events import OrderMatched
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import Reason, TimeInForce


def decide_arrival(book: Book, order: SubmitOrder, first_execution_id: int, time: int) -> OrderMatched:
    """Matches an order against its contract's book, as far as its time in force allows."""
    match = book.match(order.account_id, order.side, order.price, order.quantity, first_execution_id)
    reason = None
    if match.crossed_self:
        reason = Reason.SELF_TRADE
    elif match.left and order.time_in_force is TimeInForce.IMMEDIATE_OR_CANCEL:
        reason = Reason.INSUFFICIENT_LIQUIDITY
    return OrderMatched(
        order.market_id,
        order.contract_id,
        order.order_id,
        order.account_id,
        order.side,
        order.price,
        order.quantity,
        match.fills,
        match.left,
        reason,
        time,
    )
