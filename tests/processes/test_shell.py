"""Owns the tests of what all actor processes have in common, with fake children of a real tree.

Never tests what a particular actor does.
Called by pytest.
"""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from actors.processes import journal
from actors.processes.protocol import Directory
from actors.processes.settings import Settings
from actors.processes.shell import FAILED_EXIT_CODE, MESSAGES_PER_COLLECTION
from tests.processes.fakes.tree import Fail, FailInThread, FakeChild, NeverRest, Objects, WhoAreYou
from tests.processes.programs import Program, started, wait_for, whole_lines
from tests.processes.visitor import Visitor, visiting

pytestmark = pytest.mark.whole

MESSAGES: Final = 300


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with started(Settings(var=tmp_path, restarts=100), "tests.processes.fakes.root") as running:
        yield running


@pytest.fixture
def visitor(program: Program) -> Iterator[Visitor]:
    with visiting(program.settings) as present:
        yield present


def journal_of(program: Program, **wanted: object) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in whole_lines(journal.path(program.settings))]
    return [line for line in lines if line.items() >= wanted.items()]


@pytest.mark.parametrize(
    ("message", "event"), [(Fail(), "failed on Fail"), (FailInThread(), "a thread failed")], ids=str
)
def test_an_exception_is_logged_once_and_ends_the_process(
    visitor: Visitor, program: Program, message: object, event: str
) -> None:
    visitor.tell(visitor.directory().addresses["one"], message)
    visitor.hear(Directory, lambda directory: "one" not in directory.addresses)
    (line,) = journal_of(program, process="one", level="critical")
    assert line["event"] == event
    assert "ZeroDivisionError: made to fail" in str(line["exception"])
    (ended,) = journal_of(program, process="supervisor", event="child ended")
    assert (ended["child"], ended["code"]) == ("one", FAILED_EXIT_CODE)


def test_before_it_is_started_it_does_nothing(visitor: Visitor, program: Program) -> None:
    directory = visitor.directory()
    unborn = visitor.system.createActor(FakeChild)
    visitor.tell(unborn, WhoAreYou())
    visitor.tell(directory.addresses["one"], WhoAreYou())
    assert visitor.hear(int) == program.below()["one"]
    wait_for(lambda: bool(journal_of(program, event="not started yet", message="WhoAreYou")))


def test_operators_find_processes_by_their_titles(visitor: Visitor, program: Program) -> None:
    visitor.directory()
    assert set(program.below()) == {"admin", "logger", "supervisor", "one", "two", "three"}


def test_who_never_rests_still_hears_and_can_be_stopped(visitor: Visitor, program: Program) -> None:
    one = visitor.directory().addresses["one"]
    pid = program.below()["one"]
    visitor.tell(one, NeverRest())
    visitor.tell(one, WhoAreYou())
    assert visitor.hear(int) == pid
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: f"{pid} stop" in (program.settings.var / "one.notes").read_text())


def test_messages_leave_nothing_behind(visitor: Visitor) -> None:
    """The collector does not run by itself, and each of these messages leaves a cycle."""
    one = visitor.directory().addresses["one"]
    counts: list[int] = []
    for _ in range(MESSAGES):
        visitor.tell(one, Objects())
        counts.append(visitor.hear(Objects).count)
    assert max(counts) - min(counts) < MESSAGES / 2
    assert abs(counts[-1] - counts[MESSAGES // 2]) < 4 * MESSAGES_PER_COLLECTION
