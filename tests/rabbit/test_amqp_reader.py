"""Owns the tests of reading at a broker: where it begins and ends, room, gaps of offsets, lost connections.

Never repeats the contract (test_log.py).
Called by pytest.
"""

import threading
from collections.abc import Iterator
from contextlib import closing

import pika
import pytest

from rabbit.amqp_reader import PREFETCH
from rabbit.amqp_topology import BEGINNING, TOPOLOGY, queue
from rabbit.amqp_topology import STREAM as STREAM_ARGUMENTS
from rabbit.log import LogCorruptError, LogLockedError, LogUnavailableError, Position, Record
from scripts.broker.node import Broker
from tests.rabbit.amqp_rig import AmqpRig
from tests.rabbit.rigs import START, STREAM, STREAMS, append, body, everything, recovered

pytestmark = pytest.mark.whole


@pytest.fixture
def rig(broker: Broker) -> Iterator[AmqpRig]:
    """A log with two streams and no records."""
    with closing(AmqpRig(broker)) as rig:
        rig.reopened().initialise(STREAMS)
        yield rig


# The end.


def test_a_record_that_was_confirmed_is_before_the_end(rig: AmqpRig) -> None:
    writer, reader = recovered(rig.reopened()), rig.log.reader(STREAM)
    position = START
    for number in range(1, 201):
        (record,) = append(writer, 1, number)
        assert reader.read(position, 10) == [record]
        position = record.position


def test_the_end_is_found_while_another_writes(rig: AmqpRig) -> None:
    confirmed: list[Record] = []
    done = threading.Event()

    def write() -> None:
        writer = recovered(rig.reopened())
        for number in range(1, 501):
            confirmed.extend(append(writer, 1, number))
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    reader = rig.log.reader(STREAM)
    found: list[Record] = []
    while not done.is_set():
        before = len(confirmed)
        found += everything(reader, found[-1].position if found else START)
        assert len(found) >= before
    thread.join()
    found += everything(reader, found[-1].position)
    assert found == confirmed


def test_messages_that_the_broker_keeps_as_one_are_read_one_by_one(rig: AmqpRig) -> None:
    # Published without waiting, they get into one chunk; writers of the log always wait.
    writer = recovered(rig.log)
    records = append(writer, 50)
    writer.close()
    rows = rig.rows(STREAM)
    rig.replace(STREAM, rows[:1])
    with closing(pika.BlockingConnection(pika.URLParameters(rig.url))) as connection:
        channel = connection.channel()
        for row in rows[1:]:
            channel.basic_publish("", queue("stream", STREAM).name, row)
        channel.confirm_delivery()
        channel.basic_publish("", queue("stream", STREAM).name, rows[0])
    for _ in range(3):
        assert everything(rig.reopened().reader(STREAM), limit=7) == records
    for index, record in enumerate(records, 1):
        assert everything(rig.reopened().reader(STREAM), record.position) == records[index:]


def test_a_second_beginning_is_passed_over(rig: AmqpRig) -> None:
    writer, reader = recovered(rig.log), rig.log.reader(STREAM)
    records = append(writer, 2)
    rig.publish(STREAM, BEGINNING)
    records += append(writer, 2, 3)
    rig.publish(STREAM, BEGINNING)
    assert everything(reader) == records
    writer.close()
    # It tells the next writer no epoch, which costs an attempt.
    with pytest.raises(LogLockedError, match="another writer has begun"):
        recovered(rig.log)
    assert list(rig.log.writer(STREAM).recover()) == records


# Room.


@pytest.mark.parametrize("limit", [1, PREFETCH - 1, 10 * PREFETCH])
def test_more_than_there_is_room_for_is_read_whole(rig: AmqpRig, limit: int) -> None:
    records = append(recovered(rig.reopened()), 3 * PREFETCH + 1)
    assert everything(rig.log.reader(STREAM), limit=limit) == records


def test_a_follower_that_takes_its_time_is_given_all(rig: AmqpRig) -> None:
    writer, reader = recovered(rig.reopened()), rig.log.reader(STREAM)
    assert reader.follow(START, 10, 0) == []
    records = append(writer, 3 * PREFETCH)
    found: list[Record] = []
    while len(found) < len(records):
        page = reader.follow(found[-1].position if found else START, 10, 60)
        assert 0 < len(page) <= 10
        found += page
    assert found == records


# Offsets.


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams in files of a hundred small records each; from file to file the broker skips an offset."""
    arguments: dict[str, str | int] = {**STREAM_ARGUMENTS, "x-stream-max-segment-size-bytes": 20_000}
    monkeypatch.setitem(TOPOLOGY, "stream", TOPOLOGY["stream"]._replace(arguments=arguments))


@pytest.mark.usefixtures("small_segments")
def test_gaps_between_offsets_are_no_gaps_between_records(rig: AmqpRig) -> None:
    records = append(recovered(rig.log), 500)
    assert everything(rig.log.reader(STREAM)) == records
    shared = rig.log.reader(STREAM)
    for index in (1, 99, 250, 499, 500):
        assert everything(shared, records[index - 1].position) == records[index:]
    writer = recovered(rig.reopened(), after=append_and_close(rig, records))
    assert append(writer, 1)[0].sequence == 502


def append_and_close(rig: AmqpRig, records: list[Record]) -> Position:
    """Has another writer append one; gives the position of the last but one."""
    rig.free(STREAM)
    writer = recovered(rig.reopened())
    append(writer, 1)
    writer.close()
    return records[-1].position


def test_records_that_a_broker_has_dropped_are_missed(
    broker: Broker, small_segments: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited: dict[str, str | int] = {**TOPOLOGY["stream"].arguments, "x-max-length-bytes": 40_000}
    monkeypatch.setitem(TOPOLOGY, "stream", TOPOLOGY["stream"]._replace(arguments=limited))
    with closing(AmqpRig(broker)) as rig:
        rig.log.initialise(STREAMS)
        records = append(recovered(rig.log), 1_000)
        with pytest.raises(LogCorruptError, match="what should be record 1 is of epoch 1, which never began"):
            rig.log.reader(STREAM).read(START, 10)
        with pytest.raises(LogCorruptError, match="record 5 is not the one that was read here before"):
            rig.log.reader(STREAM).read(records[4].position, 10)
        assert everything(rig.log.reader(STREAM), records[-10].position) == records[-9:]


# Lost connections.


def test_a_connection_that_was_lost_between_two_questions_is_replaced_in_silence(rig: AmqpRig) -> None:
    writer, reader = recovered(rig.reopened()), rig.log.reader(STREAM)
    records = append(writer, 3)
    assert reader.read(START, 10) == records
    for number, ask in ((4, reader.read), (5, lambda after, limit: reader.follow(after, limit, 60))):
        rig.relay.cut()
        new = append(writer, 1, number)
        assert ask(records[-1].position, 10) == new
        records += new


def test_a_connection_that_is_lost_while_following_is_replaced_in_silence(rig: AmqpRig) -> None:
    writer, reader = recovered(rig.reopened()), rig.log.reader(STREAM)
    (first,) = append(writer, 1)
    assert reader.read(START, 10) == [first]
    cut = threading.Timer(0.1, rig.relay.cut)
    late = threading.Timer(0.2, lambda: append(writer, 1, 2))
    cut.start()
    late.start()
    assert [record.body for record in reader.follow(first.position, 10, 60)] == [body(2)]
    late.join()


def test_a_broker_that_is_away_is_the_caller_s_to_wait_for(rig: AmqpRig) -> None:
    records = append(recovered(rig.reopened()), 3)
    reader = rig.log.reader(STREAM)
    assert reader.read(START, 10) == records
    away = rig.relay.away()
    with away:
        for _ in range(2):
            with pytest.raises(LogUnavailableError, match="can't be reached"):
                reader.read(records[0].position, 10)
            with pytest.raises(LogUnavailableError, match="can't be reached"):
                reader.follow(records[0].position, 10, 5)
    assert reader.read(records[0].position, 10) == records[1:]
