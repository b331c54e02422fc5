"""Owns the tests of the window of the post: what is under way, repeated, acknowledged, and when.

Never needs a stream or a letter: the window only counts.
Called by pytest.
"""

import pytest

from actors.processes.host_window import ACKNOWLEDGE_AFTER_US, REPEAT_AFTER_MAX_US, REPEAT_AFTER_US, Window


def window_with_letter_out(*, acknowledged: int = 10, last: int = 20) -> Window:
    """Messages up to ``acknowledged`` are settled, a letter with those up to ``last`` is under way."""
    window = Window()
    window.acknowledged(acknowledged, now=0)
    window.left(last, now=0)
    return window


def test_at_first_it_is_open_and_nothing_is_due() -> None:
    window = Window()
    assert (window.sent, window.due, window.is_open) == (0, None, True)


def test_one_letter_closes_it_until_that_letter_is_acknowledged_as_a_whole() -> None:
    window = window_with_letter_out()
    seen = [window.is_open]
    for number in (19, 20):
        window.acknowledged(number, now=1)
        seen.append(window.is_open)
    assert seen == [False, False, True]
    assert window.due is None


def test_a_second_letter_may_not_leave() -> None:
    window = window_with_letter_out()
    with pytest.raises(AssertionError, match="one letter at a time"):
        window.left(30, now=0)


def test_a_letter_must_carry_something_new() -> None:
    window = Window()
    with pytest.raises(AssertionError, match="at least one message"):
        window.left(0, now=0)


def test_what_stays_unacknowledged_is_taken_back() -> None:
    window = window_with_letter_out()
    window.repeat_if_due(REPEAT_AFTER_US - 1)
    assert window.sent == 20
    window.repeat_if_due(REPEAT_AFTER_US)
    assert (window.sent, window.is_open, window.due) == (10, True, None)


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


def test_news_of_a_part_starts_the_wait_anew() -> None:
    window = window_with_letter_out()
    window.acknowledged(15, now=REPEAT_AFTER_US - 1)
    window.repeat_if_due(REPEAT_AFTER_US)
    assert window.sent == 20


def test_old_news_changes_nothing() -> None:
    window = window_with_letter_out()
    window.acknowledged(5, now=REPEAT_AFTER_US - 1)
    assert (window.due, window.is_open) == (REPEAT_AFTER_US, False)


def test_an_acknowledgement_of_a_former_life_is_believed() -> None:
    window = Window()
    window.acknowledged(30, now=0)
    assert window.sent == 30, "messages up to 30 went out before this process started"


def test_an_acknowledgement_may_come_after_its_letter_was_taken_back() -> None:
    window = window_with_letter_out()
    window.repeat_if_due(REPEAT_AFTER_US)
    window.acknowledged(20, now=REPEAT_AFTER_US + 1)
    assert (window.sent, window.is_open, window.due) == (20, True, None)


def test_a_peer_that_came_back_gets_everything_again_at_once_and_with_new_patience() -> None:
    window = window_with_letter_out()
    window.repeat_if_due(REPEAT_AFTER_US)
    window.left(20, now=0)
    window.peer_restarted()
    assert (window.sent, window.is_open) == (10, True)
    window.left(20, now=0)
    assert window.due == REPEAT_AFTER_US


def test_an_acknowledgement_waits_for_a_letter_that_it_could_travel_on() -> None:
    window = Window()
    window.arrived(now=100)
    assert not window.owes_acknowledgement(100)
    assert window.due == 100 + ACKNOWLEDGE_AFTER_US
    assert window.owes_acknowledgement(100 + ACKNOWLEDGE_AFTER_US)
    window.left(1, now=101)
    assert not window.owes_acknowledgement(100 + ACKNOWLEDGE_AFTER_US), "the letter carried it"


def test_a_later_arrival_does_not_put_the_acknowledgement_off() -> None:
    window = Window()
    window.arrived(now=100)
    window.arrived(now=150)
    assert window.due == 100 + ACKNOWLEDGE_AFTER_US


def test_letters_that_cross_are_acknowledged_at_once() -> None:
    window = window_with_letter_out()
    window.arrived(now=100)
    assert window.owes_acknowledgement(100), "else both sides would wait for each other"
    assert window.due == 100
    window.acknowledgement_left()
    assert not window.owes_acknowledgement(100)
    assert window.due == REPEAT_AFTER_US
