"""Owns the reads of one member's notifications: newest first, all or the unread ones; and of their choices.

Never says what may be shown of others: the filter does (resources/privacy.py).
Called by resources.
"""

from typing import Final, cast

from couch_views.notification_shapes import (
    NotificationChoicesDocument,
    NotificationDocument,
    notification_choices_document_id,
    notification_document_id,
)
from couch_views.queries.keys import key_digits
from couch_views.queries.lists import Listing, ViewRange
from couch_views.queries.pages import Sort
from couch_views.queries.reading import Reads

_NEWEST_FIRST: Final = Sort(("updated_datetime", "id"), descending=True)


def notifications(account_id: int, *, unread: bool) -> Listing:
    """A member's notifications; ``unread``: those alone."""
    which = "unread" if unread else "all"
    return Listing(
        f"notifications-{which}", [ViewRange("notifications", (key_digits(account_id), which))], _NEWEST_FIRST
    )


def notification(documents: Reads, account_id: int, notification_id: int) -> NotificationDocument | None:
    found = documents.get(notification_document_id(account_id, notification_id))
    return cast("NotificationDocument | None", found)


def turned_off(documents: Reads, account_id: int) -> list[str]:
    """What the member doesn't want to be told of."""
    found = documents.get(notification_choices_document_id(account_id))
    return [] if found is None else cast("NotificationChoicesDocument", found)["off"]
