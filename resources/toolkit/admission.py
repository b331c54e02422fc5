"""Owns how many requests may be under way in one process of the web; the rest is told at once to come back.

Never looks at what is asked, or by whom.
Called by the host of the resources, at both ends of each request; closed by the program that is to stop.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from actors.machines import limits
from resources.toolkit.problems import unavailable

_LOOK_EVERY_S: Final = 0.02
_LATE_AFTER_S: Final = limits.LOOP_LATE_AFTER_MS / 1_000


class Room(NamedTuple):
    """How much may be under way. Up to ``always`` requests nobody is refused for lateness."""

    requests_max: int
    bytes_max: int
    always: int


COMMANDS: Final = Room(
    limits.COMMANDS_UNDER_WAY_MAX, limits.BODY_BYTES_UNDER_WAY_MAX, limits.COMMANDS_UNDER_WAY_ALWAYS
)
READS: Final = Room(
    limits.READS_UNDER_WAY_MAX, limits.BODY_BYTES_UNDER_WAY_MAX, limits.COMMANDS_UNDER_WAY_ALWAYS
)
URGENT: Final = Room(
    limits.URGENT_UNDER_WAY_MAX, limits.BODY_BYTES_UNDER_WAY_MAX, limits.URGENT_UNDER_WAY_MAX
)


class Gate:
    """Requests of one kind that are under way, and the bytes of their bodies."""

    def __init__(self, room: Room, is_late: Callable[[], bool]) -> None:
        self.requests = 0
        self.bytes = 0
        self._room = room
        self._is_late = is_late
        self._closed = False

    def passed(self, size: int) -> "Passage":
        """A request with a body of this many bytes is under way; 503 (``ProblemError``) if it may not be."""
        return Passage(self, size)

    def enter(self, size: int) -> None:
        self._refuse(size)
        self.requests += 1
        self.bytes += size

    def leave(self, size: int) -> None:
        self.requests -= 1
        self.bytes -= size

    def close(self) -> None:
        """From now on everybody is refused."""
        self._closed = True

    def _refuse(self, size: int) -> None:
        if self._closed:
            raise unavailable("Nothing was done: the exchange is being stopped.")
        if self.requests >= self._room.requests_max or self.bytes + size > self._room.bytes_max:
            raise unavailable("Nothing was done: too much is under way.")
        if self.requests >= self._room.always and self._is_late():
            raise unavailable("Nothing was done: more is asked for than can be answered in time.")


class Passage:
    """A request's way through a gate: to be entered, and left. A generator would cost ten times as much."""

    __slots__ = ("_gate", "_size")

    def __init__(self, gate: Gate, size: int) -> None:
        self._gate = gate
        self._size = size

    def __enter__(self) -> None:
        self._gate.enter(self._size)

    def __exit__(self, *_: object) -> None:
        self._gate.leave(self._size)


class Lateness:
    """How late the event loop comes round: what arrives is looked at only then. Until started, never late."""

    def __init__(self) -> None:
        self._expected_at = float("inf")
        self._was_late = False

    def start(self) -> None:
        """Looks at the running loop from now on."""
        self._expected_at = time.monotonic()
        self._look(asyncio.get_running_loop())

    def __call__(self) -> bool:
        """Whether its last round, or this one, takes too long."""
        return self._was_late or time.monotonic() - self._expected_at > _LATE_AFTER_S

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = time.monotonic()
        self._was_late = now - self._expected_at > _LATE_AFTER_S
        self._expected_at = now + _LOOK_EVERY_S
        loop.call_later(_LOOK_EVERY_S, self._look, loop)


class Gates:
    """The gates of a process: one for commands, one for reads, and one for what can't wait."""

    def __init__(self) -> None:
        self.lateness = Lateness()
        self.commands = Gate(COMMANDS, self.lateness)
        self.reads = Gate(READS, self.lateness)
        self.urgent = Gate(URGENT, self.lateness)

    def close_to_commands(self) -> None:
        """The program is to stop: what is under way goes on, and reading does."""
        self.commands.close()
        self.urgent.close()

    @property
    def has_commands(self) -> bool:
        """Whether any command is under way."""
        return bool(self.commands.requests or self.urgent.requests)
