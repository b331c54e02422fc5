"""Owns the tests of the launcher, with real processes: fake children in the tree, a fake web.

Never trades: that orders survive a kill is shown in test_kill.
Called by pytest.
"""

import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil
import pytest

from actors.processes import launcher
from actors.processes.journal import path as journal_path
from actors.processes.settings import Settings
from actors.processes.transport import find_tree
from tests.processes.programs import Program, free_port, is_gone, kill, started, wait_for

pytestmark = pytest.mark.serial

LAUNCH: Final = "tests.processes.fakes.launch"
TREE: Final = {"root", "admin", "logger", "supervisor", "one", "two", "three"}
ALL: Final = TREE | {"web"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path / "a var", port=free_port(), restarts=100)


@pytest.fixture
def running(settings: Settings) -> Iterator[Program]:
    with started(settings, LAUNCH) as program:
        wait_until_complete(program)
        yield program


def wait_until_complete(program: Program, within_s: float = 10.0) -> dict[str, int]:
    wait_for(lambda: f"Credence is at {program.settings.url}" in program.said(), within_s, "the start")
    return wait_for(
        lambda: named if (named := program.below()).keys() == ALL else None, within_s, "all processes"
    )


def answers(settings: Settings) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=1)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_what_is_killed_comes_back_by_itself(running: Program) -> None:
    """A child and the web alone within 2 s; what holds up the tree, with the whole tree within 5 s."""
    for victim, within_s, also_new in (
        ("one", 2.0, {"one"}),
        ("web", 2.0, {"web"}),
        ("two", 2.0, {"two", "three"}),
        ("logger", 5.0, TREE),
        ("admin", 5.0, TREE),
        ("supervisor", 5.0, TREE),
        ("root", 5.0, TREE),
    ):
        before = wait_until_complete(running)
        kill(before[victim])

        def all_back(before: dict[str, int] = before, also_new: set[str] = also_new) -> dict[str, int] | None:
            now = running.below()
            complete = now.keys() == ALL and {name for name in ALL if now[name] != before[name]} == also_new
            return now if complete else None

        after = wait_for(all_back, within_s, f"the return of {victim}")
        assert all(is_gone(before[name]) for name in also_new)
        assert {name for name in ALL if before[name] == after[name]} == ALL - also_new
        wait_for(lambda: answers(running.settings), within_s)
        wait_for(lambda: find_tree(running.settings), within_s)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_nothing(running: Program, stop: signal.Signals) -> None:
    pids = running.below()
    began = time.monotonic()
    os.kill(running.pid, stop)
    assert running.wait() == launcher.STOPPED
    assert time.monotonic() - began < 5
    assert running.said().splitlines()[-1] == "Credence has stopped"
    assert [name for name, pid in pids.items() if not is_gone(pid)] == []
    for child in ("one", "two", "three"):
        notes = (running.settings.var / f"{child}.notes").read_text().splitlines()
        assert notes[-1] == f"{pids[child]} stop", "each child was asked, not killed"
    assert (running.settings.var / "web.stopped").exists()
    assert find_tree(running.settings) is None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", running.settings.port))
    with started(running.settings, LAUNCH) as again:
        wait_until_complete(again)


def test_nothing_survives_the_launcher(running: Program) -> None:
    pids = running.below()
    kill(running.pid)
    running.wait()
    wait_for(lambda: all(is_gone(pid) for pid in pids.values()), 2)
    with started(running.settings, LAUNCH) as again:
        wait_until_complete(again)


def test_the_first_start_is_done_once(running: Program) -> None:
    assert running.said().count("the first start was here") == 1
    os.kill(running.pid, signal.SIGINT)
    running.wait()
    with started(running.settings, LAUNCH) as again:
        wait_for(lambda: again.said().count("Credence is at") == 2)
        assert again.said().count("the first start was here") == 1


def test_a_second_launcher_on_the_same_var_is_refused(running: Program) -> None:
    other = Settings(var=running.settings.var, port=free_port())
    running.output.unlink()  # both would say what they say in the same file
    assert refusal(other) == f"another exchange is running on {other.var}"
    assert answers(running.settings)


def test_a_busy_port_is_refused_and_named(running: Program, tmp_path: Path) -> None:
    other = Settings(var=tmp_path / "other", port=running.settings.port)
    assert refusal(other) == (
        f"port {other.port} of 127.0.0.1 can't be used (Address already in use);"
        " CREDENCE_PORT chooses another"
    )


def test_a_var_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    assert refusal(Settings(var=tmp_path, port=free_port())).startswith("CREDENCE_VAR can't be used: ")


def test_a_log_with_other_streams_is_refused(settings: Settings) -> None:
    (settings.var / "log").mkdir(parents=True)
    (settings.var / "log" / "log.json").write_text('{"version": 1, "log": "x", "streams": ["other"]}')
    assert "already exists, with the streams other" in refusal(settings)


def refusal(settings: Settings) -> str:
    """What a launcher says that refuses to start."""
    with started(settings, LAUNCH) as program:
        assert program.wait() == launcher.REFUSED
        (line,) = program.said().splitlines()
        return line.removeprefix("Credence is not started: ")


def test_a_tree_that_fails_again_and_again_is_given_up_in_words(settings: Settings) -> None:
    settings.var.mkdir(parents=True)
    (settings.var / "one.crash").touch()
    few = Settings(var=settings.var, port=settings.port, restarts=2)
    with started(few, LAUNCH) as program:
        assert program.wait(20) == launcher.GAVE_UP
        assert program.said().splitlines()[-1] == (
            "Credence gives up: one ended 3 times within 30 s, the last time with exit code 70;"
            f" CREDENCE_RESTARTS allows 2 restarts. More in {journal_path(few)}"
        )
    assert psutil.Process().children(recursive=True) == []
