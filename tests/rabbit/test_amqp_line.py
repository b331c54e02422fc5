"""Owns the tests of a connection: deadlines, refusals, what is lost and what is left.

Never tests records.
Called by pytest.
"""

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import psutil
import pytest

from rabbit import amqp_line
from rabbit.amqp_line import Line, LineLostError, Message, QueueLockedError, QueueMissingError
from rabbit.amqp_topology import Queue, queue
from rabbit.log import LogError
from scripts.broker.node import MESSAGE_BYTES_MAX, Broker
from tests.rabbit.amqp_rig import AmqpRig
from tests.rabbit.rigs import STREAM

pytestmark = pytest.mark.whole

KEPT = queue("stream", STREAM)
LEARNT_S_MAX = 30.0


@pytest.fixture
def rig(broker: Broker) -> Iterator[AmqpRig]:
    """Nothing but a broker and a relay to it."""
    with closing(AmqpRig(broker)) as rig:
        yield rig


@pytest.fixture
def line(rig: AmqpRig) -> Iterator[Line]:
    """A connection through the relay, and a stream."""
    with closing(Line(rig.relayed_url, "test")) as line:
        line.declare(KEPT)
        yield line


# Being refused.


@pytest.mark.parametrize(
    "url",
    [
        "amqp://guest@127.0.0.1:1/",
        "amqp://guest:secret@127.0.0.1:port/",
        "amqp://guest:secret@127.0.0.1:1/?colour=red",
        "amqp://guest:secret@127.0.0.1:1/?heartbeat=quick",
        "ftp://guest:secret@127.0.0.1:1/",
    ],
)
def test_a_url_that_is_none_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(
        LogError, match=r"^CREDENCE_LOG is not a broker's URL: amqp://name:password@"
    ) as refusal:
        Line(url, "test")
    assert "secret" not in f"{refusal.value!r} {refusal.value.__cause__!r}"


@pytest.mark.parametrize(
    ("login", "host", "reason"),
    [
        ("guest:secret", "", "refuses the login of CREDENCE_LOG: .*ACCESS_REFUSED"),
        ("guest:guest", "nowhere", "refuses the login of CREDENCE_LOG: .*vhost nowhere not found"),
    ],
)
def test_a_login_that_is_wrong_is_told_as_final(
    broker: Broker, caplog: pytest.LogCaptureFixture, login: str, host: str, reason: str
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(LogError, match=reason) as refusal:
        Line(f"amqp://{login}@127.0.0.1:{broker.port}/{host}", "test")
    assert not isinstance(refusal.value, LineLostError)
    assert "secret" not in f"{refusal.value!r} {caplog.text}"
    assert [record for record in caplog.records if record.name.startswith("pika")] == []


def test_a_broker_that_is_not_there_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(
        LineLostError, match=f"broker at 127.0.0.1:{port} can't be reached: Connection refused"
    ):
        Line(f"amqp://guest:guest@127.0.0.1:{port}/", "test")
    with pytest.raises(LineLostError, match=r"nowhere.invalid:5672 can't be reached"):
        Line("amqp://guest:guest@nowhere.invalid/", "test")


def test_a_broker_that_is_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amqp_line, "CONNECT_S_MAX", 0.1)
    files = psutil.Process().num_fds()
    silent = socket.create_server(("127.0.0.1", 0))
    with closing(silent), pytest.raises(LineLostError, match=r"has not answered for 0.1 s"):
        Line(f"amqp://guest:guest@127.0.0.1:{silent.getsockname()[1]}/", "test")
    assert psutil.Process().num_fds() == files


def test_a_queue_of_another_connection_is_locked(rig: AmqpRig, line: Line) -> None:
    lock = queue("writer", STREAM)
    line.declare(lock)
    line.declare(lock)
    with closing(Line(rig.url, "other")) as other:
        with pytest.raises(QueueLockedError, match="RESOURCE_LOCKED"):
            other.declare(lock)
        with pytest.raises(QueueLockedError):
            other.check()
    line.close()
    with closing(Line(rig.url, "other")) as other:
        other.declare(lock)


def test_a_queue_with_other_arguments_is_refused(line: Line) -> None:
    limited: dict[str, str | int] = {**KEPT.arguments, "x-max-length-bytes": 1_000_000}
    with pytest.raises(
        LogError, match="refuses: PRECONDITION_FAILED - inequivalent arg 'x-max-length-bytes'"
    ):
        line.declare(Queue(KEPT.name, durable=True, exclusive=False, arguments=limited))


def test_what_is_published_to_no_queue_is_not_confirmed_and_gone(rig: AmqpRig, line: Line) -> None:
    with pytest.raises(QueueMissingError, match=r"has no queue credence.stream.nothing"):
        line.publish("credence.stream.nothing", b"0")
    with (
        closing(Line(rig.url, "other")) as other,
        pytest.raises(QueueMissingError, match="no queue 'credence"),
    ):
        other.peek("credence.stream.nothing", "first")


def test_a_message_that_is_too_large_for_the_broker_is_refused(rig: AmqpRig) -> None:
    with closing(Line(rig.url, "test")) as line:
        line.declare(KEPT)
        with pytest.raises(
            LogError, match=r"PRECONDITION_FAILED - message size .* is larger than"
        ) as refusal:
            line.publish(KEPT.name, bytes(MESSAGE_BYTES_MAX + 1))
        assert not isinstance(refusal.value, LineLostError)


# Messages.


def test_messages_come_in_order_and_as_many_ahead_as_there_is_room_for(line: Line) -> None:
    for number in range(10):
        line.publish(KEPT.name, b"%d" % number)
    taken: list[Message] = []
    line.consume(KEPT.name, 2, 3, taken.append)
    line.wait(lambda: len(taken) == 3)
    # A round trip: nothing more is on its way.
    assert [message.body for message in line.peek(KEPT.name, "last")] == [b"9"]
    assert [(message.offset, message.body) for message in taken] == [(2, b"2"), (3, b"3"), (4, b"4")]
    line.acknowledge(taken[1].tag, all_before=True)
    line.wait(lambda: len(taken) == 5)
    line.acknowledge(taken[-1].tag, all_before=True)
    line.wait(lambda: len(taken) == 8)


def test_peeking_shows_the_ends_as_often_as_one_likes(line: Line) -> None:
    line.publish(KEPT.name, b"first")
    for number in range(20):
        line.publish(KEPT.name, b"%d" % number)
        assert line.peek(KEPT.name, "first")[0].body == b"first"
        assert line.peek(KEPT.name, "last")[-1].body == b"%d" % number


def test_a_stream_without_messages_has_no_ends(line: Line) -> None:
    assert line.peek(KEPT.name, "last", 0.05) == []


def test_a_consumer_whose_queue_is_deleted_loses_its_line(rig: AmqpRig, line: Line) -> None:
    line.consume(KEPT.name, "next", 1, lambda _: None)
    line.check()
    rig.delete(KEPT.name)
    with pytest.raises(LineLostError, match="has cancelled a consumer: its queue is gone"):
        line.wait(lambda: False)


# Deadlines and losses.


def test_a_confirm_that_does_not_come_is_given_up(
    rig: AmqpRig, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.publish(KEPT.name, b"0")
    monkeypatch.setattr(amqp_line, "ANSWER_S_MAX", 0.1)
    rig.relay.answers.clear()
    with pytest.raises(LineLostError, match=r"has not answered for 0.1 s"):
        line.publish(KEPT.name, b"1")
    # It is lost for good.
    rig.relay.answers.set()
    for _ in range(2):
        with pytest.raises(LineLostError, match=r"has not answered for 0.1 s"):
            line.check()


def test_a_connection_that_is_cut_is_lost(rig: AmqpRig, line: Line) -> None:
    line.check()
    rig.relay.cut()
    with pytest.raises(LineLostError, match="can't be reached"):
        line.wait(lambda: False)


def test_whatever_became_of_a_line_closing_it_leaves_nothing(rig: AmqpRig) -> None:
    files = psutil.Process().num_fds()
    whole, cut, dropped = (Line(rig.url, "test") for _ in range(3))
    relayed = Line(rig.relayed_url, "test")
    rig.relay.cut()
    dropped.drop()
    for line in (whole, cut, dropped, relayed):
        line.close()
        line.close()
        with pytest.raises(LineLostError):
            line.check()
    rig.relay.close()
    assert psutil.Process().num_fds() <= files


# Alarms.


def probe_for_long(line: Line) -> None:
    """Connections learn of an alarm a moment after it was raised."""
    give_up = time.monotonic() + LEARNT_S_MAX
    while time.monotonic() < give_up:
        line.probe()


def test_a_probe_leaves_nothing_and_says_whether_messages_are_taken(
    rig: AmqpRig, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.publish(KEPT.name, b"0")
    for _ in range(3):
        line.probe()
    assert rig.messages(KEPT.name) == [b"0"]
    rig.broker.raise_alarm()
    try:
        with pytest.raises(LineLostError, match="takes no messages now: low on disk"):
            probe_for_long(line)
        monkeypatch.setattr(amqp_line, "CLOSE_S_MAX", 60.0)
        began = time.monotonic()
        line.close()
        assert time.monotonic() - began < amqp_line.CLOSE_S_MAX / 2, "no answer to a goodbye is waited for"
    finally:
        rig.broker.clear_alarm()


def test_a_broker_that_is_short_of_memory_is_no_other(rig: AmqpRig, line: Line) -> None:
    before = rig.broker.control("eval", "vm_memory_monitor:get_vm_memory_high_watermark().").strip()
    rig.broker.control("set_vm_memory_high_watermark", "0.000001")
    try:
        with pytest.raises(LineLostError, match="takes no messages now: low on memory"):
            probe_for_long(line)
    finally:
        rig.broker.control("set_vm_memory_high_watermark", before)


def test_a_broker_that_is_short_of_resources_is_told_at_once(rig: AmqpRig, line: Line) -> None:
    line.publish(KEPT.name, b"0")
    rig.broker.raise_alarm()
    try:
        with pytest.raises(LineLostError, match="takes no messages now: low on disk"):
            line.publish(KEPT.name, b"1")
    finally:
        rig.broker.clear_alarm()
