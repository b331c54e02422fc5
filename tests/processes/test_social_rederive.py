"""Owns the tests of making a social stream anew: it equals what was written, and whatever doesn't is found.

Never starts a process.
Called by pytest.
"""

import re
from contextlib import suppress

import msgspec
import pytest

from actors.machines.messages.following import Follow
from actors.machines.messages.known_events import MemberMet
from actors.machines.messages.record import Body, ReadTo, decode, encode
from actors.machines.streams import Streams
from actors.processes.gateway import OutcomeUnknownError
from actors.processes.local import LocalExchange, SteppingClock
from actors.processes.social_rederive import Rederived, rederive
from rabbit.log import LogCorruptError, Record
from rabbit.memory import MemoryLog
from tests.processes.workload import Floor, request
from tests.rabbit.rigs import everything

SOCIAL = "social-0"


def trade(floor: Floor, exchange: LocalExchange) -> None:
    """Orders that meet, and follows between them."""
    for number in range(5):
        exchange.ask(floor.sell(5_000 + number, 10))
        with suppress(OutcomeUnknownError):  # its host may be stopped: it gets the command when it is back
            exchange.ask(request(floor.alice, Follow(f"market/{number + 1}")))
        exchange.ask(floor.buy(5_000 + number, 7))


def traded(streams: Streams, log: MemoryLog) -> LocalExchange:
    exchange = LocalExchange(streams, log)
    trade(Floor(exchange.ask), exchange)
    return exchange


def derived(log: MemoryLog, name: str = SOCIAL) -> Rederived:
    return rederive(log, name)


@pytest.mark.parametrize("streams", [Streams(2, 2, 1), Streams(1, 2, 4), Streams(4, 1, 2)])
def test_what_was_written_is_what_had_to_be(streams: Streams) -> None:
    log = MemoryLog()
    traded(streams, log)
    for name in streams.social_names:
        records = everything(log.reader(name))
        events = sum(len(decode(record.body).events) for record in records)
        assert derived(log, name) == Rederived(len(records), events, None)
        assert events > 0


def test_hosts_that_were_killed_and_lagged_wrote_what_had_to_be() -> None:
    log, clock, streams = MemoryLog(), SteppingClock(), Streams(2, 2, 2)
    exchange = LocalExchange(streams, log, clock)
    floor = Floor(exchange.ask)
    for stopped in streams.names:
        if stopped in streams.social_names:
            exchange.stop(stopped)
        trade(floor, exchange)
        exchange.restart(stopped)
    for name in streams.social_names:
        assert derived(log, name).difference is None


def test_a_log_without_social_streams_has_nothing_to_compare() -> None:
    log = MemoryLog()
    traded(Streams(social=0), log)
    log.initialise(Streams().names, older=Streams().trading_names)
    assert derived(log) == Rederived(0, 0, None)


# What is found. Of the last record that took a command, and of the last that read what led to something.

TOOK, READ = "took", "read"


def records_of(log: MemoryLog) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for record in everything(log.reader(SOCIAL)):
        body = decode(record.body)
        found |= {TOOK: record} if body.cursors else {READ: record} if body.events else {}
    return found


@pytest.mark.parametrize(
    ("kind", "fields", "what"),
    [
        (TOOK, {"events": ()}, r"there had to be \d of event, and there are 0"),
        (
            TOOK,
            {"events": (MemberMet(9, "nobody"),)},
            r"event 1 had to be .*, and is MemberMet\(account_id=9",
        ),
        (TOOK, {"sent": {}}, "there had to be 1 of message sent, and there are 0"),
        (TOOK, {"cursors": {}}, "nothing leads to it"),
        (READ, {"events": ()}, r"there had to be \d+ of event, and there are 0"),
        (READ, {"read": {}}, "nothing leads to it"),
    ],
)
def test_a_record_that_had_to_be_another_is_found(kind: str, fields: dict[str, object], what: str) -> None:
    log = MemoryLog()
    exchange = traded(Streams(), log)
    record = records_of(log)[kind]
    replace(exchange, log, record, msgspec.structs.replace(decode(record.body), **fields))
    found = derived(log)
    assert found.records == record.sequence - 1
    assert found.difference is not None
    assert found.difference[:2] == (SOCIAL, record.sequence)
    assert re.search(what, found.difference.what)


def test_another_log_than_the_one_that_was_read_is_found() -> None:
    log = MemoryLog()
    exchange = traded(Streams(), log)
    record = records_of(log)[READ]
    body = decode(record.body)
    read = {stream: ReadTo(to.sequence, b"another") for stream, to in body.read.items()}
    replace(exchange, log, record, msgspec.structs.replace(body, read=read))
    found = derived(log).difference
    assert found is not None
    assert "reading 1 had to be" in found.what


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"cursors": {"accounts-0": 999}}, "it ends before message 999 to social-0"),
        ({"read": {"accounts-0": ReadTo(999, b"d")}}, "it ends before record 999"),
    ],
)
def test_what_was_taken_has_to_be_there(fields: dict[str, object], what: str) -> None:
    log = MemoryLog()
    exchange = traded(Streams(), log)
    record = records_of(log)[TOOK]
    replace(exchange, log, record, msgspec.structs.replace(decode(record.body), **fields))
    with pytest.raises(LogCorruptError, match=what):
        derived(log)


def test_what_was_read_before_letters_came_can_not_have_led_to_something() -> None:
    """A record may both take letters and say what was read before: then that led to nothing."""
    log = MemoryLog()
    exchange = traded(Streams(), log)
    took, read = records_of(log)[TOOK], records_of(log)[READ]
    assert took.sequence + 1 == read.sequence
    both = msgspec.structs.replace(decode(took.body), read=decode(read.body).read)
    replace(exchange, log, took, both)
    found = derived(log).difference
    assert found is not None
    assert "what was read before the letters came" in found.what


def replace(exchange: LocalExchange, log: MemoryLog, record: Record, body: Body) -> None:
    """Puts another body in the place of a record, and nothing behind it."""
    exchange.stop(SOCIAL)
    del log.frames(SOCIAL)[record.sequence :]  # the first is the epoch's
    writer = log.writer(SOCIAL)
    list(writer.recover())
    writer.append(encode(body), record.time)
    writer.close()
