"""Owns the tests of reading and writing rows: damage under each implementation, pages, gaps between rows.

Never repeats the rules of the chain (test_chain.py) nor the contract (test_log.py).
Called by pytest.
"""

from collections.abc import Callable

import pytest

from rabbit.chain import Chain
from rabbit.frame import DIGEST_BYTES
from rabbit.log import LogCorruptError, Position, Record
from rabbit.rows import RowsReader, rows_writer
from tests.rabbit.rigs import START, STREAM, Rig, append, recovered

Damage = Callable[[list[bytes]], list[bytes]]


def flipped(frame: bytes, index: int) -> bytes:
    changed = bytearray(frame)
    changed[index] ^= 1
    return bytes(changed)


def with_row(number: int, change: Callable[[bytes], bytes]) -> Damage:
    """Changes the row of this number (from 1)."""
    return lambda rows: [change(row) if at == number else row for at, row in enumerate(rows, 1)]


# Damage.

# Rows 1 to 8: epoch 1, records 1 to 3, epoch 2, records 4 to 6.
DAMAGES: dict[str, tuple[Damage, int, str]] = {
    "a bit of the digest": (with_row(3, lambda row: flipped(row, 0)), 1, "record 2 is torn or altered"),
    "a bit of the version": (
        with_row(3, lambda row: flipped(row, DIGEST_BYTES + 10)),
        1,
        "record 2 is torn or altered",
    ),
    "a bit of the body": (with_row(3, lambda row: flipped(row, -3)), 1, "record 2 is torn or altered"),
    "a bit of an epoch record": (with_row(5, lambda row: flipped(row, -3)), 3, "record 4 is torn or altered"),
    "a bit of the last row": (with_row(8, lambda row: flipped(row, -3)), 5, "record 6 is torn or altered"),
    "torn in the body": (with_row(3, lambda row: row[:-5]), 1, "record 2 is torn or altered"),
    "torn to a digest": (
        with_row(3, lambda row: row[:DIGEST_BYTES]),
        1,
        "record 2 is torn: 16 bytes are left",
    ),
    "torn to nothing": (with_row(3, lambda row: row[:0]), 1, "record 2 is torn: 0 bytes are left"),
    "repeated": (lambda rows: [*rows[:3], rows[2], *rows[3:]], 2, "record 3 is record 2 again"),
    "gone": (lambda rows: [*rows[:2], *rows[3:]], 1, "record 2 is record 3: what lies between is missing"),
    "gone before a restart": (lambda rows: [*rows[:3], *rows[4:]], 2, "record 3 begins epoch 2, but not"),
    "an epoch record gone": (lambda rows: [*rows[:4], *rows[5:]], 3, "record 4 is of epoch 2, which never"),
    "swapped": (lambda rows: [*rows[:2], rows[3], rows[2], *rows[4:]], 1, "record 2 is record 3"),
}
# Where the rows don't refer to each other, a gap before an epoch record shows at the record after it.
NOTICED_LATER = {"gone before a restart": "record 3 is record 4: what lies between is missing"}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_stops_readers_and_writers(rig: Rig, name: str) -> None:
    damage, whole, reason = DAMAGES[name]
    if not rig.fenced:
        reason = NOTICED_LATER.get(name, reason)
    records = by_two_writers(rig)
    rig.replace(STREAM, damage(rig.rows(STREAM)))
    reader = rig.log.reader(STREAM)
    # What stands before the damage can be read, and then the reader stops, however often it is asked.
    assert (reader.read(START, 10) if whole else []) == records[:whole]
    position = records[whole - 1].position
    for _ in range(2):
        with pytest.raises(LogCorruptError, match=f"^stream accounts-0: what should be {reason}"):
            reader.read(position, 10)
    kept = rig.rows(STREAM)
    with pytest.raises(LogCorruptError, match=r"^stream accounts-0: "):
        recovered(rig.log)
    assert len(rig.rows(STREAM)) <= len(kept) + 1


def test_a_record_of_an_epoch_that_is_over_is_damage_only_where_it_can_t_come_late(rig: Rig) -> None:
    records = by_two_writers(rig)
    rows = rig.rows(STREAM)
    rig.replace(STREAM, [*rows[:5], rows[3], *rows[5:]])
    reader = rig.log.reader(STREAM)
    if rig.fenced:
        assert reader.read(START, 10) == records[:3]
        with pytest.raises(LogCorruptError, match="what should be record 4 is record 3 of epoch 1, but"):
            reader.read(records[2].position, 10)
    else:
        assert reader.read(START, 10) == records
        assert append(recovered(rig.log), 1)[0].sequence == 7


def by_two_writers(rig: Rig) -> list[Record]:
    records = []
    for first in (1, 4):
        writer = recovered(rig.log)
        records += append(writer, 3, first)
        writer.close()
    return records


def test_rows_of_another_log_and_of_another_stream_are_foreign(rig: Rig, make_rig: Callable[[], Rig]) -> None:
    append(recovered(rig.log, "markets-0"), 2)
    rig.replace(STREAM, rig.rows("markets-0"))
    with pytest.raises(LogCorruptError, match="is foreign: it belongs to the stream markets-0"):
        rig.log.reader(STREAM).read(START, 10)
    other = make_rig()
    other.log.initialise((STREAM,))
    append(recovered(other.log), 2)
    rig.replace(STREAM, other.rows(STREAM))
    with pytest.raises(LogCorruptError, match="is foreign: it belongs to the log"):
        rig.log.reader(STREAM).read(START, 10)
    with pytest.raises(LogCorruptError, match="is foreign: it belongs to the log"):
        rig.log.writer(STREAM)


def test_a_writer_adds_nothing_to_a_stream_whose_end_is_damaged(rig: Rig) -> None:
    writer = recovered(rig.log)
    append(writer, 2)
    writer.close()
    rows = rig.rows(STREAM)
    rig.replace(STREAM, [*rows[:-1], rows[-1][:-1]])
    for _ in range(2):
        with pytest.raises(LogCorruptError, match="is torn or altered"):
            rig.log.writer(STREAM)
    assert len(rig.rows(STREAM)) == len(rows)


# A store that contradicts itself.


class EmptyRows:
    """Says that there are rows, and has none."""

    def newest(self) -> int:
        return 3

    def batch(self, first: int, count: int) -> list[tuple[int, bytes]]:
        return []

    def wait(self, newest: int, timeout_s: float) -> None:
        raise AssertionError

    def append(self, newest: int, frame: bytes) -> None:
        raise AssertionError

    def close(self) -> None:
        raise AssertionError


def chain_from(after: Position) -> Chain:
    return Chain("0af3", STREAM, after)


def test_rows_that_are_told_of_but_missing_stop_reader_and_writer() -> None:
    with pytest.raises(LogCorruptError, match="record 1 is missing: there is no row after row 0"):
        RowsReader(EmptyRows(), chain_from).read(START, 10)
    with pytest.raises(LogCorruptError, match="stream accounts-0: row 3 is missing"):
        rows_writer(STREAM, EmptyRows(), chain_from)
