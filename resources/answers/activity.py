"""Owns the shapes of what is said of activity: entries, with as much of them as their members let be seen.

Never says who sees what: the filter does.
Called by the declarations of resources.
"""

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from actors.machines.messages.social_words import EntryKind
from actors.machines.messages.words import Side, TimeInForce
from resources.answers.general import PaginationBothWays
from resources.answers.values import AveragePrice, EntryId, Id, Money, Price, Quantity, Time, Username


class EntryMember(TypedDict):
    """Whose entry it is."""

    username: Username
    display_name: str


class NamedThing(TypedDict):
    """What an entry is about: a market, its event, a contract."""

    id: Id
    name: str


class ActivityEntry(TypedDict):
    """Something that happened. What isn't there is not for who looks, or not of this kind."""

    id: EntryId
    kind: EntryKind
    sentence: Annotated[
        str, Meta(description="All of it in words.", examples=["Grace opened a position in Winner."])
    ]
    member: EntryMember | None
    market: NamedThing | None
    event: NamedThing | None
    created_datetime: Annotated[
        Time, Meta(description="Of trades, challenges and badges to the minute for who may not see amounts.")
    ]
    step: NotRequired[
        Annotated[str, Meta(description="What it came to: opened, closed, halted, settled, corrected...")]
    ]
    reason: NotRequired[str | None]
    winners: NotRequired[list[NamedThing]]
    contract: NotRequired[NamedThing]
    side: NotRequired[Side]
    price: NotRequired[Price | None]
    average_price: NotRequired[AveragePrice | None]
    quantity: NotRequired[Quantity]
    profit: NotRequired[Annotated[Money | None, Meta(description="After commission; of what is closed.")]]
    commission: NotRequired[Money]
    outcome: NotRequired[Annotated[str, Meta(description="won, lost, even or void.")]]
    order_id: NotRequired[Id]
    type: NotRequired[TimeInForce]
    role: NotRequired[Annotated[str, Meta(description="maker or taker.")]]
    challenge_id: NotRequired[Id | None]
    ending: NotRequired[
        Annotated[
            str | None,
            Meta(description="How one's challenge ended: declined, withdrawn, expired or cancelled."),
        ]
    ]
    other_username: NotRequired[Annotated[Username | None, Meta(description="Whom else it tells of.")]]
    followed: NotRequired[Annotated[str, Meta(description="member, market or event.")]]
    badge: NotRequired[str]
    level: NotRequired[int]
    comment_id: NotRequired[Id]


class PrivateFeedShown(TypedDict):
    """The private feed that one has."""

    path: Annotated[str, Meta(description="Its secret address; with `?stream=own`: what one did oneself.")]


class PrivateFeedAnswer(TypedDict):
    """One's private feed, if there is one."""

    feed: PrivateFeedShown | None


class ActivityPage(TypedDict):
    """What happened, newest first."""

    activity: list[ActivityEntry]
    pagination: PaginationBothWays
