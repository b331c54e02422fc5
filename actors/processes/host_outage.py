"""Owns how a host waits for a log that it can't have: how long, and for how long already.

Never sleeps, never reads a clock or draws chance: both are arguments.
Called by the host, one outage from the loss of the log to its return.
"""

from typing import Final

PAUSE_FIRST_S: Final = 0.05
PAUSE_MAX_S: Final = 0.6
"""While the log is away it is tried ever less often; when it is back, that is noticed within this time."""


class LogOutage:
    """``since_s``: when the log was lost, in seconds of a clock that never jumps."""

    def __init__(self, since_s: float) -> None:
        self._since_s = since_s
        self._pause_s = PAUSE_FIRST_S

    def next_pause_s(self, chance: float) -> float:
        """How long to wait before the next try: twice as long as last time, less up to half of it by chance.

        Those who lost the log together must not all come back at once. ``chance`` is between 0 and 1.
        """
        pause_s, self._pause_s = self._pause_s, min(2 * self._pause_s, PAUSE_MAX_S)
        return pause_s * (1 - chance / 2)

    def seconds(self, now_s: float) -> float:
        """How long it has lasted."""
        return now_s - self._since_s
