"""Owns the tests of a gateway's line to the actors: finding, joining, losing and finding them again.

Never tests what is asked: payloads are bytes.
Called by pytest.
"""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from actors.machines.messages.commands import CancelAll
from actors.processes.gateway_core import encode_asked
from actors.processes.gateway_line import Heard, Line, Taken
from actors.processes.settings import Settings
from tests.processes.fakes.hosts import HOSTS, batches
from tests.processes.programs import Program, is_gone, kill, started, wait_for
from tests.processes.workload import request

pytestmark = pytest.mark.whole

FIRST = "accounts-0"
ASKS = b"\x91\x92\x07" + encode_asked(request(16, CancelAll()))
"""A list of one pair: a correlation and what is asked."""
WITHIN_S = 30.0


@pytest.fixture
def line(settings: Settings) -> Iterator[Line]:
    line = Line(settings)
    yield line
    line.close()


def listen_until(line: Line, enough: Callable[[list[Heard]], object]) -> list[Heard]:
    """Everything heard until it is enough."""
    heard: list[Heard] = []
    deadline = time.monotonic() + WITHIN_S
    while not enough(heard):
        assert time.monotonic() < deadline, heard
        heard.append(line.listen(0.05))
    return heard


def all_hosts(line: Line, settings: Settings) -> None:
    listen_until(line, lambda _: set(line.hosts) == set(settings.streams.names))


def test_without_a_tree_nothing_is_heard(line: Line) -> None:
    assert line.listen(0.01) == Heard([], [], moved=False)
    assert line.hosts == {}


def test_a_call_ends_the_waiting_for_a_tree(line: Line) -> None:
    threading.Timer(0.05, line.call).start()
    before = time.monotonic()
    line.listen(WITHIN_S)
    assert time.monotonic() - before < WITHIN_S / 2


def test_it_learns_where_the_hosts_are_and_says_that_they_moved(line: Line, hosts: Program) -> None:
    heard = listen_until(line, lambda _: set(line.hosts) == set(hosts.settings.streams.names))
    assert heard[-1].moved
    assert not line.listen(0.01).moved


def test_a_batch_is_taken_and_answered(line: Line, hosts: Program) -> None:
    all_hosts(line, hosts.settings)
    line.send(FIRST, ASKS)
    heard = listen_until(
        line, lambda heard: any(one.replies for one in heard) and any(one.taken for one in heard)
    )
    assert [taken for one in heard for taken in one.taken] == [Taken(FIRST, line.hosts[FIRST], taken=True)]
    assert batches(hosts.settings, FIRST) == [1]


def test_a_batch_for_a_host_that_is_gone_is_not_taken(line: Line, hosts: Program) -> None:
    all_hosts(line, hosts.settings)
    where = line.hosts[FIRST]
    kill(hosts.below()[FIRST])
    line.send(FIRST, ASKS)
    heard = listen_until(line, lambda heard: any(one.taken for one in heard))
    assert [taken for one in heard for taken in one.taken] == [Taken(FIRST, where, taken=False)]


def test_a_host_that_was_replaced_is_somewhere_else(line: Line, hosts: Program) -> None:
    all_hosts(line, hosts.settings)
    before = line.hosts
    kill(hosts.below()[FIRST])
    listen_until(line, lambda _: line.hosts.get(FIRST, before[FIRST]) != before[FIRST])
    assert {**line.hosts, FIRST: before[FIRST]} == before


def test_a_new_tree_is_joined_by_itself(line: Line, hosts: Program, settings: Settings) -> None:
    all_hosts(line, settings)
    before = line.hosts
    tree = [hosts.pid, *hosts.below().values()]
    kill(hosts.pid)
    wait_for(lambda: all(map(is_gone, tree)))
    with started(settings, HOSTS):
        listen_until(line, lambda _: set(line.hosts) == set(before) and line.hosts != before)
        line.send(FIRST, ASKS)
        listen_until(line, lambda heard: any(one.replies for one in heard))


def test_after_hanging_up_it_joins_again(line: Line, hosts: Program) -> None:
    all_hosts(line, hosts.settings)
    line.hang_up()
    assert line.hosts == {}
    all_hosts(line, hosts.settings)
