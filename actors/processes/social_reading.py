"""Owns the reading of several logs as one: records in the order of their times, no effect before its cause.

Never keeps more than a page of each; never decides what a record means.
Called by the core of a social host, and by who makes a social stream anew.

A record is durable before anything that it causes is written, and has an earlier time (see the host's core).
So a record is handed over only once every other stream either has a later one at hand, or was found at its
end after this one was read: what caused it was there by then, and is handed over first.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Final

from actors.machines.messages.record import ReadTo, decode_events
from actors.machines.stream.state import Reading
from rabbit.log import Position, Reader, Record

RECORDS_PER_READ: Final = 64


def in_place(streams: Sequence[str]) -> Callable[[Record | Reading], tuple[int, int]]:
    """What records of these streams are ordered by: their times, and of one time the streams."""
    places = {stream: place for place, stream in enumerate(streams)}
    return lambda record: (record.time, places[record.stream])


class Followed:
    """One stream: its reader, how far it was read, and what of that was not handed over yet."""

    def __init__(self, stream: str, reader: Reader, position: Position) -> None:
        self.stream = stream
        self.looked = 0
        """At which look of all streams this one was looked at last."""
        self.records: deque[Record] = deque()
        self._reader = reader
        self._position = position

    def look(self, at: int, *, certain: bool) -> None:
        """Reads on where nothing is at hand. Only ``certain`` surely finds the end; at a broker it costs."""
        self.looked = at
        read = self._reader.read if certain else self._follow
        self.records.extend(read(self._position, RECORDS_PER_READ))
        if self.records:
            self._position = self.records[-1].position

    def close(self) -> None:
        self._reader.close()

    def _follow(self, after: Position, limit: int) -> list[Record]:
        return self._reader.follow(after, limit, 0)


class LogsInOrder:
    """The logs of several streams, from where they were taken last."""

    def __init__(
        self, streams: Sequence[str], open_reader: Callable[[str], Reader], taken: Mapping[str, ReadTo]
    ) -> None:
        self._looks = 0
        self._place = in_place(streams)
        self._last = (0, 0)
        begin = ReadTo(0, b"")
        with ExitStack() as opened:
            self._followed: list[Followed] = []
            for name in streams:
                at = taken.get(name, begin)
                self._followed.append(Followed(name, open_reader(name), Position(at.sequence, at.digest)))
                opened.callback(self._followed[-1].close)
            opened.pop_all()

    def take(self, events_max: int) -> tuple[bool, list[Reading]]:
        """The next records in order, until they have so many events, or all there are.

        With them, whether they also come after those that were taken last: a record may appear although a
        later one of another stream was taken, which it neither caused nor is caused by. Raises what reading
        raises.
        """
        taken: list[Reading] = []
        in_order = True
        self._look(self._without_records(), certain=False)
        while events_max > 0 and (first := self._first()) is not None:
            record = first.records[0]
            if (place := self._place(record)) < self._last:
                if taken:
                    break
                in_order = False
            self._last = place
            first.records.popleft()
            events = decode_events(record.body)
            taken.append(Reading(record.stream, record.sequence, record.digest, record.time, events))
            events_max -= max(1, len(events))
            if not first.records:
                self._look([first], certain=False)
        return in_order, taken

    def close(self) -> None:
        for followed in self._followed:
            followed.close()

    def _first(self) -> Followed | None:
        """The stream whose record comes next; those that may still have one before it are looked at again."""
        while with_records := [followed for followed in self._followed if followed.records]:
            first = min(with_records, key=lambda followed: self._place(followed.records[0]))
            unsure = [each for each in self._without_records() if each.looked <= first.looked]
            if not unsure:
                return first
            self._look(unsure, certain=True)
        return None

    def _without_records(self) -> list[Followed]:
        return [followed for followed in self._followed if not followed.records]

    def _look(self, at: Sequence[Followed], *, certain: bool) -> None:
        for followed in at:
            self._looks += 1
            followed.look(self._looks, certain=certain)
