"""Owns the tests of the launcher, with real processes: fake children in the tree, a fake web.

Never trades: that orders survive a kill is shown in test_kill.
Called by pytest.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple

import psutil
import pytest

from actors.processes import launcher
from actors.processes.journal import path as journal_path
from actors.processes.settings import Settings
from actors.processes.transport import find_tree
from tests.processes.programs import Program, free_port, is_gone, kill, started, wait_for

pytestmark = pytest.mark.whole

LAUNCH: Final = "tests.processes.fakes.launch"
REAL: Final = "actors.processes.launcher"
STOPPED_WITHIN_S: Final = 10
PASSWORD: Final = "the password of staff"
TREE: Final = {"root", "admin", "logger", "supervisor", "one", "two", "three"}
STANDING_BY: Final = {"standby-root", "standby-web"}
ALL: Final = TREE | {"web"} | STANDING_BY


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path / "a var", port=free_port(), restarts=100)


@pytest.fixture
def running(settings: Settings) -> Iterator[Program]:
    with started(settings, LAUNCH) as program:
        wait_until_complete(program)
        yield program


def wait_until_complete(program: Program) -> dict[str, int]:
    wait_for(lambda: f"Credence is at {program.settings.url}" in program.said(), name="the start")
    return wait_for(lambda: named if (named := program.below()).keys() == ALL else None, name="all processes")


def answers(settings: Settings, within_s: float = 1.0) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=within_s)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_what_is_killed_comes_back_by_itself(running: Program) -> None:
    """A child and the web alone; what holds up the tree, with the whole tree. How soon: see test_kill."""
    for victim, also_new in (
        ("one", {"one"}),
        ("web", {"web", "standby-web"}),
        ("two", {"two", "three"}),
        ("logger", TREE | {"standby-root"}),
        ("admin", TREE | {"standby-root"}),
        ("supervisor", TREE | {"standby-root"}),
        ("root", TREE | {"standby-root"}),
        ("standby-web", {"standby-web"}),
    ):
        before = wait_until_complete(running)
        kill(before[victim])

        def all_back(before: dict[str, int] = before, also_new: set[str] = also_new) -> dict[str, int] | None:
            now = running.below()
            complete = now.keys() >= ALL - STANDING_BY and all(
                now[name] != before[name] for name in also_new - STANDING_BY
            )
            return now if complete else None

        wait_for(all_back, name=f"the return of {victim}")
        wait_for(lambda: answers(running.settings))
        wait_for(lambda: find_tree(running.settings))
        assert all(is_gone(before[name]) for name in {victim, *also_new} - STANDING_BY)
        after = wait_until_complete(running)
        assert {name for name in ALL if before[name] == after[name]} == ALL - also_new


def test_who_stands_by_takes_over_and_is_replaced(running: Program) -> None:
    for victim, successor in (("web", "standby-web"), ("root", "standby-root")):
        before = wait_until_complete(running)
        kill(before[victim])
        wait_for(lambda: is_gone(before[victim]))  # noqa: B023 (waited for at once)
        after = wait_until_complete(running)
        assert after[victim] == before[successor]


def test_while_the_web_is_away_who_connects_waits(running: Program) -> None:
    for _ in range(3):
        web = running.below()["web"]
        kill(web)
        wait_for(lambda: is_gone(web))  # noqa: B023 (waited for at once)
        assert answers(running.settings, 60), "neither refused nor reset"


@pytest.mark.parametrize("victim", ["web", "root"])
def test_what_hangs_is_killed_and_comes_back(running: Program, victim: str) -> None:
    hanging = running.below()[victim]
    os.kill(hanging, signal.SIGSTOP)
    wait_for(lambda: is_gone(hanging), name=f"the end of {victim}")
    wait_until_complete(running)
    wait_for(lambda: answers(running.settings))
    assert "silent for 5 s" in journal_path(running.settings).read_text()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_nothing(running: Program, stop: signal.Signals) -> None:
    pids = running.below()
    began = time.monotonic()
    os.kill(running.pid, stop)
    assert running.wait() == launcher.STOPPED
    assert time.monotonic() - began < STOPPED_WITHIN_S
    assert running.said().splitlines()[-1] == "Credence has stopped"
    assert [name for name, pid in pids.items() if not is_gone(pid)] == []
    for child in ("one", "two", "three"):
        notes = (running.settings.var / f"{child}.notes").read_text().splitlines()
        assert notes[-1] == f"{pids[child]} stop", "each child was asked, not killed"
        assert (f"{pids[child]} snapshots" in notes) == (child == "one")
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
    wait_for(lambda: all(is_gone(pid) for pid in pids.values()))
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


def names(process: psutil.Process, folder: Path) -> bool:
    """Whether the process's title names this folder; one that is gone, or isn't ours to see, doesn't."""
    try:
        return any(str(folder) in word for word in process.cmdline())
    except psutil.Error:
        return False


def test_a_tree_that_fails_again_and_again_is_given_up_in_words(settings: Settings) -> None:
    settings.var.mkdir(parents=True)
    (settings.var / "one.crash").touch()
    few = Settings(var=settings.var, port=settings.port, restarts=2)
    with started(few, LAUNCH) as program:
        assert program.wait() == launcher.GAVE_UP
        assert program.said().splitlines()[-1] == (
            "Credence gives up: one ended 3 times within 30 s, the last time with exit code 70;"
            " CREDENCE_RESTARTS allows 2 restarts; it said: RuntimeError: made to crash at its start."
            f" More in {journal_path(few)}"
        )
    # Orphans would be init's children by now: what belongs to this exchange names its folder.
    assert [one.pid for one in psutil.process_iter() if names(one, settings.var)] == []


def test_the_real_exchange_answers_what_is_in_flight_stops_and_keeps_its_state(tmp_path: Path) -> None:
    settings = Settings(
        var=tmp_path / "a var", port=free_port(), demo=False, hashing_cost="cheap", staff_password=PASSWORD
    )
    with started(settings, REAL) as program:
        wait_for(lambda: f"Credence is at {settings.url}" in program.said(), 60, "the start")
        pids = wait_for(lambda: named if (named := program.below()).keys() >= STANDING_BY else None)
        assert pids.keys() == {
            "root",
            "admin",
            "logger",
            "supervisor",
            "projector",
            "keeper",
            "auditor",
            "web",
            *STANDING_BY,
            *settings.streams.names,
        }
        answered: Counter[int] = Counter()
        asking = [threading.Thread(target=ask_until_refused, args=(settings, answered)) for _ in range(4)]
        for thread in asking:
            thread.start()
        wait_for(lambda: answered.total() > 20)
        first = stopped(program)
        for thread in asking:
            thread.join()
        assert [name for name, pid in pids.items() if not is_gone(pid)] == []
        assert set(answered) <= {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}, (
            "the web answers what it takes, and sends away what comes when it is stopping"
        )
    with started(settings, REAL) as program:
        wait_for(lambda: program.said().count("Credence is at") == 2, 60, "the second start")
        assert sign_in(settings) == HTTPStatus.OK
        second = stopped(program)
    assert Stop(in_time=True, killed=0, snapshots=frozenset(settings.streams.names)) in {first, second}


class Stop(NamedTuple):
    """How an exchange stopped. Judged by the best of two: this machine may be busy with something else."""

    in_time: bool
    killed: int
    snapshots: frozenset[str]
    """The streams of which there was time for a last one."""


def stopped(program: Program) -> Stop:
    began = time.monotonic()
    os.kill(program.pid, signal.SIGINT)
    assert program.wait() == launcher.STOPPED
    in_time = time.monotonic() - began < STOPPED_WITHIN_S
    said = [json.loads(line) for line in journal_path(program.settings).read_text().splitlines()]
    killed = sum(line["event"] == "child did not stop in time" for line in said)
    taken = [line["positions"] for line in said if line["event"] == "snapshots taken"]
    return Stop(in_time, killed, frozenset(taken[0] if taken else ()))


def ask_until_refused(settings: Settings, answered: Counter[int]) -> None:
    """New connections, as long as there is somebody to connect to."""
    with contextlib.suppress(ConnectionRefusedError):
        while True:
            answered[sign_in(settings)] += 1


def sign_in(settings: Settings) -> int:
    """The status of a request that only an account host can answer; 0 if there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=60)
    with contextlib.closing(connection):
        body = json.dumps({"username": "staff", "password": PASSWORD})
        try:
            connection.request("POST", "/v3/sessions/", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            if response.status == HTTPStatus.SERVICE_UNAVAILABLE:
                assert response.headers["retry-after"] == "1"
                assert json.load(response)["error_type"] == "SERVICE_TEMPORARILY_UNAVAILABLE"
            return response.status
        except (ConnectionResetError, BrokenPipeError):
            # The web closed its port while this one connected, or still waited to be accepted.
            raise ConnectionRefusedError from None
        except http.client.HTTPException:
            return 0
