"""Owns the tests of recovery from snapshots: the same state as from the whole log, or a refusal to start.

Never starts a process: a host's core recovers from a log in memory and snapshots in a folder.
Called by pytest.
"""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from actors.processes.host_core import HostCore
from actors.processes.snapshots import FORMAT_VERSION, Header, seal
from rabbit.log import LogCorruptError
from rabbit.memory import MemoryLog
from tests.processes.traded import Exchange

ALICES = "accounts-1"
DAMAGES = 500


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    return Exchange(tmp_path)


@pytest.mark.parametrize("tail", [0, 1, 20])
@pytest.mark.parametrize("stream", ["accounts-0", "accounts-1", "markets-0"])
def test_snapshot_and_tail_give_what_the_whole_log_gives(exchange: Exchange, stream: str, tail: int) -> None:
    whole = exchange.local.state_hashes()[stream]
    exchange.write_snapshots(stream, tail)
    core = exchange.recover(stream)
    assert (core.recovered_from, core.sequence) == (exchange.end(stream) - tail, exchange.end(stream))
    assert core.state_hash == whole


def test_without_a_snapshot_the_whole_log_is_read(exchange: Exchange) -> None:
    whole = exchange.local.state_hashes()[ALICES]
    core = exchange.recover(ALICES)
    assert (core.recovered_from, core.state_hash) == (0, whole)


def test_time_goes_on_from_the_snapshot_though_the_clock_has_gone_back(exchange: Exchange) -> None:
    exchange.write_snapshots(ALICES, 0)
    newest = exchange.records(ALICES)[-1].time
    exchange.clock.now -= 3_600_000_000
    core = exchange.recover(ALICES)
    core.take([("order", exchange.floor.buy(4_000, 1))], (), 0)
    assert exchange.records(ALICES)[-1].time == newest


def test_an_exchange_goes_on_from_snapshots_as_it_would_have_without(exchange: Exchange) -> None:
    for stream in exchange.streams.names:
        exchange.write_snapshots(stream, 3)
        exchange.local._hosts[stream] = exchange.recover(stream)
        exchange.local._absorb(exchange.local._hosts[stream].tick(exchange.clock()))
    exchange.local.settle()
    exchange.trade(20)
    went_on = exchange.local.state_hashes()
    for stream in exchange.streams.names:
        exchange.log.free(stream)
        assert HostCore(stream, exchange.streams, exchange.log, exchange.clock).state_hash == went_on[stream]


def test_only_the_tail_is_read(exchange: Exchange) -> None:
    """A record before the snapshot is not even looked at; to look at all of them is what the audit does."""
    exchange.write_snapshots(ALICES, 5)
    right, end = exchange.local.state_hashes()[ALICES], exchange.end(ALICES)
    exchange.log.frames(ALICES)[10] = b"damaged"
    core = exchange.recover(ALICES)
    assert (core.recovered_from, core.sequence, core.state_hash) == (end - 5, end, right)


def test_a_bad_snapshot_is_passed_over_and_the_older_one_serves(exchange: Exchange) -> None:
    whole = exchange.local.state_hashes()[ALICES]
    _, newest = exchange.write_snapshots(ALICES, 10, 5)
    newest.write_bytes(newest.read_bytes()[:-100])
    core = exchange.recover(ALICES)
    assert (core.recovered_from, core.state_hash) == (exchange.end(ALICES) - 10, whole)
    assert exchange.reasons == ["it is torn or altered"]


def test_with_bad_snapshots_only_the_whole_log_is_read(exchange: Exchange) -> None:
    whole = exchange.local.state_hashes()[ALICES]
    for path in exchange.write_snapshots(ALICES, 10, 5):
        path.write_bytes(b"")
    core = exchange.recover(ALICES)
    assert (core.recovered_from, core.state_hash) == (0, whole)
    assert len(exchange.reasons) == 2


# A log that is not the one that the snapshot proves to have been there.


def test_a_log_that_is_behind_a_snapshot_stops_the_start(exchange: Exchange) -> None:
    exchange.write_snapshots(ALICES, 0)
    end = exchange.end(ALICES)
    del exchange.log.frames(ALICES)[-5:]
    for _ in range(2):  # the lock is given back, so whoever comes next hears the same
        with pytest.raises(LogCorruptError, match=rf"cut back or replaced; .* snapshot as of record {end}$"):
            exchange.recover(ALICES)


def test_a_log_with_another_record_there_stops_the_start(exchange: Exchange, tmp_path: Path) -> None:
    exchange.write_snapshots(ALICES, 5)
    other = Exchange(tmp_path / "other")
    with pytest.raises(LogCorruptError, match=r"the log was replaced.*snapshot as of record"):
        exchange.recover(ALICES, log=other.log)


def test_an_empty_log_beside_a_snapshot_stops_the_start(exchange: Exchange) -> None:
    exchange.write_snapshots(ALICES, 5)
    fresh = MemoryLog()
    fresh.initialise(exchange.streams.names)
    with pytest.raises(LogCorruptError, match=r"cut back or replaced.*snapshot as of record"):
        exchange.recover(ALICES, log=fresh)


def test_damage_behind_the_snapshot_stops_the_start(exchange: Exchange) -> None:
    exchange.write_snapshots(ALICES, 5)
    exchange.log.frames(ALICES)[-2] = b"damaged"
    with pytest.raises(LogCorruptError, match="is torn"):
        exchange.recover(ALICES)


def test_without_a_snapshot_an_error_of_the_log_says_nothing_of_one(exchange: Exchange) -> None:
    exchange.log.frames(ALICES)[-2] = b"damaged"
    with pytest.raises(LogCorruptError) as caught:
        exchange.recover(ALICES)
    assert "snapshot" not in str(caught.value)


# Damage of every kind, a hundred times over.

Damage = Callable[[random.Random, bytes, bytes], bytes]
"""Chance, the newest snapshot, another stream's -> what stands in the newest one's file."""


def flip(chance: random.Random, whole: bytes, _foreign: bytes) -> bytes:
    damaged = bytearray(whole)
    damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def truncate(chance: random.Random, whole: bytes, _foreign: bytes) -> bytes:
    return whole[: chance.randrange(len(whole))]


def extend(chance: random.Random, whole: bytes, _foreign: bytes) -> bytes:
    return whole + chance.randbytes(chance.randrange(1, 100))


def blank(chance: random.Random, whole: bytes, _foreign: bytes) -> bytes:
    """What a disk may make of a file whose end was not written: zeros."""
    begin = chance.randrange(len(whole))
    return whole[:begin] + bytes(len(whole) - begin)


def swap(chance: random.Random, whole: bytes, _foreign: bytes) -> bytes:
    """Two blocks in each other's place."""
    size = chance.randrange(16, len(whole) // 4)
    first, second = chance.randrange(len(whole) // 4), chance.randrange(len(whole) // 2, len(whole) - size)
    damaged = bytearray(whole)
    damaged[first : first + size], damaged[second : second + size] = (
        whole[second : second + size],
        whole[first : first + size],
    )
    return bytes(damaged)


def be_foreign(_chance: random.Random, _whole: bytes, foreign: bytes) -> bytes:
    return foreign


def be_older(_chance: random.Random, whole: bytes, _foreign: bytes) -> bytes:
    """What an older program wrote, whole as it is."""
    return resealed(whole, version=FORMAT_VERSION - 1)


def be_renamed(chance: random.Random, whole: bytes, _foreign: bytes) -> bytes:
    """A whole snapshot, but of another record than its name says."""
    return resealed(whole, sequence=chance.randrange(1, 10))


def lie(chance: random.Random, whole: bytes, _foreign: bytes) -> bytes:
    """A whole file whose state isn't the one that was written."""
    return resealed(whole, state_hash=hashlib.sha256(chance.randbytes(8)).hexdigest())


def mix(_chance: random.Random, whole: bytes, foreign: bytes) -> bytes:
    """This stream's header over another stream's state, and a seal that fits."""
    return seal(whole.partition(b"\n")[0], foreign.partition(b"\n")[2][:-32])


def resealed(whole: bytes, **changes: object) -> bytes:
    line, _, rest = whole.partition(b"\n")
    header = msgspec.structs.replace(msgspec.json.decode(line, type=Header), **changes)
    return seal(msgspec.json.encode(header), rest[:-32])


KINDS: tuple[Damage, ...] = (
    flip,
    truncate,
    extend,
    blank,
    swap,
    be_foreign,
    be_older,
    be_renamed,
    lie,
    mix,
)


@pytest.mark.parametrize("damage", KINDS)
def test_of_500_damaged_snapshots_each_is_noticed_and_recovery_is_right(
    exchange: Exchange, damage: Damage
) -> None:
    right = exchange.local.state_hashes()[ALICES]
    (foreign,) = exchange.write_snapshots("accounts-0", 0)
    _, newest = exchange.write_snapshots(ALICES, 10, 5)
    whole, foreign_bytes = newest.read_bytes(), foreign.read_bytes()
    chance = random.Random(KINDS.index(damage))
    for _ in range(DAMAGES // len(KINDS)):
        damaged = damage(chance, whole, foreign_bytes)
        assert damaged != whole
        newest.write_bytes(damaged)
        exchange.reasons.clear()
        core = exchange.recover(ALICES)
        assert (core.recovered_from, core.state_hash) == (exchange.end(ALICES) - 10, right)
        assert len(exchange.reasons) == 1
