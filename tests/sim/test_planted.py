"""Owns the proof that the simulator sees: planted faults, each found within few operations.

Never counts a fault as found that seeds without it show, too.
Called by pytest.
"""

from functools import cache

import pytest

from tests.sim.planted import PLANTS, Plant, believe_clocks
from tests.sim.run import Outcome, run

pytestmark = pytest.mark.timeout(600)
"""As in test_sim.py."""
SEEDS = range(1, 41)
RARE: dict[Plant, range] = {believe_clocks: range(35, 41)}
"""What takes several faults at once shows in few seeds: there it is looked for."""
OPERATIONS = 1_200


@cache
def violation_of(seed: int) -> str:
    """What the seed finds where nothing is planted."""
    return run(seed, OPERATIONS).violation


def found(plant: Plant) -> Outcome | None:
    """The first seed that finds what is planted."""
    for seed in RARE.get(plant, SEEDS):
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            outcome = run(seed, OPERATIONS)
        if outcome.violation:
            return outcome
    return None


def test_no_fault_is_planted_twice() -> None:
    assert len({plant.__name__ for plant in PLANTS}) == len(PLANTS) > 15


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_what_is_planted_is_found_and_nothing_else(plant: Plant) -> None:
    outcome = found(plant)
    assert outcome is not None
    assert not any(violation_of(seed) for seed in RARE.get(plant, SEEDS) if seed <= outcome.seed)
