"""Owns the shapes of what is said of badges.

Never says who sees what: the filter does.
Called by the declarations of resources.
"""

from typing import Annotated, TypedDict

from msgspec import Meta

from actors.machines.messages.social_words import Detail
from resources.answers.values import EntryId, Time

BadgeName = Annotated[str, Meta(pattern="^[a-z][a-z-]*$", examples=["trader"])]


class BadgeLevel(TypedDict):
    level: Annotated[int, Meta(ge=1)]
    title: str
    needed: Annotated[int, Meta(ge=1, description="What has to be counted; quantities are in 1/10000.")]


class Badge(TypedDict):
    """Something that can be earned, in several levels."""

    name: BadgeName
    title: str
    description: str
    tells: Annotated[
        Detail, Meta(description="The detail of `badge` that a member must have set for others to see it.")
    ]
    levels: list[BadgeLevel]


class Badges(TypedDict):
    """All badges that can be earned."""

    badges: list[Badge]


class EarnedLevel(TypedDict):
    level: Annotated[int, Meta(ge=1)]
    title: str
    earned_datetime: Annotated[Time, Meta(description="To the minute for who may not see amounts.")]
    entry_id: Annotated[EntryId | None, Meta(description="The entry that earned it, if it is for who looks.")]


class EarnedBadge(TypedDict):
    """A badge that a member has, and its levels that they have earned."""

    name: BadgeName
    title: str
    description: str
    levels: list[EarnedLevel]


class MemberBadges(TypedDict):
    """A member's badges, as far as who looks may see them."""

    badges: list[EarnedBadge]
