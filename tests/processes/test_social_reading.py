"""Owns the tests of reading several logs as one: the order of times, and no effect before its cause.

Never starts a process.
Called by pytest.
"""

import pytest

from actors.machines.messages.events import MarketOpened
from actors.machines.messages.record import Body, ReadTo, encode
from actors.processes.social_reading import LogsInOrder
from rabbit.log import LogUnavailableError, Position, Reader, Record
from rabbit.memory import MemoryLog

STREAMS = ("accounts-0", "markets-0")


class Logs:
    """A log with two streams; ``before_read`` is called before any of them is looked at."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.log.initialise(STREAMS)
        self.writers = {name: self.log.writer(name) for name in STREAMS}
        for writer in self.writers.values():
            list(writer.recover())
        self.looks: list[str] = []
        self.between: dict[int, tuple[str, int]] = {}
        """After so many looks a record appears: its stream and time."""

    def append(self, stream: str, time: int) -> None:
        self.writers[stream].append(encode(Body({}, (MarketOpened(time),), {}, {})), time)

    def reader(self, stream: str) -> Reader:
        return Watched(self, stream, self.log.reader(stream))

    def in_order(self, taken: dict[str, ReadTo] | None = None) -> LogsInOrder:
        return LogsInOrder(STREAMS, self.reader, taken or {})


class Watched:
    """A reader that tells when it looks, and lets records appear between two looks."""

    def __init__(self, logs: Logs, stream: str, reader: Reader) -> None:
        self._logs, self._stream, self._reader = logs, stream, reader
        self.closed = False

    def read(self, after: Position, limit: int) -> list[Record]:
        return self._look(after, limit)

    def follow(self, after: Position, limit: int, _timeout_s: float) -> list[Record]:
        return self._look(after, limit)

    def _look(self, after: Position, limit: int) -> list[Record]:
        found = self._reader.read(after, limit)
        self._logs.looks.append(self._stream)
        if (appearing := self._logs.between.pop(len(self._logs.looks), None)) is not None:
            self._logs.append(*appearing)
        return found

    def close(self) -> None:
        self.closed = True
        self._reader.close()


def times(logs: LogsInOrder, events_max: int = 100) -> list[int]:
    return [reading.time for reading in logs.take(events_max)[1]]


def test_records_come_in_the_order_of_their_times() -> None:
    logs = Logs()
    for stream, time in (("accounts-0", 5), ("markets-0", 6), ("markets-0", 7), ("accounts-0", 8)):
        logs.append(stream, time)
    assert times(logs.in_order()) == [5, 6, 7, 8]


def test_of_equal_times_the_first_stream_comes_first() -> None:
    logs = Logs()
    logs.append("markets-0", 5)
    logs.append("accounts-0", 5)
    assert [reading.stream for reading in logs.in_order().take(10)[1]] == ["accounts-0", "markets-0"]


def test_no_more_than_asked_for_and_the_rest_next_time() -> None:
    logs = Logs()
    for time in range(1, 8):
        logs.append("accounts-0", time)
    in_order = logs.in_order()
    assert [times(in_order, 3), times(in_order, 3), times(in_order, 3)] == [[1, 2, 3], [4, 5, 6], [7]]
    assert times(in_order) == []


def test_a_cause_that_appears_while_its_effect_is_read_comes_first() -> None:
    """Accounts are looked at and found at their end; then the cause is written there, then its effect."""
    logs = Logs()
    logs.between = {1: ("accounts-0", 5)}
    in_order = logs.in_order()
    logs.append("markets-0", 6)
    assert times(in_order) == [5, 6]


def test_it_goes_on_where_it_was() -> None:
    logs = Logs()
    for time in range(1, 4):
        logs.append("accounts-0", time)
    _, taken = logs.in_order().take(2)
    at = {reading.stream: ReadTo(reading.sequence, reading.digest) for reading in taken}
    again = logs.in_order(at)
    assert times(again) == [3]
    again.close()


def test_what_appears_too_late_for_its_time_is_taken_apart_from_what_comes_after_it() -> None:
    """The record of markets is older than one that was taken, of which it was neither cause nor effect."""
    logs = Logs()
    logs.between = {2: ("accounts-0", 9), 3: ("markets-0", 6)}
    in_order = logs.in_order()
    logs.append("accounts-0", 5)
    logs.append("accounts-0", 7)
    taken = [in_order.take(10), in_order.take(10)]
    assert [(ordered, [reading.time for reading in read]) for ordered, read in taken] == [
        (True, [5, 7]),
        (False, [6, 9]),
    ]


def test_who_can_t_open_all_logs_keeps_none_open() -> None:
    logs = Logs()
    opened: list[Watched] = []

    def reader(stream: str) -> Reader:
        if opened:
            raise LogUnavailableError("the broker is away")
        opened.append(Watched(logs, stream, logs.log.reader(stream)))
        return opened[-1]

    with pytest.raises(LogUnavailableError):
        LogsInOrder(STREAMS, reader, {})
    assert [each.closed for each in opened] == [True]
