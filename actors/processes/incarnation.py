"""Owns one incarnation of the actor tree: starts Thespian's admin and the supervisor, and watches both.

Never restarts anything: if one of the two ends, it ends everything below itself and then itself.
Called by the program ``root``; the launcher starts the next incarnation.
"""

import os
import signal
import time
from pathlib import Path
from typing import Final

import structlog
from setproctitle import setproctitle
from thespian.actors import ActorSystem

from actors.processes import lineage, seal, transport
from actors.processes.journal import open_journal
from actors.processes.lifeline import Lifeline
from actors.processes.protocol import Alive, Escalated, Ready, SnapshotsTaken, Start, TakeSnapshots
from actors.processes.settings import Settings
from actors.processes.supervision import Hearing
from actors.processes.supervisor import Supervisor

STOPPED: Final = 0
FAILED: Final = 1
GAVE_UP: Final = 3
"""Exit codes. After ``GAVE_UP`` a new incarnation would not help; the reason is in ``last_words``."""
LISTEN_S: Final = 0.02
LOOK_EVERY_S: Final = 0.5
SILENT_S_MAX: Final = 10.0
"""An admin or a supervisor that shows no sign of life for so long hangs; neither ever waits for a store."""
SUPERVISOR_READY_WITHIN_S: Final = 10.0
SNAPSHOTS_WITHIN_S: Final = 2.5
STOP_SUPERVISOR_WITHIN_S: Final = 1.6
END_WITHIN_S: Final = 2.0

_ADMIN: Final = "admin"
_SUPERVISOR: Final = "supervisor"

log = structlog.get_logger()


def last_words(settings: Settings) -> Path:
    """The file that says why a tree gave up: one sentence for the operator."""
    return settings.run_folder / "last_words"


def run(settings: Settings, supervisor: type[Supervisor], lifeline: Lifeline | None = None) -> int:
    """Runs one incarnation of the tree under this supervisor until it ends or SIGTERM comes.

    ``lifeline``: who is told again and again that it runs.
    """
    setproctitle(f"credence root {settings.var}")
    open_journal(settings, "root")
    settings.run_folder.mkdir(parents=True, exist_ok=True)
    last_words(settings).unlink(missing_ok=True)
    transport.withdraw(settings)
    incarnation = _Incarnation(settings, supervisor, lifeline)
    try:
        return incarnation.run()
    except Exception:
        log.exception("failed")
        return FAILED
    finally:
        transport.withdraw(settings)
        if not lineage.kill_descendants(END_WITHIN_S):
            log.critical("some processes could not be killed")


class _Incarnation:
    def __init__(self, settings: Settings, supervisor: type[Supervisor], lifeline: Lifeline | None) -> None:
        self._settings = settings
        self._supervisor = supervisor
        self._lifeline = lifeline
        self._hearing = Hearing()
        self._next_look = 0.0
        self._stopping = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)

    def run(self) -> int:
        system, admin_pid, admin_port = transport.start_system(self._settings)
        supervisor_pid, supervisor_port = self._start_supervisor(system)
        tree = transport.Tree(
            os.getpid(), admin_pid, admin_port, supervisor_pid, supervisor_port, seal.key().hex()
        )
        transport.announce(self._settings, tree)
        for name in (_ADMIN, _SUPERVISOR):
            self._hearing.heard(name, time.monotonic())
        log.info("started", admin_pid=admin_pid, supervisor_pid=supervisor_pid, port=admin_port)
        with (
            lineage.watching(admin_pid) as admin_ended,
            lineage.watching(supervisor_pid) as supervisor_ended,
        ):
            while not self._stopping:
                message = system.listen(LISTEN_S)
                if isinstance(message, Escalated):
                    last_words(self._settings).write_text(message.reason)
                    return GAVE_UP
                if isinstance(message, Alive):
                    self._hearing.heard(_SUPERVISOR, time.monotonic())
                if self._hears_nothing(system):
                    return FAILED
                if admin_ended() or supervisor_ended():
                    log.error("ended", admin=admin_ended(), supervisor=supervisor_ended())
                    return FAILED
            # From here on nobody finds the tree; the supervisor lets its children finish their turn.
            transport.withdraw(self._settings)
            self._take_snapshots(system, tree)
            os.kill(supervisor_pid, signal.SIGTERM)
            deadline = time.monotonic() + STOP_SUPERVISOR_WITHIN_S
            while not supervisor_ended() and time.monotonic() < deadline:
                time.sleep(LISTEN_S)
        return STOPPED

    def _take_snapshots(self, system: ActorSystem, tree: transport.Tree) -> None:
        """So that the next start has little to replay. It may fail: the log has it all."""
        system.tell(tree.supervisor, TakeSnapshots())
        deadline = time.monotonic() + SNAPSHOTS_WITHIN_S
        while time.monotonic() < deadline:
            message = system.listen(LISTEN_S)
            if isinstance(message, SnapshotsTaken):
                log.info("snapshots taken", positions=message.positions)
                return
        log.warning("snapshots were not taken in time", seconds=SNAPSHOTS_WITHIN_S)

    def _hears_nothing(self, system: ActorSystem) -> bool:
        """Whether one of the two hangs. Tells the launcher that this process doesn't."""
        now = time.monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + LOOK_EVERY_S
        if self._lifeline is not None:
            self._lifeline.sign()
        transport.probe_admin(system, lambda: self._hearing.heard(_ADMIN, time.monotonic()))
        self._hearing.look(now)
        silent = [name for name in (_ADMIN, _SUPERVISOR) if self._hearing.silent_s(name, now) > SILENT_S_MAX]
        if silent:
            log.error("hangs", silent=silent)
        return bool(silent)

    def _start_supervisor(self, system: ActorSystem) -> tuple[int, int]:
        """Returns the supervisor's pid and port."""
        address = system.createActor(self._supervisor)
        system.tell(address, Start(transport.SUPERVISOR_NAME, self._settings.without_secrets()))
        deadline = time.monotonic() + SUPERVISOR_READY_WITHIN_S
        while time.monotonic() < deadline and not self._stopping:
            message = system.listen(LISTEN_S)
            if isinstance(message, Ready):
                return message.pid, transport.port_of(address)
        raise TimeoutError(f"the supervisor is not ready within {SUPERVISOR_READY_WITHIN_S:g} s")

    def _stop(self, _signal: int, _frame: object) -> None:
        self._stopping = True
