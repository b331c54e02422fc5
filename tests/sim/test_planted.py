"""Owns the proof that the simulator sees: fifteen planted faults, each found within few operations.

Never counts a fault as found that seeds without it show, too.
Called by pytest.
"""

from functools import cache

import pytest

from tests.sim.planted import PLANTS, Plant
from tests.sim.run import Outcome, run

pytestmark = pytest.mark.timeout(600)
"""As in test_sim.py."""
SEEDS = range(1, 41)
OPERATIONS = 600


@cache
def violation_of(seed: int) -> str:
    """What the seed finds where nothing is planted."""
    return run(seed, OPERATIONS).violation


def found(plant: Plant) -> Outcome | None:
    """The first seed that finds what is planted."""
    for seed in SEEDS:
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            outcome = run(seed, OPERATIONS)
        if outcome.violation:
            return outcome
    return None


def test_there_are_fifteen() -> None:
    assert len({plant.__name__ for plant in PLANTS}) == 15


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_what_is_planted_is_found_and_nothing_else(plant: Plant) -> None:
    outcome = found(plant)
    assert outcome is not None
    assert [violation_of(seed) for seed in SEEDS if seed <= outcome.seed] == [""] * outcome.seed
