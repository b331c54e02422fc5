"""Owns the tests of one member's inbox: what is unread, what is counted up, what is forgotten.

Never says what members are told of.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines import limits
from actors.machines.messages.notifications import OFFERED, Matter, Notification, NotificationKind
from actors.machines.stream.inbox import Inbox

FILLED = NotificationKind.FILLED


def notification(number: int, market_id: int = 1) -> Notification:
    return Notification(number, Matter(FILLED, market_id=market_id), 1, (), 5, 5)


def inbox(*numbers: int) -> Inbox:
    made = Inbox()
    for number in numbers:
        made.put(notification(number, number), 0)
    return made


def test_what_is_put_is_unread_and_counted_up() -> None:
    made = inbox(16, 32)
    assert made.unread_to(16) == (16,)
    assert made.unread_to(99) == (16, 32)
    assert made.counted == {"filled/16": notification(16, 16), "filled/32": notification(32, 32)}


def test_what_is_read_is_counted_no_further_even_if_it_is_unread_again() -> None:
    made = inbox(16, 32)
    made.mark(16, unread=False)
    assert made.unread_to(99) == (32,)
    made.mark(16, unread=True)
    assert made.unread_to(99) == (16, 32)
    assert list(made.counted) == ["filled/32"]


def test_offers_are_counted_up_by_market_and_all_else_by_its_subject() -> None:
    def offered(challenge_id: int, market_id: int, step: str = OFFERED) -> Matter:
        return Matter(NotificationKind.CHALLENGED, step, market_id, challenge_id=challenge_id)

    made = inbox()
    for number, matter in ((16, offered(1, 7)), (32, offered(2, 8)), (48, offered(3, 7, "declined"))):
        made.put(Notification(number, matter, 1, (), 5, 5), 0)
    asked = (
        offered(9, 7),
        offered(9, 8),
        offered(9, 9),
        offered(3, 7, "declined"),
        offered(4, 7, "declined"),
    )
    found = [made.counting(matter) for matter in asked]
    assert [each and each.notification_id for each in found] == [16, 32, None, 48, None]
    made.mark(16, unread=False)
    assert made.counting(offered(9, 7)) is None


def test_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NOTIFICATIONS_KEPT_MAX", 2)
    made = inbox(16)
    assert made.forgotten() == 0
    made.put(notification(32), 0)
    assert made.forgotten() == 16
    made.put(notification(48, 3), 16)
    assert made.unread == {32: True, 48: True}
    assert list(made.counted) == ["filled/1", "filled/3"]


def test_what_is_off_may_be_on_again() -> None:
    made = inbox()
    made.choose(FILLED, wanted=False)
    assert made.off == {FILLED: None}
    made.choose(FILLED, wanted=True)
    made.choose(FILLED, wanted=True)
    assert made.off == {}


@given(st.lists(st.tuples(st.sampled_from(["put", "read", "unread"]), st.integers(0, 5)), max_size=40))
def test_what_is_counted_up_is_unread(steps: list[tuple[str, int]]) -> None:
    made, number = Inbox(), 0
    for step, which in steps:
        if step == "put":
            before = made.counted.get(f"filled/{which}")
            if before is None:
                number += 1
            made.put(notification(number if before is None else before.notification_id, which), 0)
        elif made.unread:
            made.mark(list(made.unread)[which % len(made.unread)], unread=step == "unread")
    for counted in made.counted.values():
        assert made.unread[counted.notification_id]
