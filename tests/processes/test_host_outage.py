"""Owns the tests of waiting for the log: how long, and by chance how much less.

Never waits.
Called by pytest.
"""

import pytest

from actors.processes.host_outage import PAUSE_FIRST_S, PAUSE_MAX_S, LogOutage


def test_the_log_is_tried_ever_less_often_but_often_enough() -> None:
    outage = LogOutage(0.0)
    pauses = [outage.next_pause_s(0.0) for _ in range(6)]
    assert pauses == pytest.approx([0.05, 0.1, 0.2, 0.4, PAUSE_MAX_S, PAUSE_MAX_S])
    assert PAUSE_MAX_S < 1.0, "who waits is back within a second of the log's return"


def test_those_who_lost_it_together_do_not_come_back_together() -> None:
    pauses = [LogOutage(0.0).next_pause_s(chance) for chance in (0.0, 0.5, 1.0)]
    assert pauses == pytest.approx([PAUSE_FIRST_S, PAUSE_FIRST_S * 3 / 4, PAUSE_FIRST_S / 2])


def test_it_knows_how_long_it_has_lasted() -> None:
    assert LogOutage(7.0).seconds(9.5) == 2.5
