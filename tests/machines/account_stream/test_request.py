"""Owns the tests of requests: results collected once each, keys remembered and forgotten.

Never tests what a command means.
Called by pytest.
"""

import pytest

from actors.machines.account_stream.request import TRANSITIONS, Keys, MemberRequest, RequestState
from actors.machines.messages.answers import CancelledResult, Refused
from actors.machines.messages.events import RequestOpened
from actors.machines.messages.words import Reason

NO = Refused(Reason.NOT_FOUND)
LATE = Refused(Reason.TOO_LATE)
WAIT = Refused(Reason.THROTTLE_EXCEEDED)


def request(items: int = 1, key: str = "k", time: int = 0, request_id: int = 1) -> MemberRequest:
    return MemberRequest(RequestOpened(7, request_id, "POST /", key, True, "print", items, time))


def answered(key: str, time: int) -> MemberRequest:
    done = request(1, key, time)
    done.answer(0, NO)
    return done


def test_a_request_is_answered_when_every_item_is() -> None:
    asked = request(2)
    states = [asked.state]
    for item, result in ((1, LATE), (0, NO)):
        asked.answer(item, result)
        states.append(asked.state)
    assert states == [RequestState.OPEN, RequestState.OPEN, RequestState.ANSWERED]
    assert states[0] in TRANSITIONS[None]
    assert states[2] in TRANSITIONS[RequestState.OPEN]
    assert asked.final_results() == (NO, LATE)


@pytest.mark.parametrize(
    ("results", "is_found"),
    [
        ((NO,), True),
        ((WAIT,), False),
        ((WAIT, WAIT), True),
    ],
)
def test_a_key_stands_for_nothing_once_its_member_was_told_to_wait(
    results: tuple[Refused, ...], *, is_found: bool
) -> None:
    keys, asked = Keys(life_us=100), request(len(results))
    keys.remember(asked)
    assert keys.find("POST /", "k", 1) is asked
    for item, result in enumerate(results):
        asked.answer(item, result)
    assert (keys.find("POST /", "k", 1) is asked) == is_found
    again = request(request_id=2, time=1)
    keys.remember(again)
    assert keys.find("POST /", "k", 2) is again


def test_an_item_is_answered_once() -> None:
    asked = request(2)
    asked.answer(0, NO)
    with pytest.raises(AssertionError, match="item 0 is answered twice"):
        asked.answer(0, LATE)
    assert asked.missing == 1


def test_a_cancel_all_waits_for_each_of_its_orders_and_lists_those_cancelled() -> None:
    asked = request()
    asked.expect_cancels(0, 3)
    asked.hear_cancel(0, 48)
    asked.hear_cancel(0, None)
    assert asked.state is RequestState.OPEN
    asked.hear_cancel(0, 16)
    assert asked.final_results() == (CancelledResult((16, 48)),)


def test_a_cancel_all_without_orders_is_answered_at_once() -> None:
    asked = request()
    asked.expect_cancels(0, 0)
    assert asked.final_results() == (CancelledResult(()),)


def test_a_key_is_known_for_its_time_and_then_free_again() -> None:
    keys = Keys(life_us=100)
    first = answered("a", time=0)
    keys.remember(first)
    assert keys.find("POST /", "a", 100) is first
    assert keys.find("POST /", "a", 101) is None
    assert keys.find("POST /other", "a", 0) is None
    keys.remember(second := answered("a", time=200))
    assert keys.find("POST /", "a", 200) is second
    assert len(keys) == 1


def test_an_open_request_keeps_its_key_however_long_it_takes() -> None:
    keys = Keys(life_us=100)
    keys.remember(open_one := request(1, "open", 0))
    keys.remember(answered("late", 10_000))
    assert keys.find("POST /", "open", 10_000) is open_one
    assert [known.key for known in keys] == ["POST /\nopen", "POST /\nlate"]


def test_the_expired_are_forgotten_when_a_newer_one_comes() -> None:
    keys = Keys(life_us=100)
    for time in range(0, 1000, 10):
        keys.remember(answered(str(time), time))
    assert [known.time for known in keys] == list(range(890, 1000, 10))


def test_past_the_bound_the_oldest_goes_first() -> None:
    keys = Keys(life_us=10**9, count_max=3)
    for time in range(5):
        keys.remember(answered(str(time), time))
    assert [known.time for known in keys] == [2, 3, 4]
