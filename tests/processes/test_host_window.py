"""Owns the tests of the window of the post: what is under way, repeated, acknowledged, and when.

Never needs a stream or a letter: the window only counts.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.processes.host_window import (
    ACKNOWLEDGE_AFTER_LETTERS,
    ACKNOWLEDGE_AFTER_US,
    REPEAT_AFTER_MAX_US,
    REPEAT_AFTER_US,
    Window,
)


def full_window() -> Window:
    window = Window()
    for number in range(1, limits.LETTERS_IN_FLIGHT_MAX + 1):
        assert window.has_room
        window.left(number * 10, now=0)
    return window


def test_nothing_is_due_at_first() -> None:
    window = Window()
    assert (window.sent, window.due, window.has_room) == (0, None, True)


def test_a_full_window_has_no_room_until_a_letter_is_acknowledged() -> None:
    window = full_window()
    assert not window.has_room
    window.acknowledged(9, now=1)
    assert not window.has_room, "no letter was acknowledged as a whole"
    window.acknowledged(10, now=1)
    assert window.has_room


def test_a_letter_must_carry_something_new() -> None:
    window = Window()
    window.left(5, now=0)
    with pytest.raises(AssertionError):
        window.left(5, now=0)


def test_what_stays_unacknowledged_is_taken_back() -> None:
    window = full_window()
    window.acknowledged(10, now=0)
    window.repeat_if_due(REPEAT_AFTER_US - 1)
    assert window.sent == limits.LETTERS_IN_FLIGHT_MAX * 10
    window.repeat_if_due(REPEAT_AFTER_US)
    assert (window.sent, window.has_room) == (10, True)


def test_patience_doubles_with_each_repeat_and_is_new_after_news() -> None:
    window, now, waits = Window(), 0, []
    for _ in range(7):
        window.left(1, now)
        assert window.due is not None
        waits.append(window.due - now)
        now = window.due
        window.repeat_if_due(now)
    assert waits == [REPEAT_AFTER_US << doublings for doublings in range(5)] + [REPEAT_AFTER_MAX_US] * 2
    window.left(1, now)
    window.acknowledged(1, now)
    window.left(2, now)
    assert window.due == now + REPEAT_AFTER_US


def test_each_news_starts_the_wait_anew() -> None:
    window = full_window()
    window.acknowledged(10, now=REPEAT_AFTER_US - 1)
    window.repeat_if_due(REPEAT_AFTER_US)
    assert window.sent == limits.LETTERS_IN_FLIGHT_MAX * 10


def test_old_news_changes_nothing() -> None:
    window = full_window()
    window.acknowledged(20, now=0)
    window.acknowledged(10, now=REPEAT_AFTER_US - 1)
    assert window.due == REPEAT_AFTER_US


def test_when_all_is_acknowledged_nothing_is_due() -> None:
    window = full_window()
    window.acknowledged(limits.LETTERS_IN_FLIGHT_MAX * 10, now=7)
    assert window.due is None


def test_an_acknowledgement_of_a_former_life_is_believed() -> None:
    window = Window()
    window.acknowledged(30, now=0)
    assert window.sent == 30, "messages up to 30 went out before this process started"


def test_a_peer_that_came_back_gets_everything_again_at_once() -> None:
    window = full_window()
    window.acknowledged(10, now=0)
    window.peer_restarted()
    assert (window.sent, window.has_room) == (10, True)


def test_an_acknowledgement_waits_for_a_letter_that_it_could_travel_on() -> None:
    window = Window()
    window.arrived(now=100)
    assert not window.owes_acknowledgement(100)
    assert window.due == 100 + ACKNOWLEDGE_AFTER_US
    assert window.owes_acknowledgement(100 + ACKNOWLEDGE_AFTER_US)
    window.left(1, now=101)
    assert not window.owes_acknowledgement(100 + ACKNOWLEDGE_AFTER_US), "the letter carried it"


def test_several_letters_are_acknowledged_at_once_so_that_the_sender_goes_on() -> None:
    window = Window()
    for _ in range(ACKNOWLEDGE_AFTER_LETTERS):
        assert not window.owes_acknowledgement(5)
        window.arrived(now=5)
    assert window.owes_acknowledgement(5)
    window.acknowledgement_left()
    assert window.due is None
