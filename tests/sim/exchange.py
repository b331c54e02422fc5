"""Owns the simulated exchange: all parts wired together, and a run of it: work under faults, then rest.

Never decides what is right: the watch and the checks do.
Called by the run.
"""

from collections.abc import Iterator
from random import Random
from typing import Final, TextIO

from actors.processes.social_core import SocialCore
from couch_views.classes import DocumentClass
from couch_views.shapes import checkpoint_document_id
from tests.sim.carrier import Carrier
from tests.sim.checks import Checks
from tests.sim.clients import Clients
from tests.sim.documents import FaultyDocuments
from tests.sim.faults import Fault, Faults
from tests.sim.followers import AuditorCore, KeeperCore, Process, ProjectorCore
from tests.sim.habits import Habits
from tests.sim.hosts import Hosts
from tests.sim.log import FaultyLog
from tests.sim.schedule import Schedule
from tests.sim.trace import Trace
from tests.sim.violations import ViolationError, require
from tests.sim.watch import Watch
from tests.sim.web import Web
from tests.sim.work import Work

STEPS_PER_CHECK: Final = 100
FULL_US: Final = 5_000
"""How long nobody asks for more when too many requests are under way."""
REST_US_MAX: Final = 120_000_000
"""How long the exchange may take to come to rest once nothing goes wrong any more."""


class SimulatedExchange:
    """One seed's exchange."""

    def __init__(self, seed: int, operations: int, file: TextIO | None = None) -> None:
        habits = Habits(seed)
        streams = habits.streams
        self.operations = 0
        self.steps = 0
        self.schedule = Schedule()
        self.trace = Trace(self.schedule, file)
        self.faults = Faults(seed)
        self._habits = habits
        self._left = operations
        self._chance = Random(f"pace of {seed}")
        self.log = FaultyLog(seed, self.schedule, self.faults, fenced=not habits.unfenced)
        self.log.initialise(streams.names)
        self.watch = Watch(streams, self.log, self.trace)
        carrier = Carrier(seed, self.schedule, self.faults)
        self.hosts = Hosts(
            streams, self.log, self.schedule, self.faults, carrier, self.trace, self.watch.ends
        )
        self.work = Work(seed, habits)
        self.clients = Clients(self.work, self.schedule, self.faults, self.watch.accounts)
        web = Web(streams, self.hosts, self.schedule, self.faults, carrier, self.trace, self.clients)
        self.clients.connect(web)
        self.documents = FaultyDocuments(self.schedule, self.faults, self.watch.ends)
        self.checks = Checks(self.watch, self.hosts, self.documents)
        self.hosts.recovered = self.checks.recovered
        around = (self.schedule, self.faults, self.trace)
        self.projector = Process("projector", lambda: ProjectorCore(self.log, self.documents), *around)
        self.keeper = Process("keeper", self._keeper, *around)
        self.auditor = Process("auditor", lambda: AuditorCore(self.log), *around, Fault.AUDITOR_CRASH)

    def run(self) -> None:
        """Works under faults, comes to rest without them, and is checked. Raises what goes wrong."""
        for name in self.watch.streams.names:
            self.hosts.start(name)
        self.schedule.after(0, self._draw)
        while self._left > 0:
            self._step()
        self.faults.stop()
        deadline = self.schedule.now + REST_US_MAX
        while reasons := self._unrest():
            if self.schedule.now > deadline:
                raise ViolationError(f"the exchange does not come to rest: {'; '.join(reasons)}")
            for _ in range(STEPS_PER_CHECK):
                self._step()
        self.checks.end()
        self._check_keeper()
        for name in self.watch.streams.names:
            self.trace.note(f"{name} ends as {self.watch.hash_of(name)}")

    def _check_keeper(self) -> None:
        """The replicas of the keeper are what the hosts are."""
        assert isinstance(self.keeper.core, KeeperCore)
        for name, kept in self.keeper.core.keeper._kept.items():
            replica, host = kept.replica.state.state_hash(), self.hosts.lives[name].core.state_hash
            require(replica == host, "the keeper's {} is {}, and the host's {}", name, replica, host)

    def _keeper(self) -> KeeperCore:
        records = self._habits.snapshot_records
        return KeeperCore(
            self.log, self.watch.streams, self.hosts.snapshots, records, lambda: self.schedule.now / 1_000_000
        )

    def _step(self) -> None:
        assert self.schedule.step(), "there is always something planned"
        self.watch.look()
        self.steps += 1
        if self.steps % STEPS_PER_CHECK == 0:
            self.checks.all()

    def _draw(self) -> None:
        """The next request, if not too many are under way."""
        if self._left <= 0:
            return
        if len(self.clients.open) >= self._habits.calls_max:
            self.schedule.after(FULL_US, self._draw)
            return
        member, asked, count = self.work.draw()
        self._left -= count
        self.operations += count
        self.clients.ask(member, asked)
        self.schedule.after(1 + int(self._chance.expovariate(1 / self._habits.pace_us)), self._draw)

    def _unrest(self) -> list[str]:
        """What has yet to come to rest."""
        missing = [name for name in self.watch.streams.names if name not in self.hosts.lives]
        reasons = [f"{name} does not run" for name in missing]
        for name, life in self.hosts.lives.items():
            if life.waits or life.busy or life.core.due() is not None:
                reasons.append(f"{name} has something to do")
        reasons += self.watch.letters.unheard()
        reasons += [f"{call.asked} has no answer" for call in self.clients.open.values()]
        if not reasons:
            reasons = [
                f"{what} is at {reached} of {name}, which ends at {self.watch.ends[name]}"
                for what, name, reached in self._reached()
                if reached != self.watch.ends[name]
            ]
        return reasons

    def _reached(self) -> Iterator[tuple[str, str, object]]:
        """How far the followers have come in every stream."""
        keeper, auditor = self.keeper.core, self.auditor.core
        for life in self.hosts.lives.values():
            if isinstance(life.core, SocialCore):
                for log in life.core._logs._followed:
                    yield life.name, log.stream, log._position.sequence - len(log.records)
        for name in self.watch.streams.names:
            for of in DocumentClass:
                checkpoint = self.documents.read(checkpoint_document_id(name, of))
                yield f"projector of {of}", name, 0 if checkpoint is None else checkpoint["sequence"]
            kept = keeper.keeper._kept.get(name) if isinstance(keeper, KeeperCore) else None
            yield "keeper", name, None if kept is None else kept.sequence
        if isinstance(auditor, AuditorCore):
            for followed in auditor.audit.streams:
                yield "auditor", followed.name, followed.head.sequence
