"""Owns how an actor system is started, found, joined and left: one to an installation, on its own port.

Never defines an actor, never repairs Thespian (see corrections, without which nothing is started here).
Called by root (starts a system), the gateway (joins it), supervisor and shell.
"""

import contextlib
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import SimpleNamespace
from typing import Final, Never

import msgspec
from thespian.actors import Actor, ActorAddress, ActorSystem
from thespian.system import transport as intents
from thespian.system import utilis
from thespian.system.messages.admin import QueryExists

from actors.processes import corrections, lineage, seal, transport_speed
from actors.processes.corrections import LOOPBACK
from actors.processes.settings import Settings
from actors.processes.version import VERSION, require_same

THESPIAN_LOG_BYTES_MAX: Final = 1_048_576
SUPERVISOR_NAME: Final = "supervisor"
LOG_DEFINITIONS: Final = {
    "version": 1,
    "handlers": {"journal": {"()": "actors.processes.journal.JournalHandler"}},
    "root": {"level": "WARNING", "handlers": ["journal"]},
}
"""What Thespian's logger process does with what is logged in its admin; it inherits the root's journal."""


transport_speed.quicken()


class NotRunningError(Exception):
    """There is no actor system of this installation now; it may come back."""


class Tree(msgspec.Struct, frozen=True):
    """Where the actors of an installation are, for those who join them. One per incarnation."""

    root_pid: int
    admin_pid: int
    admin_port: int
    supervisor_pid: int
    supervisor_port: int
    key: str
    """Hexadecimal: what its messages are sealed with. Who has it can make the processes do anything, hence
    the file of the tree is its owner's only."""

    @property
    def supervisor(self) -> ActorAddress:
        return ActorAddress(corrections.ip.TCPv4ActorAddress(LOOPBACK, self.supervisor_port, external=True))


class _Announcement(msgspec.Struct, frozen=True):
    """What the file holds, in any version: only those of the same may read on."""

    version: str = ""
    tree: msgspec.Raw = msgspec.Raw(b"null")


def announce(settings: Settings, tree: Tree) -> None:
    """Lets everybody find the tree."""
    path = _tree_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(_Announcement(VERSION, msgspec.Raw(msgspec.json.encode(tree)))))
    draft.replace(path)


def withdraw(settings: Settings) -> None:
    """Nobody finds the tree any more. Harmless when there is none."""
    _tree_file(settings).unlink(missing_ok=True)


def find_tree(settings: Settings) -> Tree | None:
    """Where the actors are now; None while there are none. Cheap: one small file.

    Raises ``OtherVersionError`` where a program of another version runs them.
    """
    try:
        found = msgspec.json.decode(_tree_file(settings).read_bytes(), type=_Announcement)
    except FileNotFoundError:
        return None
    require_same(found.version, f"the actors of {settings.var} are")
    return msgspec.json.decode(found.tree, type=Tree)


def start_system(settings: Settings) -> tuple[ActorSystem, int, int]:
    """Starts Thespian's admin as a child of this process, on a free port of its own.

    Returns the system, the admin's pid and its port. The caller becomes the guardian of all actors.
    """
    lineage.adopt_orphans()
    _log_into(settings)
    seal.use(secrets.token_bytes(seal.KEY_BYTES))
    port = _free_port()
    children = lineage.children()
    system = ActorSystem(
        "multiprocTCPBase",
        {"Admin Port": port},
        logDefs=LOG_DEFINITIONS,
        transientUnique=True,
    )
    lineage.reap()
    (admin,) = lineage.children() - children
    return system, admin, port


def join_system(settings: Settings, tree: Tree) -> ActorSystem:
    """Joins a running system from outside, never starts one. Raises ``NotRunningError``."""
    _log_into(settings)
    seal.use(bytes.fromhex(tree.key))
    try:
        base = _JoiningBase(SimpleNamespace(capabilities={"Admin Port": tree.admin_port}))
    except OSError as error:
        raise NotRunningError(f"the actors can't be reached: {error}") from error
    return ActorSystem(systemBase=base, transientUnique=True)


def probe_admin(system: ActorSystem, then: Callable[[], None]) -> None:
    """Sends the admin a question; ``then`` is told, amid a later ``listen``, that it was taken."""
    base = system._systemBase  # noqa: SLF001 (Thespian's own way waits for the answer)
    intent = intents.TransmitIntent(base.adminAddr, QueryExists(), lambda _result, _intent: then())
    base.transport.scheduleTransmit(None, intent)


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


def send(actor: Actor, address: ActorAddress, message: object, then: Callable[[bool], None]) -> None:
    """Sends, and tells ``then`` whether the receiver has taken it or can't be reached.

    Taken is not handled: it is in the receiver's process, which may end before that.
    """

    def end(result: intents.SendStatus.BASE, _intent: intents.TransmitIntent) -> None:
        then(bool(result))

    actor._myRef._send_intent(intents.TransmitIntent(address, message, end, end))  # noqa: SLF001 (``send`` tells nothing)


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


class _JoiningBase(corrections.base.ActorSystemBase):  # type: ignore[name-defined]
    """The outside of a running system. The original starts an admin where it finds none."""

    def _startAdmin(self, *_arguments: object) -> Never:
        raise NotRunningError("no admin answers on its port")
