"""Owns the cases of what a later class takes of a stream: handed over, read again, never beyond the first.

Never folds an event.
Called by pytest.
"""

from typing import Final

from actors.machines.messages.events import MoneyDeposited
from actors.machines.messages.record import Body, encode
from actors.processes.projector_streams import QUEUED_BYTES_MAX, RECORDS_PER_READ, Following
from rabbit.log import Reader
from rabbit.memory import MemoryLog
from tests.couch_views.projection.histories import append
from tests.couch_views.projection.records import UNIT

STREAM = "accounts-0"


def body(deposits: int = 1) -> bytes:
    return encode(Body({}, tuple(MoneyDeposited(16, UNIT, UNIT) for _ in range(deposits)), {}, {}))


BODY_BYTES: Final = len(body())


class WatchedLog(MemoryLog):
    """A stream of records of so many deposits each; ``open`` counts its readers."""

    def __init__(self, records: int, deposits: int = 1) -> None:
        super().__init__()
        self.initialise((STREAM,))
        self.open = 0
        append(self, STREAM, [body(deposits)] * records)

    def reader(self, stream: str) -> Reader:
        reader = super().reader(stream)
        self.open += 1
        close = reader.close

        def closed() -> None:
            self.open -= 1
            close()

        reader.close = closed  # type: ignore[method-assign]
        return reader

    def following(self) -> Following:
        return Following(STREAM, lambda: self.reader(STREAM), None, None)


def advance(following: Following, *, hand_over: bool = True) -> int:
    """Lets the first class take all there is; gives the number of records."""
    records = 0
    while taken := following.take(0):
        records += len(taken)
        for folding in taken:
            if hand_over:
                following.later.hand_over(folding)
    return records


def later(following: Following, records: int) -> list[int]:
    """The numbers of the records that the later class takes, in the bytes of so many."""
    return [folding.record.sequence for folding in following.take_later(records * BODY_BYTES)]


def test_what_was_handed_over_is_not_read_again() -> None:
    log = WatchedLog(10)
    following = log.following()
    assert advance(following) == 10
    assert later(following, 4) == [1, 2, 3, 4]
    assert later(following, 100) == [5, 6, 7, 8, 9, 10]
    assert log.open == 1


def test_a_backlog_is_known_as_long_as_there_is_one() -> None:
    following = WatchedLog(2).following()
    known = [following.has_backlog]
    advance(following)
    known.append(following.has_backlog)
    later(following, 2)
    assert [*known, following.has_backlog] == [False, True, False]


def test_what_was_not_handed_over_is_read_by_a_reader_that_is_open_only_so_long() -> None:
    log = WatchedLog(2 * RECORDS_PER_READ)
    following = log.following()
    advance(following, hand_over=False)
    assert later(following, 5) == [1, 2, 3, 4, 5]
    assert log.open == 2
    assert len(later(following, 1_000)) == 2 * RECORDS_PER_READ - 5
    assert log.open == 1


def test_it_never_takes_what_the_first_has_not_taken() -> None:
    following = WatchedLog(RECORDS_PER_READ + 10).following()
    assert later(following, 100) == []
    first = following.take(0)
    assert later(following, 1_000) == [folding.record.sequence for folding in first]


def test_it_is_bounded_by_bytes_not_by_records() -> None:
    following = WatchedLog(10, deposits=100).following()
    advance(following)
    size = len(body(deposits=100))
    taken = [len(following.take_later(wanted)) for wanted in (2 * size + 1, 2 * size, 1, 0)]
    assert taken == [3, 2, 1, 0]


def test_what_there_is_no_room_for_is_read_again_in_order() -> None:
    records = QUEUED_BYTES_MAX // len(body(deposits=1_000)) + 5
    following = WatchedLog(records, deposits=1_000).following()
    advance(following)
    taken = [number for _ in range(records) for number in later(following, 1)]
    assert taken == list(range(1, records + 1))


def test_what_comes_after_a_gap_waits_for_the_gap() -> None:
    log = WatchedLog(3)
    following = log.following()
    advance(following, hand_over=False)
    append(log, STREAM, [body()] * 2)
    advance(following)
    assert later(following, 100) == [1, 2, 3, 4, 5]


def test_a_record_that_it_has_taken_is_not_taken_again() -> None:
    following = WatchedLog(3).following()
    taken = following.take(0)
    for folding in [*taken, *taken]:
        following.later.hand_over(folding)
    assert later(following, 100) == [1, 2, 3]


def test_checkpoints_of_the_classes_are_two_documents() -> None:
    following = WatchedLog(3).following()
    advance(following)
    later(following, 2)
    following.close()
    checkpoints = [following.next_checkpoint(), following.later.next_checkpoint()]
    assert [(each["_id"], each["sequence"]) for each in checkpoints] == [
        ("checkpointaccounts-0", 3),
        ("checkpointaccounts-0-history", 2),
    ]
