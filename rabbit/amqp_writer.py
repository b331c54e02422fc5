"""Owns writing a stream at a broker: its lock, confirmed appends, and noticing that the lock is lost.

Never writes over another connection than the one that holds the lock, and never tries a second time.
Called by rabbit/amqp.py, whose writers write through it.

The lock is an exclusive queue: it goes with the connection, whatever becomes of the process. What the last
holder had under way may still come after the successor's epoch record; readers pass it over then.
"""

from collections.abc import Generator
from contextlib import suppress
from typing import Final

from rabbit.amqp_line import Line, LineLostError, Message, QueueLockedError
from rabbit.amqp_reader import AmqpWalk, newest_message
from rabbit.amqp_topology import BEGINNING, queue
from rabbit.chain import Chain
from rabbit.log import LogLockedError, Record

RECOVERY_PAGE_RECORDS: Final = 1_000


class AmqpStore:
    """A ``rabbit.writing.Store``: one stream at a broker, locked from birth to ``close``."""

    def __init__(self, url: str, stream: str) -> None:
        self._url = url
        self._stream = stream
        self._queue = queue("stream", stream).name
        self._seen: int | None = None
        """The tag of the message that was delivered last and is not acknowledged."""
        self._line = Line(url, f"writer of {stream}")
        try:
            self._lock()
        except BaseException:
            self._line.close()
            raise

    def newest(self) -> bytes | None:
        newest = newest_message(self._line, self._queue).body
        return None if newest == BEGINNING else newest

    def append(self, frame: bytes) -> None:
        self._require_lock()
        self._line.publish(self._queue, frame)

    def pages(self, chain: Chain) -> Generator[list[Record], None, None]:
        walk = AmqpWalk(Line(self._url, f"recovery of {self._stream}"), self._stream, chain)
        try:
            while page := walk.page(RECOVERY_PAGE_RECORDS):
                yield page
                # Only a sign of life. If the lock is lost, what is read shows whether anybody took it.
                with suppress(LineLostError):
                    self._line.check()
        finally:
            walk.close()

    def check(self) -> None:
        self._require_lock()
        self._line.probe()
        if self._seen is not None:
            # Left unacknowledged for half an hour, it would have the broker close the channel.
            self._line.acknowledge(self._seen, all_before=True)
            self._seen = None

    def close(self) -> None:
        self._line.close()

    def _require_lock(self) -> None:
        # Nothing is under way, so this is no doubt about a record: the lock is lost, and that is all.
        try:
            self._line.check()
        except LineLostError as error:
            raise LogLockedError(
                f"stream {self._stream}: this writer's lock went with its connection ({error});"
                " it may have been taken over by another writer"
            ) from error

    def _lock(self) -> None:
        try:
            self._line.declare(queue("writer", self._stream))
        except QueueLockedError as error:
            raise LogLockedError(f"stream {self._stream} has a writer already") from error
        # Of use only in that the broker cancels it if somebody deletes the stream, even to make it anew.
        self._line.consume(self._queue, "next", 1, self._see)

    def _see(self, message: Message) -> None:
        self._seen = message.tag
