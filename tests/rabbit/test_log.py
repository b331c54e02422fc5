"""Owns the contract of a log: what every implementation promises, told once and run on each.

Never looks into an implementation but through its rig.
Called by pytest.
"""

import threading

import pytest

from actors.machines import limits
from rabbit.log import LogCorruptError, LogError, LogLockedError, Position, Record
from tests.rabbit.rigs import START, STREAM, STREAMS, Rig, append, recovered

# Streams.


def test_a_log_has_no_streams_before_it_is_initialised(empty_rig: Rig) -> None:
    assert empty_rig.log.streams() == ()
    with pytest.raises(LogError, match="initialising"):
        empty_rig.log.writer(STREAM)
    with pytest.raises(LogError, match="initialising"):
        empty_rig.log.reader(STREAM)


def test_streams_keep_the_order_they_were_made_in(empty_rig: Rig) -> None:
    streams = ("markets-1", "accounts-0", "markets-0")
    empty_rig.log.initialise(streams)
    assert empty_rig.reopened().streams() == streams


def test_initialising_again_changes_nothing(rig: Rig) -> None:
    records = append(recovered(rig.log), 3)
    rig.reopened().initialise(STREAMS)
    assert rig.log.reader(STREAM).read(START, 10) == records


def test_a_log_with_other_streams_is_not_touched(rig: Rig) -> None:
    with pytest.raises(LogError, match="already exists, with the streams accounts-0, markets-0"):
        rig.log.initialise((*STREAMS, "markets-1"))
    assert rig.log.streams() == STREAMS


def test_streams_that_there_were_not_yet_are_added(rig: Rig) -> None:
    records = append(recovered(rig.log), 3)
    wanted = (*STREAMS, "social-0", "social-1")
    rig.reopened().initialise(wanted, older=STREAMS)
    for log in (rig.reopened(), rig.log):
        assert log.streams() == wanted
    assert append(recovered(rig.reopened(), "social-1"), 2)[-1].sequence == 2
    rig.reopened().initialise(wanted, older=STREAMS)
    assert rig.reopened().reader(STREAM).read(START, 10) == records
    assert len(rig.reopened().reader("social-1").read(START, 10)) == 2, "once they are there they stay"


@pytest.mark.parametrize("older", [(), STREAMS[:1], (*STREAMS, "markets-9")])
def test_nothing_is_added_to_a_log_of_other_streams(rig: Rig, older: tuple[str, ...]) -> None:
    with pytest.raises(LogError, match="already exists, with the streams accounts-0, markets-0"):
        rig.log.initialise((*STREAMS, "social-0"), older=older)
    assert rig.log.streams() == STREAMS


def test_a_stream_is_never_made_by_using_it(rig: Rig) -> None:
    for use in (rig.log.writer, rig.log.reader):
        with pytest.raises(LogError, match="no stream accounts-9"):
            use("accounts-9")
    assert rig.log.streams() == STREAMS


def test_streams_know_nothing_of_each_other(rig: Rig) -> None:
    one, other = recovered(rig.log, "accounts-0"), recovered(rig.log, "markets-0")
    append(one, 3)
    (record,) = append(other, 1, first=77)
    assert (record.sequence, record.stream) == (1, "markets-0")
    assert rig.log.reader("markets-0").read(START, 10) == [record]


# Appending.


def test_a_record_is_what_was_appended(rig: Rig) -> None:
    record = recovered(rig.log).append(b'[1,{"two":[3.5,"\xc3\xa9"]}]', 42)
    assert (record.stream, record.epoch, record.sequence, record.time) == (STREAM, 1, 1, 42)
    assert record.body == b'[1,{"two":[3.5,"\xc3\xa9"]}]'
    assert record.position == Position(1, record.digest)


def test_sequences_count_from_one_through_all_writers(rig: Rig) -> None:
    numbers = []
    for _ in range(3):
        writer = recovered(rig.log)
        numbers += [(record.epoch, record.sequence) for record in append(writer, 2)]
        writer.close()
    assert numbers == [(1, 1), (1, 2), (2, 3), (2, 4), (3, 5), (3, 6)]


def test_time_never_goes_back(rig: Rig) -> None:
    writer = recovered(rig.log)
    assert [writer.append(b"0", time).time for time in (5, 3, 5, 7)] == [5, 5, 5, 7]
    writer.close()
    assert recovered(rig.log).append(b"0", 1).time == 7


def test_equal_bodies_have_digests_of_their_own(rig: Rig) -> None:
    writer = recovered(rig.log)
    assert len({writer.append(b"0", 0).digest for _ in range(10)}) == 10


def test_a_record_up_to_the_limit_is_kept(rig: Rig) -> None:
    writer = recovered(rig.log)
    envelope = len(rig.rows(STREAM)[-1]) + 200
    large = b'"' + b"x" * (limits.RECORD_BYTES_MAX - envelope) + b'"'
    assert writer.append(large, 1).body == large
    (record,) = rig.reopened().reader(STREAM).read(START, 10)
    assert record.body == large


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"", "can't be kept"),
        (b"{", "can't be kept"),
        (b"1,2", "can't be kept"),
        (b"1 ", "not one plain JSON value"),
        (b'{"a":nope}', "can't be kept"),
        (b'"' + b"x" * limits.RECORD_BYTES_MAX + b'"', "is more than the 67108864 allowed"),
    ],
    ids=["nothing", "half", "two values", "a blank", "no JSON", "too large"],
)
def test_a_body_that_could_not_be_read_again_is_refused(rig: Rig, bad: bytes, reason: str) -> None:
    writer = recovered(rig.log)
    records = append(writer, 2)
    with pytest.raises(LogError, match=reason):
        writer.append(bad, 3)
    assert rig.log.reader(STREAM).read(START, 10) == records
    with pytest.raises(LogError, match="has failed"):
        append(writer, 1)


# Recovery.


def test_a_new_writer_gets_everything_that_was_appended(rig: Rig) -> None:
    first = recovered(rig.log)
    records = append(first, 5)
    first.close()
    second = recovered(rig.log)
    records += append(second, 5)
    second.close()
    assert list(rig.reopened().writer(STREAM).recover()) == records


def test_a_new_writer_gets_what_follows_a_snapshot(rig: Rig) -> None:
    writer = recovered(rig.log)
    records = append(writer, 5)
    writer.close()
    for index, record in enumerate(records, 1):
        writer = rig.log.writer(STREAM)
        assert list(writer.recover(record.position)) == records[index:]
        writer.close()
    assert recovered(rig.log, after=records[2].position).append(b"0", 0).sequence == 6


def test_what_stands_before_a_position_is_not_read(rig: Rig) -> None:
    """However long a log is, going on from a position near its end costs the same."""
    writer = recovered(rig.log)
    records = append(writer, 40)
    writer.close()
    rows = rig.rows(STREAM)
    rig.replace(STREAM, [b"damaged" if 10 <= number < 30 else row for number, row in enumerate(rows)])
    after = records[-4].position
    assert rig.reopened().reader(STREAM).read(after, 100) == records[-3:]
    assert list(rig.reopened().writer(STREAM).recover(after)) == records[-3:]


def test_many_pages_are_recovered_whole(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rabbit.rows.RECOVERY_PAGE_RECORDS", 7)
    writer = recovered(rig.log)
    records = append(writer, 50)
    writer.close()
    assert list(rig.log.writer(STREAM).recover()) == records


def test_a_writer_that_has_not_recovered_does_not_append(rig: Rig) -> None:
    earlier = recovered(rig.log)
    append(earlier, 3)
    earlier.close()
    writer = rig.log.writer(STREAM)
    with pytest.raises(LogError, match="has not recovered"):
        writer.append(b"0", 0)
    next(writer.recover())
    with pytest.raises(LogError, match="has not recovered"):
        writer.append(b"0", 0)


# The lock.


def test_a_second_writer_is_refused_while_the_first_lives(rig: Rig) -> None:
    writer = recovered(rig.log)
    for _ in range(2):
        with pytest.raises(LogLockedError, match="stream accounts-0 has a writer already"):
            rig.reopened().writer(STREAM)
    assert append(writer, 1)[0].epoch == 1
    writer.close()
    assert recovered(rig.reopened()).epoch == 2


def test_a_writer_that_was_replaced_writes_nothing(rig: Rig) -> None:
    old = recovered(rig.log)
    records = append(old, 2)
    rig.free(STREAM)
    new = recovered(rig.reopened())
    kept = rig.rows(STREAM)
    with pytest.raises(LogLockedError, match="taken over"):
        append(old, 1)
    with pytest.raises(LogError, match="has failed"):
        append(old, 1)
    assert rig.rows(STREAM) == kept
    records += append(new, 2)
    assert rig.log.reader(STREAM).read(START, 10) == records


def test_a_writer_that_was_replaced_while_recovering_learns_it(rig: Rig) -> None:
    old = rig.log.writer(STREAM)
    rig.free(STREAM)
    recovered(rig.reopened())
    with pytest.raises(LogLockedError, match="another writer has begun"):
        list(old.recover())


def test_closing_a_replaced_writer_leaves_the_lock_to_its_successor(rig: Rig) -> None:
    old = recovered(rig.log)
    rig.free(STREAM)
    new = recovered(rig.reopened())
    old.close()
    with pytest.raises(LogLockedError):
        rig.log.writer(STREAM)
    append(new, 1)


def test_a_closed_writer_does_nothing_more(rig: Rig) -> None:
    writer = recovered(rig.log)
    append(writer, 1)
    writer.close()
    writer.close()
    for use in (lambda: append(writer, 1), writer.keep_alive):
        with pytest.raises(LogError, match="was closed"):
            use()
    recovered(rig.log).close()


def test_keeping_alive_changes_nothing_and_notices_a_successor(rig: Rig) -> None:
    writer = recovered(rig.log)
    append(writer, 1)
    kept = rig.rows(STREAM)
    writer.keep_alive()
    assert rig.rows(STREAM) == kept
    append(writer, 1)
    rig.free(STREAM)
    recovered(rig.reopened())
    with pytest.raises(LogLockedError, match="taken over"):
        writer.keep_alive()
    with pytest.raises(LogError, match="has failed"):
        writer.keep_alive()


# Reading.


def test_an_empty_stream_is_read_as_empty(rig: Rig) -> None:
    reader = rig.log.reader(STREAM)
    assert reader.read(START, 10) == []
    recovered(rig.log)
    assert reader.read(START, 10) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_follow_each_other(rig: Rig, limit: int) -> None:
    writer = recovered(rig.log)
    records = append(writer, 7)
    reader = rig.log.reader(STREAM)
    found: list[Record] = []
    while page := reader.read(found[-1].position if found else START, limit):
        assert len(page) <= limit
        found += page
    assert found == records
    records += append(writer, 1)
    assert reader.read(found[-1].position, limit) == records[-1:]


def test_reading_begins_anywhere(rig: Rig) -> None:
    records = []
    for first in (1, 11, 21):
        writer = recovered(rig.log)
        records += append(writer, 10, first)
        writer.close()
    shared = rig.log.reader(STREAM)
    for index, record in reversed(list(enumerate(records, 1))):
        for reader in (shared, rig.log.reader(STREAM)):
            assert reader.read(record.position, 100) == records[index:]
    assert shared.read(START, 100) == records


def test_following_waits_for_a_record_and_no_longer(rig: Rig) -> None:
    writer = recovered(rig.log)
    go_on, followed = threading.Event(), []

    def follow() -> None:
        reader = rig.reopened().reader(STREAM)
        position = START
        for _ in range(3):
            go_on.set()
            page = reader.follow(position, 10, 30)
            followed.extend(page)
            position = page[-1].position
        reader.close()

    follower = threading.Thread(target=follow)
    follower.start()
    records = []
    for number in range(1, 4):
        assert go_on.wait(30)
        go_on.clear()
        records += append(writer, 1, number)
    follower.join(30)
    assert followed == records


def test_following_returns_what_is_there_and_nothing_after_its_time(rig: Rig) -> None:
    records = append(recovered(rig.log), 3)
    reader = rig.log.reader(STREAM)
    assert reader.follow(records[0].position, 1, 30) == records[1:2]
    assert reader.follow(records[0].position, 2, 30) == records[1:]
    assert reader.follow(records[-1].position, 2, 0.01) == []
    assert reader.follow(records[-1].position, 2, 0) == []


# A log that is not what it was.


@pytest.mark.parametrize("keep", range(5))
def test_a_log_that_was_cut_back_below_a_reader_is_noticed(rig: Rig, keep: int) -> None:
    writer = recovered(rig.log)
    records = append(writer, 5)
    reader = rig.log.reader(STREAM)
    assert reader.read(START, 10) == records
    rig.replace(STREAM, rig.rows(STREAM)[:keep])
    for reading in (reader, rig.log.reader(STREAM)):
        with pytest.raises(LogCorruptError, match=r"stream accounts-0: .*cut back"):
            reading.read(records[-1].position, 10)
    with pytest.raises(LogLockedError):
        append(writer, 1)


def test_a_log_that_was_cut_back_and_written_anew_is_noticed(rig: Rig) -> None:
    writer = recovered(rig.log)
    records = append(writer, 5)
    writer.close()
    reader = rig.log.reader(STREAM)
    assert reader.read(START, 10) == records
    rig.replace(STREAM, rig.rows(STREAM)[:-2])
    append(recovered(rig.reopened()), 5, first=100)
    for reading in (reader, rig.log.reader(STREAM)):
        with pytest.raises(LogCorruptError, match="stream accounts-0: "):
            reading.read(records[-1].position, 10)


def test_a_snapshot_ahead_of_the_log_stops_the_writer(rig: Rig) -> None:
    writer = recovered(rig.log)
    (record,) = append(writer, 1)
    writer.close()
    ahead = Position(record.sequence + 5, b"0123456789abcdef")
    with pytest.raises(LogCorruptError, match=r"ends at row 3, before .*\(record 6\)"):
        recovered(rig.log, after=ahead)
