"""Owns a tree of fake children: they say who they are, and fail in the ways that real ones can.

Never opens a log.
Called by tests, as ``python -m tests.processes.fakes.tree`` in place of the root.
"""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from thespian.actors import ActorAddress

from actors.processes import incarnation
from actors.processes.protocol import Directory, Start
from actors.processes.settings import Settings
from actors.processes.shell import Shell
from actors.processes.supervision import Restart, Rule, Strategy
from actors.processes.supervisor import Child, Supervisor


@dataclass(frozen=True, slots=True)
class WhoAreYou:
    """Answered with the child's pid."""


@dataclass(frozen=True, slots=True)
class Fail:
    """The handler raises."""


class FakeChild(Shell):
    """Ready at once, unless its file ``hang`` or ``crash`` is in var."""

    def start(self, start: Start) -> None:
        self._note("start")
        if (self.settings.var / f"{self.name}.crash").exists():
            raise RuntimeError("made to crash at its start")
        if (self.settings.var / f"{self.name}.hang").exists():
            return
        self.ready()

    def receive(self, message: object, sender: ActorAddress) -> None:
        match message:
            case WhoAreYou():
                self.send(sender, os.getpid())
            case Fail():
                self._note("fail")
                self._fail()
            case Directory():
                self._note(f"directory {' '.join(sorted(message.addresses))}")

    def stop(self) -> None:
        self._note("stop")

    def _fail(self) -> NoReturn:
        raise ZeroDivisionError("made to fail")

    def _note(self, what: str) -> None:
        with (self.settings.var / f"{self.name}.notes").open("a") as notes:
            notes.write(f"{os.getpid()} {what}\n")


class FakeSupervisor(Supervisor):
    """Three children: two on their own, of which the second ends those after it."""

    def table(self) -> tuple[Child, ...]:
        return (
            Child(Rule("one"), FakeChild),
            Child(Rule("two", strategy=Strategy.REST_FOR_ONE, ready_within_s=1.0), FakeChild),
            Child(Rule("three", restart=Restart.TRANSIENT), FakeChild),
        )


if __name__ == "__main__":
    sys.exit(incarnation.run(Settings.from_environment(os.environ), FakeSupervisor))
