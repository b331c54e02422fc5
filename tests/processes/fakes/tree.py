"""Owns a tree of fake children: they say who they are, and fail in the ways that real ones can.

Never opens a log.
Called by the program ``fakes.root`` and by tests, which talk to the children.
"""

import gc
import os
import threading
from dataclasses import dataclass
from typing import NoReturn

from thespian.actors import ActorAddress
from thespian.system import transport as intents

from actors.processes.protocol import Directory, SnapshotsTaken, Start, TakeSnapshots
from actors.processes.shell import Shell
from actors.processes.supervision import Restart, Rule, Strategy
from actors.processes.supervisor import Child, Supervisor

SILENT_S_MAX = 4.0
"""Of the child ``one``: so short that a test can wait for it."""
READY_WITHIN_S = 4.0
"""Of the child ``two``: likewise, and so long that a busy machine starts a child that is well in time."""


@dataclass(frozen=True, slots=True)
class WhoAreYou:
    """Answered with the child's pid."""


@dataclass(frozen=True, slots=True)
class Fail:
    """The handler raises."""


@dataclass(frozen=True, slots=True)
class FailInThread:
    """A thread of the child raises."""


@dataclass(frozen=True, slots=True)
class Hang:
    """The handler never returns."""


@dataclass(frozen=True, slots=True)
class Objects:
    """Answered with how many objects there are that hold others."""

    count: int = 0


@dataclass(frozen=True, slots=True)
class Volley:
    """Goes to and fro between two players, then home as its number."""

    number: int
    strokes: int
    players: tuple[ActorAddress, ActorAddress]
    home: ActorAddress | None = None


@dataclass(frozen=True, slots=True)
class Flood:
    """So many messages are sent to the address, which may not take them."""

    address: ActorAddress
    count: int


@dataclass(frozen=True, slots=True)
class Troubles:
    """Answered with how often a message of the child had to pause, or to be tried again."""

    count: int = 0


@dataclass(frozen=True, slots=True)
class NeverRest:
    """From now on the child is always about to be woken."""


class FakeChild(Shell):
    """Ready at once, unless its file ``hang`` or ``crash`` is in var."""

    def start(self, _start: Start, /) -> None:
        self._note("start")
        self._troubles = 0
        self._count_troubles()
        if (self.settings.var / f"{self.name}.crash").exists():
            raise RuntimeError("made to crash at its start")
        if (self.settings.var / f"{self.name}.hang").exists():
            self._note("hang")
            return
        self.ready()

    def receive(self, message: object, sender: ActorAddress) -> None:  # noqa: C901, PLR0912 (one case a message)
        match message:
            case WhoAreYou():
                self.send(sender, os.getpid())
            case Fail():
                self._note("fail")
                self._fail()
            case FailInThread():
                threading.Thread(target=self._fail).start()
            case Hang():
                threading.Event().wait()
            case Objects():
                self._leave_a_cycle()
                self.send(sender, Objects(gc.get_freeze_count() + len(gc.get_objects())))
            case Volley(number, 0, _, ActorAddress() as home):
                self.send(home, number)
            case Volley(number, strokes, players, home):
                volley = Volley(number, strokes - 1, players, home or sender)
                self.send(players[strokes % 2], volley)
            case Flood(address, count):
                for _ in range(count):
                    self.send(address, Troubles())
            case Troubles():
                self.send(sender, Troubles(self._troubles))
            case NeverRest():
                self.wake(None)
            case TakeSnapshots():
                self._note("snapshots")
                self.send(sender, SnapshotsTaken({"one": 1}))
            case Directory():
                self._note(f"directory {' '.join(sorted(message.addresses))}")

    def wake(self, _payload: object, /) -> None:
        self.wake_after(0.0)

    def stop(self) -> None:
        self._note("stop")

    def _leave_a_cycle(self) -> None:
        cycle: list[object] = []
        cycle.append(cycle)

    def _count_troubles(self) -> None:
        pause, retry = intents.PauseWithBackoff.backoffPause, intents.TransmitIntent.retry

        def counted_pause(intent: object, start: bool = False) -> object:
            self._troubles += start
            return pause(intent, start)

        def counted_retry(intent: object, **options: bool) -> object:
            self._troubles += 1
            return retry(intent, **options)

        intents.PauseWithBackoff.backoffPause = counted_pause
        intents.TransmitIntent.retry = counted_retry

    def _fail(self) -> NoReturn:
        raise ZeroDivisionError("made to fail")

    def _note(self, what: str) -> None:
        with (self.settings.var / f"{self.name}.notes").open("a") as notes:
            notes.write(f"{os.getpid()} {what}\n")


class FakeSupervisor(Supervisor):
    """Three children: two on their own, of which the second ends those after it."""

    keeper = "one"

    def table(self) -> tuple[Child, ...]:
        return (
            Child(Rule("one", silent_s_max=SILENT_S_MAX), FakeChild),
            Child(Rule("two", strategy=Strategy.REST_FOR_ONE, ready_within_s=READY_WITHIN_S), FakeChild),
            Child(Rule("three", restart=Restart.TRANSIENT), FakeChild),
        )
