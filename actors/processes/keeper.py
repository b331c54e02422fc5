"""Owns the process around the keeper's core: step after step, slowly enough for nobody to notice.

Never writes to the log, never waits for a host and never is waited for by one.
Called by the supervisor, which creates it, and by whoever wants snapshots now (``TakeSnapshots``).
"""

import os
from functools import partial
from typing import Final

import structlog
from thespian.actors import ActorAddress, ChildActorExited

from actors.processes.keeper_core import Keeper, Written
from actors.processes.outage import Outage
from actors.processes.protocol import Directory, SnapshotsTaken, Start, TakeSnapshots
from actors.processes.shell import Shell
from actors.processes.snapshot_files import SnapshotFiles
from rabbit.log import LogUnavailableError
from rabbit.open import open_log

NICENESS: Final = 10
"""Snapshots only have to be there at the next start: where processors are scarce, the hosts come first."""
PACE_S: Final = 0.02
LOOK_EVERY_S: Final = 0.2
"""The pauses after a step that took something, and after one that found nothing new."""
ASKERS_MAX: Final = 64

log = structlog.get_logger()


class KeeperShell(Shell):
    """The one writer of snapshots, as an actor. It starts from its own, like everybody."""

    def start(self, _start: Start, /) -> None:
        self._keeper = Keeper(
            open_log(self.settings.log, self.settings.log_folder),
            self.settings.streams,
            partial(SnapshotFiles, self.settings.snapshots_folder),
            self.settings.snapshot_records,
        )
        self._outage = Outage()
        self._askers: list[ActorAddress] = []
        os.nice(NICENESS)
        self.ready()
        self.wake(None)

    def receive(self, message: object, sender: ActorAddress, /) -> None:
        if isinstance(message, TakeSnapshots):
            self._askers = [*self._askers, sender][-ASKERS_MAX:]
            self._keeper.write_all()
            self._step()
        elif not isinstance(message, Directory | ChildActorExited):
            log.warning("unexpected message", message=type(message).__name__)

    def wake(self, _payload: object, /) -> None:
        self.wake_after(self._step())

    def stop(self) -> None:
        self._keeper.close()

    def _step(self) -> float:
        """Gives the seconds until the next one."""
        try:
            step = self._keeper.step()
        except LogUnavailableError as error:
            return self._outage.goes_on(error)
        self._outage.is_over()
        for outcome in step.outcomes:
            if isinstance(outcome, Written):
                log.info("snapshot written", **outcome._asdict())
            else:
                log.error("snapshot failed", **outcome._asdict())
        if self._keeper.is_writing_all:
            return 0.0
        self._answer()
        return PACE_S if step.records else LOOK_EVERY_S

    def _answer(self) -> None:
        askers, self._askers = self._askers, []
        for asker in askers:
            self.send(asker, SnapshotsTaken(self._keeper.positions))
