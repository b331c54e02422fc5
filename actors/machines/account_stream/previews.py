"""Owns the account's half of a preview: what it would be after an order, matched as its market says.

Never logs, never reserves: by the time that the order comes, others may have come before it.
Called by the questions of an account stream.
"""

from actors.machines.account_stream.account import Spot
from actors.machines.account_stream.accounts import Accounts
from actors.machines.account_stream.accounts_decide import decide_order
from actors.machines.account_stream.position import Position
from actors.machines.messages.answers import OrderPreview, Refused
from actors.machines.messages.commands import PreviewOrder
from actors.machines.messages.words import Reason


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
