"""Owns the documents of challenges: offered, accepted, ended.

Never touches what is public of a market: a challenge trades beside its books.
Called through the table.
"""

from collections.abc import Iterator

from actors.machines.account_stream.exposure import risk
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeEvent,
    ChallengeOffered,
)
from actors.machines.messages.words import ChallengeState, Side
from actors.machines.money import format_money
from couch_views.challenge_shapes import ChallengeDocument
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import document_id


def challenge_of(event: ChallengeEvent) -> tuple[str, ...]:
    return (document_id("challenge", event.challenge_id),)


def offer(event: ChallengeOffered, at: Moment) -> Iterator[ChallengeDocument]:
    offered = event.offer
    other = Side.SELL if event.side is Side.BUY else Side.BUY
    created = format_time(event.created_time)
    yield {
        "_id": document_id("challenge", event.challenge_id),
        "kind": "challenge",
        "stream": at.stream,
        "sequence": at.sequence,
        "challenger_id": str(event.account_id),
        "opponent_id": str(offered.opponent_id) if offered.opponent_id else None,
        "acceptor_id": None,
        "id": str(event.challenge_id),
        "state": ChallengeState.OFFERED.value,
        "market_id": str(event.market_id),
        "contract_id": str(event.contract_id),
        "side": str(event.side),
        "price": event.price,
        "quantity": event.quantity,
        "stake": format_money(risk(event.side, event.price, event.quantity)),
        "opponent_stake": format_money(risk(other, event.price, event.quantity)),
        "challenger": event.username,
        "opponent": offered.opponent,
        "acceptor": None,
        "message": offered.words,
        "expires_datetime": format_time(offered.expires_time),
        "created_datetime": created,
        "last_modified_datetime": created,
        "execution": None,
    }


def accept(challenge: ChallengeDocument, event: ChallengeAccepted, _: Moment) -> ChallengeDocument:
    time = format_time(event.time)
    return {
        **challenge,
        "state": ChallengeState.ACCEPTED.value,
        "acceptor_id": str(event.acceptor_id),
        "acceptor": event.acceptor,
        "last_modified_datetime": time,
        "execution": {
            "execution_id": str(event.execution_id),
            "price": event.price,
            "quantity": event.quantity,
            "created_datetime": time,
        },
    }


def end(challenge: ChallengeDocument, event: ChallengeEnded, at: Moment) -> ChallengeDocument:
    return {**challenge, "state": event.state.value, "last_modified_datetime": format_time(at.time)}
