"""Owns the process around the projection: lets it take step after step, and waits where a store is down.

Never folds an event or writes a document itself; holds nothing that must be kept.
Called by the supervisor, which creates it; starting again means going on from the checkpoints.
"""

import os
from typing import Final

import structlog
from thespian.actors import ActorAddress, ChildActorExited

from actors.processes.outage import Outage
from actors.processes.projector_core import Projector
from actors.processes.protocol import Directory, Start
from actors.processes.shell import Shell
from couch_views.client import DocumentsError, DocumentsRefusedError
from couch_views.opening import open_documents
from rabbit.log import LogUnavailableError
from rabbit.open import open_log

STEP_WAIT_S: Final = 0.05
"""A step waits so long for something new; only between steps can the process be stopped in order."""
PACE_S: Final = 0.02
"""A pause after each step that took something: what comes meanwhile is written in one bulk."""
NICENESS: Final = 10
"""Documents may lag, trading may not: where processors are scarce, the hosts come first."""

log = structlog.get_logger()


class ProjectorShell(Shell):
    """The one writer of the documents, as an actor. Trading never waits for it."""

    def start(self, _start: Start, /) -> None:
        self._documents = open_documents(self.settings.documents, self.settings.documents_folder, writer=True)
        self._projector = Projector(open_log(self.settings.log, self.settings.log_folder), self._documents)
        self._outage = Outage()
        self.ready()
        self.wake(None)

    def ready(self) -> None:
        os.nice(NICENESS)
        super().ready()

    def receive(self, message: object, _sender: ActorAddress, /) -> None:
        if not isinstance(message, Directory | ChildActorExited):
            log.warning("unexpected message", message=type(message).__name__)

    def wake(self, _payload: object, /) -> None:
        self.wake_after(self._step())

    def _step(self) -> float:
        """Gives the seconds until the next one."""
        try:
            taken = self._projector.step(STEP_WAIT_S)
        except (DocumentsError, LogUnavailableError) as error:
            return self._outage.goes_on(error, refused=isinstance(error, DocumentsRefusedError))
        self._outage.is_over()
        return PACE_S if taken else 0.0

    def stop(self) -> None:
        self._projector.close()
        self._documents.close()
