"""Owns the tests of the supervisor, in conversation with a real one that keeps fake children.

Never judges when to restart: that is the table in test_supervision.
Called by pytest.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from actors.processes.protocol import Directory
from actors.processes.settings import Settings
from tests.processes.fakes.tree import SILENT_S_MAX, Fail, Hang, WhoAreYou
from tests.processes.programs import Program, is_gone, kill, started, wait_for
from tests.processes.visitor import Visitor, visiting

pytestmark = pytest.mark.whole

TREE: Final = "tests.processes.fakes.root"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path, restarts=100)


@pytest.fixture
def program(settings: Settings) -> Iterator[Program]:
    with started(settings, TREE) as running:
        yield running


@pytest.fixture
def visitor(program: Program) -> Iterator[Visitor]:
    with visiting(program.settings) as present:
        present.directory()
        yield present


def pid_of(visitor: Visitor, name: str) -> int:
    visitor.tell(visitor.directory().addresses[name], WhoAreYou())
    return visitor.hear(int)


def pids_that_noted(what: str, settings: Settings, name: str) -> list[int]:
    lines = (settings.var / f"{name}.notes").read_text().splitlines()
    return [int(line.split()[0]) for line in lines if line.endswith(f" {what}")]


def starts(settings: Settings, name: str) -> list[int]:
    """The pids that a child had, one after the other."""
    return pids_that_noted("start", settings, name)


def test_the_directory_leads_to_every_child(visitor: Visitor, program: Program) -> None:
    for name in ("one", "two", "three"):
        assert pid_of(visitor, name) == program.below()[name]


def test_children_are_told_where_the_others_are(visitor: Visitor, settings: Settings) -> None:
    for name in ("one", "two", "three"):
        notes = settings.var / f"{name}.notes"
        wait_for(lambda notes=notes: notes.read_text().endswith("directory one three two\n"))  # type: ignore[misc]


def test_a_killed_child_leaves_the_directory_at_once_and_is_replaced(visitor: Visitor) -> None:
    before = pid_of(visitor, "one")
    kill(before)
    without = visitor.hear(Directory)
    assert (set(without.addresses), without.awaited) == ({"two", "three"}, ("one",))
    complete = visitor.hear(Directory)
    assert (set(complete.addresses), complete.awaited) == ({"one", "two", "three"}, ())
    assert pid_of(visitor, "one") != before


def test_a_child_whose_handler_raises_ends_after_one_call_and_is_replaced(
    visitor: Visitor, settings: Settings
) -> None:
    failing = pid_of(visitor, "one")
    visitor.tell(visitor.directory().addresses["one"], Fail())
    visitor.hear(Directory, lambda directory: "one" not in directory.addresses)
    assert visitor.hear(Directory).awaited == ()
    notes = (settings.var / "one.notes").read_text().splitlines()
    assert notes.count(f"{failing} fail") == 1, "Thespian calls a handler again after an exception"
    assert starts(settings, "one") == [failing, pid_of(visitor, "one")]


def test_a_child_that_dies_before_it_connects_is_replaced(visitor: Visitor, settings: Settings) -> None:
    """Thespian says nothing of it, so the supervisor looks at its processes by itself."""
    (settings.var / "one.crash").touch()
    kill(pid_of(visitor, "one"))
    wait_for(lambda: len(starts(settings, "one")) > 3)
    (settings.var / "one.crash").unlink()
    visitor.directory()
    assert len(set(starts(settings, "one"))) == len(starts(settings, "one"))


def test_a_child_that_hangs_at_its_start_is_killed_and_replaced(visitor: Visitor, settings: Settings) -> None:
    (settings.var / "two.hang").touch()
    kill(pid_of(visitor, "two"))
    hanging = wait_for(lambda: pids_that_noted("hang", settings, "two") or None)[0]
    (settings.var / "two.hang").unlink()
    wait_for(lambda: is_gone(hanging))
    assert pid_of(visitor, "two") != hanging


@pytest.mark.parametrize("how", ["stopped", "in a handler that never returns"])
def test_a_child_that_hangs_at_work_is_killed_and_replaced(visitor: Visitor, how: str) -> None:
    hanging = pid_of(visitor, "one")
    two = pid_of(visitor, "two")
    if how == "stopped":
        os.kill(hanging, signal.SIGSTOP)
    else:
        visitor.tell(visitor.directory().addresses["one"], Hang())
    wait_for(lambda: is_gone(hanging), 2 * SILENT_S_MAX)
    visitor.hear(Directory, lambda directory: "one" not in directory.addresses)
    assert visitor.hear(Directory).awaited == ()
    assert pid_of(visitor, "one") != hanging
    assert pid_of(visitor, "two") == two, "who says that it lives is left alone"


def test_the_rest_of_a_rest_for_one_child_is_replaced_with_it(visitor: Visitor, settings: Settings) -> None:
    one, two, three = (pid_of(visitor, name) for name in ("one", "two", "three"))
    kill(two)
    visitor.hear(Directory, lambda directory: "two" not in directory.addresses)
    visitor.hear(Directory, lambda directory: not directory.awaited)
    assert pid_of(visitor, "one") == one
    assert pid_of(visitor, "two") != two
    assert pid_of(visitor, "three") != three
    assert starts(settings, "three")[0] == three


def test_a_transient_child_that_ends_well_is_not_replaced(visitor: Visitor, settings: Settings) -> None:
    os.kill(pid_of(visitor, "three"), signal.SIGTERM)
    without = visitor.hear(Directory)
    assert (set(without.addresses), without.awaited) == ({"one", "two"}, ())
    assert (settings.var / "three.notes").read_text().endswith(" stop\n")
    assert len(starts(settings, "three")) == 1


def test_a_subscriber_that_is_gone_disturbs_nobody(visitor: Visitor, settings: Settings) -> None:
    with visiting(settings) as guest:
        guest.directory()
    kill(pid_of(visitor, "one"))
    visitor.hear(Directory, lambda directory: "one" not in directory.addresses)
    assert visitor.hear(Directory).awaited == ()
