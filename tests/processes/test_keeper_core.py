"""Owns the conversation of the keeper with log and snapshots: what is due when, on request, after a restart.

Never starts a process.
Called by pytest.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.machines.streams import Streams
from actors.machines.turn import Stream
from actors.processes import keeper_core
from actors.processes.keeper_core import REST_FACTOR, Failed, Keeper, Step, Written
from actors.processes.snapshots import Snapshot, decode, encode
from rabbit.log import LogCorruptError, LogUnavailableError, Position, Reader, Record
from rabbit.memory import MemoryLog
from tests.processes.traded import Exchange

ALICES = "accounts-1"
NEVER = 1_000_000


class Shelf:
    """Snapshots of one stream in memory; writing one takes its time, or fails when a test says so."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.written: list[bytes] = []
        self.now = 0.0
        self.seconds = 0.0
        self.full = False

    def newest_first(self, streams: Streams) -> Iterator[Snapshot]:
        return (decode(content, self.name, streams) for content in reversed(self.written))

    def save(self, state: Stream, position: Position, time: int) -> int:
        self.now += self.seconds
        if self.full:
            raise OSError("no space")
        self.written.append(encode(state, position, time))
        return len(self.written[-1])


class Rig:
    """A keeper of an exchange, and the shelves that it writes to."""

    def __init__(self, exchange: Exchange, snapshot_records: int = NEVER) -> None:
        self.exchange = exchange
        self.shelves = {name: Shelf(name) for name in exchange.streams.names}
        self.snapshot_records = snapshot_records
        self.keeper = self.new_keeper()

    def new_keeper(self) -> Keeper:
        return Keeper(
            self.exchange.log,
            self.exchange.streams,
            self.shelves.__getitem__,
            self.snapshot_records,
            lambda: sum(shelf.now for shelf in self.shelves.values()),
        )

    def rest(self) -> list[Written | Failed]:
        """Steps until there is nothing to do; gives all outcomes."""
        outcomes: list[Written | Failed] = []
        while (step := self.keeper.step()) != Step() or self.keeper.is_writing_all:
            outcomes += step.outcomes
        return outcomes

    def ends(self) -> dict[str, int]:
        return {name: self.exchange.end(name) for name in self.shelves}


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    return Exchange(tmp_path)


def test_snapshots_of_the_present_end_are_written_when_they_are_asked_for(exchange: Exchange) -> None:
    rig = Rig(exchange)
    assert rig.rest() == []
    rig.keeper.write_all()
    outcomes = rig.rest()
    ends = rig.ends()
    assert {(each.stream, each.sequence) for each in outcomes} == {(n, e) for n, e in ends.items() if e}
    assert rig.keeper.positions == ends
    for name, hashed in exchange.local.state_hashes().items():
        for snapshot in rig.shelves[name].newest_first(exchange.streams):
            assert (snapshot.header.state_hash, snapshot.header.sequence) == (hashed, ends[name])


def test_it_may_be_asked_before_it_has_opened_a_stream(exchange: Exchange) -> None:
    rig = Rig(exchange)
    rig.keeper.write_all()
    assert rig.keeper.is_writing_all
    rig.rest()
    assert rig.keeper.positions == rig.ends()
    assert not rig.keeper.is_writing_all


def test_what_is_written_already_is_not_written_again(exchange: Exchange) -> None:
    rig = Rig(exchange)
    rig.keeper.write_all()
    rig.rest()
    rig.keeper.write_all()
    assert rig.keeper.is_writing_all
    assert rig.rest() == []
    exchange.local.ask(exchange.floor.deposit("bobby", 1))
    rig.keeper.write_all()
    assert [outcome.stream for outcome in rig.rest()] == ["accounts-0"]


def test_a_snapshot_is_due_after_so_many_records(exchange: Exchange) -> None:
    rig = Rig(exchange, snapshot_records=10)
    rig.rest()
    before = rig.keeper.positions[ALICES]
    exchange.trade(30)
    written = [each.sequence for each in rig.rest() if each.stream == ALICES]
    assert before > 0
    assert written
    assert rig.keeper.positions[ALICES] == written[-1] >= before + 10
    assert exchange.end(ALICES) - written[-1] < 10


def test_or_after_so_many_events(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_core, "EVENTS_PER_SNAPSHOT", 30)
    rig = Rig(exchange)
    assert {outcome.stream for outcome in rig.rest()} == {
        "accounts-0",
        "accounts-1",
        "markets-0",
        "social-0",
    }


def test_it_writes_one_a_step_and_never_for_more_than_a_fifth_of_the_time(exchange: Exchange) -> None:
    rig = Rig(exchange, snapshot_records=1)
    rig.rest()
    shelf = rig.shelves[ALICES]
    shelf.seconds = 2.0
    exchange.trade(1)
    assert len([each for each in rig.rest() if each.stream == ALICES]) == 1
    shelf.now += 2.0 * REST_FACTOR - 0.1
    exchange.trade(1)
    assert all(each.stream != ALICES for each in rig.rest())
    shelf.now += 0.2
    step = rig.keeper.step()
    assert [(each.stream, each.sequence) for each in step.outcomes] == [(ALICES, exchange.end(ALICES))]


def test_it_tells_the_size_and_the_time(exchange: Exchange) -> None:
    rig = Rig(exchange)
    rig.shelves[ALICES].seconds = 2.0
    rig.keeper.write_all()
    (written,) = [each for each in rig.rest() if each.stream == ALICES]
    assert written == Written(ALICES, exchange.end(ALICES), len(rig.shelves[ALICES].written[0]), 2.0)


def test_one_that_cannot_be_written_is_told_and_tried_again_when_the_next_is_due(exchange: Exchange) -> None:
    rig = Rig(exchange, snapshot_records=10)
    rig.rest()
    before = rig.keeper.positions
    shelf = rig.shelves[ALICES]
    shelf.full = True
    rig.keeper.write_all()
    exchange.trade(1)
    end = exchange.end(ALICES)
    assert Failed(ALICES, end, "no space") in rig.rest()
    assert rig.keeper.positions[ALICES] == before[ALICES]
    shelf.full = False
    assert rig.rest() == [], "not before there is a new reason"
    exchange.trade(15)
    rig.rest()
    assert rig.keeper.positions[ALICES] > end


def test_a_new_keeper_starts_from_the_snapshots_of_the_one_before(exchange: Exchange) -> None:
    rig = Rig(exchange)
    rig.keeper.write_all()
    rig.rest()
    rig.keeper.close()
    exchange.log.frames(ALICES)[3] = b"damaged"  # what it would stumble over
    rig.keeper = rig.new_keeper()
    exchange.trade(5)
    rig.keeper.write_all()
    rig.rest()
    hashes = {name: next(s.newest_first(exchange.streams)) for name, s in rig.shelves.items() if s.written}
    assert {name: found.header.state_hash for name, found in hashes.items()}.items() <= (
        exchange.local.state_hashes().items()
    )


def test_a_backlog_is_taken_in_slices_that_let_no_stream_wait(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_core, "EVENTS_PER_SLICE", 1)
    monkeypatch.setattr(keeper_core, "RECORDS_PER_READ", 3)
    rig = Rig(exchange)
    for _ in exchange.streams.names:
        assert rig.keeper.step() == Step(records=1), "one more stream is opened"
    busy = [name for name, end in rig.ends().items() if end]
    assert rig.keeper.step().records == 2 * len(busy), "three rows of each, and the first begins an epoch"
    rig.keeper.write_all()
    rig.rest()
    assert rig.keeper.positions == rig.ends()


# What goes wrong with the log.


def test_a_log_that_is_behind_its_snapshots_stops_it(exchange: Exchange) -> None:
    rig = Rig(exchange)
    rig.keeper.write_all()
    rig.rest()
    del exchange.log.frames(ALICES)[-4:]
    rig.keeper = rig.new_keeper()
    with pytest.raises(LogCorruptError, match=r"cut back or replaced.*snapshot as of record"):
        rig.rest()


def test_a_log_that_is_not_there_yet_is_waited_for(exchange: Exchange) -> None:
    made, exchange.log = exchange.log, MemoryLog()
    rig = Rig(exchange)
    with pytest.raises(LogUnavailableError, match="not been initialised"):
        rig.keeper.step()
    rig.keeper._log = made
    rig.keeper.write_all()
    rig.rest()
    assert set(rig.keeper.positions) == set(exchange.streams.names)
    assert rig.keeper.positions[ALICES] > 0


class Away:
    """A reader that is away every other time."""

    def __init__(self, reader: Reader, chance: random.Random) -> None:
        self._reader = reader
        self._chance = chance

    def read(self, after: Position, limit: int) -> list[Record]:
        if self._chance.random() < 0.5:
            raise LogUnavailableError("away")
        return self._reader.read(after, limit)

    def follow(self, after: Position, limit: int, timeout_s: float) -> list[Record]:
        assert timeout_s == 0, "the keeper doesn't wait in a step"
        return self.read(after, limit)

    def close(self) -> None:
        self._reader.close()


def test_while_the_log_is_away_it_keeps_what_it_has(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, reader = random.Random(3), exchange.log.reader
    monkeypatch.setattr(exchange.log, "reader", lambda name: Away(reader(name), chance))
    monkeypatch.setattr(keeper_core, "RECORDS_PER_READ", 3)
    rig = Rig(exchange)
    rig.keeper.write_all()
    outages = 0
    while rig.keeper.is_writing_all:
        try:
            rig.keeper.step()
        except LogUnavailableError:
            outages += 1
    assert outages > 5
    newest = next(rig.shelves[ALICES].newest_first(exchange.streams))
    assert newest.header.state_hash == exchange.local.state_hashes()[ALICES]
