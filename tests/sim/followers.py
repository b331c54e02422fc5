"""Owns the simulated followers of the log: steps at their own pace, back-off, deaths and successors.

Never folds or judges anything: the real cores do.
Called by time.
"""

from collections.abc import Callable
from typing import Final, Protocol

from couch_views.client import DocumentsError
from rabbit.log import LogUnavailableError
from tests.sim.faults import CrashedError, Fault, Faults
from tests.sim.schedule import Schedule
from tests.sim.trace import Trace

PACE_US: Final = 5_000
IDLE_US: Final = 20_000
BACK_OFF_US: Final = 200_000
RESTART_US: Final = (1_000, 500_000)


class Core(Protocol):
    """What a follower's process drives."""

    def step(self, timeout_s: float) -> int: ...

    def close(self) -> None: ...


class Follower:
    """One process after the other, each with a core of its own."""

    def __init__(
        self, name: str, make: Callable[[], Core], schedule: Schedule, faults: Faults, trace: Trace
    ) -> None:
        self.name = name
        self._make = make
        self._schedule = schedule
        self._faults = faults
        self._trace = trace
        self._core: Core | None = None
        self._start()

    def _start(self) -> None:
        self._core = self._make()
        self._schedule.after(0, self._step)

    def _step(self) -> None:
        assert self._core is not None
        try:
            taken = self._core.step(0)
            self._faults.crash_if(Fault.FOLLOWER_CRASH)
        except (DocumentsError, LogUnavailableError) as error:
            self._trace.note(f"{self.name} waits: {error}")
            self._schedule.after(BACK_OFF_US, self._step)
        except CrashedError:
            self._trace.note(f"{self.name} died")
            self._core = None
            self._schedule.after(self._faults.delay_us(*RESTART_US), self._start)
        else:
            if taken:
                self._trace.note(f"{self.name} took {taken}")
            self._schedule.after(PACE_US if taken else IDLE_US, self._step)
