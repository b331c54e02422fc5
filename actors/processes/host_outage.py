"""Owns how a host waits for a log that it can't have: for how long, and what it may turn away.

Never sleeps, never reads a clock or draws chance: both are arguments.
Called by the host, one outage from the loss of the log to its return.
"""

from collections.abc import Hashable
from typing import Final

PAUSE_FIRST_S: Final = 0.05
PAUSE_MAX_S: Final = 0.6
"""While the log is away it is tried ever less often; when it is back, that is noticed within this time."""
GATEWAYS_MAX: Final = 64
"""More than are at work at a time: of those before, nothing can come any more."""


class Taken:
    """What this process has taken, by whom it was asked: nobody is told of that that nothing happened.

    A message that its way has doubled comes a second time, maybe after its request was taken.
    """

    def __init__(self) -> None:
        self._newest: dict[Hashable, int] = {}

    def note(self, gateway: Hashable, correlation: int) -> None:
        """This request of the gateway's is about to be taken."""
        self._newest[gateway] = max(self._newest.pop(gateway, 0), correlation)
        if len(self._newest) > GATEWAYS_MAX:
            del self._newest[next(iter(self._newest))]

    def surely_lacks(self, gateway: Hashable, correlation: int) -> bool:
        """Whether this request has never been taken here: a gateway numbers its requests upwards."""
        return correlation > self._newest.get(gateway, 0)


class Outage:
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
