"""Owns the answers about challenges.

Never shows one to who is not in it and has no link to it.
Called by the declarations of resources.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from actors.machines.messages.words import Side
from resources.answers.general import Pagination
from resources.answers.values import Id, Money, Price, Quantity, Time, Username


class ChallengeExecution(TypedDict):
    """The trade that a challenge became; it is in no public list of executions."""

    execution_id: Id
    price: Price
    quantity: Quantity
    created_datetime: Time


class Challenge(TypedDict):
    """A bet that one member offers another, or whom the link is given to, beside the book."""

    id: Annotated[Id, Meta(description="Also that of the challenger's order.")]
    state: Annotated[
        Literal["pending", "offered", "accepted", "declined", "withdrawn", "expired", "cancelled"],
        Meta(description="`pending`: its market has not answered yet."),
    ]
    market_id: Id
    contract_id: Id
    side: Annotated[Side, Meta(description="The challenger's; who accepts takes the other.")]
    price: Price
    quantity: Quantity
    stake: Annotated[Money, Meta(description="What the challenger risks.")]
    opponent_stake: Annotated[Money, Meta(description="What who accepts risks.")]
    challenger: Username
    opponent: Annotated[Username | None, Meta(description="Null: anyone who has the link.")]
    acceptor: Annotated[Username | None, Meta(description="Shown to the two of them alone.")]
    message: str
    expires_datetime: Time
    created_datetime: Time
    last_modified_datetime: Time
    execution: Annotated[ChallengeExecution | None, Meta(description="Shown to the two of them alone.")]
    link: NotRequired[
        Annotated[str, Meta(description="For the challenger, to give away, where no opponent is named.")]
    ]


class ChallengeShown(TypedDict):
    challenge: Challenge


class Challenges(TypedDict):
    """A page of the challenges that one is in, newest first."""

    challenges: list[Challenge]
    pagination: Pagination
