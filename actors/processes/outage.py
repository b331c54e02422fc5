"""Owns how a follower waits for a store: longer and longer, with a word in the journal now and each minute.

Never decides which errors are worth waiting for: who waits does.
Called by the shells of the followers of the log.
"""

import time
from collections.abc import Callable
from typing import Final

import structlog

BACK_OFF_FIRST_S: Final = 0.05
BACK_OFF_MAX_S: Final = 2.0
REFUSED_BACK_OFF_MAX_S: Final = 30.0
"""A store that refuses what it is given hardly ever changes its mind; nothing is passed over all the same."""
REMIND_EVERY_S: Final = 60.0

log = structlog.get_logger()


class Outage:
    """Whether something is away now, and for how long to leave it alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pause_s = 0.0
        self._since = self._remind_at = 0.0

    def goes_on(self, error: Exception, *, refused: bool = False) -> float:
        """It is (still) away, or ``refused`` what it was given; gives the seconds until the next try."""
        now = self._clock()
        if not self._pause_s:
            self._since = self._remind_at = now
        if now >= self._remind_at:
            self._remind_at = now + REMIND_EVERY_S
            say = log.error if refused else log.warning
            say("is refused" if refused else "waits", reason=str(error), for_s=round(now - self._since))
        longest_s = REFUSED_BACK_OFF_MAX_S if refused else BACK_OFF_MAX_S
        self._pause_s = min(self._pause_s * 2 or BACK_OFF_FIRST_S, longest_s)
        return self._pause_s

    def is_over(self) -> None:
        """It is there."""
        if self._pause_s:
            log.info("goes on")
        self._pause_s = 0.0
