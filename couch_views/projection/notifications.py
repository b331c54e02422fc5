"""Owns the documents of notifications: each as it is now, read or unread, and what a member turned off.

Never deletes one: what is forgotten counts as read.
Called through the table.
"""

from actors.machines.messages.notifications import NotificationsChosen, NotificationsRead, Notified
from couch_views.formats import format_time
from couch_views.notification_shapes import (
    NotificationChoicesDocument,
    NotificationDocument,
    notification_choices_document_id,
    notification_document_id,
)
from couch_views.projection.rules import Moment


def notified(event: Notified) -> tuple[str, ...]:
    """The one that is new, and the one that is forgotten for it."""
    identities = (event.notification.notification_id, event.forgotten)
    return tuple(notification_document_id(event.account_id, each) for each in identities if each)


def begin_notification(event: Notified, at: Moment) -> NotificationDocument:
    notification, matter = event.notification, event.notification.matter
    return {
        "_id": notification_document_id(event.account_id, notification.notification_id),
        "kind": "notification",
        "stream": at.stream,
        "sequence": at.sequence,
        "account_id": str(event.account_id),
        "id": str(notification.notification_id),
        "type": matter.kind.value,
        "step": matter.step or None,
        "read": False,
        "count": notification.count,
        "actors": [
            {"account_id": str(actor.account_id), "username": actor.username} for actor in notification.actors
        ],
        "market_id": _identity(matter.market_id),
        "entry_account_id": _identity(matter.account_id),
        "entry_id": _identity(matter.entry_id),
        "comment_id": _identity(matter.comment_id),
        "challenge_id": _identity(matter.challenge_id),
        "badge": matter.badge or None,
        "level": matter.level or None,
        "created_datetime": format_time(notification.created_time),
        "updated_datetime": format_time(notification.time),
    }


def notify(document: NotificationDocument, event: Notified, at: Moment) -> NotificationDocument:
    if document["id"] == str(event.forgotten):
        return {**document, "read": True}
    return {**document, **begin_notification(event, at)}


def marked(event: NotificationsRead) -> tuple[str, ...]:
    return tuple(notification_document_id(event.account_id, each) for each in event.notification_ids)


def mark(document: NotificationDocument, event: NotificationsRead, _: Moment) -> NotificationDocument:
    return {**document, "read": event.read}


def choices_of(event: NotificationsChosen) -> tuple[str, ...]:
    return (notification_choices_document_id(event.account_id),)


def begin_choices(event: NotificationsChosen, at: Moment) -> NotificationChoicesDocument:
    return {
        "_id": notification_choices_document_id(event.account_id),
        "kind": "notification_choices",
        "stream": at.stream,
        "sequence": at.sequence,
        "account_id": str(event.account_id),
        "off": [],
    }


def choose(
    document: NotificationChoicesDocument, event: NotificationsChosen, _: Moment
) -> NotificationChoicesDocument:
    wanted = {choice.kind.value: choice.wanted for choice in event.choices}
    off = [kind for kind in document["off"] if kind not in wanted]
    return {**document, "off": sorted([*off, *(kind for kind in wanted if not wanted[kind])])}


def _identity(number: int) -> str | None:
    return str(number) if number else None
