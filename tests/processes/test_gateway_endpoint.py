"""Owns the tests of a gateway's endpoint among the actors: sending, receiving, being woken.

Never tests what is sent. The other side is a fake child of a real tree.
Called by pytest.
"""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.processes import transport
from actors.processes.gateway_endpoint import Endpoint, Wake
from actors.processes.protocol import Subscribe
from actors.processes.settings import Settings
from tests.processes.fakes.tree import WhoAreYou
from tests.processes.programs import Program, kill, pause, started
from tests.processes.visitor import Visitor, visiting

LONG_S = 30.0
"""Nobody waits so long in these tests: something ends the waiting."""


@pytest.fixture
def wake() -> Iterator[Wake]:
    wake = Wake()
    yield wake
    wake.close()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with started(Settings(var=tmp_path, restarts=100), "tests.processes.fakes.root") as running:
        yield running


@pytest.fixture
def visitor(program: Program) -> Iterator[Visitor]:
    with visiting(program.settings) as present:
        present.directory()
        yield present


@pytest.fixture
def endpoint(visitor: Visitor, wake: Wake) -> Iterator[Endpoint]:
    endpoint = Endpoint(visitor.system, wake)
    yield endpoint
    endpoint.close()


def receive(endpoint: Endpoint, count: int) -> list[object]:
    """So many messages, in as many receives as it takes."""
    received: list[object] = []
    deadline = time.monotonic() + LONG_S
    while len(received) < count and time.monotonic() < deadline:
        received += endpoint.receive(LONG_S)
    return received


def listen_until_told(endpoint: Endpoint, told: list[bool], count: int) -> None:
    """That a message was taken may be heard after the answer to it: they come by different connections."""
    deadline = time.monotonic() + LONG_S
    while len(told) < count and time.monotonic() < deadline:
        assert endpoint.receive(0.01) == []


def test_a_call_wakes_once() -> None:
    wake = Wake()
    wake.call()
    wake.call()
    assert os.eventfd_read(wake.descriptor) == 1
    wake.clear()
    wake.call()
    assert os.eventfd_read(wake.descriptor) == 1
    wake.close()


def test_clearing_without_a_call_does_not_wait(wake: Wake) -> None:
    wake.clear()
    wake.call()
    wake.clear()
    with pytest.raises(BlockingIOError):
        os.eventfd_read(wake.descriptor)


@pytest.mark.whole
def test_what_is_sent_is_answered_and_its_taking_is_told(
    endpoint: Endpoint, visitor: Visitor, program: Program
) -> None:
    told: list[bool] = []
    endpoint.send(visitor.directory().addresses["one"], WhoAreYou(), told.append)
    assert receive(endpoint, 1) == [program.below()["one"]]
    listen_until_told(endpoint, told, 1)
    assert told == [True]


@pytest.mark.whole
def test_many_answers_come_together_or_one_by_one_but_all(endpoint: Endpoint, visitor: Visitor) -> None:
    addresses = visitor.directory().addresses
    told: list[bool] = []
    for _ in range(10):
        for name in ("one", "two", "three"):
            endpoint.send(addresses[name], WhoAreYou(), told.append)
    assert len(receive(endpoint, 30)) == 30
    listen_until_told(endpoint, told, 30)
    assert told == [True] * 30


@pytest.mark.whole
def test_what_nobody_can_take_is_told_too(endpoint: Endpoint, visitor: Visitor, program: Program) -> None:
    address = visitor.directory().addresses["one"]
    kill(program.below()["one"])
    told: list[bool] = []
    endpoint.send(address, WhoAreYou(), told.append)
    deadline = time.monotonic() + LONG_S
    while not told and time.monotonic() < deadline:
        assert endpoint.receive(LONG_S) == []
    assert told == [False]


@pytest.mark.whole
def test_sending_does_not_wait_for_a_receiver_that_hangs(
    endpoint: Endpoint, visitor: Visitor, program: Program
) -> None:
    addresses = visitor.directory().addresses
    pause(program.below()["one"])
    told: list[bool] = []
    endpoint.send(addresses["one"], WhoAreYou(), told.append)
    endpoint.send(addresses["two"], WhoAreYou(), lambda _: None)
    assert receive(endpoint, 1) == [program.below()["two"]]
    assert told == []


@pytest.mark.whole
def test_a_call_from_another_thread_ends_the_waiting(endpoint: Endpoint, wake: Wake) -> None:
    threading.Timer(0.05, wake.call).start()
    before = time.monotonic()
    assert endpoint.receive(LONG_S) == []
    assert time.monotonic() - before < LONG_S / 2


@pytest.mark.whole
def test_the_time_ends_the_waiting(endpoint: Endpoint) -> None:
    assert endpoint.receive(0.01) == []


@pytest.mark.whole
def test_endpoints_do_not_hear_what_others_are_told(endpoint: Endpoint, visitor: Visitor, wake: Wake) -> None:
    other = Endpoint(visitor.system, wake)
    other.send(visitor.tree.supervisor, Subscribe(), lambda _: None)
    assert len(receive(other, 1)) == 1
    assert endpoint.receive(0.01) == []
    other.close()


def test_a_tree_that_is_not_there_is_not_joined(tmp_path: Path) -> None:
    nowhere = transport.Tree(1, 1, 1, 1, 1, "07")
    with pytest.raises(transport.NotRunningError):
        transport.join_system(Settings(var=tmp_path), nowhere)
