"""Owns the program of a host elsewhere: it takes one stream over, works on it, and gives it back.

Never starts or joins actors: it speaks with the exchange through the log's broker only.
Called by an operator, as ``python -m actors.processes.away_host STREAM``, where the broker can be reached.

Before it claims the stream it reads all of the log that there is, so that the stream rests only for as long
as the lock takes to change hands. Whatever goes wrong ends it; the exchange then takes the stream back.
"""

import gc
import os
import signal
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from typing import Final

import msgspec
import structlog
from setproctitle import setproctitle

from actors.machines import limits
from actors.machines.messages.commands import Asked
from actors.machines.messages.letters import Letter
from actors.machines.streams import Streams
from actors.machines.turn import Stream, Ticket
from actors.processes import journal
from actors.processes.door_messages import (
    AsksOf,
    AtHome,
    Claim,
    FromAway,
    FromHome,
    Granted,
    LetterFor,
    Moved,
    Refused,
    Released,
    RepliesFor,
    decode_from_home,
    encode,
)
from actors.processes.gateway_core import Answered, decode_asks, encode_replies, stream_of
from actors.processes.host_core import HostCore, Outcome
from actors.processes.recovery import Replica
from actors.processes.settings import Settings, SettingsError
from actors.processes.snapshot_files import SnapshotFiles
from actors.processes.snapshots import FORMAT_VERSION, Header, Snapshot, SnapshotError
from rabbit.door import Door
from rabbit.log import KEEP_ALIVE_S, Log, LogCorruptError, LogError, LogLockedError, Position
from rabbit.open import open_log

GIVEN_BACK: Final = 0
LOST: Final = 1
REFUSED: Final = 2
"""Exit codes."""
CLAIM_EVERY_S: Final = 0.5
SILENT_S: Final = 3.0
"""An exchange that says nothing for so long doesn't run; whether its lock is free, the log knows."""
TAKE_WITHIN_S: Final = 20.0
LOCK_RETRY_S: Final = 0.1
RECORDS_PER_READ: Final = 1_000

assert CLAIM_EVERY_S <= KEEP_ALIVE_S < SILENT_S < TAKE_WITHIN_S

log = structlog.get_logger()

_letter_encoder = msgspec.msgpack.Encoder()
_letter_decoder = msgspec.msgpack.Decoder(Letter)


class RefusedError(Exception):
    """The stream can't be had, or not kept; the message says why."""


class AwayHost:
    """A host of one stream, at its door. ``run`` returns after ``ask_to_stop``, which a signal may call."""

    def __init__(self, streams: Streams, log: Log, door: Door, replica: Replica) -> None:
        self._name = replica.state.name
        self._streams = streams
        self._log = log
        self._door = door
        self._replica = replica
        self._host = f"{socket.gethostname()}, process {os.getpid()}"
        self._waiting: list[FromHome] = []
        self._claim_at = 0.0
        self._stopping = False

    def ask_to_stop(self, *_signal: object) -> None:
        """The turn under way is finished, what it came to is sent, and the lock given back."""
        self._stopping = True

    def run(self, taken: Callable[[], None]) -> None:
        """Takes the stream over, says ``taken``, works, and gives it back.

        Raises what the log raises, and ``RefusedError``.
        """
        core: HostCore | None = None
        try:
            core = self._take_over()
            if core is not None:
                taken()
                self._work(core)
        finally:
            if core is not None:
                core.close()
            with suppress(LogError):
                self._say(Released())

    def _take_over(self) -> HostCore | None:
        """Claims the stream until its lock is had; None if there was no time for that."""
        began = _seconds()
        while not self._stopping:
            self._say(Claim(self._host))
            self._hear(CLAIM_EVERY_S)
            catch_up(self._replica, self._log)
            waited_s = _seconds() - began
            if self._is_granted() or (waited_s > SILENT_S and not self._waiting):
                try:
                    return HostCore(self._name, self._streams, self._log, _wall_clock, _Known(self._replica))
                except LogLockedError:
                    if waited_s > TAKE_WITHIN_S:
                        raise
                    time.sleep(LOCK_RETRY_S)
            elif waited_s > TAKE_WITHIN_S:
                raise RefusedError("the exchange doesn't let go of it")
        return None

    def _is_granted(self) -> bool:
        return any(isinstance(message, Granted) for message in self._waiting)

    def _work(self, core: HostCore) -> None:
        gc.collect()
        gc.disable()
        gc.freeze()
        self._carry_out(core, core.tick(_now()))
        while not self._stopping:
            if _seconds() >= self._claim_at:
                self._claim_at = _seconds() + CLAIM_EVERY_S
                core.keep_alive()
                self._say(Claim(self._host, holds=True))
                gc.collect(0)
            due = core.due()
            due_s = CLAIM_EVERY_S if due is None else (due - _now()) / 1_000_000
            self._hear(max(0.0, min(due_s, self._claim_at - _seconds())))
            self._turn(core)

    def _turn(self, core: HostCore) -> None:
        """One turn for all that has come, or more if it is a lot; what is due is repeated."""
        messages, self._waiting = self._waiting, []
        asks: list[tuple[Ticket, Asked]] = []
        letters: list[Letter] = []
        for message in messages:
            match message:
                case AsksOf(gateway, payload):
                    asks += self._asks_of(gateway, payload)
                case LetterFor(_, payload):
                    letters += self._letters_of(payload)
                case Moved(streams):
                    for name in streams:
                        core.peer_restarted(name)
                case AtHome():
                    self._claim_at = 0.0
                case Granted() | Refused():
                    pass
            if len(asks) >= limits.REQUESTS_PER_TURN_MAX:
                self._carry_out(core, core.take(asks, letters, _now()))
                asks, letters = [], []
        now, due = _now(), core.due()
        if asks or letters:
            self._carry_out(core, core.take(asks, letters, now))
        elif due is not None and due <= now:
            self._carry_out(core, core.tick(now))
        elif messages:
            self._post(core)

    def _asks_of(self, gateway: str, payload: bytes) -> Iterator[tuple[Ticket, Asked]]:
        for correlation, asked in decode_asks(payload):
            if stream_of(asked, self._streams) == self._name:
                yield (gateway, correlation), asked

    def _letters_of(self, payload: bytes) -> list[Letter]:
        letter = _letter_decoder.decode(payload)
        return [letter] if letter.destination == self._name else []

    def _carry_out(self, core: HostCore, outcome: Outcome) -> None:
        self._post(core)
        replies: defaultdict[str, list[tuple[int, Answered]]] = defaultdict(list)
        for (gateway, correlation), answer in _of_gateways(outcome):
            replies[gateway].append((correlation, answer))
        for gateway, answers in replies.items():
            self._say(RepliesFor(gateway, encode_replies(answers)))
        for problem in outcome.problems:
            log.error("a decision raised", what=problem.what, exc_info=problem.error)

    def _post(self, core: HostCore) -> None:
        for letter in core.letters(_now()):
            self._say(LetterFor(letter.destination, _letter_encoder.encode(letter)))

    def _say(self, message: FromAway) -> None:
        self._door.send(encode(message))

    def _hear(self, seconds: float) -> None:
        """Keeps what comes for the next turn; a refusal can't wait for that."""
        for encoded in self._door.receive(seconds):
            try:
                message = decode_from_home(encoded)
            except msgspec.MsgspecError as error:
                raise RefusedError(f"the exchange says what this version does not know: {error}") from error
            if isinstance(message, Refused):
                raise RefusedError(message.reason)
            self._waiting.append(message)


class _Known:
    """What was read without the lock, as the one "snapshot" that recovery begins with."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    def newest_first(self, _streams: Streams) -> Iterator[Snapshot]:
        position = self._replica.position
        if position.sequence:
            name, time_us = self._replica.state.name, self._replica.time
            header = Header(FORMAT_VERSION, name, position.sequence, position.digest.hex(), time_us, "")
            yield Snapshot(header, self._replica.state)

    def save(self, state: Stream, position: Position, time: int) -> int:  # noqa: ARG002 (nothing is kept)
        raise SnapshotError("it is kept in memory only")


def catch_up(replica: Replica, log: Log) -> None:
    """Takes every record that there is now."""
    with closing(log.reader(replica.state.name)) as reader:
        try:
            while records := reader.read(replica.position, RECORDS_PER_READ):
                for record in records:
                    replica.take(record)
        except LogCorruptError as error:
            raise replica.explained(error) from error


def main(arguments: Sequence[str]) -> int:
    """The program. Returns its exit code."""
    try:
        return run(arguments, Settings.from_environment(os.environ))
    except (SettingsError, RefusedError) as error:
        sys.stderr.write(f"The stream is not here: {error}\n")
        return REFUSED
    except Exception as error:  # whatever it is, the exchange takes the stream back
        log.exception("lost the stream")
        sys.stderr.write(f"The stream is not here (any more): {error}\n")
        return LOST


def run(arguments: Sequence[str], settings: Settings) -> int:
    """Hosts the one stream that is named until SIGINT or SIGTERM."""
    stream = _stream_of(arguments, settings)
    journal.open_journal(settings, f"away {stream}")
    setproctitle(f"credence away-{stream} {settings.var}")
    exchange = open_log(settings.log, settings.log_folder)
    if exchange.streams() != settings.streams.names:
        raise RefusedError(
            f"the log has the streams {', '.join(exchange.streams()) or 'of no exchange'};"
            " CREDENCE_ACCOUNT_STREAMS, CREDENCE_MARKET_STREAMS and CREDENCE_SOCIAL_STREAMS say otherwise"
        )
    gc.disable()  # a collection amid reading would look again and again at what only grows
    replica = Replica(stream, settings.streams, SnapshotFiles(settings.snapshots_folder, stream))
    catch_up(replica, exchange)
    with closing(_open_door(settings, stream)) as door:
        host = AwayHost(settings.streams, exchange, door, replica)
        signal.signal(signal.SIGTERM, host.ask_to_stop)
        signal.signal(signal.SIGINT, host.ask_to_stop)
        host.run(lambda: _tell(f"{stream} is here; SIGTERM or Ctrl-C gives it back"))
    _tell(f"{stream} was given back")
    return GIVEN_BACK


def _stream_of(arguments: Sequence[str], settings: Settings) -> str:
    streams = settings.streams
    if len(arguments) != 1 or arguments[0] not in streams.names:
        raise RefusedError(f"one stream is to be named, of {', '.join(streams.trading_names)}")
    if arguments[0] in streams.social_names:
        raise RefusedError(f"{arguments[0]} follows the other streams: it stays with the exchange")
    if settings.log == "sqlite":
        raise RefusedError("CREDENCE_LOG must be the exchange's broker: files can't be shared")
    return arguments[0]


def _open_door(settings: Settings, stream: str) -> Door:
    try:
        return Door.away(settings.log, stream)
    except LogLockedError as error:
        raise RefusedError(f"another host has {stream} already") from error


def _of_gateways(outcome: Outcome) -> Iterator[tuple[tuple[str, int], Answered]]:
    for ticket, answer in outcome.answers:
        assert isinstance(ticket, tuple), "the tickets of an away host are gateways and correlations"
        yield ticket, answer


def _tell(sentence: str) -> None:
    """To the operator's terminal; the journal has the details."""
    log.info(sentence)
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _seconds() -> float:
    return time.monotonic()


def _now() -> int:
    return time.monotonic_ns() // 1_000


def _wall_clock() -> int:
    return time.time_ns() // 1_000


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
