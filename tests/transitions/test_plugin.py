"""Owns the tests of the option ``--transitions``, on a real run of few tests by several processes.

Never tests what counts: the report's tests do.
Called by pytest.
"""

import subprocess
import sys

import pytest

from tests.tidy.tree import ROOT

FEW = "tests/machines/account_stream/test_order.py"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", FEW, *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)


@pytest.mark.parametrize("processes", [["-n", "2"], []], ids=["several processes", "one process"])
def test_a_run_that_leaves_transitions_out_fails_and_says_which(processes: list[str]) -> None:
    done = run(*processes, "--transitions=list")
    assert done.returncode == 1
    assert "Market: no test takes open -> closed by MarketClosed" in done.stdout
    assert "(nothing) -> pending: account_stream/test_order.py::" in done.stdout
    assert "Order: no test takes (nothing) -> pending" not in done.stdout
    assert " failed" not in done.stdout


def test_without_the_option_nothing_is_asked() -> None:
    done = run()
    assert done.returncode == 0
    assert "transitions" not in done.stdout
