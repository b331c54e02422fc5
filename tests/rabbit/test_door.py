"""Owns the tests of the door at a broker: two sides, of which each may be missing, slow or doubled.

Never knows what a message means.
Called by pytest.
"""

import select
from collections.abc import Iterator
from contextlib import closing

import pytest
from pika import spec
from pika.frame import Method

from actors.machines import limits
from rabbit.amqp_line import Line
from rabbit.amqp_topology import DOOR, queue
from rabbit.door import Door
from rabbit.log import LogLockedError, LogUnavailableError
from scripts.broker.node import Broker
from tests.rabbit.amqp_rig import VIRTUAL_HOSTS
from tests.rabbit.relay import Relay

pytestmark = pytest.mark.whole

STREAM = "markets-1"
WITHIN_S = 60.0


@pytest.fixture
def url(broker: Broker) -> str:
    return f"{broker.url}{VIRTUAL_HOSTS[0]}"


@pytest.fixture
def home(url: str) -> Iterator[Door]:
    with closing(Door.at_home(url, STREAM)) as door:
        yield door


@pytest.fixture
def away(url: str) -> Iterator[Door]:
    with closing(Door.away(url, STREAM)) as door:
        yield door


def carry(sender: Door, receiver: Door, *messages: bytes) -> list[bytes]:
    """What arrives of these messages, as long as it takes."""
    for message in messages:
        sender.send(message)
    received: list[bytes] = []
    while len(received) < len(messages):
        sender.receive(0)
        received += receiver.receive(0.01)
    return received


def unanswered(door: Door) -> bool:
    """What the door says, which may be another thing each time."""
    return door.is_unanswered


def test_what_is_sent_at_one_side_arrives_at_the_other_in_order(home: Door, away: Door) -> None:
    assert carry(away, home, b"one", b"two", b"three") == [b"one", b"two", b"three"]
    assert carry(home, away, b"four") == [b"four"]
    assert (home.receive(0), away.receive(0)) == ([], [])
    assert not unanswered(home)


def test_doors_of_other_streams_are_other_doors(url: str, home: Door, away: Door) -> None:
    with closing(Door.at_home(url, "markets-0")) as other:
        assert carry(away, home, b"mine") == [b"mine"]
        assert other.receive(0) == []


def test_a_large_letter_passes(home: Door, away: Door) -> None:
    large = bytes(limits.RECORD_BYTES_MAX // 4)
    assert carry(away, home, large) == [large]


def test_whoever_polls_other_things_too_is_told_when_something_comes_and_when_something_can_leave(
    home: Door, away: Door
) -> None:
    poll = select.poll()
    poll.register(home.descriptor, select.POLLIN)
    assert poll.poll(0) == []
    home.send(b"hello")
    assert poll.poll(0)
    assert home.receive(0) == []
    assert away.receive(WITHIN_S) == [b"hello"]
    away.send(b"hello, too")
    away.receive(0)
    assert poll.poll(WITHIN_S * 1_000)
    assert home.receive(WITHIN_S) == [b"hello, too"]


def test_who_has_nobody_at_the_other_side_learns_it(url: str, home: Door) -> None:
    with closing(Door.away(url, STREAM)) as away:
        assert carry(home, away, b"hello") == [b"hello"]
    assert not unanswered(home)
    home.send(b"are you there?")
    while not unanswered(home):
        home.receive(0.01)
    with closing(Door.away(url, STREAM)) as another:
        assert carry(another, home, b"I am") == [b"I am"]
        assert not unanswered(home)


def test_what_was_sent_before_closing_arrives(url: str, home: Door) -> None:
    with closing(Door.away(url, STREAM)) as away:
        away.send(b"my last words")
    assert home.receive(WITHIN_S) == [b"my last words"]


def test_a_side_has_one_process_at_most(url: str, home: Door, away: Door) -> None:
    for again in (Door.at_home, Door.away):
        with pytest.raises(LogLockedError):
            again(url, STREAM)
    assert carry(away, home, b"still here") == [b"still here"]


def test_what_nobody_takes_in_is_dropped_past_the_limit(
    url: str, home: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = int(DOOR["x-max-length"])
    with closing(Line(url, "a reader that has stopped")) as stopped:
        stopped.declare(queue("away", STREAM))
        for number in range(limit + 100):
            home.send(b"%d" % number)
            home.receive(0)
        # The broker has counted all of them once it answers what was asked behind them.
        home._line.declare(queue("home", STREAM))
        kept: list[bytes] = []
        stopped.take_from(queue("away", STREAM).name, kept.append)
        stopped.wait(lambda: bool(kept) and kept[-1] == b"%d" % (limit + 99), WITHIN_S)
        assert len(kept) <= limit + 10


def test_what_a_broker_that_is_short_of_resources_would_not_take_is_not_kept_for_it(
    home: Door, away: Door
) -> None:
    home._line._on_blocked(None, Method(0, spec.Connection.Blocked("low on disk")))  # type: ignore[no-untyped-call] # by pika
    home.send(b"lost")
    home._line._on_unblocked()
    assert carry(home, away, b"hello") == [b"hello"]


def test_a_door_whose_broker_is_lost_says_so(broker: Broker) -> None:
    relay = Relay(broker.port)
    url = f"{broker.url}{VIRTUAL_HOSTS[0]}".replace(f":{broker.port}/", f":{relay.port}/")
    with closing(relay), closing(Door.at_home(url, STREAM)) as door:
        relay.cut()
        with pytest.raises(LogUnavailableError):
            door.receive(WITHIN_S)
        with pytest.raises(LogUnavailableError):
            door.send(b"hello")
