"""Owns the process around a host's core: what arrives from Thespian becomes turns, what leaves is sent.

Never decides when to repeat or what to answer (the core does), never goes on after an exception.
Called by the supervisor (which creates it), gateways and other hosts.
"""

import gc
import time
from dataclasses import dataclass, field
from typing import Final

import msgspec
import structlog
from thespian.actors import ActorAddress

from actors.machines import limits
from actors.machines.messages.commands import Asked
from actors.machines.messages.letters import Letter
from actors.machines.turn import Ticket
from actors.processes import transport
from actors.processes.gateway_core import Answered, decode_asks, encode_replies
from actors.processes.host_core import HostCore, Outcome
from actors.processes.protocol import Asks, Directory, Letters, Replies, Start
from actors.processes.shell import Shell
from actors.processes.stores import open_log
from rabbit.log import Log, LogLockedError, LogUnavailableError

LOG_RETRY_S: Final = 0.05

log = structlog.get_logger()

_letter_encoder = msgspec.msgpack.Encoder()
_letter_decoder = msgspec.msgpack.Decoder(Letter)


@dataclass(frozen=True, slots=True)
class Asker:
    """Whom an answer belongs to: the gateway, and what it calls the request."""

    gateway: str
    correlation: int
    address: ActorAddress = field(compare=False)


class Host(Shell):
    """The one writer of a stream, as an actor. Until it has recovered, what it is sent is dropped."""

    def start(self, start: Start) -> None:
        (self._stream,) = start.arguments
        self._log: Log = open_log(self.settings)
        self._core: HostCore | None = None
        self._addresses: dict[str, ActorAddress] = {}
        self._asks: list[tuple[Ticket, Asked]] = []
        self._letters: list[Letter] = []
        self._wake_at: int | None = None
        self._open()

    def receive(self, message: object, sender: ActorAddress) -> None:
        match message:
            case Asks():
                self._take_asks(message, sender)
            case Letters():
                self._letters.append(_letter_decoder.decode(message.payload))
            case Directory():
                self._meet(message.addresses)
            case _:
                log.warning("unexpected message", message=type(message).__name__)
        self._turn_when_all_is_in()

    def wake(self, payload: object) -> None:
        if self._core is None:
            self._open()
        elif payload == self._wake_at:  # else it was for something that is settled since
            self._wake_at = None
            self._carry_out(self._core.tick(_now()))

    def stop(self) -> None:
        if self._core is not None:
            self._core.close()

    def _open(self) -> None:
        """Takes the lock and recovers; as long as the log can't be had, this waits for it."""
        gc.disable()  # a collection amid recovery would look again and again at what only grows
        began = time.monotonic()
        try:
            core = HostCore(self._stream, self.settings.streams, self._log, _wall_clock)
        except (LogLockedError, LogUnavailableError) as error:
            log.warning("waits for the log", stream=self._stream, reason=str(error))
            self.wake_after(LOG_RETRY_S)
            return
        self._core = core
        log.info("recovered", stream=self._stream, sequence=core.sequence, seconds=time.monotonic() - began)
        self.ready()
        self._carry_out(core.tick(_now()))

    def _take_asks(self, message: Asks, sender: ActorAddress) -> None:
        gateway = str(sender)
        for correlation, asked in decode_asks(message.payload):
            self._asks.append((Asker(gateway, correlation, sender), asked))

    def _meet(self, addresses: dict[str, ActorAddress]) -> None:
        """Learns where the other hosts are; who is somewhere else than before may have lost letters."""
        before, self._addresses = self._addresses, addresses
        for name in self.settings.streams.names:
            moved = str(before.get(name)) != str(addresses.get(name))
            if moved and name in addresses and name != self._stream and self._core is not None:
                self._carry_out(self._core.peer_restarted(name, _now()))

    def _turn_when_all_is_in(self) -> None:
        """One turn for all that has arrived: Thespian hands it over one by one."""
        if len(self._asks) < limits.REQUESTS_PER_TURN_MAX and any(
            isinstance(message, Asks | Letters) for message in transport.waiting_messages(self)
        ):
            return
        asks, self._asks = self._asks, []
        letters, self._letters = self._letters, []
        if self._core is not None and (asks or letters):
            self._carry_out(self._core.take(asks, letters, _now()))

    def _carry_out(self, outcome: Outcome) -> None:
        for letter in outcome.letters:
            if letter.destination in self._addresses:
                payload = _letter_encoder.encode(letter)
                self.send(self._addresses[letter.destination], Letters(payload))
        self._answer(outcome)
        for problem in outcome.problems:
            log.error("a decision raised", what=problem.what, exc_info=problem.error)
        self._set_alarm()

    def _answer(self, outcome: Outcome) -> None:
        replies: dict[str, list[tuple[int, Answered]]] = {}
        addresses: dict[str, ActorAddress] = {}
        for asker, answer in outcome.answers:
            assert isinstance(asker, Asker), "the tickets of a host are askers"
            replies.setdefault(asker.gateway, []).append((asker.correlation, answer))
            addresses[asker.gateway] = asker.address
        for gateway, answers in replies.items():
            self.send(addresses[gateway], Replies(encode_replies(answers)))

    def _set_alarm(self) -> None:
        assert self._core is not None, "only a recovered host has anything due"
        due = self._core.due
        if due is not None and (self._wake_at is None or due < self._wake_at):
            self._wake_at = due
            self.wake_after(max(0, due - _now()) / 1_000_000, due)


def _now() -> int:
    return time.monotonic_ns() // 1_000


def _wall_clock() -> int:
    return time.time_ns() // 1_000
