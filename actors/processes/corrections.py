"""Owns what is corrected in Thespian 4.0.1, each correction with its reason; importing it makes them.

Never adds a feature, and never touches anything of ours. Forked processes inherit the corrections.
Called by transport and transport_speed, before anything of Thespian is started.

Left to itself, Thespian listens on every address of the machine and unpickles whatever arrives; leaves actors
running whose parent was killed; loses or delays messages that cross on a shared connection; and lets one
receiver that hangs keep messages from all others.
"""

import contextlib
import importlib
import multiprocessing
import socket
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Final

from setproctitle import setproctitle
from thespian.system import addressManager, logdirector, multiprocCommon
from thespian.system import transport as intents

from actors.processes import lineage, seal

LOOPBACK: Final = "127.0.0.1"
PAUSE_MIN: Final = timedelta(microseconds=500)
RETRY_PERIOD: Final = timedelta(milliseconds=100)
"""Waited once, then twice, three times as long."""
TRANSMIT_PERIOD_MAX: Final = timedelta(seconds=10)
"""A message that isn't taken by then is dropped; the numbered post sends again what matters."""
PENDING_TRANSMITS_MAX: Final = 500
"""Of all targets together: at Thespian's 20, one receiver that hangs keeps messages from all others."""


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
    ip = importlib.import_module("thespian.system.transport.IPBase")
    tcp = importlib.import_module("thespian.system.transport.TCPTransport")
    base = importlib.import_module("thespian.system.multiprocTCPBase")
    _queue = importlib.import_module("thespian.system.transport.asyncTransportBase")

_buffers = importlib.import_module("thespian.system.transport.streamBuffer")
_address_init = ip.IPActorAddress.__init__
_transport_init = tcp.TCPTransport.__init__
_transport_close = tcp.TCPTransport.close
_readable_incoming = tcp.TCPTransport._handleReadableIncoming  # noqa: SLF001
_intent_init = intents.TransmitIntent.__init__


def _loopback_address(
    self: object, family: int, kind: int, protocol: int, _address: object, port: int, external: object = None
) -> None:
    _address_init(self, family, kind, protocol, LOOPBACK, port, external)
    self.bindname = self.sockname  # type: ignore[attr-defined]


def _guarded_transport(self: object, reason: object, *arguments: object) -> None:
    """The first thing of ours that runs in every process which Thespian forks."""
    parent = multiprocessing.parent_process()
    if isinstance(reason, tcp.TCPEndpoint) and parent is not None and parent.pid is not None:
        lineage.die_with(parent.pid)
    self._seals_with = seal.key()  # type: ignore[attr-defined]
    _transport_init(self, reason, *arguments)


def _sealed(self: object, intent: object) -> bytes:
    """A message as it goes out; the original pickles it, and unpickles what comes in, whoever sent it."""
    message = (self.myAddress, intent.message)  # type: ignore[attr-defined]
    sealed: bytes = _buffers.toSendBuffer(message, partial(seal.dumps, sealed_with=self._seals_with))  # type: ignore[attr-defined]
    return sealed


def _close_all(self: object) -> None:
    """The original leaves its listening socket and its idle connections open."""
    connections = getattr(self, "_openSockets", {})
    intents_under_way = getattr(self, "_transmitIntents", {}).values()
    for owner in [self, *connections.values(), *intents_under_way]:
        if (opened := getattr(owner, "socket", None)) is not None:
            opened.close()
    connections.clear()
    _transport_close(self)


def _keep_incoming(_self: object, incoming: object, _sender: object) -> None:
    """Marks a connection whose message is complete; the original would send over it from now on."""
    incoming.complete = True  # type: ignore[attr-defined]


def _one_way_incoming(self: object, incoming: object, has_exclusive_flag: object = None) -> object:
    """A connection carries messages one way only.

    The original sends over whatever connection there is, and closes one of two: then messages that cross are
    lost, or wait for a pause (of 34 ms) and a retry (after 35 s).
    """
    again: object = _readable_incoming(self, incoming, has_exclusive_flag=has_exclusive_flag)
    if again is None and getattr(incoming, "complete", False):
        return tcp.TCPIncomingPersistent(incoming.fromAddress, incoming.socket)  # type: ignore[attr-defined]
    return again


def _impatient_intent(self: object, *arguments: object, **named: object) -> None:
    _intent_init(self, *arguments, **named)
    self.transmit_retry_period = RETRY_PERIOD  # type: ignore[attr-defined]


def _import_plainly(self: object, address: object) -> None:
    """Takes note of an address that came in.

    The original makes it refer to itself, which only the collector of cycles can undo: one leak a message.
    Such addresses compare and travel well without.
    """
    dead: list[object] = self._deadAddrs  # type: ignore[attr-defined]
    if address in dead:
        dead.remove(address)


def _brief(self: object) -> str:
    """What Thespian's log calls a message. The original writes it out whole, even for lines not logged."""
    return type(self.message).__name__  # type: ignore[attr-defined]


def _title(kind: str, _address: object) -> None:
    """What ``ps`` shows of the processes that aren't ours; a shell gives itself its own title."""
    setproctitle(f"credence {kind.removeprefix('MultiProc').lower()}")


ip.IPActorAddress.__init__ = _loopback_address
tcp.TCPTransport.__init__ = _guarded_transport
tcp.TCPTransport.serializer = _sealed
tcp.serializer = SimpleNamespace(loads=seal.loads)  # type: ignore[attr-defined]
tcp.TCPTransport.close = _close_all
tcp.TCPTransport._finishIncoming = _keep_incoming  # noqa: SLF001
tcp.TCPTransport._handleReadableIncoming = _one_way_incoming  # noqa: SLF001
addressManager.ActorAddressManager.importAddr = _import_plainly
intents.TransmitIntent.identify = _brief
intents.ReceiveEnvelope.identify = _brief
_queue.MAX_PENDING_TRANSMITS = PENDING_TRANSMITS_MAX  # type: ignore[attr-defined]
intents.TransmitIntent.__init__ = _impatient_intent
intents.DEFAULT_MAX_TRANSMIT_PERIOD = TRANSMIT_PERIOD_MAX
intents.MIN_BACKOFF_DELAY = PAUSE_MIN
multiprocCommon.setProcName = _title
logdirector.setProcName = _title
