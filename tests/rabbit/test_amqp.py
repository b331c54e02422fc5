"""Owns the tests of the log at a broker as a whole: how it is made, and what a broker's death does to it.

Never repeats the contract (test_log.py).
Called by pytest.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Final

import pytest

from rabbit import amqp
from rabbit.amqp import AmqpLog
from rabbit.amqp_line import Line
from rabbit.amqp_topology import TOPOLOGY, Queue, queue
from rabbit.description import encode, new_description
from rabbit.log import LogCorruptError, LogError, LogLockedError, LogUnavailableError, Record, Writer
from scripts.broker.node import Broker
from tests.rabbit.amqp_rig import AmqpRig
from tests.rabbit.rigs import START, STREAM, STREAMS, append, everything, recovered

pytestmark = pytest.mark.whole

DESCRIPTION: Final = queue("description")
BACK_S_MAX: Final = 60.0


@pytest.fixture
def rig(broker: Broker) -> Iterator[AmqpRig]:
    """A log that was never initialised."""
    with closing(AmqpRig(broker)) as rig:
        yield rig


# Being made.


def test_many_may_initialise_at_once_and_make_one_log(rig: AmqpRig) -> None:
    count = 4
    barrier = threading.Barrier(count)

    def initialise(_: int) -> None:
        barrier.wait()
        AmqpLog(rig.url).initialise(STREAMS)

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(initialise, range(count)))
    assert len(rig.messages(DESCRIPTION.name)) == 1
    assert rig.rows(STREAM) == []


def test_who_is_kept_waiting_by_another_initialiser_gives_up(
    rig: AmqpRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amqp, "INITIALISE_S_MAX", 0.2)
    with closing(Line(rig.url, "initialiser")) as other:
        other.declare(queue("initialiser"))
        with pytest.raises(LogLockedError, match="somebody else is initialising"):
            rig.log.initialise(STREAMS)
    monkeypatch.undo()
    rig.log.initialise(STREAMS)


def test_a_log_that_was_left_half_made_is_made(rig: AmqpRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amqp, "DESCRIPTION_S_MAX", 0.2)
    # One stream, and a description that was declared and never written.
    rig.replace(STREAM, [])
    rig.declare(DESCRIPTION)
    for use in (rig.log.streams, lambda: rig.log.reader(STREAM)):
        with pytest.raises(LogUnavailableError, match="has not shown its description: is it half made"):
            use()
    monkeypatch.undo()
    rig.log.initialise(STREAMS)
    assert rig.log.streams() == STREAMS
    records = append(recovered(rig.log), 2)
    assert everything(rig.log.reader(STREAM)) == records


def test_the_first_description_counts(rig: AmqpRig) -> None:
    rig.log.initialise(STREAMS)
    records = append(recovered(rig.log), 2)
    rig.publish_to(DESCRIPTION.name, encode(new_description(("markets-1",))))
    assert rig.reopened().streams() == STREAMS
    assert everything(rig.reopened().reader(STREAM)) == records


def test_streams_whose_adding_was_left_half_way_are_added(rig: AmqpRig) -> None:
    rig.log.initialise(STREAMS)
    records = append(recovered(rig.log), 2)
    rig.replace("social-0", [])
    assert rig.reopened().streams() == STREAMS
    rig.reopened().initialise((*STREAMS, "social-0"), older=STREAMS)
    assert rig.reopened().streams() == (*STREAMS, "social-0")
    assert everything(rig.reopened().reader(STREAM)) == records
    assert len(append(recovered(rig.reopened(), "social-0"), 2)) == 2
    assert len(rig.messages(DESCRIPTION.name)) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the first message of credence.description is not the description of a log"),
        (b'{"version":1}', "the first message of credence.description is not the description of a log"),
        (b'{"version":2,"log":"0af3","streams":[]}', "describes a log of format 2, this program knows 1"),
    ],
)
def test_a_damaged_description_stops_the_log(rig: AmqpRig, content: bytes, reason: str) -> None:
    rig.declare(DESCRIPTION)
    rig.publish_to(DESCRIPTION.name, content)
    for use in (rig.log.streams, lambda: rig.log.initialise(STREAMS), lambda: rig.log.writer(STREAM)):
        with pytest.raises(LogError, match=reason):
            use()


def test_a_stream_that_is_gone_is_not_made_again(rig: AmqpRig) -> None:
    rig.log.initialise(STREAMS)
    rig.delete(queue("stream", STREAM).name)
    rig.log.initialise(STREAMS)
    with pytest.raises(LogCorruptError, match="no queue 'credence"):
        rig.log.writer(STREAM)


@pytest.mark.parametrize("name", ["", "Accounts", "a.b", "a" * 65])
def test_a_name_that_is_no_queue_s_name_everywhere_is_refused(rig: AmqpRig, name: str) -> None:
    with pytest.raises(LogError, match="a stream's name has"):
        rig.log.initialise(("accounts-0", name))
    assert rig.log.streams() == ()


# Retention.


def test_streams_are_declared_without_retention_and_none_with_it_is_accepted(rig: AmqpRig) -> None:
    limited: dict[str, str | int] = {**queue("stream", STREAM).arguments, "x-max-age": "1h"}
    rig.declare(Queue(queue("stream", STREAM).name, durable=True, exclusive=False, arguments=limited))
    with pytest.raises(LogError, match="PRECONDITION_FAILED - inequivalent arg 'x-max-age'"):
        rig.log.initialise(STREAMS)
    rig.delete(queue("stream", STREAM).name)
    rig.log.initialise(STREAMS)
    listed = rig.broker.control("list_queues", "--vhost", "one", "name", "durable", "arguments", "policy")
    assert sorted(line.split("\t") for line in listed.splitlines()[1:]) == [
        [name, "true", '[{"x-queue-type","stream"}]', ""]
        for name in sorted([DESCRIPTION.name, *(queue("stream", stream).name for stream in STREAMS)])
    ]
    assert {kind for kind, kept in TOPOLOGY.items() if kept.durable} == {"description", "stream"}


# The broker's death.


def comes_back(log: AmqpLog) -> Writer:
    """The next writer, as a host gets it: only these two kinds of trouble are waited for."""
    give_up = time.monotonic() + BACK_S_MAX
    while True:
        try:
            return recovered(log)
        except (LogLockedError, LogUnavailableError):
            assert time.monotonic() < give_up, "the log does not come back"
            time.sleep(0.02)


def test_a_killed_broker_comes_back_with_all_it_had_confirmed(rig: AmqpRig) -> None:
    log = AmqpLog(rig.url)
    log.initialise(STREAMS)
    confirmed: list[Record] = []
    writing = threading.Event()
    done = threading.Event()

    def write() -> None:
        """Like a host: after any trouble another writer, from what the log holds."""
        number = 0
        while not done.is_set():
            writer = comes_back(log)
            try:
                while not done.is_set():
                    number += 1
                    confirmed.extend(append(writer, 1, number))
                    writing.set()
            except (LogLockedError, LogUnavailableError):
                continue
            finally:
                writer.close()

    thread = threading.Thread(target=write)
    thread.start()
    reader = log.reader(STREAM)
    try:
        assert writing.wait(BACK_S_MAX)
        before_death = len(reader.read(START, 10))
        rig.broker.restart()
        writing.clear()
        assert writing.wait(BACK_S_MAX)
    finally:
        done.set()
        thread.join()
    assert before_death > 0
    found = everything(reader)
    reader.close()
    # In doubt are only the ones that were under way when the broker died.
    assert [record for record in confirmed if record not in found] == []
    assert len(found) <= len(confirmed) + 1
    assert {record.epoch for record in found} >= {1, 2}


def test_what_a_paused_broker_is_asked_is_given_up_and_asked_again(
    rig: AmqpRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = AmqpLog(rig.url)
    log.initialise(STREAMS)
    writer, reader = recovered(log), log.reader(STREAM)
    records = append(writer, 2)
    assert everything(reader) == records
    monkeypatch.setattr("rabbit.amqp_line.ANSWER_S_MAX", 0.3)
    monkeypatch.setattr("rabbit.amqp_line.CONNECT_S_MAX", 0.3)
    rig.broker.pause()
    try:
        for use in (lambda: append(writer, 1, 3), lambda: reader.read(records[-1].position, 10), log.streams):
            with pytest.raises(LogUnavailableError, match=r"has not answered for 0.3 s"):
                use()
    finally:
        rig.broker.resume()
    monkeypatch.undo()
    next_one = comes_back(log)
    found = everything(reader)
    # What was in doubt has either happened or not.
    assert found[:2] == records
    assert append(next_one, 1, 4)[0].sequence == len(found) + 1
    next_one.close()
    reader.close()
