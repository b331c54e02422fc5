"""Owns the tests of what makes Thespian's messages cheap: that they stay whole, and are cheap.

Never tests what Thespian does with a message.
Called by pytest.
"""

import errno
import os
import pickle
import selectors
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from thespian.actors import ActorAddress
from thespian.system.transport import TCPTransport, streamBuffer

from actors.processes import corrections, transport_speed
from actors.processes.settings import Settings
from actors.processes.transport_speed import FIRST_READ_BYTES, Poll
from tests.processes.fakes.tree import WhoAreYou
from tests.processes.programs import started
from tests.processes.visitor import visiting

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def happened(poll: Poll, timeout_s: float | None = 0) -> list[tuple[int, int]]:
    return [(ready.fd, events) for ready, events in poll.select(timeout_s)]


def test_a_poll_says_what_can_be_read_and_written(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    poll = Poll()
    poll.register(ours.fileno(), READ)
    poll.register(theirs.fileno(), WRITE)
    assert happened(poll) == [(theirs.fileno(), WRITE)]
    theirs.send(b"x")
    assert sorted(happened(poll)) == sorted([(ours.fileno(), READ), (theirs.fileno(), WRITE)])


def test_the_end_of_the_other_side_is_something_to_read(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    poll = Poll()
    poll.register(ours.fileno(), READ)
    theirs.close()
    ((descriptor, events),) = happened(poll, None)
    assert descriptor == ours.fileno()
    assert events & READ


def test_nothing_happens_within_the_time(pair: tuple[socket.socket, socket.socket]) -> None:
    poll = Poll()
    poll.register(pair[0].fileno(), READ)
    assert happened(poll, 0.0001) == []


def test_a_closed_descriptor_is_an_error_as_thespian_expects_it() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    os.close(reading)
    poll = Poll()
    poll.register(reading, READ)
    with pytest.raises(OSError, match="is closed") as refused:
        poll.select(0)
    assert refused.value.errno == errno.EBADF


def test_a_message_is_read_in_as_few_pieces_as_it_comes_in() -> None:
    buffer = streamBuffer.ReceiveBuffer()
    assert buffer.remainingAmount() == FIRST_READ_BYTES
    sent = streamBuffer.toSendBuffer(b"x" * 100_000)
    buffer.addMore(sent[:FIRST_READ_BYTES])
    assert buffer.remainingAmount() == len(sent) - FIRST_READ_BYTES
    buffer.addMore(sent[FIRST_READ_BYTES:])
    assert buffer.completed() == (b"x" * 100_000, b"")


def test_an_incoming_connection_is_waited_for_as_long_as_it_is_open() -> None:
    incoming = TCPTransport.TCPIncomingPersistent(None, None)
    assert incoming.delay() == transport_speed.INCOMING_IDLE
    incoming.backoffPause(True)
    assert incoming.delay() < transport_speed.INCOMING_IDLE


@pytest.mark.whole
def test_a_message_and_its_answer_take_few_rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most: one in which it is sent, one for its acknowledgement, one for the answer, one to spare."""
    rounds = 0
    select = Poll.select

    def counted(self: Poll, timeout_s: float | None = None) -> object:
        nonlocal rounds
        rounds += 1
        return select(self, timeout_s)

    with (
        started(Settings(var=tmp_path), "tests.processes.fakes.root") as program,
        visiting(program.settings) as us,
    ):
        one = us.directory().addresses["one"]
        us.system.ask(one, WhoAreYou(), 60)
        monkeypatch.setattr(Poll, "select", counted)
        for _ in range(50):
            us.system.ask(one, WhoAreYou(), 60)
    assert rounds / 50 <= 4


def test_an_address_travels_as_its_port_and_arrives_as_the_same() -> None:
    ours = ActorAddress(corrections.ip.TCPv4ActorAddress(corrections.LOOPBACK, 4_000, external=True))
    travelling = pickle.dumps(ours)
    arrived, again = (pickle.loads(travelling) for _ in range(2))  # noqa: S301 (our own bytes)
    assert arrived == ours
    assert str(arrived) == str(ours)
    assert arrived.addressDetails is again.addressDetails
    assert len(travelling) < 200
