"""Owns the shapes of what is said of notifications.

Never says what may be shown of others: the filter does.
Called by the declarations of resources.
"""

from typing import Annotated, TypedDict

from msgspec import Meta

from actors.machines.messages.notifications import NotificationKind
from resources.answers.activity import NamedThing
from resources.answers.general import Pagination
from resources.answers.values import EntryId, Id, Time, Username


class Notification(TypedDict):
    """What a member was told of: the newest of so many things about the same."""

    id: Id
    type: NotificationKind
    step: Annotated[
        str | None, Meta(description="won, lost, even, void; or offered, accepted, declined, expired.")
    ]
    read: bool
    count: Annotated[int, Meta(ge=1, description="How many things it tells of.")]
    actors: Annotated[
        list[Username], Meta(description="Who did the newest of it, newest first; three at most.")
    ]
    market: NamedThing | None
    entry_id: EntryId | None
    comment_id: Id | None
    challenge_id: Id | None
    badge: Annotated[str | None, Meta(description="The badge's name.")]
    level: int | None
    created_datetime: Time
    updated_datetime: Annotated[Time, Meta(description="When the newest of it happened.")]
    sentence: Annotated[str, Meta(description="All of it in words.", examples=["grace and ada follow you."])]
    link: Annotated[str, Meta(description="Where there is more of it.", examples=["/v3/members/ada/badges/"])]


class Notifications(TypedDict):
    """One's notifications, newest first."""

    notifications: list[Notification]
    pagination: Pagination


class NotificationShown(TypedDict):
    notification: Notification


class ReadTo(TypedDict):
    """Up to which one all are read."""

    read_to: Id


class Settings(TypedDict):
    """What a member is told of."""

    filled: bool
    settled: bool
    challenged: bool
    followed: bool
    mentioned: bool
    commented: bool
    badge: bool


class NotificationSettings(TypedDict):
    settings: Settings
