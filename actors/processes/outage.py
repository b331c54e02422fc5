"""Owns how a follower waits for a store that is away: longer and longer, and with one word in the journal.

Never decides which errors are worth waiting for: who waits does.
Called by the shells of the followers of the log.
"""

from typing import Final

import structlog

BACK_OFF_FIRST_S: Final = 0.05
BACK_OFF_MAX_S: Final = 2.0

log = structlog.get_logger()


class Outage:
    """Whether something is away now, and for how long to leave it alone."""

    def __init__(self) -> None:
        self._pause_s = 0.0

    def goes_on(self, error: Exception) -> float:
        """It is (still) away; gives the seconds until the next try."""
        if not self._pause_s:
            log.warning("waits", reason=str(error))
        self._pause_s = min(self._pause_s * 2 or BACK_OFF_FIRST_S, BACK_OFF_MAX_S)
        return self._pause_s

    def is_over(self) -> None:
        """It is there."""
        if self._pause_s:
            log.info("goes on")
        self._pause_s = 0.0
