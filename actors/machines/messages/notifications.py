"""Owns what members are told of: the words of it, the commands of an inbox, and the events that fill it.

Never says what is told to whom: the machine does.
Called by the notifications slice, the projection and the resources.
"""

from enum import StrEnum, unique
from typing import Annotated, Final

import msgspec

from actors.machines import limits
from actors.machines.messages.activity import Entry
from actors.machines.messages.base import Count, Identity, Message, Part, Time


@unique
class NotificationKind(StrEnum):
    """What a notification is about. Each can be turned off."""

    FILLED = "filled"
    SETTLED = "settled"
    CHALLENGED = "challenged"
    FOLLOWED = "followed"
    MENTIONED = "mentioned"
    COMMENTED = "commented"
    BADGE = "badge"


KINDS: Final = tuple(NotificationKind)
OFFERED: Final = "offered"
"""The step of a challenge that its opponent is told of."""


class Actor(Part):
    """Another member, who did something."""

    account_id: Identity
    username: str


class Matter(Part):
    """What happened, as far as it can be looked at: 0 and empty are left out.

    ``step``: how a market ended for the member (``won``, ...), or what became of a challenge. ``entry_id`` is
    an entry in the activity of the member with ``account_id``.
    """

    kind: NotificationKind
    step: str = ""
    market_id: Count = 0
    account_id: Count = 0
    entry_id: Count = 0
    comment_id: Count = 0
    challenge_id: Count = 0
    badge: str = ""
    level: Count = 0

    @property
    def subject(self) -> str:
        """Of several things that are about the same, a member is told at once."""
        match self.kind:
            case NotificationKind.FILLED | NotificationKind.SETTLED:
                about = f"{self.market_id}"
            case NotificationKind.CHALLENGED:
                about = f"{self.challenge_id}/{self.step}"
            case NotificationKind.MENTIONED | NotificationKind.COMMENTED:
                about = f"{self.market_id}/{self.entry_id}"
            case _:
                about = self.badge
        return f"{self.kind.value}/{about}"


class Notification(Part):
    """One notification: the newest of ``count`` things that happened, and who did the newest three.

    Ids rise within a social stream.
    """

    notification_id: Identity
    matter: Matter
    count: Identity
    actors: tuple[Actor, ...]
    created_time: Time
    time: Time


# Commands.


class ReadNotifications(Message):
    """All up to this one are read."""

    read_to: Identity


class MarkNotification(Message):
    notification_id: Identity
    read: bool


class Choice(Part):
    """Whether a member wants to be told of this."""

    kind: NotificationKind
    wanted: bool


class ChooseNotifications(Message):
    choices: Annotated[tuple[Choice, ...], msgspec.Meta(min_length=1, max_length=len(KINDS))]


NotificationCommand = ReadNotifications | MarkNotification | ChooseNotifications

# Between social streams.


class TellMember(Message):
    """Somebody did something that a member of this social stream may want to be told of."""

    account_id: Identity
    matter: Matter
    actor: Actor
    time: Time


class TellOfFollower(Message):
    """A member of this social stream has a new follower; the entry is the follower's."""

    account_id: Identity
    entry: Entry


NotificationPosted = TellMember | TellOfFollower

# Events.


class MemberTold(Message):
    """Something came up that a member may want to be told of, and nothing else of this stream says so."""

    account_id: Identity
    matter: Matter
    actor: Actor | None
    time: Time


class FollowerGained(Message):
    """A member has a new follower; the entry is the follower's."""

    account_id: Identity
    username: str
    entry: Entry


class Notified(Message):
    """A notification is new, or has become that of something newer; it is unread.

    ``forgotten``: the id of one that is too many now: it counts as read, for good.
    """

    account_id: Identity
    notification: Notification
    forgotten: Count = 0


class NotificationsRead(Message):
    """These are read now, or (``read`` is false) unread."""

    account_id: Identity
    notification_ids: Annotated[tuple[Identity, ...], msgspec.Meta(max_length=limits.NOTIFICATIONS_KEPT_MAX)]
    read: bool


class NotificationsChosen(Message):
    account_id: Identity
    choices: tuple[Choice, ...]


NotificationEvent = MemberTold | FollowerGained | Notified | NotificationsRead | NotificationsChosen
