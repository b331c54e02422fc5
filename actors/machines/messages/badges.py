"""Owns what is said of badges: that a member earned one, and that one is counted from here on.

Never says what earns a badge: its declaration does.
Called by the badges slice, the rebuild of badges and the projection.
"""

from typing import Annotated

import msgspec

from actors.machines.messages.base import Count, Identity, Message, Part, Time

BadgeName = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z-]*\\Z")]
BadgeKey = int | str
"""What a badge counts once: a market, a category."""


class BadgeContent(Message):
    """A level of a badge was earned. Levels count from 1."""

    badge: BadgeName
    level: Identity


class BadgeEarned(Message):
    """Once for each level. ``entry_id`` is the entry that earned it, ``time`` is that entry's."""

    account_id: Identity
    username: str
    badge: BadgeName
    level: Identity
    entry_id: Identity
    time: Time


class MemberTally(Part):
    """How far a member is, and what of it can't be counted again."""

    account_id: Identity
    count: Count
    keys: tuple[BadgeKey, ...] = ()


class BadgeCounted(Message):
    """The past was counted for a badge, by the declaration with this fingerprint; from here on it goes on.

    What was counted comes in several events where there is much of it: it holds from the one that ``ends``.
    ``earned`` stands for a ``BadgeEarned`` each.
    """

    badge: BadgeName
    fingerprint: str
    begins: bool = True
    ends: bool = True
    tallies: tuple[MemberTally, ...] = ()
    earned: tuple[BadgeEarned, ...] = ()


BadgeEvent = BadgeEarned | BadgeCounted
