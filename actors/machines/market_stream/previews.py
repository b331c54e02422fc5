"""Owns the market's half of a preview: what would become of an order, decided by what decides orders.

Never changes anything: by the time that the order comes, others may have come before it.
Called by the turn, for a question to a market's stream.
"""

from typing import Final

from actors.machines.market_stream.executions import own_fills
from actors.machines.market_stream.markets import Markets
from actors.machines.messages.answers import MatchPreview, Refused
from actors.machines.messages.book_events import OrderDelayed, OrderMatched, OrderRejected
from actors.machines.messages.commands import PlaceOrder, PreviewMatch
from actors.machines.messages.parts import Terms
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import MarketState, Reason, TimeInForce

NO_ORDER: Final = 0
"""The id of what is only looked at."""


def preview_match(state: Markets, asked: PreviewMatch, time: int) -> MatchPreview | Refused:
    """What the market would make of an order that arrived now. In play: as if its delay were over."""
    market = state.markets.get(asked.order.market_id)
    if market is None:
        return Refused(Reason.MARKET_NOT_FOUND, "There is no such market.", "market_id")
    order = _submission(asked, market.details.terms)
    decided = market.decide_order(order, time)
    delay_ms = 0
    if isinstance(decided, OrderDelayed):
        delay_ms = market.details.in_play_delay_ms
        decided = market.decide_arrival(order, time)
    if isinstance(decided, OrderRejected):
        return Refused(decided.reason, "The market would reject the order.")
    return _preview(decided, delay_ms, collected=market.state is MarketState.AUCTION)


def _submission(asked: PreviewMatch, terms: Terms) -> SubmitOrder:
    """The order as its account would send it: a market order at the worst price that it may trade at."""
    order: PlaceOrder = asked.order
    is_market = order.time_in_force is TimeInForce.MARKET
    return SubmitOrder(
        order.market_id,
        order.contract_id,
        NO_ORDER,
        asked.account_id,
        order.side,
        terms.worst_price(order.side) if is_market else order.price,
        order.quantity,
        order.time_in_force,
        order.conditions,
    )


def _preview(matched: OrderMatched, delay_ms: int, *, collected: bool) -> MatchPreview:
    cancelled = tuple([own.order_id for own in matched.cancelled])
    return MatchPreview(own_fills(matched), matched.left, matched.reason, cancelled, delay_ms, collected)
