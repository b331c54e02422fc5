"""Owns the tests of the clock of outages, as histories of a few seconds.

Never waits.
Called by pytest.
"""

import pytest

from tests.chaos.outages import Back, Hold, longest_outage_ms, times_back
from tests.chaos.processes import Kill, Process
from tests.chaos.workload import Served

# Sent, answered; by accounts-0, decided by markets-1.
SERVED = [
    Served(0.9, 1.0, "accounts-0", "markets-1"),
    Served(1.9, 2.6, "accounts-0", ""),
    Served(2.2, 2.9, "accounts-0", "markets-1"),
    Served(3.4, 4.0, "accounts-0", "markets-1"),
]


@pytest.mark.parametrize(
    ("began", "ended", "longest_ms"),
    [(0.5, 4.5, 1_600), (0.5, 9.0, 5_000), (-3.0, 4.0, 4_000), (5.0, 6.0, 1_000)],
)
def test_the_longest_outage_is_between_two_accepted_orders_or_at_an_end(
    began: float, ended: float, longest_ms: int
) -> None:
    assert longest_outage_ms(SERVED, began, ended) == longest_ms


def test_what_a_disturbance_touched_can_be_left_out() -> None:
    held = Hold("the broker is paused", 1.5, 1.6)
    assert longest_outage_ms(SERVED, 0.5, 4.5, besides=[held]) == 1_100
    assert longest_outage_ms(SERVED, 0.5, 4.5, besides=[Hold("the broker is paused", 0.0, 9.0)]) == 0


@pytest.mark.parametrize(
    ("victim", "at", "seen_again", "back_ms"),
    [
        # A host is back with the first order that was sent after its death and needed it.
        ("accounts-0", 1.8, 2.0, 800),
        ("accounts-0", 2.0, 2.1, 900),
        ("markets-1", 1.8, 2.0, 1_100),
        # So is the web, and with a tree everything; before its process was seen, the old one answered.
        ("web", 1.8, 2.0, 800),
        ("supervisor", 1.8, 2.8, 1_100),
        ("supervisor", 1.8, None, None),
        # A follower is back when it is seen.
        ("projector", 1.8, 2.0, 200),
        ("projector", 1.8, None, None),
        ("newborn", 1.8, 1.8, None),
        ("accounts-0", 3.5, 3.6, None),
    ],
)
def test_a_process_is_back_when_it_serves_again(
    victim: str, at: float, seen_again: float | None, back_ms: int | None
) -> None:
    kills = [Kill(Process(victim, 1), at, None, seen_again)]
    measured = int(back_ms is not None)
    assert times_back(kills, SERVED, []) == {victim: Back(1, measured, back_ms, back_ms)}


@pytest.mark.parametrize(
    ("more_kills", "holds", "amid"),
    [
        ([Kill(Process("accounts-0", 2), 2.5, None)], [], None),
        ([], [Hold("the broker is paused", 2.4, 2.5)], None),
        ([], [], "the broker is paused"),
    ],
    ids=["killed again", "disturbed meanwhile", "killed amid a disturbance"],
)
def test_what_was_disturbed_by_something_else_is_not_measured(
    more_kills: list[Kill], holds: list[Hold], amid: str | None
) -> None:
    kills = [Kill(Process("accounts-0", 1), 1.8, amid, 2.0), *more_kills]
    back = times_back(kills, SERVED, holds)["accounts-0"]
    assert back.worst_ms != 800
