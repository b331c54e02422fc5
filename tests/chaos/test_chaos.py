"""Owns the tests of the command as it is used: kills on a real RabbitMQ, Ctrl-C, nothing left behind.

Never judges the exchange itself: the command does.
Called by pytest. The long runs are ``make chaos``.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil
import pytest

from tests.processes.programs import ROOT, wait_for

pytestmark = pytest.mark.whole

LAST_LINE: Final = [
    "profile",
    "orders",
    "kills",
    "acknowledged_lost",
    "doubled",
    "money_conserved",
    "in_doubt_resolved",
    "longest_outage_ms",
    "stuck_orders",
    "ok",
]


@pytest.fixture
def temporary(tmp_path: Path) -> Iterator[Path]:
    """A folder for all that the command makes; it must be empty afterwards, and nobody work in it."""
    yield tmp_path
    wait_for(lambda: processes_in(tmp_path) == [], name="the end of all processes")
    assert list(tmp_path.iterdir()) == []
    assert str(tmp_path) not in Path("/proc/mounts").read_text()


def processes_in(folder: Path) -> list[str]:
    """The command lines that name the folder."""
    lines = [" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if str(folder) in line]


def command(temporary: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos", *arguments],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_six_kills_and_the_broker_killed_on_a_real_rabbitmq(temporary: Path) -> None:
    arguments = (
        "--profile",
        "full",
        "--kills",
        "6",
        "--orders",
        "300",
        "--broker-kills",
        "1",
        "--seed",
        "4",
    )
    running = command(temporary, *arguments)
    said, told = running.communicate()
    assert running.returncode == 0, told
    last = json.loads(said.splitlines()[-1])
    assert list(last) == LAST_LINE
    assert last["orders"] >= 300
    assert last | {"orders": 300, "longest_outage_ms": 0} == {
        "profile": "full",
        "orders": 300,
        "kills": 6,
        "acknowledged_lost": 0,
        "doubled": 0,
        "money_conserved": True,
        "in_doubt_resolved": True,
        "longest_outage_ms": 0,
        "stuck_orders": 0,
        "ok": True,
    }
    assert "seed 4" in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_run_that_is_interrupted_leaves_nothing_behind(temporary: Path, number: int) -> None:
    running = command(temporary, "--kills", "1000", "--orders", "1")
    wait_for(
        lambda: any("credence web" in line for line in processes_in(temporary)), 60, "a running exchange"
    )
    running.send_signal(number)
    said, told = running.communicate()
    assert (running.returncode, said) == (130, ""), told
