"""Owns what becomes of an order on its arrival: what it trades, what rests, what is cancelled and why.

Never changes a book, and knows neither funds nor states of the market: it says what would happen now.
Called by the market machine, for what arrives and for whoever asks what would become of an order.

A post-only order is rejected if it meets anything on the other side, an order of its own account included.
An order that meets one of its own account is stopped there (``cancel_taker``), or the one that it meets is
cancelled and it goes on (``cancel_maker``). A fill_or_kill order trades in full or changes nothing: what lies
behind an order that stops it doesn't count, nor do orders of its own account. An order that would trade more
sets than one may is cancelled there.
"""

from collections.abc import Mapping

from actors.machines.book.interface import Match, Matcher, Resting
from actors.machines.messages.book_events import OrderMatched, OrderRejected
from actors.machines.messages.parts import OwnOrder
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import Reason, SelfTrade, TimeInForce

_CANCEL_MAKER = SelfTrade.CANCEL_MAKER
_CANCELLED_ONLY = TimeInForce.GOOD_TIL_CANCELLED


def decide_arrival(
    book: Matcher,
    order: SubmitOrder,
    first_execution_id: int,
    time: int,
    contract_of: Mapping[int, int],
    delayed: bool = False,  # noqa: FBT001, FBT002 - the hot path, where a name costs
) -> OrderMatched | OrderRejected:
    """Matches an order against its contract's book, as far as its time in force and its conditions allow.

    ``contract_of``: resting orders -> their contract.
    """
    conditions = order.conditions
    match = book.match(
        order.account_id,
        order.side,
        order.price,
        order.quantity,
        first_execution_id,
        conditions.self_trade is _CANCEL_MAKER,
    )
    if conditions.post_only and (match.crossed_self or match.own or match.left != order.quantity):
        would_trade = Reason.POST_ONLY_WOULD_TRADE
        return OrderRejected(order.market_id, order.order_id, order.account_id, would_trade, delayed)
    reason = None
    if match.left and (match.crossed_self or match.cut or order.time_in_force is not _CANCELLED_ONLY):
        match, reason = _unfilled(match, order)
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
        _own_orders(match.own, contract_of) if match.own else (),
        order.time_in_force,
        conditions.good_til,
        delayed,
        match.sets,
    )


def _unfilled(match: Match, order: SubmitOrder) -> tuple[Match, Reason | None]:
    """What an order trades of which something is left, and why that doesn't rest."""
    if order.time_in_force is TimeInForce.FILL_OR_KILL:
        return Match((), order.quantity, False), Reason.INSUFFICIENT_LIQUIDITY
    if match.crossed_self:
        return match, Reason.SELF_TRADE
    if match.cut:
        return match, Reason.LIMIT_EXCEEDED
    immediate = order.time_in_force is TimeInForce.IMMEDIATE_OR_CANCEL
    return match, Reason.INSUFFICIENT_LIQUIDITY if immediate else None


def _own_orders(own: tuple[Resting, ...], contract_of: Mapping[int, int]) -> tuple[OwnOrder, ...]:
    return tuple(
        OwnOrder(contract_of[order.order_id], order.order_id, order.side, order.price, order.quantity)
        for order in own
    )
