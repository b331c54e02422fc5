"""Owns the making of a social stream anew from what its records say it read and took, to compare with them.

Never writes, and takes nothing of the stream's own log but how far it read and took, and when.
Called by ``make rederive`` and by the rigs.

Replaying gives the state that the log says; this shows that the log says what had to be. It is so for a log
that this version's rules have written: a record of older rules may differ where the rules do.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from heapq import merge
from typing import Final, NamedTuple

import msgspec

from actors.machines.messages.badges import BadgeCounted
from actors.machines.messages.letters import Letter
from actors.machines.messages.posted import Posted
from actors.machines.messages.record import Body, decode, decode_events
from actors.machines.stream.state import Reading
from actors.machines.streams import Streams
from actors.machines.turn import Stream
from actors.processes.social_reading import in_place
from rabbit.log import Log, LogCorruptError, Position, Reader, Record

RECORDS_PER_READ: Final = 256


class Difference(NamedTuple):
    """The first record that is not what its inputs lead to, and how it differs."""

    stream: str
    sequence: int
    what: str


class Rederived(NamedTuple):
    """What came of it: how much was as it had to be, and what was not, if anything."""

    records: int
    events: int
    difference: Difference | None


class _Records:
    """A stream's records, one after another, as far as somebody else says they were taken."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._at_hand: deque[Record] = deque()
        self._position = Position()

    def next(self) -> Record | None:
        """The next record; None at the end."""
        if not self._at_hand:
            self._at_hand.extend(self._reader.read(self._position, RECORDS_PER_READ))
            if not self._at_hand:
                return None
            self._position = self._at_hand[-1].position
        return self._at_hand.popleft()

    def certain(self, why: str) -> Record:
        """The next record, which there must be. Raises ``LogCorruptError``."""
        record = self.next()
        if record is None:
            raise LogCorruptError(f"it ends before {why}")
        return record

    def close(self) -> None:
        self._reader.close()


class _Followed:
    """A log that the social stream follows."""

    def __init__(self, records: _Records) -> None:
        self._records = records
        self._taken = 0

    def take(self, sequence: int) -> Iterator[Reading]:
        """What was read up to a record."""
        while self._taken < sequence:
            record = self._records.certain(f"record {sequence}, which was read")
            self._taken = record.sequence
            events = decode_events(record.body)
            yield Reading(record.stream, record.sequence, record.digest, record.time, events)


class _Correspondent:
    """A stream whose letters the social stream takes."""

    def __init__(self, name: str, destination: str, records: _Records) -> None:
        self._name = name
        self._destination = destination
        self._records = records
        self._waiting: deque[Posted] = deque()
        self._first = 1

    def take(self, number: int) -> Letter:
        """The messages up to this number that were not taken before."""
        count = number + 1 - self._first
        while len(self._waiting) < count:
            record = self._records.certain(f"message {number} to {self._destination}, which was taken")
            if (sent := decode(record.body).sent.get(self._destination)) is not None:
                self._waiting.extend(sent.messages)
        messages = tuple(self._waiting.popleft() for _ in range(count))
        letter = Letter(self._name, self._destination, self._first, messages, 0, 0)
        self._first = number + 1
        return letter


def rederive(log: Log, name: str) -> Rederived:
    """Makes a social stream anew, as far as its log goes, and compares record by record.

    Raises what reading raises; ``LogCorruptError`` also if the log lacks what it says it read or took.
    """
    with ExitStack() as opened:
        return _Rederivation(log, name, opened).run()


class _Rederivation:
    def __init__(self, log: Log, name: str, opened: ExitStack) -> None:
        self._log = log
        self._name = name
        self._opened = opened
        self._streams = Streams.of_names(log.streams())
        self._stream = Stream(name, self._streams)
        self._place = in_place(self._streams.trading_names)
        self._followed: dict[str, _Followed] = {}
        self._correspondents: dict[str, _Correspondent] = {}

    def run(self) -> Rederived:
        records = events = 0
        own = self._records_of(self._name)
        while (record := own.next()) is not None:
            body = decode(record.body)
            what = self._differs(record, body)
            if what:
                return Rederived(records, events, Difference(self._name, record.sequence, what))
            records += 1
            events += len(body.events)
            for destination, number in body.acknowledged.items():
                self._stream.post.hear(destination, number)
        return Rederived(records, events, None)

    def _differs(self, record: Record, body: Body) -> str:
        """How a record differs from what its inputs lead to; empty: not at all."""
        if _is_counted(body):
            self._stream.replay(body)
            return ""
        read = self._read(body)
        letters = [self._letter(source, body.cursors[source]) for source in sorted(body.cursors)]
        at = (record.time, record.sequence)
        made = None
        if read:
            made = self._stream.turn((), (), *at, read, say_read=not letters).body
            if made is not None and letters:
                return "what was read before the letters came leads to something, and nothing was written"
        if letters:
            made = self._stream.turn((), letters, *at).body
        if made is None:
            return "nothing leads to it"
        return _difference(msgspec.structs.replace(made, acknowledged=body.acknowledged), body)

    def _read(self, body: Body) -> list[Reading]:
        runs = [self._follower(stream).take(to.sequence) for stream, to in body.read.items()]
        return list(merge(*runs, key=self._place))

    def _letter(self, source: str, number: int) -> Letter:
        if source not in self._correspondents:
            records = self._records_of(source)
            self._correspondents[source] = _Correspondent(source, self._name, records)
        return self._correspondents[source].take(number)

    def _follower(self, stream: str) -> _Followed:
        if stream not in self._followed:
            self._followed[stream] = _Followed(self._records_of(stream))
        return self._followed[stream]

    def _records_of(self, stream: str) -> _Records:
        return self._opened.enter_context(closing(_Records(self._log.reader(stream))))


def _is_counted(body: Body) -> bool:
    """Whether it was written offline, of what the stream says already: the past of a new badge."""
    return not body.read and not body.cursors and all(isinstance(each, BadgeCounted) for each in body.events)


def _difference(made: Body, written: Body) -> str:
    if made == written:
        return ""
    for what, ours, theirs in (
        ("event", made.events, written.events),
        ("message sent", _sent(made), _sent(written)),
        ("reading", list(made.read.items()), list(written.read.items())),
    ):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=False), 1):
            if one != other:
                return f"{what} {number} had to be {one}, and is {other}"
        if len(ours) != len(theirs):
            return f"there had to be {len(ours)} of {what}, and there are {len(theirs)}"
    return "it takes other letters than it says"


def _sent(body: Body) -> Sequence[tuple[str, int, Posted]]:
    return [
        (destination, sent.first, message)
        for destination, sent in sorted(body.sent.items())
        for message in sent.messages
    ]
