"""Owns the tests of the schedule: all that is asked for, drawn from the seed alone.

Never does any of it.
Called by pytest.
"""

import random
from collections import Counter

from tests.chaos.schedule import LATER_S, SOON_S, Deed, Step, lasts_s, make_schedule

COUNTS = {Deed.KILL: 30, Deed.BROKER_PAUSED: 2}


def test_a_schedule_has_every_deed_that_is_asked_for() -> None:
    schedule = make_schedule(random.Random(1), COUNTS)
    assert Counter(deed for _, deed in schedule) == COUNTS
    assert min(wait_s for wait_s, _ in schedule) <= SOON_S[1]
    assert max(wait_s for wait_s, _ in schedule) >= LATER_S[0]


def test_the_same_seed_draws_the_same_schedule() -> None:
    one, same, other = (make_schedule(random.Random(seed), COUNTS) for seed in (1, 1, 2))
    assert one == same != other


def test_a_schedule_lasts_as_long_as_its_waits_and_holds() -> None:
    schedule = [Step(1.5, Deed.KILL), Step(0.5, Deed.BROKER_PAUSED)]
    assert lasts_s(schedule, {Deed.BROKER_PAUSED: 30.0}) == 32.0
