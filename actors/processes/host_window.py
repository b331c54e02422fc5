"""Owns how much of the post to one stream is under way: what was sent, what to repeat, what to acknowledge.

Never holds a message (the stream does), never sends and never reads a clock: times are arguments.
Called by the host core, one window for each stream it corresponds with.
"""

from collections import deque
from typing import Final

from actors.machines import limits

REPEAT_AFTER_US: Final = 500_000
"""How long a letter may stay unacknowledged; doubled after each repeat that brought nothing."""
REPEAT_AFTER_MAX_US: Final = 8_000_000
ACKNOWLEDGE_AFTER_US: Final = 20_000
"""How long an acknowledgement waits for a letter that it could travel on."""
ACKNOWLEDGE_AFTER_LETTERS: Final = limits.LETTERS_IN_FLIGHT_MAX // 2
"""So many letters are acknowledged at once, before the sender's window is full and it stands still."""

assert ACKNOWLEDGE_AFTER_US * 10 < REPEAT_AFTER_US < REPEAT_AFTER_MAX_US
assert 1 <= ACKNOWLEDGE_AFTER_LETTERS < limits.LETTERS_IN_FLIGHT_MAX


class Window:
    """The post between this stream and one other. Times are microseconds of a clock that never jumps."""

    __slots__ = (
        "_acknowledge_at",
        "_acknowledged",
        "_arrived",
        "_in_flight",
        "_patience_us",
        "_repeat_at",
        "_sent",
    )

    def __init__(self) -> None:
        self._acknowledged = 0
        self._sent = 0
        self._in_flight: deque[int] = deque()
        self._patience_us = REPEAT_AFTER_US
        self._repeat_at: int | None = None
        self._arrived = 0
        self._acknowledge_at: int | None = None

    @property
    def sent(self) -> int:
        """The number of the last message that is under way or was acknowledged."""
        return self._sent

    @property
    def has_room(self) -> bool:
        """Whether another letter may go before one is acknowledged."""
        return len(self._in_flight) < limits.LETTERS_IN_FLIGHT_MAX

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
        assert last > self._sent, "a letter carries at least one message that is not under way"
        self._sent = last
        self._in_flight.append(last)
        if self._repeat_at is None:
            self._repeat_at = now + self._patience_us
        self.acknowledgement_left()

    def acknowledgement_left(self) -> None:
        """The other side is now told of all that arrived."""
        self._arrived = 0
        self._acknowledge_at = None

    def arrived(self, now: int) -> None:
        """A letter with messages came: it has to be acknowledged, also if it was a repeat."""
        self._arrived += 1
        if self._arrived >= ACKNOWLEDGE_AFTER_LETTERS:
            self._acknowledge_at = now
        elif self._acknowledge_at is None:
            self._acknowledge_at = now + ACKNOWLEDGE_AFTER_US

    def acknowledged(self, number: int, now: int) -> None:
        """The other side has logged our messages up to this number."""
        if number <= self._acknowledged:
            return
        self._acknowledged = number
        self._sent = max(self._sent, number)
        while self._in_flight and self._in_flight[0] <= number:
            self._in_flight.popleft()
        self._patience_us = REPEAT_AFTER_US
        self._repeat_at = now + self._patience_us if self._in_flight else None

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
        self._in_flight.clear()
        self._repeat_at = None
