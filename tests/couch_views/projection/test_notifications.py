"""Owns the tests of what becomes of the documents of notifications.

Never decides what members are told of.
Called by pytest.
"""

from typing import cast

from actors.machines.messages.notifications import (
    Actor,
    Choice,
    Matter,
    Notification,
    NotificationKind,
    NotificationsChosen,
    NotificationsRead,
    Notified,
)
from couch_views.notification_shapes import NotificationChoicesDocument, NotificationDocument
from tests.couch_views.projection.records import at, project

Kind = NotificationKind
BEN = Actor(18, "ben")


def notified(number: int, count: int = 1, *, time: int = 1, forgotten: int = 0) -> Notified:
    matter = Matter(Kind.FILLED, market_id=7, account_id=17, entry_id=33)
    actors = (BEN,) * (count - 1)
    notification = Notification(number, matter, count, actors, 1_000_000, time * 1_000_000)
    return Notified(17, notification, forgotten)


def of(documents: object) -> list[NotificationDocument]:
    return sorted(
        cast("dict[str, NotificationDocument]", documents).values(), key=lambda each: int(each["id"])
    )


def test_a_notification_is_as_it_is_now() -> None:
    (found,) = of(project([notified(16)], [notified(16, 2, time=2)], stream="social-0"))
    assert found == {
        "_id": "notification0000000000000000001700000000000000000016",
        "kind": "notification",
        "stream": "social-0",
        "sequence": 2,
        "account_id": "17",
        "id": "16",
        "type": "filled",
        "step": None,
        "read": False,
        "count": 2,
        "actors": [{"account_id": "18", "username": "ben"}],
        "market_id": "7",
        "entry_account_id": "17",
        "entry_id": "33",
        "comment_id": None,
        "challenge_id": None,
        "badge": None,
        "level": None,
        "created_datetime": at(1),
        "updated_datetime": at(2),
    }


def test_what_is_forgotten_is_read() -> None:
    found = of(project([notified(16)], [notified(32, forgotten=16)], stream="social-0"))
    assert [(each["id"], each["read"]) for each in found] == [("16", True), ("32", False)]


def test_what_is_marked() -> None:
    read, again = NotificationsRead(17, (16, 32), True), NotificationsRead(17, (32,), False)
    found = of(project([notified(16), notified(32)], [read, again], stream="social-0"))
    assert [(each["id"], each["read"]) for each in found] == [("16", True), ("32", False)]


def test_what_is_turned_off_and_on() -> None:
    off = NotificationsChosen(17, (Choice(Kind.FILLED, False), Choice(Kind.BADGE, False)))
    on = NotificationsChosen(17, (Choice(Kind.FILLED, True),))
    (first,) = project([off], stream="social-0").values()
    (last,) = project([off], [on], stream="social-0").values()
    assert cast("NotificationChoicesDocument", first)["off"] == ["badge", "filled"]
    assert cast("NotificationChoicesDocument", last)["off"] == ["badge"]
