"""Owns the tests of timers: what is due at a time, in order, and nothing left behind.

Never tests what is done then.
Called by pytest.
"""

import pytest

from actors.machines.market_stream.timers import Timers


def filled() -> Timers:
    timers = Timers()
    for time, market_id, identity in ((30, 1, 48), (10, 2, 16), (20, 1, 32), (10, 1, 64)):
        timers.add(time, market_id, identity)
    return timers


@pytest.mark.parametrize(
    ("time", "due"),
    [
        (9, []),
        (10, [(1, 64), (2, 16)]),
        (29, [(1, 64), (2, 16), (1, 32)]),
        (30, [(1, 64), (2, 16), (1, 32), (1, 48)]),
    ],
)
def test_what_is_due_at_a_time_soonest_first(time: int, due: list[tuple[int, int]]) -> None:
    timers = filled()
    assert timers.due(time) == due
    assert timers.due(time, 1) == due[:1]


def test_the_next_time_is_that_of_what_still_waits() -> None:
    timers = filled()
    nexts = [timers.next_time]
    for time, market_id, identity in ((10, 2, 16), (10, 1, 64), (30, 1, 48), (20, 1, 32)):
        timers.remove(time, market_id, identity)
        nexts.append(timers.next_time)
    assert nexts == [10, 10, 20, 20, None]
    assert timers.waiting == []


def test_what_does_not_wait_can_not_be_removed() -> None:
    timers = filled()
    with pytest.raises(AssertionError, match="no timer of 16 at 11"):
        timers.remove(11, 2, 16)
    assert len(timers.waiting) == 4
