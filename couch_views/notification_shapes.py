"""Owns the shapes of the documents of notifications, and of what a member doesn't want to be told of.

Never says what may be shown of others: the filter does (resources/privacy.py).
Called by the projection (writes), the queries (reads) and the design documents (field names).
"""

from typing import TypedDict

from couch_views.shapes import Document, document_id


class ActorField(TypedDict):
    account_id: str
    username: str


class NotificationDocument(Document):
    """kind ``notification``: ``notification_document_id(account_id, id)``, from a social stream. Private."""

    account_id: str
    id: str
    type: str
    """A ``NotificationKind``."""
    step: str | None
    read: bool
    count: int
    actors: list[ActorField]
    """Who did the newest of it, the newest first."""
    market_id: str | None
    entry_account_id: str | None
    """In whose activity the entry is."""
    entry_id: str | None
    comment_id: str | None
    challenge_id: str | None
    badge: str | None
    level: int | None
    created_datetime: str
    updated_datetime: str


class NotificationChoicesDocument(Document):
    """kind ``notification_choices``: ``notification_choices_document_id(account_id)``. Private."""

    account_id: str
    off: list[str]
    """The ``NotificationKind``s that the member doesn't want to be told of."""


def notification_document_id(account_id: int, notification_id: int) -> str:
    return document_id("notification", account_id, notification_id)


def notification_choices_document_id(account_id: int) -> str:
    return document_id("notification_choices", account_id)
