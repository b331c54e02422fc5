"""Owns the commands and events of what members have to do with each other: follows, blocks, mutes, privacy.

Never says who may follow whom, or who sees what: the machine and the filter do.
Called by the slices of these, the projection and the resources.
"""

from typing import Annotated, Final

import msgspec

from actors.machines.messages.base import Count, Identity, Message, Part, Time
from actors.machines.messages.social_words import Audience, Detail, PrivacyKind

FOLLOWABLE: Final = "^(member|market|event)/[1-9][0-9]{0,18}\\Z"
Followable = Annotated[str, msgspec.Meta(pattern=FOLLOWABLE)]
"""The name of an activity stream that can be followed."""


class Follow(Message):
    """From now on the member follows this activity stream; again: nothing new."""

    stream: Followable


class Unfollow(Message):
    stream: Followable


class Followed(Message):
    account_id: Identity
    username: str
    stream: Followable
    time: Time


class Unfollowed(Message):
    account_id: Identity
    stream: Followable


class FollowContent(Message):
    """A member began to follow this activity stream; ``other_account_id`` is whose it is, 0: no member's."""

    stream: Followable
    other_account_id: Count = 0


# Blocks and mutes: of one member, by another.


class Block(Message):
    """From now on the two are nothing to each other: neither follows the other, or can."""

    account_id: Identity


class Unblock(Message):
    account_id: Identity


class Mute(Message):
    """The member doesn't want to hear of the other one, who doesn't notice."""

    account_id: Identity


class Unmute(Message):
    account_id: Identity


class Blocked(Message):
    account_id: Identity
    other_account_id: Identity
    time: Time


class Unblocked(Message):
    account_id: Identity
    other_account_id: Identity


class Muted(Message):
    account_id: Identity
    other_account_id: Identity
    time: Time


class Unmuted(Message):
    account_id: Identity
    other_account_id: Identity


class TellOfBlock(Message):
    """Posted to the social stream of who was blocked by ``other_account_id``, or is no more (``ended``)."""

    account_id: Identity
    other_account_id: Identity
    ended: bool


class BlockNoted(Message):
    """The member was blocked by another one, or is so no more."""

    account_id: Identity
    other_account_id: Identity
    ended: bool


# Privacy.


class PrivacyChoice(Part):
    """What a member sets for a kind; ``None`` leaves it as it is."""

    kind: PrivacyKind
    audience: Audience | None
    detail: Detail | None


class ChangePrivacy(Message):
    choices: Annotated[tuple[PrivacyChoice, ...], msgspec.Meta(min_length=1, max_length=len(PrivacyKind))]

    def __post_init__(self) -> None:
        if len({choice.kind for choice in self.choices}) < len(self.choices):
            message = "each kind once"
            raise ValueError(message)


class PrivacyChanged(Message):
    """From now on this holds, for what was before, too."""

    account_id: Identity
    choices: tuple[PrivacyChoice, ...]


FollowCommand = Follow | Unfollow | Block | Unblock | Mute | Unmute | ChangePrivacy
FollowPosted = TellOfBlock
FollowEvent = Followed | Unfollowed | Blocked | Unblocked | BlockNoted | Muted | Unmuted | PrivacyChanged
