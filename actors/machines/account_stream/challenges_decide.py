"""Owns what an account stream decides of challenges: to offer one, to take the other side of one.

Never looks at other members' accounts or at the market: the market's word follows, as for any order.
Called by the decisions of account streams.

What is offered or accepted is an order in every respect but the book: the guards of an order hold for both.
"""

from msgspec import structs

from actors.machines import limits
from actors.machines.account_stream.account import Account, KnownMarket, Spot
from actors.machines.messages.answers import Refused
from actors.machines.messages.challenges import AcceptChallenge, OfferChallenge
from actors.machines.messages.commands import PlaceOrder
from actors.machines.messages.events import OrderPlaced
from actors.machines.messages.words import Reason, Side


def decide_offer(
    account: Account, market: KnownMarket | None, command: OfferChallenge, order_id: int, spot: Spot
) -> OrderPlaced | Refused:
    """Accepts an offer, or refuses it with the first rung of the ladder that it fails."""
    offer = command.offer
    if offer.opponent_id == account.account_id:
        return Refused(Reason.CROSSED_SELF, "Nobody challenges themselves.", "opponent")
    if offer.expires_time <= spot.time:
        return Refused(Reason.INVALID_EXPIRY, "The time has passed already.", "expires_datetime")
    if offer.expires_time > spot.time + limits.CHALLENGE_LIFE_MAX_US:
        days = limits.CHALLENGE_LIFE_MAX_US // limits.DAY_US
        return Refused(Reason.INVALID_EXPIRY, f"At most {days} days from now.", "expires_datetime")
    if account.open_challenges >= limits.OPEN_CHALLENGES_PER_ACCOUNT_MAX:
        most = limits.OPEN_CHALLENGES_PER_ACCOUNT_MAX
        return Refused(Reason.LIMIT_EXCEEDED, f"At most {most} open challenges.")
    order = PlaceOrder(command.market_id, command.contract_id, command.side, command.price, command.quantity)
    placed = account.decide_place(market, order, order_id, spot)
    if isinstance(placed, Refused):
        return placed
    return structs.replace(placed, challenge_id=order_id, offer=offer)


def decide_acceptance(
    account: Account, market: KnownMarket | None, command: AcceptChallenge, order_id: int, spot: Spot
) -> OrderPlaced | Refused:
    """Accepts the other side of a challenge at its price; whether it is still open is the market's to say."""
    if command.challenge_id in account.orders:
        return Refused(Reason.CROSSED_SELF, "Nobody accepts their own challenge.")
    side = Side.SELL if command.side is Side.BUY else Side.BUY
    order = PlaceOrder(command.market_id, command.contract_id, side, command.price, command.quantity)
    placed = account.decide_place(market, order, order_id, spot)
    return (
        placed if isinstance(placed, Refused) else structs.replace(placed, challenge_id=command.challenge_id)
    )
