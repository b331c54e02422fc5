"""Owns the tests of writing at a broker: the lock, what is in doubt, and writers that are killed or stopped.

Never repeats the contract (test_log.py).
Called by pytest.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Final

import pytest

from rabbit import amqp_line
from rabbit.amqp_topology import queue
from rabbit.chain import Chain
from rabbit.frame import unseal
from rabbit.log import (
    Log,
    LogCorruptError,
    LogError,
    LogLockedError,
    LogUnavailableError,
    Record,
    Writer,
)
from scripts.broker.node import Broker
from tests.rabbit.amqp_rig import AmqpRig
from tests.rabbit.appender import append_one, appender, line_of
from tests.rabbit.rigs import START, STREAM, STREAMS, append, body, everything, recovered

pytestmark = pytest.mark.whole

UNACKNOWLEDGED_S_MAX: Final = 2.0
IMPATIENT: Final = (
    "application:set_env(rabbit, consumer_timeout, 2000),"
    " application:set_env(rabbit, channel_tick_interval, 200)."
)
PATIENT: Final = (
    "application:set_env(rabbit, consumer_timeout, 1800000),"
    " application:set_env(rabbit, channel_tick_interval, 60000)."
)
"""RabbitMQ's own: half an hour, looked at each minute."""
SHORT: Final = "?heartbeat=2"
"""A silent client is given up after two to three of these: so long a machine hardly ever stands still."""
SUCCESSION_S_MAX: Final = 30.0
NOTICED_S_MAX: Final = 30.0


@pytest.fixture
def rig(broker: Broker) -> Iterator[AmqpRig]:
    """A log with two streams and no records."""
    with closing(AmqpRig(broker)) as rig:
        rig.reopened().initialise(STREAMS)
        yield rig


def successor(log: Log, stream: str = STREAM) -> Writer:
    """The next writer, as a host gets it: by trying again as long as it can't be had."""
    give_up = time.monotonic() + SUCCESSION_S_MAX
    while True:
        try:
            return recovered(log, stream)
        except (LogLockedError, LogUnavailableError):
            assert time.monotonic() < give_up, "there is no successor in time"
            time.sleep(0.02)


def told(lines: list[str]) -> list[tuple[int, str]]:
    """What an appender says, as sequence and digest."""
    return [(int(sequence), digest) for sequence, digest in (line.split() for line in lines)]


def kept(records: list[Record]) -> list[tuple[int, str]]:
    return [(record.sequence, record.digest.hex()) for record in records]


# Processes.


def test_what_a_killed_writer_was_told_is_there_and_its_lock_is_free(rig: AmqpRig) -> None:
    log = rig.reopened()
    known: list[tuple[int, str]] = []
    for epoch in (1, 3, 5):
        with appender(rig.url) as process:
            assert line_of(process) == f"epoch {epoch}"
            lines = [line_of(process) for _ in range(50)]
            process.kill()
            # It went on for a moment: what it had still told is durable, too.
            assert process.stdout is not None
            lines += process.stdout.read().split("\n")[:-1]
        writer = successor(log)
        assert writer.epoch == epoch + 1
        writer.close()
        known += told(lines)
        found = kept(everything(log.reader(STREAM)))
        # At most the one that was in doubt may be there beyond what was told.
        assert found[: len(known)] == known
        assert len(found) <= len(known) + 1
        known = found


def test_a_stopped_writer_is_replaced_after_its_heartbeats_and_writes_nothing_afterwards(
    rig: AmqpRig,
) -> None:
    log = rig.reopened()
    with appender(f"{rig.plain_url}{SHORT}", "paced") as process:
        assert line_of(process) == "epoch 1"
        append_one(process)
        assert line_of(process).startswith("1 ")
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(LogLockedError, match="has a writer already"):
            log.writer(STREAM)
        writer = successor(log)
        records = append(writer, 3, first=100)
        rows = rig.rows(STREAM)
        append_one(process)
        process.send_signal(signal.SIGCONT)
        assert line_of(process).startswith(
            "refused: stream accounts-0: this writer's lock went with its conn"
        )
    assert rig.rows(STREAM) == rows
    assert everything(log.reader(STREAM))[1:] == records


def test_an_idle_writer_outlives_its_heartbeats_only_if_it_is_kept_alive(rig: AmqpRig) -> None:
    left_alone = recovered(rig.reopened(SHORT), "markets-0")
    with appender(f"{rig.plain_url}{SHORT}", "paced") as process:
        assert line_of(process) == "epoch 1"
        successor(rig.reopened(), "markets-0")
        append_one(process)
        assert line_of(process).startswith("1 ")
    with pytest.raises(LogLockedError, match="lock went with its connection"):
        append(left_alone, 1)


def test_a_writer_at_work_outlives_the_broker_s_patience_with_what_is_not_acknowledged(rig: AmqpRig) -> None:
    rig.broker.control("eval", IMPATIENT)
    try:
        writer, reader = recovered(rig.reopened()), rig.reopened().reader(STREAM)
        give_up = time.monotonic() + 3 * UNACKNOWLEDGED_S_MAX
        records = append(writer, 1)
        while time.monotonic() < give_up:
            writer.keep_alive()
            records += append(writer, 1)
            time.sleep(UNACKNOWLEDGED_S_MAX / 10)
        assert everything(reader) == records
        time.sleep(2 * UNACKNOWLEDGED_S_MAX)
        assert reader.follow(records[-1].position, 10, 0.1) == [], "who reads is connected again in silence"
    finally:
        rig.broker.control("eval", PATIENT)


# Doubt.


def test_an_append_that_never_reached_the_broker_is_in_doubt_until_it_is_read(rig: AmqpRig) -> None:
    writer = recovered(rig.log)
    records = append(writer, 2)
    rig.relay.requests.clear()
    append_in_doubt(rig, writer)
    assert list(successor(rig.reopened()).recover()) == records


def test_an_append_whose_confirm_was_lost_is_in_doubt_until_it_is_read(rig: AmqpRig) -> None:
    writer = recovered(rig.log)
    records = append(writer, 2)
    rig.relay.answers.clear()
    append_in_doubt(rig, writer)
    *before, last = successor(rig.reopened()).recover()
    assert before == records
    assert last.body == body(3)


def append_in_doubt(rig: AmqpRig, writer: Writer) -> None:
    """An append without an answer, after which the connection is cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(amqp_line, "ANSWER_S_MAX", 0.2)
        with pytest.raises(LogUnavailableError, match=r"has not answered for 0.2 s"):
            append(writer, 1, 3)
    rig.relay.cut()
    rig.relay.requests.set()
    rig.relay.answers.set()
    with pytest.raises(LogError, match="has failed"):
        append(writer, 1, 3)


def test_a_connection_that_is_cut_amid_an_append_leaves_it_in_doubt(rig: AmqpRig) -> None:
    writer = recovered(rig.log)
    append(writer, 1)
    rig.relay.answers.clear()
    with rig.relay.cutting_soon(), pytest.raises(LogUnavailableError, match="can't be reached"):
        append(writer, 1, 2)
    rig.relay.answers.set()
    assert [record.body for record in successor(rig.reopened()).recover()] == [body(1), body(2)]


# What comes late.


def test_a_record_that_comes_after_its_writer_was_replaced_is_passed_over(rig: AmqpRig) -> None:
    old = recovered(rig.log)
    records = append(old, 2)
    chain = chain_of(rig)
    late = chain.next_record(body(3), 3)
    rig.free(STREAM)
    writer = recovered(rig.reopened())
    rig.publish(STREAM, late)
    records += append(writer, 2, 10)
    rig.publish(STREAM, late)
    for _ in range(2):
        assert everything(rig.log.reader(STREAM)) == records
    # Even where it is the newest that the next writer finds.
    writer.close()
    next_one = successor(rig.reopened())
    assert next_one.epoch == 3
    records += append(next_one, 1, 20)
    assert everything(rig.log.reader(STREAM)) == records


def chain_of(rig: AmqpRig) -> Chain:
    """A chain that has taken all there is, as the present writer's has."""
    rows = rig.rows(STREAM)
    chain = Chain(unseal(rows[0])[1].log, STREAM, fenced=False)
    for row in rows:
        chain.take(row)
    return chain


# Alarms.


def test_a_broker_s_alarm_is_told_and_over_when_it_is_over(rig: AmqpRig) -> None:
    writer, log = recovered(rig.reopened()), rig.reopened()
    records = append(writer, 2)
    rig.broker.raise_alarm()
    try:
        with pytest.raises(LogUnavailableError, match="takes no messages now: low on disk"):
            append(writer, 1, 3)
        # Whoever tries meanwhile is told to wait, and reading goes on.
        for _ in range(2):
            with pytest.raises((LogLockedError, LogUnavailableError)):
                recovered(log)
        assert everything(log.reader(STREAM)) == records
    finally:
        rig.broker.clear_alarm()
    next_one = successor(log)
    found = everything(log.reader(STREAM))
    assert found[:2] == records
    assert append(next_one, 1, 4)[0].sequence == len(found) + 1


def keep_alive_for_long(writer: Writer) -> None:
    """Connections learn of an alarm a moment after it was raised."""
    give_up = time.monotonic() + NOTICED_S_MAX
    while time.monotonic() < give_up:
        writer.keep_alive()


def test_an_idle_writer_learns_of_an_alarm_without_a_record_in_doubt(rig: AmqpRig) -> None:
    writer, log = recovered(rig.reopened()), rig.reopened()
    records = append(writer, 2)
    rig.broker.raise_alarm()
    try:
        with pytest.raises(LogUnavailableError, match="takes no messages now: low on disk"):
            keep_alive_for_long(writer)
    finally:
        rig.broker.clear_alarm()
    append(successor(log), 1, 3)
    assert everything(log.reader(STREAM))[:-1] == records


# Streams that are gone.


@pytest.mark.parametrize(
    "use",
    [lambda writer: append(writer, 1), lambda writer: writer.keep_alive()],
    ids=["appending", "keeping alive"],
)
def test_a_writer_whose_stream_is_deleted_writes_no_more(
    rig: AmqpRig, use: Callable[[Writer], object]
) -> None:
    writer = recovered(rig.log)
    append(writer, 1)
    rig.delete(queue("stream", STREAM).name)
    give_up = time.monotonic() + NOTICED_S_MAX
    with pytest.raises((LogLockedError, LogCorruptError, LogUnavailableError)):
        use_until(give_up, writer, use)
    for attempt in (rig.log.writer, lambda stream: rig.log.reader(stream).read(START, 10)):
        with pytest.raises(LogCorruptError, match=rf"no queue 'credence\.stream\.{STREAM}'"):
            attempt(STREAM)


def use_until(give_up: float, writer: Writer, use: Callable[[Writer], object]) -> None:
    while time.monotonic() < give_up:
        use(writer)


def test_a_stream_without_even_a_beginning_is_not_written(
    rig: AmqpRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.empty(STREAM)
    monkeypatch.setattr(amqp_line, "ANSWER_S_MAX", 1.0)
    with pytest.raises(LogUnavailableError, match="has shown no message"):
        rig.log.writer(STREAM)
    with pytest.raises(LogUnavailableError, match="has shown no message"):
        rig.log.reader(STREAM).read(START, 10)
