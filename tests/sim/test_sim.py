"""Owns the simulator's share of every test run: seeds with many operations, and that they repeat exactly.

Never plants a fault: that is test_planted.py.
Called by pytest.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.sim.run import run
from tests.tidy.tree import ROOT

pytestmark = pytest.mark.timeout(600)
"""Work for a processor, not for a clock: where many others want it, too, it takes its time."""
SEEDS = range(1_001, 1_011)
OPERATIONS = 2_500
"""As many as a test run has time for; ``make sim SEEDS=200 OPS=5000`` goes further."""


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_violated(seed: int) -> None:
    outcome = run(seed, OPERATIONS)
    assert outcome.violation == ""
    assert outcome.operations >= OPERATIONS


def test_a_seed_gives_the_same_trace_whatever_the_hashes_are() -> None:
    """The command in two processes with other hash seeds: the same bytes, the verdict in the last line."""
    command = [sys.executable, "-m", "tests.sim", "--seed", "42", "--ops", "500", "--trace", "/dev/stderr"]
    runs = [
        subprocess.run(
            command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stderr == runs[1].stderr
    assert runs[0].stderr.count(b"\n") > 1_000
    assert runs[0].stdout == runs[1].stdout
    verdict = json.loads(runs[0].stdout.splitlines()[-1])
    assert list(verdict) == ["seed", "ops", "trace_sha256", "violations"]
    assert (verdict["seed"], verdict["ops"] >= 500, verdict["violations"]) == (42, True, 0)


def test_other_seeds_are_other_runs() -> None:
    assert len({run(seed, 50).trace_sha256 for seed in range(5)}) == 5
