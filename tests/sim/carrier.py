"""Owns the way between processes: bytes that arrive once, twice, late, reordered, or not at all.

Never looks into what it carries.
Called by simulated hosts and gateways for every message.
"""

from collections.abc import Callable
from random import Random

from tests.sim.faults import Fault, Faults
from tests.sim.schedule import Schedule

QUICK_US = (30, 300)
LATE_US = (1_000, 3_000_000)


class Carrier:
    """Carries messages with this seed's faults."""

    def __init__(self, seed: int, schedule: Schedule, faults: Faults) -> None:
        self._chance = Random(f"carrier of {seed}")
        self._schedule = schedule
        self._faults = faults

    def send(self, deliver: Callable[[], None]) -> bool:
        """Has a message delivered; false if it is lost, which its sender may or may not come to know."""
        strikes = self._faults.strikes
        if strikes(Fault.MESSAGE_LOST):
            return False
        for _ in range(2 if strikes(Fault.MESSAGE_DOUBLED) else 1):
            late = strikes(Fault.MESSAGE_LATE)
            self._schedule.after(self._chance.randint(*(LATE_US if late else QUICK_US)), deliver)
        return True
