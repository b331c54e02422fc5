"""Owns previews: what would become of an order, decided by what decides orders, and nothing changes.

Never logs, never reserves: by the time that the order comes, others may have come before it.
Called by the turn, for a question to a market's stream and then one to the member's.
"""

from actors.machines.account import Spot
from actors.machines.accounts import Accounts
from actors.machines.accounts_decide import decide_order
from actors.machines.executions import own_fills
from actors.machines.markets import Markets
from actors.machines.messages.answers import MatchPreview, OrderPreview, Refused
from actors.machines.messages.book_events import OrderDelayed, OrderMatched, OrderRejected
from actors.machines.messages.commands import PlaceOrder, PreviewMatch, PreviewOrder
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import MarketState, Reason
from actors.machines.position import Position

NO_ORDER = 0
"""The id of what is only looked at."""


def preview_match(state: Markets, asked: PreviewMatch, time: int) -> MatchPreview | Refused:
    """What the market would make of an order that arrived now. In play: as if its delay were over."""
    market = state.markets.get(asked.order.market_id)
    if market is None:
        return Refused(Reason.MARKET_NOT_FOUND, "There is no such market.", "market_id")
    order = _submission(asked)
    decided = market.decide_order(order, time)
    delay_ms = 0
    if isinstance(decided, OrderDelayed):
        delay_ms = market.details.in_play_delay_ms
        decided = market.decide_arrival(order, time)
    if isinstance(decided, OrderRejected):
        return Refused(decided.reason, "The market would reject the order.")
    return _preview(decided, delay_ms, collected=market.state is MarketState.AUCTION)


def preview_order(state: Accounts, asked: PreviewOrder, time: int) -> OrderPreview | Refused:
    """What the account would be, were the order placed, and matched as the market says."""
    account = state.accounts.get(asked.account_id)
    if account is None:
        return Refused(Reason.NOT_FOUND, "There is no such account.")
    order, matched = asked.order, asked.matched
    placed = decide_order(state, account, order, Spot(0, 0, time))
    if isinstance(placed, Refused):
        return placed
    market = state.markets[order.market_id]
    terms = market.terms
    assert terms is not None, "an order was accepted"
    position = account.positions.get(order.market_id) or Position(terms, market.index, market.voided)
    cancelled = [account.orders[order_id] for order_id in matched.cancelled if order_id in position.live]
    left = matched.left if matched.reason is None else 0
    open_part = (placed.contract_id, placed.side, placed.price, left)
    market_exposure = position.exposure_instead_of(cancelled, *open_part, matched.fills)
    exposure = account.exposure - position.exposure + market_exposure
    return OrderPreview(
        account.balance,
        account.exposure,
        exposure,
        position.exposure,
        market_exposure,
        placed.price,
        terms.commission,
    )


def _submission(asked: PreviewMatch) -> SubmitOrder:
    order: PlaceOrder = asked.order
    return SubmitOrder(
        order.market_id,
        order.contract_id,
        NO_ORDER,
        asked.account_id,
        order.side,
        order.price,
        order.quantity,
        order.time_in_force,
        order.conditions,
    )


def _preview(matched: OrderMatched, delay_ms: int, *, collected: bool) -> MatchPreview:
    cancelled = tuple([own.order_id for own in matched.cancelled])
    return MatchPreview(own_fills(matched), matched.left, matched.reason, cancelled, delay_ms, collected)
