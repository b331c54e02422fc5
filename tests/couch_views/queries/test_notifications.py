"""Owns the tests of reading notifications: newest first, page by page, all or the unread ones.

Never decides what members are told of.
Called by pytest.
"""

from collections.abc import Sequence

import pytest

from actors.machines.messages.events import Event
from actors.machines.messages.notifications import (
    Choice,
    Matter,
    Notification,
    NotificationKind,
    NotificationsChosen,
    NotificationsRead,
    Notified,
)
from couch_views.notification_shapes import NotificationDocument
from couch_views.queries.notifications import notification, notifications, turned_off
from tests.couch_views.projection.records import project
from tests.couch_views.shelf import Shelf, ids

FILLED = NotificationKind.FILLED


def told(account_id: int, number: int, time: int) -> Notified:
    return Notified(account_id, Notification(number, Matter(FILLED), 1, (), 1, time))


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    made = Shelf()
    told_of: list[Event] = [told(17, 16, 5), told(17, 32, 3), told(17, 48, 4), told(18, 64, 9)]
    after: list[Event] = [
        NotificationsRead(17, (48,), True),
        NotificationsChosen(17, (Choice(FILLED, False),)),
    ]
    made.put(*project(told_of, after, stream="social-0").values())
    return made


def everything(found: Sequence[NotificationDocument]) -> Sequence[NotificationDocument]:
    return found


def listed(shelf: Shelf, account_id: int, *, unread: bool = False) -> list[int]:
    """The ids, page by page."""
    found: list[int] = []
    cursor: str | None = None
    while True:
        page = notifications(account_id, unread=unread).page_of_shown(shelf, 2, cursor, everything)
        found += ids(page.items)
        if (cursor := page.next_cursor) is None:
            return found


def test_one_s_own_newest_first(shelf: Shelf) -> None:
    assert listed(shelf, 17) == [16, 48, 32]
    assert listed(shelf, 17, unread=True) == [16, 32]
    assert listed(shelf, 18) == [64]
    assert listed(shelf, 19) == []


def test_a_single_one(shelf: Shelf) -> None:
    found = notification(shelf, 17, 48)
    assert found is not None
    assert found["read"]
    assert notification(shelf, 18, 48) is None


def test_what_is_turned_off(shelf: Shelf) -> None:
    assert turned_off(shelf, 17) == ["filled"]
    assert turned_off(shelf, 18) == []
