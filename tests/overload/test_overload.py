"""Owns the short run of the overload rig: three times as much as the exchange can do, for a few seconds.

Never judges by itself: the verdict does.
Called by pytest.
"""

from typing import Final

import msgspec
import pytest

from tests.overload.run import run

pytestmark = pytest.mark.serial

RUNS: Final = 2
"""How quick it is is judged by the best of them: this machine may be busy with something else."""
NEVER: Final = {
    "a refusal doesn't say when to come back",
    "what was refused happened, or what was accepted did not",
}


def test_who_is_accepted_waits_a_bounded_time_and_the_rest_is_told_at_once() -> None:
    verdicts = [run(capacity_s=2.0, overload_s=4.0) for _ in range(RUNS)]
    broken = [set(verdict.broken) for verdict in verdicts]
    assert set.union(*broken) & NEVER == set(), msgspec.json.encode(verdicts)
    assert set.intersection(*broken) == set(), msgspec.json.encode(verdicts)
