"""Owns the commands and events of following: whom and what a member follows.

Never says who may follow whom: the machine does.
Called by the following slice, the projection and the resources.
"""

from typing import Annotated, Final

import msgspec

from actors.machines.messages.base import Identity, Message, Time

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


FollowCommand = Follow | Unfollow
FollowEvent = Followed | Unfollowed
