"""Owns the tests of the line between the launcher and a program: both ends, with a real process between.

Never starts anything of the exchange.
Called by pytest.
"""

import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Final

import pytest

from actors.processes import lifeline
from actors.processes.lifeline import Lifeline, Program

ENDS_AT_ONCE: Final = (sys.executable, "-c", "")
SERVES_ONE: Final = (
    sys.executable,
    "-c",
    """
import socket
from actors.processes.lifeline import Lifeline
line = Lifeline(socket.socket(fileno=0))
assert line.wait()
line.sign()
(listener,) = line.sockets
listener.accept()[0].sendall(b"served")
""",
)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Lifeline]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, Lifeline(theirs)


def test_who_begins_gets_the_socket_to_listen_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        program = Program(SERVES_ONE)
        assert not program.gave_signs()
        program.begin([listener])
        with closing(socket.create_connection(listener.getsockname(), timeout=60)) as connection:
            assert connection.recv(100) == b"served"
        assert program.process.wait(60) == 0
        assert program.gave_signs()
        assert not program.gave_signs(), "each sign counts once"
        program.ended(0)


def test_a_program_that_has_ended_gives_no_signs_and_can_not_begin() -> None:
    program = Program(ENDS_AT_ONCE)
    program.process.wait(60)
    program.begin([])
    assert not program.gave_signs()
    program.ended(0)


def test_without_a_launcher_nobody_begins(ends: tuple[socket.socket, Lifeline]) -> None:
    launcher, line = ends
    launcher.close()
    assert not line.wait()
    line.sign()


def test_signs_are_few_however_often_they_are_given(
    ends: tuple[socket.socket, Lifeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(lifeline, "time", SimpleNamespace(monotonic=lambda: now))
    launcher, line = ends
    launcher.sendall(b"begin")
    assert line.wait()
    for _ in range(2):
        for _ in range(100):
            line.sign()
        assert launcher.recv(1_000) == b"."
        now += lifeline.SIGN_EVERY_S


def test_signs_that_nobody_reads_hold_nobody_up(
    ends: tuple[socket.socket, Lifeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifeline, "SIGN_EVERY_S", 0.0)
    launcher, line = ends
    launcher.sendall(b"begin")
    assert line.wait()
    for _ in range(10_000):
        line.sign()
