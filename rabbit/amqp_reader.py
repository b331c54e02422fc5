"""Owns reading a stream at a broker: where to begin, when it ends, and going on when a connection is lost.

Never judges a frame (rabbit/chain.py does) and never waits for a broker that is away: the caller does.
Called by rabbit/amqp.py, and by rabbit/amqp_writer.py to recover.

A record's offset in the stream is greater than its sequence (a beginning, epochs and stale records stand
before it, and the broker keeps some offsets for itself), so reading from a position begins at that offset
and lets the chain find the record.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from rabbit.amqp_line import Line, LineLostError, Message
from rabbit.amqp_topology import BEGINNING, queue
from rabbit.chain import Chain
from rabbit.log import LogCorruptError, Position, Record
from rabbit.writing import ChainFrom

PREFETCH: Final = 128
"""Messages under way to a reader; with records of usual size some megabytes."""


class AmqpWalk:
    """Takes the messages of a stream through a chain, from the chain's position on, over a line of its own.

    ``LineLostError``: the walk is over, another one may go on. It closes the line.
    """

    def __init__(self, line: Line, stream: str, chain: Chain) -> None:
        self.chain = chain
        self._line = line
        self._queue = queue("stream", stream).name
        self._arrived: deque[Message] = deque()
        self._received = -1
        self._unacknowledged = 0
        self._has_ended = False
        try:
            self._newest = newest_message(line, self._queue).offset
            # From the last message if that comes before: a position past the end would wait for ever.
            begin = min(chain.position.sequence, self._newest)
            line.consume(self._queue, begin, PREFETCH, self._receive)
        except BaseException:
            self.close()
            raise

    def page(self, limit: int) -> list[Record]:
        """The next records, up to ``limit``; empty only at the end of the stream.

        Raises ``LogCorruptError`` once the next record itself is damaged: those before it come first.
        """
        self._line.check()
        records: list[Record] = []
        while True:
            if self._take(limit, records):
                return records
            if self._received < self._newest:
                self._line.wait(lambda: bool(self._arrived))
            elif records:
                return records
            elif self._is_at_end():
                if not self.chain.arrived:
                    self.chain.cut_back(self._received)
                return []

    def page_within(self, limit: int, seconds: float) -> list[Record]:
        """The next records if one arrives in time. Cheaper than ``page``, but empty may not be the end."""
        deadline = time.monotonic() + seconds
        records: list[Record] = []
        while not records:
            left_s = deadline - time.monotonic()
            if not self._line.listen(lambda: bool(self._arrived), max(0.0, left_s)):
                break
            self._take(limit, records)
        return records

    def close(self) -> None:
        self._line.close()

    def _receive(self, message: Message) -> None:
        self._arrived.append(message)
        self._received = message.offset

    def _take(self, limit: int, records: list[Record]) -> bool:
        """Takes what has arrived; True if the page is full, or ends because damage comes next."""
        while self._arrived and len(records) < limit:
            message = self._arrived[0]
            try:
                record = None if message.body == BEGINNING else self.chain.take(message.body)
            except LogCorruptError:
                if records:
                    return True
                raise
            self._arrived.popleft()
            self._acknowledge(message)
            if record is not None:
                records.append(record)
        return len(records) == limit

    def _acknowledge(self, message: Message) -> None:
        self._unacknowledged += 1
        if self._unacknowledged >= PREFETCH // 2:
            self._unacknowledged = 0
            self._line.acknowledge(message.tag, all_before=True)

    def _is_at_end(self) -> bool:
        """Whether all was taken that was in the stream when this was asked.

        A broker doesn't say where a stream ends, but it gives anyone who asks its newest message. If that
        had been received here before, and the broker has answered since, nothing is under way.
        """
        self._newest = newest_message(self._line, self._queue).offset
        if self._received < self._newest:
            return False
        if self._received > self._newest and self._has_ended:
            raise LineLostError(f"{self._queue} ends earlier than before")
        self._has_ended = not self._arrived
        return self._has_ended


def newest_message(line: Line, name: str) -> Message:
    """A stream's newest message, or one not far before it. There always is one: its beginning."""
    last = line.peek(name, "last")
    if not last:
        raise LineLostError(f"{name} has shown no message")
    return last[-1]


class AmqpReader:
    """A ``rabbit.log.Reader``. It connects when it is asked; asked for what follows, it goes on from there.

    A connection that was lost since the last answer (a broker drops a reader that is silent for some
    heartbeats) is replaced once, silently.
    """

    def __init__(self, url: str, stream: str, chain_from: ChainFrom) -> None:
        self._url = url
        self._stream = stream
        self._chain_from = chain_from
        self._walk: AmqpWalk | None = None

    def read(self, after: Position, limit: int) -> list[Record]:
        return self._walked(after, lambda walk: walk.page(limit))

    def follow(self, after: Position, limit: int, timeout_s: float) -> list[Record]:
        deadline = time.monotonic() + timeout_s
        if not self._stands_at(after):
            records = self.read(after, limit)
            if records:
                return records
        return self._walked(after, lambda walk: walk.page_within(limit, deadline - time.monotonic()))

    def close(self) -> None:
        walk, self._walk = self._walk, None
        if walk is not None:
            walk.close()

    def _stands_at(self, position: Position) -> bool:
        return self._walk is not None and self._walk.chain.position == position

    def _walked(self, after: Position, step: Callable[[AmqpWalk], list[Record]]) -> list[Record]:
        if self._stands_at(after):
            try:
                return self._stepped(step)
            except LineLostError:
                pass
        self.close()
        line = Line(self._url, f"reader of {self._stream}")
        self._walk = AmqpWalk(line, self._stream, self._chain_from(after))
        return self._stepped(step)

    def _stepped(self, step: Callable[[AmqpWalk], list[Record]]) -> list[Record]:
        # A walk that stopped is not gone on with: what it was about to take is in doubt.
        walk, self._walk = self._walk, None
        assert walk is not None, "a step is taken on a walk"
        try:
            records = step(walk)
        except BaseException:
            walk.close()
            raise
        self._walk = walk
        return records
