"""Owns the running of children: makes their processes, sees them end, tells everybody where they are.

Never decides when to restart (supervision does) and never touches the log: it forks, so it stays small.
Called by the root (which starts it) and by gateways (which subscribe to the directory).
"""

import time
from abc import abstractmethod
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import ClassVar, Final

import structlog
from thespian.actors import ActorAddress, ChildActorExited, DeadEnvelope

from actors.processes import transport
from actors.processes.journal import last_words
from actors.processes.protocol import (
    SUBSCRIPTION_S,
    Alive,
    Directory,
    Escalated,
    Ready,
    SnapshotsTaken,
    Start,
    Subscribe,
    TakeSnapshots,
)
from actors.processes.shell import Shell
from actors.processes.supervision import Create, GiveUp, Kill, Order, Rule, Supervision
from actors.processes.version import VERSION

TICK_S: Final = 0.05
STOP_CHILDREN_WITHIN_S: Final = 1.2
SUBSCRIBERS_MAX: Final = 64

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Child:
    """A row of the table of children: how it is kept, what it is, what it is told."""

    rule: Rule
    actor: type[Shell]
    arguments: tuple[str, ...] = ()


@dataclass(slots=True)
class _Incarnation:
    """One life of a child: its process from its making on, its address once it is ready."""

    process: BaseProcess
    address: ActorAddress | None = None


class Supervisor(Shell):
    """Keeps the children of its table running. Ready once at work; the directory tells who else is."""

    keeper: ClassVar[str | None] = None
    """The child that takes snapshots, if there is one."""

    @abstractmethod
    def table(self) -> tuple[Child, ...]:
        """The children to keep, in the order of their start."""

    def start(self, start: Start) -> None:
        self._table = {child.rule.name: child for child in self.table()}
        self._supervision = Supervision(
            [child.rule for child in self._table.values()], start.settings.restarts
        )
        self._living: dict[str, _Incarnation] = {}
        self._subscribers: list[tuple[ActorAddress, float]] = []
        self._given_up = False
        self.ready()
        self.wake(None)

    def receive(self, message: object, sender: ActorAddress) -> None:
        match message:
            case Ready():
                self._child_ready(message, sender)
            case Alive(name, pid):
                if (life := self._living.get(name)) is not None and life.process.pid == pid:
                    self._supervision.heard(name, time.monotonic())
            case Subscribe(version=version) if version != VERSION:
                log.error("a gateway of another version gets no directory", version=version, ours=VERSION)
            case Subscribe():
                self._subscribe(sender)
            case TakeSnapshots():
                self._take_snapshots()
            case SnapshotsTaken():
                self.send(self.parent, message)
            case ChildActorExited():
                self._look()
            case DeadEnvelope():
                pass  # a directory for somebody who is gone
            case _:
                log.warning("unexpected message", message=type(message).__name__)

    def wake(self, _payload: object, /) -> None:
        self._look()
        self.wake_after(TICK_S)

    def stop(self) -> None:
        """A signal each, not a message: it also reaches a child that is busy recovering."""
        for life in self._living.values():
            life.process.terminate()
        deadline = time.monotonic() + STOP_CHILDREN_WITHIN_S
        for life in self._living.values():
            life.process.join(max(0.0, deadline - time.monotonic()))
        for name, life in self._living.items():
            if life.process.exitcode is None:
                log.warning("child did not stop in time", child=name)
                life.process.kill()
                life.process.join()

    def _look(self) -> None:
        """Takes note of processes that are gone, and does what is due."""
        if self._given_up:
            return
        now = time.monotonic()
        ended = {name: life.process.exitcode for name, life in self._living.items()}
        for name, code in ended.items():
            if code is not None:
                log.warning("child ended", child=name, code=code)
                del self._living[name]
                self._carry_out(self._supervision.exited(name, code, now))
        self._carry_out(self._supervision.tick(now))
        if any(code is not None for code in ended.values()):
            self._publish()

    def _carry_out(self, orders: list[Order]) -> None:
        for order in orders:
            match order:
                case Create(name):
                    self._create(name)
                case Kill(name, reason):
                    log.warning("child is killed", child=name, reason=reason)
                    self._living[name].process.kill()
                case GiveUp(name, reason):
                    words = last_words(self.settings, name)
                    reason = f"{reason}; it said: {words}" if words else reason
                    log.critical("gives up", reason=reason)
                    self._given_up = True
                    self.send(self.parent, Escalated(reason))

    def _create(self, name: str) -> None:
        child = self._table[name]
        address, process = transport.create_child(self, child.actor)
        self._living[name] = _Incarnation(process)
        log.info("child created", child=name, child_pid=process.pid)
        self.send(address, Start(name, self.settings, child.arguments))

    def _child_ready(self, message: Ready, sender: ActorAddress) -> None:
        life = self._living.get(message.name)
        if life is None or life.process.pid != message.pid:
            return  # of an incarnation that is gone by now
        if not self._supervision.ready(message.name, time.monotonic()):
            return
        life.address = sender
        self._publish()

    def _take_snapshots(self) -> None:
        """The root wants them before the end; without a keeper at work there are none to wait for."""
        keeper = self._living.get(self.keeper) if self.keeper is not None else None
        if keeper is not None and keeper.address is not None:
            self.send(keeper.address, TakeSnapshots())
        else:
            self.send(self.parent, SnapshotsTaken({}))

    def _subscribe(self, subscriber: ActorAddress) -> None:
        now = time.monotonic()
        heard = [
            (address, time_s)
            for address, time_s in self._subscribers
            if address != subscriber and now - time_s < SUBSCRIPTION_S
        ]
        self._subscribers = [*heard, (subscriber, now)][-SUBSCRIBERS_MAX:]
        self.send(subscriber, self._directory())

    def _directory(self) -> Directory:
        addresses = {name: life.address for name, life in self._living.items() if life.address is not None}
        return Directory(addresses, self._supervision.awaited)

    def _publish(self) -> None:
        directory = self._directory()
        for address in directory.addresses.values():
            self.send(address, directory)
        now = time.monotonic()
        for address, heard in self._subscribers:
            if now - heard < SUBSCRIPTION_S:
                self.send(address, directory)
        self.send(self.parent, directory)
