"""Owns one address among the actors from outside: sends without waiting, receives all there is, can be woken.

Never interprets a message. Used by one thread; only ``wake`` may be called from any.
Called by the Thespian gateway; reaches into Thespian because its public ``listen`` can't be woken.
"""

import contextlib
import os
from datetime import timedelta

from thespian.actors import ActorAddress, ActorSystem, WatchMessage


class Wake:
    """A descriptor that becomes readable when anybody calls, so that a thread can wait for it."""

    def __init__(self) -> None:
        self.descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._called = False

    def call(self) -> None:
        """Wakes the waiting thread. Cheap when it was called already."""
        if not self._called:
            self._called = True
            os.eventfd_write(self.descriptor, 1)

    def clear(self) -> None:
        """To be done before looking at what one was called for, so that no call is missed."""
        self._called = False
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self.descriptor)

    def close(self) -> None:
        os.close(self.descriptor)


class Endpoint:
    """A private endpoint of a joined actor system."""

    def __init__(self, system: ActorSystem, wake: Wake) -> None:
        self._context = system._systemBase.external_clone()  # noqa: SLF001 (what system.private() does)
        self._transport = self._context.transport
        self._transport.set_watch([wake.descriptor])
        self._received: list[object] = []

    def send(self, address: ActorAddress, message: object) -> None:
        """Hands a message to the transport; it goes out during the next ``receive``. May be lost."""
        self._context._tx_to_actor(address, message)  # noqa: SLF001 (``tell`` would wait until it is received)

    def receive(self, timeout_s: float) -> list[object]:
        """All messages that are there, after waiting for the first, for a call, or for the time to pass."""
        self._transport.run(self._keep, timedelta(seconds=timeout_s))
        received, self._received = self._received, []
        return received

    def close(self) -> None:
        self._context.exit_context()

    def _keep(self, envelope: object) -> bool:
        message = envelope.message  # type: ignore[attr-defined]
        if not isinstance(message, WatchMessage):
            self._received.append(message)
        more: list[object] = self._transport._incomingEnvelopes  # noqa: SLF001 (no other way to see that it is all)
        return bool(more)
