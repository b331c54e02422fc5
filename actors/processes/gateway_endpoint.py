"""Owns one address among the actors from outside: sends without waiting, receives all there is, can be woken.

Never interprets a message. Used by one thread; only ``wake`` may be called from any.
Called by the Thespian gateway; reaches into Thespian because its public ``listen`` can't be woken.
"""

import contextlib
import os
from collections.abc import Callable
from datetime import timedelta

from thespian.actors import ActorAddress, ActorSystem, WatchMessage
from thespian.system.transport import ReceiveEnvelope, SendStatus, TransmitIntent


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

    def send(self, address: ActorAddress, message: object, then: Callable[[bool], None]) -> None:
        """Sends without waiting; ``then`` is told, within a ``receive``, whether it was taken.

        Taken is not handled: the receiver may end before that.
        """

        def end(result: SendStatus.BASE, _intent: TransmitIntent) -> None:
            then(bool(result))
            self._transport.abort_run()

        self._transport.scheduleTransmit(None, TransmitIntent(address, message, end, end))

    def receive(self, timeout_s: float) -> list[object]:
        """All messages that are there; waits for the first, a call, the end of a send, or the time."""
        self._transport.run(self._keep, timedelta(seconds=timeout_s))
        received, self._received = self._received, []
        return received

    def close(self) -> None:
        self._context.exit_context()

    def _keep(self, envelope: ReceiveEnvelope) -> bool:
        if not isinstance(envelope.message, WatchMessage):
            self._received.append(envelope.message)
        more: list[object] = self._transport._incomingEnvelopes  # noqa: SLF001 (nothing else says that it is all)
        return bool(more)
