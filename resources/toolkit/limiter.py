"""Owns how many requests somebody may be asked at a time: as many as are answered in time.

Never knows what is asked, never waits, and refuses nobody by itself.
Called by who asks (around each request), and by the admission, before a request is parsed.

While most answers come late the limit goes down to a part of what is under way, at most once in the time an
answer may take; while they don't, it slowly goes up; when nothing is under way it begins anew. Most of them:
when one market of several is slow, the others' orders are still answered in time, and not refused for it.
"""

import itertools
from collections.abc import Callable
from typing import Final

from actors.machines import limits

WINDOW_S: Final = 0.1
TARGET_S: Final = limits.ANSWER_LATE_AFTER_MS / 1_000
RISE: Final = 20
"""In each window the limit may rise by this part of itself."""
LATE_TO_IN_TIME: Final = 3
"""So many times as many late answers as others are most of them."""

assert limits.ASKED_AT_ONCE_MIN >= RISE


class Limiter:
    """The limit for one of those who are asked. ``clock`` gives seconds, and never jumps."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.limit = limits.ASKED_AT_ONCE_FIRST
        self._clock = clock
        self._numbers = itertools.count()
        self._began_at: dict[int, float] = {}
        """What is under way, oldest first."""
        self._late = 0
        self._in_time = 0
        self._window_ends = clock() + WINDOW_S
        self._reduced_at = clock()

    @property
    def under_way(self) -> int:
        return len(self._began_at)

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be asked now."""
        self._look(self._clock())
        return self.under_way >= self.limit

    def asked(self) -> "Asking":
        """A request is under way."""
        return Asking(self)

    def begin(self) -> int:
        """Gives the number of a request that is under way from now on."""
        number = next(self._numbers)
        self._began_at[number] = self._clock()
        return number

    def end(self, number: int) -> None:
        """It was answered, or given up."""
        now = self._clock()
        if now - self._began_at.pop(number) > TARGET_S:
            self._late += 1
        else:
            self._in_time += 1
        self._look(now)

    def _look(self, now: float) -> None:
        if now < self._window_ends:
            return
        if self._is_late(now):
            if now - self._reduced_at >= TARGET_S:
                self._reduced_at = now
                reduced = min(self.limit, self.under_way) * 7 // 10
                self.limit = max(limits.ASKED_AT_ONCE_MIN, reduced)
        elif not self._began_at:
            self.limit = max(self.limit, limits.ASKED_AT_ONCE_FIRST)
        elif 2 * self.under_way >= self.limit:
            self.limit = min(limits.ASKED_AT_ONCE_MAX, self.limit + self.limit // RISE)
        self._window_ends = now + WINDOW_S
        self._late = self._in_time = 0

    def _is_late(self, now: float) -> bool:
        if self._late or self._in_time:
            return self._late > LATE_TO_IN_TIME * self._in_time
        # Nothing was answered at all: then the oldest tells.
        oldest = next(iter(self._began_at.values()), now)
        return now - oldest > TARGET_S


class Asking:
    """A request that is under way, from beginning to end. A generator would cost ten times as much."""

    __slots__ = ("_limiter", "_number")

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self._number = 0

    def __enter__(self) -> None:
        self._number = self._limiter.begin()

    def __exit__(self, *_: object) -> None:
        self._limiter.end(self._number)
