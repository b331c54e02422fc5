"""Owns simulated time: what is to happen when, in one order that every run repeats.

Never looks at a real clock; knows nothing of what happens.
Called by every part of the simulated exchange that waits for something.
"""

from collections.abc import Callable
from heapq import heappop, heappush

Action = Callable[[], None]


class Schedule:
    """Actions in order of time, then of planning. Times are microseconds from the start of the run."""

    def __init__(self) -> None:
        self.now = 0
        self._planned: list[tuple[int, int, Action]] = []
        self._count = 0

    def after(self, delay_us: int, action: Action) -> None:
        """Plans an action."""
        self._count += 1
        heappush(self._planned, (self.now + delay_us, self._count, action))

    def step(self) -> bool:
        """Moves time to the next action and takes it; false if nothing is planned."""
        if not self._planned:
            return False
        self.now, _, action = heappop(self._planned)
        action()
        return True
