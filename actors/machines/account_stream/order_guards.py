"""Owns the guards that an order climbs, placed or replaced: its terms, how many orders and prices there are.

Never looks at funds or at a book.
Called by the account machine and by the decisions of amendments.
"""

from collections.abc import Mapping

from actors.machines import limits
from actors.machines.account_stream.position import Position
from actors.machines.messages.answers import Refused
from actors.machines.messages.parts import Terms
from actors.machines.messages.words import Reason


def refuse_terms(
    terms: Terms, index: Mapping[int, int], contract_id: int, price: int, quantity: int
) -> Refused | None:
    """Whether the market has such an order: the contract, its price, its size. ``index``: its contracts."""
    if contract_id not in index:
        return Refused(Reason.CONTRACT_NOT_FOUND, "The market has no such contract.", "contract_id")
    if not terms.allows(price):
        nearest = " and ".join([str(each) for each in terms.nearest(price)])
        detail = f"The price is not on the market's ladder; next to it is {nearest}."
        return Refused(Reason.INVALID_PRICE, detail, "price")
    if quantity > terms.quantity_max:
        return Refused(
            Reason.LIMIT_EXCEEDED, f"An order in this market is of {terms.quantity_max} at most.", "quantity"
        )
    return None


def refuse_more(live_orders: int, position: Position | None) -> Refused | None:
    """Whether a member with so many live orders, and this position in the market, may have another one."""
    if live_orders >= limits.LIVE_ORDERS_PER_ACCOUNT_MAX:
        return Refused(Reason.LIMIT_EXCEEDED, f"At most {limits.LIVE_ORDERS_PER_ACCOUNT_MAX} live orders.")
    if position is not None and len(position.live) >= limits.LIVE_ORDERS_PER_ACCOUNT_AND_MARKET_MAX:
        most = limits.LIVE_ORDERS_PER_ACCOUNT_AND_MARKET_MAX
        return Refused(Reason.LIMIT_EXCEEDED, f"At most {most} live orders in one market.")
    return None


def refuse_price_level(position: Position | None, contract_id: int, price: int) -> Refused | None:
    """Whether the member has orders at as many prices of the contract as one may, and none at this one."""
    if position is None or position.has_room_at(contract_id, price):
        return None
    most = limits.PRICE_LEVELS_PER_MEMBER_AND_CONTRACT_MAX
    return Refused(Reason.LIMIT_EXCEEDED, f"At most {most} prices with live orders in one contract.", "price")
