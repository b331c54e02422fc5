"""Owns the tests of waiting for the log: how long, by chance how much less, and what may be said meanwhile.

Never waits.
Called by pytest.
"""

import pytest

from actors.processes.host_outage import GATEWAYS_MAX, PAUSE_FIRST_S, PAUSE_MAX_S, Outage, Taken


def test_the_log_is_tried_ever_less_often_but_often_enough() -> None:
    outage = Outage(0.0)
    pauses = [outage.next_pause_s(0.0) for _ in range(6)]
    assert pauses == pytest.approx([0.05, 0.1, 0.2, 0.4, PAUSE_MAX_S, PAUSE_MAX_S])
    assert PAUSE_MAX_S < 1.0, "who waits is back within a second of the log's return"


def test_those_who_lost_it_together_do_not_come_back_together() -> None:
    pauses = [Outage(0.0).next_pause_s(chance) for chance in (0.0, 0.5, 1.0)]
    assert pauses == pytest.approx([PAUSE_FIRST_S, PAUSE_FIRST_S * 3 / 4, PAUSE_FIRST_S / 2])


def test_it_knows_how_long_it_has_lasted() -> None:
    assert Outage(7.0).seconds(9.5) == 2.5


def test_what_was_taken_is_known_by_who_asked() -> None:
    taken = Taken()
    taken.note("web", 7)
    taken.note("web", 5)
    assert [taken.surely_lacks("web", number) for number in (5, 6, 7, 8)] == [False, False, False, True]
    assert taken.surely_lacks("another web", 1)


def test_of_gateways_that_are_long_gone_nothing_is_kept() -> None:
    taken = Taken()
    taken.note("first", 7)
    for number in range(GATEWAYS_MAX - 1):
        taken.note(f"web {number}", 1)
    taken.note("first", 8)
    taken.note("last", 1)
    assert taken.surely_lacks("web 0", 1), "it was heard of least lately"
    assert not taken.surely_lacks("first", 8)
