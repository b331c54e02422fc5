"""Owns the exchange as a whole: starts the actor tree and the web, watches, restarts and stops them.

Never knows what they do; all it needs is that they can be killed at any moment.
Called by an operator, as ``python -m actors.processes.launcher`` (``make run``).

Everything below it ends with it, and whatever is left of a program is killed and reaped before the program
is started again; another process stands by for it, which has imported everything. It holds the lock of its
var, so that there is one exchange on one state, and the port: while the web is away, who connects waits.
"""

import contextlib
import fcntl
import http.client
import math
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import structlog
from setproctitle import setproctitle

from actors.processes import incarnation, journal, lineage, transport
from actors.processes.lifeline import Program
from actors.processes.settings import Settings, SettingsError
from actors.processes.supervision import Create, GiveUp, Kill, Order, Restart, Rule, Supervision
from rabbit.log import LogError
from rabbit.open import open_log

STOPPED: Final = 0
GAVE_UP: Final = 1
REFUSED: Final = 2
"""Exit codes."""
LOOK_EVERY_S: Final = 0.03
PROGRAM_READY_WITHIN_S: Final = 30.0
PROGRAM_SILENT_S_MAX: Final = 10.0
STANDBY_AFTER_S: Final = 0.3
"""Those who stand by are started so long after something ended, if all is ready: recovery comes first."""
CONNECTIONS_WAITING_MAX: Final = 2_048
STOP_WEB_WITHIN_S: Final = 4.0
STOP_TREE_WITHIN_S: Final = 4.5
KILL_WITHIN_S: Final = 0.8
"""When it stops. Together less than the 10 s after which who stops an exchange loses patience."""
REAP_WITHIN_S: Final = 10.0
"""When it goes on. Who waits for a disk can't be killed until the disk has answered."""
ANSWER_WITHIN_S: Final = 0.5

TREE: Final = "the actor tree"
WEB: Final = "the web"
FIRST_START: Final = "the first start"

log = structlog.get_logger()


class RefusedError(Exception):
    """The exchange can't be started here; the message says why."""


@dataclass(frozen=True, slots=True)
class Programs:
    """What is started, each a command. Tree and web wait for their turn (see standby).

    The web is given a socket to listen on, and must answer ``GET /``, with 200 once all is ready.
    """

    tree: tuple[str, ...] = (
        sys.executable,
        "-m",
        "actors.processes.standby",
        "root",
        "actors.processes.root",
    )
    web: tuple[str, ...] = (sys.executable, "-m", "actors.processes.standby", "web", "resources.serve")
    first_start: tuple[str, ...] = (sys.executable, "-m", "scripts.first_start")


THE_EXCHANGE: Final = Programs()


def main(programs: Programs = THE_EXCHANGE) -> int:
    """The program. Returns its exit code."""
    try:
        return run(Settings.from_environment(os.environ), programs)
    except (SettingsError, RefusedError, LogError) as error:
        sys.stderr.write(f"Credence is not started: {error}\n")
        return REFUSED


def run(settings: Settings, programs: Programs) -> int:
    """Runs the exchange until SIGINT or SIGTERM, or until restarting no longer helps."""
    with only_one(settings), _listening(settings) as listener:
        _prepare(settings)
        launcher = _Launcher(settings, programs, listener)
        try:
            return launcher.run()
        finally:
            launcher.stop()


class _Launcher:
    def __init__(self, settings: Settings, programs: Programs, listener: socket.socket) -> None:
        self._settings = settings
        self._listener = listener
        self._commands = {TREE: programs.tree, WEB: programs.web, FIRST_START: programs.first_start}
        rules = [
            Rule(name, ready_within_s=PROGRAM_READY_WITHIN_S, silent_s_max=PROGRAM_SILENT_S_MAX)
            for name in (TREE, WEB)
        ]
        self._supervision = Supervision(rules, settings.restarts)
        # It gives no signs of life, and may take long where much else is to be done.
        endless = Rule(FIRST_START, Restart.TRANSIENT, silent_s_max=math.inf)
        self._first_start = Supervision([endless], settings.restarts)
        self._running: dict[str, Program] = {}
        self._standing_by: dict[str, Program] = {}
        self._standby_at = 0.0
        self._stopping = False
        self._given_up = ""
        signal.signal(signal.SIGINT, self._ask_to_stop)
        signal.signal(signal.SIGTERM, self._ask_to_stop)

    def run(self) -> int:
        say(f"Credence is starting; its state is in {self._settings.var}")
        announced = False
        while not self._stopping and not self._given_up:
            self._look()
            if not announced and self._is_complete():
                announced = True
                say(f"Credence is at {self._settings.url} (Ctrl-C stops it)")
            time.sleep(LOOK_EVERY_S)
        return GAVE_UP if self._given_up else STOPPED

    def stop(self) -> None:
        """The web first: it answers what is in flight. Nothing is left, whatever the programs do."""
        log.info("stopping")
        self._listener.close()  # from here on the web alone holds the port
        for name, within_s in (
            (FIRST_START, 0.0),
            (WEB, STOP_WEB_WITHIN_S),
            (TREE, STOP_TREE_WITHIN_S),
        ):
            if (program := self._running.get(name)) is not None:
                program.process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    program.process.wait(within_s)
        gone = lineage.kill_descendants(KILL_WITHIN_S)
        transport.withdraw(self._settings)
        if self._given_up:
            sys.stderr.write(f"Credence gives up: {self._given_up}. More in {journal.path(self._settings)}\n")
        else:
            say("Credence has stopped" if gone else "Credence has stopped, but could not kill all it started")

    def _look(self) -> None:
        """Takes note of what happened, and does what is due."""
        for pid, code in lineage.reap():
            self._ended(pid, code)
        now = time.monotonic()
        self._listen(now)
        self._carry_out(self._supervision.tick(now))
        if self._supervision.awaited:
            return
        if not self._settings.first_start_marker.exists():
            self._carry_out(self._first_start.tick(now))
        elif now >= self._standby_at:
            for name in (TREE, WEB):
                if name not in self._standing_by:
                    self._standing_by[name] = Program(self._commands[name])

    def _ended(self, pid: int, code: int) -> None:
        self._standby_at = time.monotonic() + STANDBY_AFTER_S
        for name, program in self._standing_by.items():
            if program.pid == pid:
                log.error("ended while it stood by", program=name, code=code)
                self._standing_by.pop(name).ended(code)
                return
        name = next((name for name, program in self._running.items() if program.pid == pid), "")
        if not name:
            return  # an adopted orphan
        self._running.pop(name).ended(code)
        if name == FIRST_START and code == 0:
            self._settings.first_start_marker.touch()
        else:
            how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
            log.error("ended", program=name, code=code)
            say(f"{name} ended ({how})")
        if not lineage.kill_descendants(REAP_WITHIN_S, spare=self._pids()):
            self._given_up = f"what is left of {name} can't be killed"
        elif name == TREE and code == incarnation.GAVE_UP:
            self._given_up = incarnation.last_words(self._settings).read_text()
        else:
            supervision = self._first_start if name == FIRST_START else self._supervision
            self._carry_out(supervision.exited(name, code, time.monotonic()))

    def _carry_out(self, orders: list[Order]) -> None:
        for order in orders:
            match order:
                case Create(name):
                    self._create(name)
                case Kill(name, reason):
                    log.error("is killed", program=name, reason=reason)
                    self._running[name].process.kill()
                case GiveUp(_, reason):
                    self._given_up = reason

    def _create(self, name: str) -> None:
        """It is the turn of who stands by; else of a new process."""
        program = self._standing_by.pop(name, None) or Program(self._commands[name])
        program.begin([self._listener] if name == WEB else [])
        self._running[name] = program
        log.info("created", program=name, program_pid=program.pid)
        if name == FIRST_START:
            self._first_start.ready(name, time.monotonic())

    def _listen(self, now: float) -> None:
        """Takes note of who gave a sign of life: with the first of them, a program is ready."""
        for name, program in self._running.items():
            if name != FIRST_START and program.gave_signs():
                self._supervision.ready(name, now)
                self._supervision.heard(name, now)

    def _is_complete(self) -> bool:
        return (
            not self._supervision.awaited
            and self._settings.first_start_marker.exists()
            and self._answer_of_web() == http.HTTPStatus.OK
        )

    def _answer_of_web(self) -> int | None:
        """The status of ``GET /``; None if nobody answers."""
        connection = self._connection()
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/")
            return connection.getresponse().status
        return None

    def _connection(self) -> http.client.HTTPConnection:
        where = (self._settings.near_address, self._settings.port)
        if (context := self._settings.near_tls()) is None:
            return http.client.HTTPConnection(*where, timeout=ANSWER_WITHIN_S)
        # Whether it answers is asked, on a port that is held here: whom it convinces is another matter.
        context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(*where, timeout=ANSWER_WITHIN_S, context=context)

    def _pids(self) -> frozenset[int]:
        programs = [*self._running.values(), *self._standing_by.values()]
        return frozenset(program.pid for program in programs)

    def _ask_to_stop(self, _signal: int, _frame: object) -> None:
        self._stopping = True


def say(sentence: str) -> None:
    """To the operator's terminal; the journal has the details."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Holds the lock of var. The kernel frees it when this process ends, however it ends."""
    try:
        settings.run_folder.mkdir(parents=True, exist_ok=True)
        file = (settings.run_folder / "launcher.lock").open("a+")
    except OSError as error:
        raise RefusedError(f"CREDENCE_VAR can't be used: {error}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RefusedError(f"another exchange is running on {settings.var}") from error
        yield


def _prepare(settings: Settings) -> None:
    journal.rotate(settings)
    journal.open_journal(settings, "launcher")
    setproctitle(f"credence launcher {settings.var}")
    streams = settings.streams
    open_log(settings.log, settings.log_folder).initialise(streams.names, older=streams.trading_names)
    settings.signing_secret()
    lineage.adopt_orphans()


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.address, settings.port))
        except OSError as error:
            raise RefusedError(
                f"port {settings.port} of {settings.address} can't be used ({error.strerror});"
                " CREDENCE_PORT chooses another"
            ) from error
        listener.listen(CONNECTIONS_WAITING_MAX)
        yield listener


if __name__ == "__main__":
    sys.exit(main())
