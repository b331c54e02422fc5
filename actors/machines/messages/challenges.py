"""Owns what is said of challenges: bets that one member offers another (or who has the link).

Never decides; an order of each side carries the money, so executions and positions need no message here.
Called by commands, posted messages, events and answers, which take these into their unions.
"""

from typing import Annotated

import msgspec

from actors.machines import limits
from actors.machines.messages.base import Count, Identity, Message, Part, Price, Quantity, Time, Username
from actors.machines.messages.words import ChallengeState, Reason, Side

Words = Annotated[str, msgspec.Meta(max_length=limits.CHALLENGE_MESSAGE_LENGTH_MAX)]
"""What the challenger says to the opponent; may be empty."""


class Offer(Part):
    """To whom an order is offered, until when, with which words.

    ``opponent_id`` is 0, and ``opponent`` None, where anyone may accept who has the link.
    """

    opponent_id: Count
    opponent: Username | None
    expires_time: Time
    words: Words = ""

    def __post_init__(self) -> None:
        if (self.opponent_id == 0) != (self.opponent is None):
            message = "an opponent has both an account and a name"
            raise ValueError(message)


# Commands. The side is always the challenger's.


class OfferChallenge(Message):
    """Offers this order to one member or to whom the link is given, until the offer's time.

    The id of the challenge will be that of the challenger's order.
    """

    market_id: Identity
    contract_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    offer: Offer


class AcceptChallenge(Message):
    """Takes the other side of a challenge, on the terms that the member saw."""

    market_id: Identity
    challenge_id: Identity
    contract_id: Identity
    side: Side
    price: Price
    quantity: Quantity


class DeclineChallenge(Message):
    """Ends a challenge that names the member as its opponent."""

    market_id: Identity
    challenge_id: Identity


# From an account stream to a market stream; a decline goes as an instruction.


class SubmitOffer(Message):
    """A challenger's order, funds reserved, to be held until somebody takes its other side.

    ``created_time`` is when the order was accepted.
    """

    market_id: Identity
    contract_id: Identity
    challenge_id: Identity
    account_id: Identity
    username: Username
    side: Side
    price: Price
    quantity: Quantity
    offer: Offer
    created_time: Time


class SubmitAcceptance(Message):
    """The other side's order, funds reserved. ``side`` is that order's own: against the challenger's."""

    market_id: Identity
    contract_id: Identity
    challenge_id: Identity
    order_id: Identity
    account_id: Identity
    username: Username
    side: Side
    price: Price
    quantity: Quantity


# Events of a market stream.


class ChallengeOffered(Message):
    """A challenge is open. ``account_id``, ``username``, ``side`` are the challenger's."""

    market_id: Identity
    contract_id: Identity
    challenge_id: Identity
    account_id: Identity
    username: Username
    side: Side
    price: Price
    quantity: Quantity
    offer: Offer
    created_time: Time


class ChallengeAccepted(Message):
    """The trade between the two: ``order_id`` and ``acceptor...`` are of who accepted."""

    market_id: Identity
    contract_id: Identity
    challenge_id: Identity
    account_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    execution_id: Identity
    order_id: Identity
    acceptor_id: Identity
    acceptor: Username
    time: Time


class OfferedTerms(Part):
    """What was offered to whom. ``opponent_id`` is 0 where nobody was named."""

    contract_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    opponent_id: Count


class ChallengeEnded(Message):
    """A challenge ended without a trade; ``reason`` is why the challenger's order is cancelled.

    ``offered`` is ``None`` in logs from before it was said: then the end has no entry in any activity.
    """

    market_id: Identity
    challenge_id: Identity
    account_id: Identity
    state: ChallengeState
    reason: Reason
    offered: OfferedTerms | None = None


ChallengeEvent = ChallengeOffered | ChallengeAccepted | ChallengeEnded


class ChallengeResult(Message):
    """The answer to who declined."""

    market_id: Identity
    challenge_id: Identity
    state: ChallengeState
