"""Owns the tests of one incarnation of the tree: how it ends, and that nothing is left of it.

Never restarts one: that is the launcher's.
Called by pytest.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.processes import incarnation, journal
from actors.processes.settings import Settings
from actors.processes.transport import find_tree
from tests.processes.programs import ROOT, Program, environment, is_gone, kill, started, wait_for
from tests.processes.visitor import visiting

pytestmark = pytest.mark.whole

NEVER_READY = """
import os, sys
from actors.processes import incarnation
from actors.processes.settings import Settings
from tests.processes.fakes.tree import FakeChild
incarnation.SUPERVISOR_READY_WITHIN_S = 0.3
sys.exit(incarnation.run(Settings.from_environment(os.environ), FakeChild))
"""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with started(Settings(var=tmp_path, restarts=1), "tests.processes.fakes.root") as running:
        with visiting(running.settings) as visitor:
            visitor.directory()
        yield running


@pytest.mark.parametrize("victim", ["admin", "supervisor"])
def test_the_death_of_admin_or_supervisor_ends_it_all(program: Program, victim: str) -> None:
    """Thespian itself would leave all actors running, for nobody."""
    pids = program.below()
    kill(pids[victim])
    assert program.wait() == incarnation.FAILED
    assert [name for name, pid in pids.items() if not is_gone(pid)] == []
    assert find_tree(program.settings) is None


@pytest.mark.parametrize("victim", ["admin", "supervisor"])
def test_an_admin_or_supervisor_that_hangs_ends_it_all(tmp_path: Path, victim: str) -> None:
    with started(Settings(var=tmp_path, restarts=1), "tests.processes.fakes.impatient_root") as program:
        with visiting(program.settings) as visitor:
            visitor.directory()
        pids = program.below()
        os.kill(pids[victim], signal.SIGSTOP)
        assert program.wait() == incarnation.FAILED
        assert [name for name, pid in pids.items() if not is_gone(pid)] == []
    assert f'"silent":["{victim}"]' in journal.path(program.settings).read_text()


def test_nothing_survives_its_root(program: Program) -> None:
    pids = program.below()
    kill(program.pid)
    wait_for(lambda: all(is_gone(pid) for pid in pids.values()))


def test_it_is_stopped_in_order_by_a_signal(program: Program) -> None:
    pids = program.below()
    os.kill(program.pid, signal.SIGTERM)
    assert program.wait() == incarnation.STOPPED
    assert [name for name, pid in pids.items() if not is_gone(pid)] == []
    for child in ("one", "two", "three"):
        assert (program.settings.var / f"{child}.notes").read_text().endswith(f"{pids[child]} stop\n")
    assert find_tree(program.settings) is None


def test_a_child_that_can_not_be_kept_running_ends_it_with_last_words(program: Program) -> None:
    (program.settings.var / "one.crash").touch()
    kill(program.below()["one"])
    assert program.wait() == incarnation.GAVE_UP
    assert incarnation.last_words(program.settings).read_text() == (
        "one ended 2 times within 30 s, the last time with exit code 70; CREDENCE_RESTARTS allows 1 restarts;"
        " it said: RuntimeError: made to crash at its start"
    )


def test_a_supervisor_that_is_never_ready_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "supervisor.hang").touch()
    settings = Settings(var=tmp_path)
    ended = subprocess.run(
        [sys.executable, "-c", NEVER_READY], cwd=ROOT, env=environment(settings), check=False, timeout=60
    )
    assert ended.returncode == incarnation.FAILED
    assert "the supervisor is not ready within 0.3 s" in journal.path(settings).read_text()
