"""Owns the host of a stream that may be moved: it lends its stream to a host elsewhere, and stands in for it.

Never works on a stream that it has lent: then it only carries messages, between Thespian and the door.
Called by the supervisor where the log is at a broker; claimed from by an away host.

A life has one way: at home until somebody claims the stream, lent until the claimant works, then it ends. The
next incarnation finds the lock taken and the new host at the door, and stands in until that one is gone. Each
time the others see a new address, and send again what may have been lost, as after any death of a host.
"""

import time
from enum import Enum, auto
from typing import Final

import msgspec
import structlog
from thespian.actors import ActorAddress, WatchMessage

from actors.processes.door_messages import (
    AsksOf,
    AtHome,
    Claim,
    FromHome,
    Granted,
    LetterFor,
    Moved,
    Refused,
    Released,
    RepliesFor,
    decode_from_away,
    encode,
)
from actors.processes.host import Host
from actors.processes.protocol import Asks, Directory, Letters, Replies, Returned, Start
from actors.processes.version import VERSION
from rabbit.door import Door
from rabbit.log import LogLockedError, LogUnavailableError

LOOK_EVERY_S: Final = 1.0
LOOK: Final = "look at the door"
LEASE_S: Final = 3.0
"""A claim is good for so long; who lives repeats it in time."""
GATEWAYS_MAX: Final = 64

log = structlog.get_logger()


class Where(Enum):
    """Where the stream is: with this process, nowhere because it was promised, or with a host elsewhere."""

    HOME = auto()
    LENT = auto()
    AWAY = auto()


class LendableHost(Host):
    """A host that also listens at its stream's door."""

    def start(self, start: Start) -> None:
        self._where = Where.HOME
        self._door: Door | None = None
        self._look_at = 0.0
        self._claimed_at = 0.0
        self._askers: dict[str, ActorAddress] = {}
        """Gateways that asked for what is decided elsewhere: what the door calls them -> where they are."""
        super().start(start)
        self.wake_after(0, LOOK)

    def receive(self, message: object, sender: ActorAddress) -> None:
        if self._where is Where.HOME:
            super().receive(message, sender)
            return
        match message:
            case Asks():
                self._remember(sender)
                self._say(AsksOf(str(sender), message.payload))
            case Letters():
                self._say(LetterFor(self._stream, message.payload))
            case Directory():
                self._meet(message.addresses)
            case Returned():
                self._say(Moved((message.stream,)))
            case WatchMessage():
                pass
            case _:
                super().receive(message, sender)
        self._listen()

    def wake(self, payload: object) -> None:
        if payload == LOOK:
            self._look()
            self.wake_after(LOOK_EVERY_S, LOOK)
        elif self._where is Where.HOME:
            super().wake(payload)

    def watched(self) -> list[int]:
        at_home = self._where is Where.HOME  # then a look now and then must do: a turn is not to be disturbed
        return [] if at_home or self._door is None else [self._door.descriptor]

    def stop(self) -> None:
        super().stop()
        self._close_door()

    def _open(self) -> None:
        try:
            super()._open()
        except LogLockedError:
            self._open_door()  # whoever has the lock may be there
            self._look()
            if self._where is Where.HOME:
                raise

    def _meet(self, addresses: dict[str, ActorAddress]) -> None:
        before = {name: str(address) for name, address in self._hosts.items()}
        super()._meet(addresses)
        if self._where is not Where.HOME:
            moved = [name for name, address in self._hosts.items() if before.get(name) != str(address)]
            self._say(Moved(tuple(name for name in moved if name != self._stream)))

    def _look(self) -> None:
        """Hears what was said at the door, and asks who has the stream whether they are there."""
        if self._core is not None or self._where is not Where.HOME:
            self._open_door()  # else there is no log either: to try both would take twice as long
        if self._core is None:
            self._say(AtHome())
        self._listen()

    def _open_door(self) -> None:
        if self._door is not None or _now() < self._look_at:
            return
        self._look_at = _now() + LOOK_EVERY_S
        try:
            self._door = Door.at_home(self.settings.log, self._stream)
        except (LogUnavailableError, LogLockedError) as error:
            log.warning("waits for its door", stream=self._stream, reason=str(error))

    def _close_door(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None

    def _listen(self) -> None:
        """Takes in what has come; a second time, so that what was answered leaves at once.

        Ends when whoever has the stream is gone, or is not heard of any more.
        """
        try:
            for _ in range(2):
                for message in [] if self._door is None else self._door.receive(0):
                    self._hear(message)
        except LogUnavailableError as error:
            log.warning("lost its door", stream=self._stream, reason=str(error))
            self._close_door()
        if self._where is Where.HOME:
            return
        silent_s = _now() - self._claimed_at
        if silent_s > LEASE_S or (self._door is not None and self._door.is_unanswered):
            log.warning("takes the stream back", stream=self._stream, silent_s=silent_s)
            self._end()

    def _hear(self, encoded: bytes) -> None:
        try:
            message = decode_from_away(encoded)
        except msgspec.MsgspecError as error:
            log.warning("not understood at the door", stream=self._stream, reason=str(error))
            return
        match message:
            case Claim(version=version) if version != VERSION:
                self._say(Refused(f"the exchange runs version {VERSION}, this host is of version {version}"))
            case Claim(holds=True):
                self._stand_in(message)
            case Claim():
                self._lend(message)
            case Released() if self._where is not Where.HOME:
                log.info("has its stream back", stream=self._stream)
                self._end()
            case RepliesFor(gateway, payload):
                if (asker := self._askers.get(gateway)) is not None:
                    self.send(asker, Replies(payload))
            case LetterFor(stream, payload):
                if (host := self._hosts.get(stream)) is not None:
                    self.send(host, Letters(payload))
            case Released():
                pass  # of somebody who did not get the stream

    def _lend(self, claim: Claim) -> None:
        """Gives the lock up, and has who claims it know."""
        self._claimed_at = _now()
        if self._where is not Where.LENT:
            log.info("lends its stream", stream=self._stream, to=claim.host)
            self._where = Where.LENT
            super().stop()
        self._say(Granted())

    def _stand_in(self, claim: Claim) -> None:
        """Somebody works on the stream elsewhere."""
        self._claimed_at = _now()
        if self._where is Where.LENT:
            log.info("has lent its stream", stream=self._stream, to=claim.host)
            self._end()
        elif self._where is Where.HOME and self._core is None:
            log.info("stands in", stream=self._stream, for_host=claim.host)
            self._where = Where.AWAY
            self._be_ready()
            self._say(Moved(tuple(name for name in self.settings.streams.names if name != self._stream)))

    def _remember(self, gateway: ActorAddress) -> None:
        self._askers[str(gateway)] = gateway
        if len(self._askers) > GATEWAYS_MAX:
            del self._askers[next(iter(self._askers))]

    def _say(self, message: FromHome) -> None:
        """Says it through the door if that is open; nobody counts on its being heard."""
        if self._door is None:
            return
        try:
            self._door.send(encode(message))
        except LogUnavailableError as error:
            log.warning("lost its door", stream=self._stream, reason=str(error))
            self._close_door()


def _now() -> float:
    return time.monotonic()
