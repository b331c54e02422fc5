"""Owns the short run of the overload rig: three times as much as the exchange can do, for a few seconds.

Never judges by itself: the verdict does.
Called by pytest.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import pytest

from tests.overload.run import run
from tests.overload.verdict import Verdict

pytestmark = pytest.mark.whole

RUNS_MAX: Final = 3
"""How quick it is one good run shows: this machine may be busy with something else in the others."""
NEVER: Final = {
    "a refusal doesn't say when to come back",
    "what was refused happened, or what was accepted did not",
}


def test_who_is_accepted_waits_a_bounded_time_and_the_rest_is_told_at_once() -> None:
    verdicts: list[Verdict] = []
    while not verdicts or (still_broken(verdicts) and len(verdicts) < RUNS_MAX):
        verdicts.append(run(capacity_s=2.0, overload_s=4.0))
        assert NEVER.isdisjoint(verdicts[-1].broken), msgspec.json.encode(verdicts)
    assert still_broken(verdicts) == set(), msgspec.json.encode(verdicts)


def still_broken(verdicts: Sequence[Verdict]) -> set[str]:
    """What no run has kept."""
    return set.intersection(*(set(verdict.broken) for verdict in verdicts))
