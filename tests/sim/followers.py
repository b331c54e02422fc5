"""Owns the simulated followers of the log: steps at their own pace, back-off, deaths and successors.

Never folds or judges anything: the real cores do.
Called by time.
"""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from actors.machines.streams import Streams
from actors.processes.auditor_core import LogAudit
from actors.processes.keeper_core import Keeper, Written
from actors.processes.projector_core import Projector
from actors.processes.snapshots import Snapshots
from couch_views.client import Documents, DocumentsError
from rabbit.log import Log, LogUnavailableError
from tests.sim.faults import CrashedError, Fault, Faults
from tests.sim.schedule import Schedule
from tests.sim.trace import Trace
from tests.sim.violations import require

PACE_US: Final = 5_000
IDLE_US: Final = 20_000
BACK_OFF_US: Final = 200_000
RESTART_US: Final = (1_000, 500_000)


class Core(Protocol):
    """What a follower's process drives, as each of the real cores is wrapped here."""

    def step(self) -> int: ...


class ProjectorCore:
    """The real projector, on fake documents."""

    def __init__(self, log: Log, documents: Documents) -> None:
        self._projector = Projector(log, documents)

    def step(self) -> int:
        return self._projector.step(0)


class KeeperCore:
    """The real keeper, with simulated time."""

    def __init__(
        self,
        log: Log,
        streams: Streams,
        places: Mapping[str, Snapshots],
        records: int,
        clock: Callable[[], float],
    ) -> None:
        self.keeper = Keeper(log, streams, places.__getitem__, records, clock)

    def step(self) -> int:
        step = self.keeper.step()
        for outcome in step.outcomes:
            require(isinstance(outcome, Written), "the keeper: {}", outcome)
        return step.records


class AuditorCore:
    """The real auditor: in a run without planted faults, whatever it finds is a false alarm."""

    def __init__(self, log: Log) -> None:
        self.audit = LogAudit(log)

    def step(self) -> int:
        step = self.audit.step()
        require(not step.breaches, "the auditor found {}", step.breaches)
        return step.records


class Process:
    """One process after the other, each with a core of its own."""

    def __init__(
        self,
        name: str,
        make: Callable[[], Core],
        schedule: Schedule,
        faults: Faults,
        trace: Trace,
        crash: Fault = Fault.FOLLOWER_CRASH,
    ) -> None:
        self.name = name
        self.core: Core | None = None
        self._make = make
        self._schedule = schedule
        self._faults = faults
        self._trace = trace
        self._crash = crash
        self._start()

    def _start(self) -> None:
        self.core = self._make()
        self._schedule.after(0, self._step)

    def _step(self) -> None:
        assert self.core is not None
        try:
            taken = self.core.step()
            self._faults.crash_if(self._crash)
        except (DocumentsError, LogUnavailableError) as error:
            self._trace.note(f"{self.name} waits: {error}")
            self._schedule.after(BACK_OFF_US, self._step)
        except CrashedError:
            self._trace.note(f"{self.name} died")
            self.core = None
            self._schedule.after(self._faults.delay_us(*RESTART_US), self._start)
        else:
            if taken:
                self._trace.note(f"{self.name} took {taken}")
            self._schedule.after(PACE_US if taken else IDLE_US, self._step)
