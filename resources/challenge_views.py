"""Owns how a challenge looks in the API: to its two members, to who has its link, and as its commands answer.

Never decides what a command does; what nobody may see is ``None`` here.
Called by the resources of challenges.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines.account_stream.exposure import risk
from actors.machines.messages.answers import OrderResult
from actors.machines.messages.challenges import OfferChallenge
from actors.machines.messages.words import ChallengeState, OrderState, Side
from actors.machines.money import format_money
from couch_views.challenge_shapes import ChallengeDocument
from couch_views.formats import format_time
from couch_views.queries.reading import Reads
from couch_views.relation_shapes import block_document_id
from couch_views.shapes import fields_of
from resources.challenge_links import ChallengeLinks
from resources.representations import Json, shown
from resources.toolkit.visitor import Member

FIELDS: Final = fields_of(ChallengeDocument, hidden=("challenger_id", "opponent_id", "acceptor_id"))
_OF_THE_TWO: Final = ("acceptor", "execution")


def may_challenge(documents: Reads, challenger_id: int, opponent_id: int) -> bool:
    """Whether one member may challenge, or accept from, another: neither has blocked the other."""
    pairs = ((challenger_id, opponent_id), (opponent_id, challenger_id))
    blocks = documents.get_many([block_document_id(*pair) for pair in pairs])
    return not any(block is not None and block["active"] for block in blocks)


def as_seen_by(
    document: ChallengeDocument | None, visitor: Member | None, key: str | None, links: ChallengeLinks
) -> Json | None:
    """What somebody sees of a challenge; ``None``: nothing, not even that there is one.

    All of it is for who is in it. Who has the link sees what is offered, not what others made of it.
    """
    if document is None:
        return None
    challenge_id = int(document["id"])
    account_id = None if visitor is None else str(visitor.account_id)
    everything = shown(document, FIELDS)
    if account_id is not None:
        if account_id == document["challenger_id"]:
            return _with_link(everything, challenge_id, links)
        if account_id in {document["opponent_id"], document["acceptor_id"]}:
            return everything
    if document["opponent_id"] is None and links.opens(challenge_id, key):
        return everything | dict.fromkeys(_OF_THE_TWO)
    return None


def as_offered(command: OfferChallenge, order: OrderResult, username: str, links: ChallengeLinks) -> Json:
    """A challenge as its challenger is answered: as its document will say."""
    other = Side.SELL if command.side is Side.BUY else Side.BUY
    created = format_time(order.created_time)
    challenge: Json = {
        "id": str(order.order_id),
        "state": "pending" if order.state is OrderState.PENDING else ChallengeState.OFFERED.value,
        "market_id": str(command.market_id),
        "contract_id": str(command.contract_id),
        "side": command.side,
        "price": command.price,
        "quantity": command.quantity,
        "stake": format_money(risk(command.side, command.price, command.quantity)),
        "opponent_stake": format_money(risk(other, command.price, command.quantity)),
        "challenger": username,
        "opponent": command.offer.opponent,
        "acceptor": None,
        "message": command.offer.words,
        "expires_datetime": format_time(command.offer.expires_time),
        "created_datetime": created,
        "last_modified_datetime": created,
        "execution": None,
    }
    return _with_link(challenge, order.order_id, links)


def as_accepted(challenge: Json, order: OrderResult, username: str) -> Json:
    """A challenge as who accepted it is answered, once the market has spoken."""
    time = format_time(order.modified_time)
    (fill,) = order.fills
    execution = {
        "execution_id": str(fill.execution_id),
        "price": fill.price,
        "quantity": fill.quantity,
        "created_datetime": time,
    }
    state = ChallengeState.ACCEPTED.value
    return {
        **challenge,
        "state": state,
        "acceptor": username,
        "last_modified_datetime": time,
        "execution": execution,
    }


def _with_link(challenge: Mapping[str, object], challenge_id: int, links: ChallengeLinks) -> Json:
    if challenge["opponent"] is not None:
        return dict(challenge)
    return {**challenge, "link": links.link_to(challenge_id)}
