"""Owns the words of members' activity: kinds of entries, audiences, levels of detail.

Never holds behaviour: the machines and the filter say what the words do.
Called by every module that names one of them.
"""

from enum import StrEnum, unique


@unique
class EntryKind(StrEnum):
    """What an entry of an activity stream is about."""

    JOINED = "joined"
    ORDER = "order"
    FILL = "fill"
    POSITION = "position"
    SETTLEMENT = "settlement"
    FOLLOW = "follow"
    CHALLENGE = "challenge"
    BADGE = "badge"
    COMMENT = "comment"
    NEWS = "news"


@unique
class CommentState(StrEnum):
    """Where a comment is in its life: hidden by staff, or deleted by its author."""

    WRITTEN = "written"
    HIDDEN = "hidden"
    DELETED = "deleted"


@unique
class Audience(StrEnum):
    """Who may see something of a member, from the widest on; each includes those after it."""

    EVERYONE = "everyone"
    MEMBERS = "members"
    FOLLOWERS = "followers"
    ONLY_ME = "only_me"


@unique
class Detail(StrEnum):
    """How much of it they see, from the least on; each includes those before it."""

    TRADED = "traded"
    SIDE = "side"
    PRICE = "price"
    AMOUNT = "amount"
    PROFIT = "profit"


@unique
class PrivacyKind(StrEnum):
    """What a member sets an audience and a detail for: kinds of entries, and what is no entry."""

    ORDER = "order"
    FILL = "fill"
    POSITION = "position"
    SETTLEMENT = "settlement"
    FOLLOW = "follow"
    CHALLENGE = "challenge"
    BADGE = "badge"
    COMMENT = "comment"
    LEADERBOARDS = "leaderboards"
    FOLLOWERS = "followers"
