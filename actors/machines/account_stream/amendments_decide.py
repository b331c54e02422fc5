"""Owns what an account stream decides of amendments: to ask the market for one, and what its refusal frees.

Never looks at a book: whether anything of the order still rests is the market's to say.
Called by the decisions of account streams.

Less of an order at the same price risks nothing new, so it is let through whatever trades or doesn't. All
else is a replacement, for which the guards of an order hold; until the market's word, funds are reserved for
the worse of the old order and the new one, whatever of the old one fills meanwhile.
"""

from msgspec import structs

from actors.machines.account_stream.account import Account, KnownMarket, Spot
from actors.machines.account_stream.order import Order
from actors.machines.account_stream.order_guards import refuse_price_level, refuse_terms
from actors.machines.messages.amendments import AmendmentRefused, AmendOrder, AmendRefused, AmendRequested
from actors.machines.messages.answers import Refused
from actors.machines.messages.events import ItemAnswered
from actors.machines.messages.parts import Amended
from actors.machines.messages.words import Reason, TimeInForce


def decide_amend(
    account: Account, markets: dict[int, KnownMarket], command: AmendOrder, spot: Spot, *, halted: bool
) -> AmendRequested | ItemAnswered | Refused:
    """Asks the market for it, or refuses it with the first rung of the ladder that it fails.

    What would change nothing is answered at once. ``halted``: the whole exchange is.
    """
    order = account.orders.get(command.order_id)
    if order is None:
        return Refused(Reason.NOT_FOUND, "There is no such order.", "order_id")
    if not order.live:
        return Refused(Reason.NOT_LIVE, f"The order is {order.state}.", "order_id")
    if order.challenge_id:
        return Refused(Reason.NOT_ALLOWED, "A challenge is withdrawn and offered anew, not amended.")
    if order.amendment is not None:
        return Refused(Reason.AMENDMENT_PENDING, "An amendment of it is on its way.", "order_id")
    if order.time_in_force is TimeInForce.MARKET and command.price is not None:
        return Refused(Reason.INVALID_PRICE, "A market order has no price.", "price")
    price = order.price if command.price is None else command.price
    amendment = Amended(price, command.quantity)
    if amendment == Amended(order.price, order.quantity):
        result = order.result(account.balance, account.exposure)
        return ItemAnswered(account.account_id, spot.request_id, spot.item, result)
    if price != order.price or command.quantity > order.quantity:
        refused = _refuse_replacement(account, markets[order.market_id], order, amendment, halted=halted)
        if refused is not None:
            return refused
    exposures = _exposures(account, order, amendment)
    if account.balance < exposures[0] and exposures[0] > account.exposure:
        return Refused(Reason.INSUFFICIENT_FUNDS, "The order would risk more than is available.")
    place = (account.account_id, order.order_id, order.market_id, spot.request_id, spot.item)
    conditions = structs.replace(order.conditions, market_version=0)  # that was for its first arrival
    terms = (price, command.quantity, order.quantity, order.time_in_force, conditions)
    return AmendRequested(*place, *terms, *exposures)


def decide_refusal(account: Account, message: AmendmentRefused) -> AmendRefused:
    """The market's word that it stays as it was; of an order that has ended meanwhile nothing is reserved."""
    order = account.orders.get(message.order_id)
    exposures = (account.exposure, account.positions[message.market_id].exposure)
    if order is not None and order.amendment is not None:
        exposures = _exposures(account, order, None)
    place = (account.account_id, message.order_id, message.market_id)
    return AmendRefused(*place, message.reason, *exposures)


def _refuse_replacement(
    account: Account, market: KnownMarket, order: Order, amendment: Amended, *, halted: bool
) -> Refused | None:
    """The guards of an order, for one that is to arrive anew."""
    if halted:
        return Refused(Reason.TRADING_SUSPENDED, "The exchange is halted.")
    if market.verdict is not None:
        return Refused(Reason.MARKET_SETTLED, "The market is settled.")
    if market.voided and market.index[order.contract_id] in market.voided:
        return Refused(Reason.CONTRACT_VOIDED, "The contract was taken out of the market.")
    assert market.terms is not None, "an order lives in a market with terms"
    price, position = amendment.price, account.positions[order.market_id]
    return refuse_terms(
        market.terms, market.index, order.contract_id, price, amendment.quantity
    ) or refuse_price_level(position, order.contract_id, price)


def _exposures(account: Account, order: Order, amendment: Amended | None) -> tuple[int, int]:
    """Of the account and of the market, were this amendment of the order on its way."""
    position = account.positions[order.market_id]
    market_exposure = position.exposure_amending(order, amendment)
    return account.exposure - position.exposure + market_exposure, market_exposure
