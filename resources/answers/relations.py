"""Owns the answers about who follows whom and what, about blocks and mutes, and about privacy settings.

Never says who sees what: the filter does.
Called by the declarations of resources.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from actors.machines.messages.social_words import Audience, Detail
from resources.answers.general import Pagination
from resources.answers.values import Id, Time, Username


class Follow(TypedDict):
    """What is followed: a member by name, a market or an event by id."""

    type: Literal["member", "market", "event"]
    username: NotRequired[Username | None]
    market_id: NotRequired[Id]
    event_id: NotRequired[Id]
    created_datetime: NotRequired[Annotated[Time, Meta(description="Since when.")]]


class FollowAnswer(TypedDict):
    follow: Follow


class Following(TypedDict):
    """What somebody follows, newest first, as far as it may be seen."""

    following: list[Follow]
    pagination: Pagination


class Follower(TypedDict):
    """Who follows, and since when."""

    username: Username
    created_datetime: Time


class Followers(TypedDict):
    """Who follows a member, newest first: those who let it be seen, if the member does."""

    followers: list[Follower]
    count: NotRequired[
        Annotated[int | None, Meta(description="How many are to be seen; null: too many to say.")]
    ]
    pagination: Pagination


class Other(TypedDict):
    """Who was blocked or muted."""

    username: Username | None
    created_datetime: NotRequired[Annotated[Time, Meta(description="Since when.")]]


class BlockAnswer(TypedDict):
    block: Other


class Blocks(TypedDict):
    """Whom one has blocked."""

    blocks: list[Other]
    pagination: Pagination


class MuteAnswer(TypedDict):
    mute: Other


class Mutes(TypedDict):
    """Whom one has muted."""

    mutes: list[Other]
    pagination: Pagination


class PrivacyOfKind(TypedDict):
    """Who may see it, and how much of it."""

    audience: Annotated[Audience, Meta(description="Each includes those after it.")]
    detail: Annotated[Detail, Meta(description="Each includes those before it.")]


class PrivacySettings(TypedDict):
    order: PrivacyOfKind
    fill: PrivacyOfKind
    position: PrivacyOfKind
    settlement: PrivacyOfKind
    follow: PrivacyOfKind
    challenge: PrivacyOfKind
    badge: PrivacyOfKind
    comment: PrivacyOfKind
    leaderboards: PrivacyOfKind
    followers: PrivacyOfKind


class Privacy(TypedDict):
    """What holds now, for all that ever was."""

    privacy: PrivacySettings
