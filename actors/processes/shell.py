"""Owns what all our actor processes have in common: birth, dispatch, the one way to fail, the end.

Never decides anything of the exchange, never catches an exception in order to go on.
Called by Thespian; hosts, supervisor and projector are subclasses.

A process that fails ends: Thespian would call the handler again on an object that is half changed. Its
parent starts a fresh one, which recovers like at every start. A process also ends with its parent (see
transport). After the start the garbage collector only ever looks at what is new (see ``_collect``).
"""

import gc
import os
import sys
import threading
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Final, Never

import structlog
from setproctitle import setproctitle
from thespian.actors import (
    Actor,
    ActorAddress,
    ActorExitRequest,
    ChildActorExited,
    ThespianWatch,
    WakeupMessage,
)

from actors.processes import transport
from actors.processes.journal import open_journal
from actors.processes.protocol import Alive, Ready, Start
from actors.processes.settings import Settings
from actors.processes.version import VERSION, require_same

FAILED_EXIT_CODE: Final = 70
MESSAGES_PER_COLLECTION: Final = 16
SEND_THE_REST_WITHIN_S: Final = 0.3
SIGN_EVERY_S: Final = 1.0
"""How often a shell tells its parent that it is at work. One that hangs does not."""
_SIGN: Final = "sign of life"
WAKE_AFTER_MIN_S: Final = 0.002
"""With a wake-up that is due already, Thespian looks at nothing else: no message, and no SIGTERM."""

log = structlog.get_logger()


def fail(what: str, error: BaseException) -> Never:
    """The one way to fail: says so in the journal, once, and ends the process at once."""
    try:
        log.critical(what, exc_info=error)
    finally:
        os._exit(FAILED_EXIT_CODE)


class Shell(Actor, ABC):
    """An actor that is a process of the tree. Subclasses don't override ``receiveMessage``.

    ``name`` and ``settings`` are there from ``start`` on.
    """

    name: str
    settings: Settings

    def __init__(self) -> None:
        super().__init__()
        self._parent: ActorAddress | None = None
        self._messages = 0

    @property
    def parent(self) -> ActorAddress:
        """Who sent ``Start``."""
        assert self._parent is not None, "a shell that works was started"
        return self._parent

    @abstractmethod
    def start(self, start: Start, /) -> None:
        """Opens what it works on, recovers, and calls ``ready`` when it can work (now or later)."""

    @abstractmethod
    def receive(self, message: object, sender: ActorAddress, /) -> None:
        """A message that is neither of a shell's life (start, stop) nor a wake-up."""

    def wake(self, payload: object, /) -> None:
        """A wake-up that was asked for by ``wake_after``."""

    def stop(self) -> None:
        """Ends cleanly: finishes the turn, closes what it opened. What was sent still goes out."""

    def ready(self) -> None:
        """Tells the parent that it can work now."""
        gc.collect()
        gc.disable()
        gc.freeze()
        log.info("ready")
        self.send(self.parent, Ready(self.name, os.getpid()))
        self.wake_after(SIGN_EVERY_S, _SIGN)

    def wake_after(self, seconds: float, payload: object = None) -> None:
        self.wakeupAfter(timedelta(seconds=max(seconds, WAKE_AFTER_MIN_S)), payload)

    def watched(self) -> list[int]:
        """Descriptors that can be read bring a ``WatchMessage``; asked for after each message."""
        return []

    def receiveMessage(self, message: object, sender: ActorAddress) -> ThespianWatch | None:
        """Thespian's door."""
        try:
            self._take(message, sender)
            self._collect()
            watched = self.watched()
        except BaseException as error:  # noqa: BLE001 (whatever it is: it ends the process, not only this call)
            fail(f"failed on {type(message).__name__}", error)
        return ThespianWatch(watched) if watched else None

    def _take(self, message: object, sender: ActorAddress) -> None:
        match message:
            case Start():
                self._begin(message, sender)
            case ActorExitRequest():
                self._end()
            case WakeupMessage(payload=payload) if payload is _SIGN:
                self.send(self.parent, Alive(self.name, os.getpid()))
                self.wake_after(SIGN_EVERY_S, _SIGN)
            case WakeupMessage():
                self.wake(message.payload)
            case _ if self._parent is None and not isinstance(message, ChildActorExited):
                log.warning("not started yet", message=type(message).__name__)
            case _:
                self.receive(message, sender)

    def _begin(self, start: Start, sender: ActorAddress) -> None:
        self.name, self.settings, self._parent = start.name, start.settings, sender
        setproctitle(f"credence {self.name} {self.settings.var}")
        open_journal(self.settings, self.name)
        threading.excepthook = lambda failure: fail("a thread failed", failure.exc_value or SystemExit())
        log.info("starting", python=sys.version.split()[0], version=VERSION)
        require_same(start.version, "the parent is")
        self.start(start)

    def _end(self) -> Never:
        """The process was sent SIGTERM.

        Left to itself, Thespian would first wait until the parent has taken notice of this child's end.
        """
        if self._parent is not None:
            self.stop()
            transport.drain(self, SEND_THE_REST_WITHIN_S)
            log.info("stopped")
        os._exit(0)

    def _collect(self) -> None:
        """Frees cycles among what is new, as exceptions leave them: little at a time, and nothing twice.

        A collection of everything would take longer with each order that rests.
        """
        self._messages += 1
        if self._messages % MESSAGES_PER_COLLECTION == 0 and not gc.isenabled():
            gc.collect(0)
