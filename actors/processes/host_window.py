"""Owns how much of the post to one stream is under way: what was sent, what to repeat, what to acknowledge.

Never holds a message (the stream does), never sends and never reads a clock: times are arguments.
Called by the host core, one window for each stream it corresponds with.

One letter at a time: what is to be sent while it is unacknowledged goes as one letter afterwards, so batches
grow with the load. (Four at a time made a third more turns, and cost a fifth more, for the same orders.)
"""

from typing import Final

REPEAT_AFTER_US: Final = 500_000
"""How long a letter may stay unacknowledged; doubled after each repeat that brought nothing."""
REPEAT_AFTER_MAX_US: Final = 8_000_000
ACKNOWLEDGE_AFTER_US: Final = 5_000
"""How long an acknowledgement waits for a letter that it could travel on; the other side waits with it."""

assert ACKNOWLEDGE_AFTER_US * 10 < REPEAT_AFTER_US < REPEAT_AFTER_MAX_US


class Window:
    """The post between this stream and one other. Times are microseconds of a clock that never jumps."""

    __slots__ = ("_acknowledge_at", "_acknowledged", "_patience_us", "_repeat_at", "_sent")

    def __init__(self) -> None:
        self._acknowledged = 0
        self._sent = 0
        self._patience_us = REPEAT_AFTER_US
        self._repeat_at: int | None = None
        self._acknowledge_at: int | None = None

    @property
    def sent(self) -> int:
        """The number of the last message that is under way or was acknowledged."""
        return self._sent

    @property
    def is_open(self) -> bool:
        """Whether a letter may go: none is unacknowledged."""
        return self._sent == self._acknowledged

    @property
    def due(self) -> int | None:
        """When something has to be done if nothing happens before; None: never."""
        if self._repeat_at is None:
            return self._acknowledge_at
        if self._acknowledge_at is None:
            return self._repeat_at
        return min(self._repeat_at, self._acknowledge_at)

    def left(self, last: int, now: int) -> None:
        """A letter went out; ``last`` numbers its last message. It also carried our acknowledgement."""
        assert self.is_open, "one letter at a time"
        assert last > self._sent, "a letter carries at least one message that is not acknowledged"
        self._sent = last
        self._repeat_at = now + self._patience_us
        self._acknowledge_at = None

    def acknowledgement_left(self) -> None:
        """The other side is now told of all that arrived."""
        self._acknowledge_at = None

    def arrived(self, now: int) -> None:
        """A letter with messages came: it has to be acknowledged, also if it was a repeat.

        At once if our letter is under way, as no other can carry it: both sides would wait.
        """
        if not self.is_open:
            self._acknowledge_at = now
        elif self._acknowledge_at is None:
            self._acknowledge_at = now + ACKNOWLEDGE_AFTER_US

    def acknowledged(self, number: int, now: int) -> None:
        """The other side has logged our messages up to this number."""
        if number <= self._acknowledged:
            return
        self._acknowledged = number
        self._sent = max(self._sent, number)
        self._patience_us = REPEAT_AFTER_US
        self._repeat_at = None if self.is_open else now + self._patience_us

    def owes_acknowledgement(self, now: int) -> bool:
        """Whether an acknowledgement can't wait for a letter any longer."""
        return self._acknowledge_at is not None and self._acknowledge_at <= now

    def repeat_if_due(self, now: int) -> None:
        """Takes back what went unacknowledged for too long, to be sent again with more patience."""
        if self._repeat_at is not None and self._repeat_at <= now:
            self._patience_us = min(self._patience_us * 2, REPEAT_AFTER_MAX_US)
            self._take_back()

    def peer_restarted(self) -> None:
        """The other side came back: what it may have lost is to be sent again at once."""
        self._patience_us = REPEAT_AFTER_US
        self._take_back()

    def _take_back(self) -> None:
        self._sent = self._acknowledged
        self._repeat_at = None
