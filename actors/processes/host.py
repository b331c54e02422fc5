"""Owns the process around a host's core: what arrives from Thespian becomes turns, what leaves is sent.

Never decides when to repeat or what to answer (the core does), never goes on after an exception.
Called by the supervisor (which creates it), gateways and other hosts; a social host adds what it follows.
"""

import gc
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Final

import msgspec
import structlog
from thespian.actors import ActorAddress

from actors.machines import limits
from actors.machines.messages.commands import Asked
from actors.machines.messages.letters import Letter
from actors.machines.turn import Ticket
from actors.processes import transport
from actors.processes.gateway_core import Answered, decode_asks, encode_replies, stream_of
from actors.processes.host_core import HostCore, Outcome
from actors.processes.host_outage import LogOutage
from actors.processes.protocol import Asks, Directory, Letters, Replies, Returned, Start, Undecided
from actors.processes.shell import Shell, fail
from actors.processes.snapshot_files import SnapshotFiles
from actors.processes.taken import Taken
from rabbit.log import Log, LogLockedError, LogUnavailableError
from rabbit.open import open_log

LOG_RETRY: Final = "try the log"
KEEP_ALIVE_S: Final = 1.0
KEEP_ALIVE: Final = "keep alive"
TURNED_AWAY: Final = Undecided("its stream waits for the log")
SENDING_S_MAX: Final = 12.0
"""A message that the transport says nothing of for so long is as good as lost."""

log = structlog.get_logger()

_letter_encoder = msgspec.msgpack.Encoder()
_letter_decoder = msgspec.msgpack.Decoder(Letter)


@dataclass(frozen=True, slots=True)
class Asker:
    """Whom an answer belongs to: the gateway, and what it calls the request."""

    gateway: str
    correlation: int
    address: ActorAddress = field(compare=False)


@dataclass(slots=True)
class Held:
    """Answers for a gateway that has not taken the last ones yet."""

    address: ActorAddress
    replies: list[tuple[int, Answered | Undecided]] = field(default_factory=list)


class Host(Shell):
    """The one writer of a stream, as an actor.

    While it has no log, it tells whoever asks that it does nothing, and drops letters (they come again).
    """

    core_class: ClassVar[type[HostCore]] = HostCore

    def start(self, start: Start) -> None:
        (self._stream,) = start.arguments
        self._log: Log = open_log(self.settings.log, self.settings.log_folder)
        self._snapshots = SnapshotFiles(self.settings.snapshots_folder, self._stream)
        self._core: HostCore | None = None
        self._outage: LogOutage | None = None
        self._taken = Taken()
        self._was_ready = False
        self._asks: list[tuple[Asker, Asked]] = []
        self._letters: list[Letter] = []
        self._hosts: dict[str, ActorAddress] = {}
        self._sending: dict[str, float] = {}
        """Addresses that have not taken the last message yet: what is for them gathers meanwhile."""
        self._held: dict[str, Held] = {}
        self._wake_at: int | None = None
        self.wake_after(KEEP_ALIVE_S, KEEP_ALIVE)
        with self._outliving_the_log():
            self._open()

    def receive(self, message: object, sender: ActorAddress) -> None:
        with self._outliving_the_log():
            self._take_message(message, sender)

    def _take_message(self, message: object, sender: ActorAddress) -> None:
        match message:
            case Asks():
                self._take_asks(message, sender)
            case Letters():
                self._take_letter(_letter_decoder.decode(message.payload))
            case Directory():
                self._meet(message.addresses)
            case Returned():
                self._send_again(message.stream)
            case _:
                log.warning("unexpected message", message=type(message).__name__)
        self._turn_when_all_is_in()

    def wake(self, payload: object) -> None:
        if payload == KEEP_ALIVE:
            self.wake_after(KEEP_ALIVE_S, KEEP_ALIVE)
        with self._outliving_the_log():
            if payload == LOG_RETRY:
                self._open()
            elif self._core is None:
                pass  # it was for a core that is gone
            elif payload == KEEP_ALIVE:
                self._core.keep_alive()
            elif payload == self._wake_at:  # else it was for something that is settled since
                self._wake_at = None
                self._carry_out(self._core.tick(_now()))

    def stop(self) -> None:
        if self._core is not None:
            self._core.close()
            self._core = None

    def _open(self) -> None:
        """Takes the lock and recovers. Raises what the log raises."""
        gc.disable()  # a collection amid recovery would look again and again at what only grows
        began = time.monotonic()
        core = self.core_class(self._stream, self.settings.streams, self._log, _wall_clock, self._snapshots)
        self._core = core
        log.info(
            "recovered",
            stream=self._stream,
            sequence=core.sequence,
            snapshot=core.recovered_from,
            seconds=time.monotonic() - began,
        )
        if self._outage is not None:
            seconds = self._outage.seconds(time.monotonic())
            log.info("has the log again", stream=self._stream, seconds=seconds)
            self._outage = None
        self._be_ready()
        self._carry_out(core.tick(_now()))

    def _be_ready(self) -> None:
        if self._was_ready:
            for name in self._hosts:
                if name != self._stream:
                    self._send(self._hosts[name], Returned(self._stream))
        else:
            self._was_ready = True
            self.ready()

    @contextmanager
    def _outliving_the_log(self) -> Iterator[None]:
        """A log that is lost takes the core with it, but not the process: it waits, and recovers anew.

        Who asked for what was being appended is not answered: it may have happened.
        """
        try:
            yield
        except (LogLockedError, LogUnavailableError) as error:
            self._lose_the_log(str(error))

    def _lose_the_log(self, why: str) -> None:
        if self._core is not None:
            self._core.close()
            self._core = None
        self._wake_at = None
        if self._outage is None:
            log.warning("waits for the log", stream=self._stream, reason=why)
            self._outage = LogOutage(time.monotonic())
        self.wake_after(self._outage.next_pause_s(random.random()), LOG_RETRY)  # noqa: S311 (no secret)
        self._turn_away()

    def _turn_away(self) -> None:
        """Tells who asked what has not been taken, and will not be."""
        asks, self._asks = self._asks, []
        self._letters = []
        surely_lacks = self._taken.surely_lacks
        askers = [asker for asker, _ in asks if surely_lacks(asker.gateway, asker.correlation)]
        self._hold([(asker, TURNED_AWAY) for asker in askers])

    def _take_asks(self, message: Asks, sender: ActorAddress) -> None:
        gateway = str(sender)
        for correlation, asked in decode_asks(message.payload):
            # An address may have been another host's a moment ago: this one would answer "unknown".
            if stream_of(asked, self.settings.streams) == self._stream:
                self._asks.append((Asker(gateway, correlation, sender), asked))
            else:
                log.warning("asked for another stream", stream=self._stream)

    def _take_letter(self, letter: Letter) -> None:
        if letter.destination == self._stream:
            self._letters.append(letter)
        else:
            log.warning(
                "got a letter for another stream", stream=self._stream, destination=letter.destination
            )

    def _meet(self, addresses: dict[str, ActorAddress]) -> None:
        """Learns where the other hosts are; who is somewhere else than before may have lost letters."""
        before = self._hosts
        self._hosts = {name: addresses[name] for name in self.settings.streams.names if name in addresses}
        if self._core is not None:
            for name, address in self._hosts.items():
                if str(before.get(name)) != str(address) and name != self._stream:
                    self._core.peer_restarted(name)
            self._post(self._core)

    def _send_again(self, stream: str) -> None:
        if self._core is not None:
            self._core.peer_restarted(stream)
            self._post(self._core)

    def _turn_when_all_is_in(self) -> None:
        """One turn for all that has arrived: Thespian hands it over one by one."""
        if len(self._asks) < limits.REQUESTS_PER_TURN_MAX and any(
            isinstance(message, Asks | Letters) for message in transport.waiting_messages(self)
        ):
            return
        if self._core is None:
            self._turn_away()
            return
        asks, self._asks = self._asks, []
        letters, self._letters = self._letters, []
        for asker, _ in asks:
            self._taken.note(asker.gateway, asker.correlation)
        if asks or letters:
            self._carry_out(self._core.take(asks, letters, _now()))

    def _carry_out(self, outcome: Outcome) -> None:
        assert self._core is not None, "only a recovered host has taken a turn"
        self._post(self._core)
        self._hold(outcome.answers)
        for problem in outcome.problems:
            log.error("a decision raised", what=problem.what, exc_info=problem.error)

    def _hold(self, answers: Sequence[tuple[Ticket, Answered | Undecided]]) -> None:
        """Has the gateways told, each as soon as it has taken what it was told before."""
        for asker, answer in answers:
            assert isinstance(asker, Asker), "the tickets of a host are askers"
            held = self._held.get(asker.gateway) or Held(asker.address)
            held.replies.append((asker.correlation, answer))
            self._held[asker.gateway] = held
        for gateway in [name for name in self._held if not self._is_sending_to(name)]:
            self._answer(gateway)

    def _post(self, core: HostCore) -> None:
        """Sends the letters that can go now, and sees to it that the next are not forgotten."""
        busy = {name for name in self.settings.streams.names if not self._reaches(name)}
        now = _now()
        for letter in core.letters(now, busy):
            self._send(self._hosts[letter.destination], Letters(_letter_encoder.encode(letter)))
            busy.add(letter.destination)
        due = core.due(busy)
        if due is not None and (self._wake_at is None or due < self._wake_at):
            self._wake_at = due
            self.wake_after(max(0, due - now) / 1_000_000, due)

    def _reaches(self, stream: str) -> bool:
        return stream in self._hosts and not self._is_sending_to(str(self._hosts[stream]))

    def _is_sending_to(self, address: str) -> bool:
        since = self._sending.get(address)
        return since is not None and time.monotonic() - since < SENDING_S_MAX

    def _answer(self, gateway: str) -> None:
        held = self._held.pop(gateway, None)
        if held is not None:
            self._send(held.address, Replies(encode_replies(held.replies)))

    def _send(self, address: ActorAddress, message: object) -> None:
        name = str(address)
        self._sending[name] = time.monotonic()
        transport.send(self, address, message, partial(self._sent, name))

    def _sent(self, address: str, taken: bool) -> None:  # noqa: FBT001 (the transport calls it)
        """A message was taken, or its receiver is gone: what has gathered for it goes now, or never."""
        try:
            self._sending.pop(address, None)
            if taken:
                self._answer(address)
            else:
                self._held.pop(address, None)
            if self._core is not None:
                self._post(self._core)
        except BaseException as error:  # noqa: BLE001 (Thespian would swallow it)
            fail("failed after sending", error)


def _now() -> int:
    return time.monotonic_ns() // 1_000


def _wall_clock() -> int:
    return time.time_ns() // 1_000
