"""Owns how Thespian is started and joined safely: loopback only, own port, no orphans, no long stalls.

Never defines an actor; the only place that reaches into Thespian's own modules.
Called by root (starts a system), the gateway (joins it) and shell (through the patches made here).

What is corrected in Thespian 4.0.1, once, when this module is imported:
its ports listen on every address of the machine and unpickle what arrives; nobody ends an actor whose
parent was killed; a socket that is full for a moment pauses its message for 34 ms, and a connection that
breaks puts the message off for 35 s. Forked processes inherit the corrections.
"""

import contextlib
import importlib
import logging
import multiprocessing
import os
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import SimpleNamespace
from typing import Final, Never

import msgspec
from setproctitle import setproctitle
from thespian.actors import Actor, ActorAddress, ActorSystem
from thespian.system import logdirector, multiprocCommon, utilis
from thespian.system import transport as intents

from actors.processes import lineage
from actors.processes.journal import JOURNAL_NAME
from actors.processes.settings import Settings

LOOPBACK: Final = "127.0.0.1"
PAUSE_MIN: Final = timedelta(microseconds=500)
RETRY_PERIOD: Final = timedelta(milliseconds=100)
"""Waited once, then twice, three times as long."""
TRANSMIT_PERIOD_MAX: Final = timedelta(seconds=10)
"""A message that isn't taken by then is dropped; the numbered post sends again what matters."""
PENDING_TRANSMITS_MAX: Final = 500
"""Of all targets together: at Thespian's 20, one receiver that hangs keeps messages from all others."""
THESPIAN_LOG_BYTES_MAX: Final = 1_048_576
SUPERVISOR_NAME: Final = "supervisor"


class NotRunningError(Exception):
    """There is no actor system of this installation now; it may come back."""


class Tree(msgspec.Struct, frozen=True):
    """Where the actors of an installation are, for those who join them. One per incarnation."""

    root_pid: int
    admin_pid: int
    admin_port: int
    supervisor_pid: int
    supervisor_port: int

    @property
    def supervisor(self) -> ActorAddress:
        return ActorAddress(_ip.TCPv4ActorAddress(LOOPBACK, self.supervisor_port, external=True))


def announce(settings: Settings, tree: Tree) -> None:
    """Lets everybody find the tree."""
    path = _tree_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_bytes(msgspec.json.encode(tree))
    draft.replace(path)


def withdraw(settings: Settings) -> None:
    """Nobody finds the tree any more. Harmless when there is none."""
    _tree_file(settings).unlink(missing_ok=True)


def find_tree(settings: Settings) -> Tree | None:
    """Where the actors are now; None while there are none. Cheap: one small file."""
    try:
        return msgspec.json.decode(_tree_file(settings).read_bytes(), type=Tree)
    except FileNotFoundError:
        return None


def start_system(settings: Settings) -> tuple[ActorSystem, int, int]:
    """Starts Thespian's admin as a child of this process, on a free port of its own.

    Returns the system, the admin's pid and its port. The caller becomes the guardian of all actors.
    """
    lineage.adopt_orphans()
    _log_into(settings)
    port = _free_port()
    children = lineage.children()
    system = ActorSystem(
        "multiprocTCPBase",
        {"Admin Port": port},
        logDefs=_log_definitions(settings.journal_folder),
        transientUnique=True,
    )
    lineage.reap()
    (admin,) = lineage.children() - children
    return system, admin, port


def join_system(settings: Settings, tree: Tree) -> ActorSystem:
    """Joins a running system from outside, never starts one. Raises ``NotRunningError``."""
    _log_into(settings)
    try:
        base = _JoiningBase(SimpleNamespace(capabilities={"Admin Port": tree.admin_port}))
    except OSError as error:
        raise NotRunningError(f"the actors can't be reached: {error}") from error
    return ActorSystem(systemBase=base, transientUnique=True)


def leave_system(system: ActorSystem) -> None:
    """Closes what ``join_system`` opened; the system itself goes on."""
    system._systemBase.transport.close()  # noqa: SLF001 (Thespian can only shut the whole system down)


def create_child(actor: Actor, kind: type[Actor]) -> tuple[ActorAddress, BaseProcess]:
    """Makes a child of ``actor``: its address as its parent knows it, and its process.

    Thespian tells addresses only, and says nothing of a child that dies before it has connected.
    """
    known = list(getattr(actor._myRef, "_child_procs", []))  # noqa: SLF001 (nowhere else are the processes to be had)
    address = actor.createActor(kind)
    made = [child for child in getattr(actor._myRef, "_child_procs", []) if child not in known]  # noqa: SLF001
    if len(made) != 1:
        raise OSError(f"no process could be made for {kind.__name__}")
    return address, made[0].childProc


def drain(actor: Actor, within_s: float) -> None:
    """Sends what the actor has handed over but is not sent yet; gives up after ``within_s``."""
    deadline = time.monotonic() + within_s
    transport = actor._myRef.transport  # noqa: SLF001 (an actor that ends has no loop any more that sends)
    while (left_s := deadline - time.monotonic()) > 0:
        if not transport.run(intents.TransmitOnly, timedelta(seconds=left_s)):
            return


def waiting_messages(actor: Actor) -> list[object]:
    """What was received for the actor and is not handed to it yet."""
    return [envelope.message for envelope in actor._myRef.transport._incomingEnvelopes]  # noqa: SLF001


def port_of(address: ActorAddress) -> int:
    """The loopback port on which an actor listens."""
    port: int = address.addressDetails.sockname[1]
    return port


def _tree_file(settings: Settings) -> Path:
    return settings.run_folder / "tree.json"


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _log_into(settings: Settings) -> None:
    """Thespian's log of its inner workings: beside ours, instead of a file shared by all users."""
    settings.journal_folder.mkdir(parents=True, exist_ok=True)
    os.environ["THESPLOG_FILE"] = str(settings.journal_folder / "thespian.log")
    utilis._thesplog_file = None  # noqa: SLF001 (it is read from the environment once, at first use)
    utilis.thesplog_control(logging.WARNING, useLogging=False, tmpFileMaxSize=THESPIAN_LOG_BYTES_MAX)


def _log_definitions(folder: Path) -> dict[str, object]:
    """What Thespian's logger process does with records of the standard library's logging."""
    return {
        "version": 1,
        "formatters": {"json": {"()": "actors.processes.journal.JsonFormatter"}},
        "handlers": {
            "journal": {
                "class": "logging.FileHandler",
                "filename": str(folder / JOURNAL_NAME),
                "formatter": "json",
                "delay": True,
            }
        },
        "root": {"level": "WARNING", "handlers": ["journal"]},
    }


@contextlib.contextmanager
def _no_name_lookups() -> Iterator[None]:
    """Importing Thespian's transport asks DNS for this machine's names: half a minute where that is down."""
    hostname, full_name = socket.gethostname, socket.getfqdn
    socket.gethostname, socket.getfqdn = lambda: "localhost", lambda name="": name or "localhost"
    try:
        yield
    finally:
        socket.gethostname, socket.getfqdn = hostname, full_name


with _no_name_lookups():
    _ip = importlib.import_module("thespian.system.transport.IPBase")
    _tcp = importlib.import_module("thespian.system.transport.TCPTransport")
    _base = importlib.import_module("thespian.system.multiprocTCPBase")
    _queue = importlib.import_module("thespian.system.transport.asyncTransportBase")

_address_init = _ip.IPActorAddress.__init__
_transport_init = _tcp.TCPTransport.__init__
_step = _tcp.TCPTransport._nextTransmitStepCheck  # noqa: SLF001
_intent_init = intents.TransmitIntent.__init__


def _loopback_address(
    self: object, family: int, kind: int, protocol: int, _address: object, port: int, external: object = None
) -> None:
    _address_init(self, family, kind, protocol, LOOPBACK, port, external)
    self.bindname = self.sockname  # type: ignore[attr-defined]


def _guarded_transport(self: object, reason: object, *arguments: object) -> None:
    """The first thing of ours that runs in every process which Thespian forks."""
    parent = multiprocessing.parent_process()
    if isinstance(reason, _tcp.TCPEndpoint) and parent is not None and parent.pid is not None:
        lineage.die_with(parent.pid)
    _transport_init(self, reason, *arguments)


def _impatient_intent(self: object, *arguments: object, **named: object) -> None:
    _intent_init(self, *arguments, **named)
    self.transmit_retry_period = RETRY_PERIOD  # type: ignore[attr-defined]


def _undisturbed_step(self: object, intent: object, descriptor: int, closed: bool = False) -> bool:  # noqa: FBT001, FBT002 (as Thespian calls it)
    """A message under way is gone on with when its socket is ready, not whenever there is another socket.

    The original reads for the acknowledgement too early as soon as both sides have connected to each
    other, finds nothing, and then doesn't look for 34 ms: the stalls at the 99th percentile.
    """
    if descriptor == -1 and getattr(intent, "socket", None) is not None and not intent.expired():  # type: ignore[attr-defined]
        return True
    going_on: bool = _step(self, intent, descriptor, closed)
    return going_on


def _title(kind: str, _address: object) -> None:
    """What ``ps`` shows of the processes that aren't ours; a shell gives itself its own title."""
    setproctitle(f"credence {kind.removeprefix('MultiProc').lower()}")


_ip.IPActorAddress.__init__ = _loopback_address
_tcp.TCPTransport.__init__ = _guarded_transport
_tcp.TCPTransport._nextTransmitStepCheck = _undisturbed_step  # noqa: SLF001
_queue.MAX_PENDING_TRANSMITS = PENDING_TRANSMITS_MAX  # type: ignore[attr-defined]
intents.TransmitIntent.__init__ = _impatient_intent
intents.DEFAULT_MAX_TRANSMIT_PERIOD = TRANSMIT_PERIOD_MAX
intents.MIN_BACKOFF_DELAY = PAUSE_MIN
multiprocCommon.setProcName = _title
logdirector.setProcName = _title


class _JoiningBase(_base.ActorSystemBase):  # type: ignore[name-defined]
    """The outside of a running system. The original starts an admin where it finds none."""

    def _startAdmin(self, *_arguments: object) -> Never:
        raise NotRunningError("no admin answers on its port")
