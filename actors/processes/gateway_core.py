"""Owns the requests that a gateway has under way: batches, answers, repeats, and when to give up.

Never sends, never waits, never reads a clock: batches are returned as bytes, times are arguments.
Called by the Thespian gateway's thread; a request is an opaque ticket and what is asked.
"""

from collections import deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from actors.machines import limits
from actors.machines.messages.answers import Answer, Reply
from actors.machines.messages.commands import (
    Asked,
    GetAccount,
    GetCredentials,
    GetOrder,
    RegisterMember,
    Request,
)
from actors.machines.streams import Streams, account_stream_of_id
from actors.processes.gateway import OutcomeUnknownError, UnavailableError

REQUESTS_MAX: Final = 20_000
"""Requests under way in one gateway; past it the web is told that nothing happened."""
BATCHES_OUT_MAX: Final = 2
"""Batches to one host that may be unanswered: what waits meanwhile becomes the next batch."""
BATCH_PATIENCE_US: Final = 20_000
"""How long a host's unanswered batches hold back the next; doubled while it says nothing at all."""
BATCH_PATIENCE_MAX_US: Final = 500_000
REPEAT_AFTER_US: Final = 1_000_000
IMPATIENT_AFTER_US: Final = limits.ANSWER_PENDING_AFTER_MS * 1_000
UNKNOWN_AFTER_US: Final = limits.ANSWER_UNKNOWN_AFTER_MS * 1_000
UNREACHABLE_AFTER_US: Final = 1_000_000
"""How long a request waits for its host to be somewhere."""
LOOK_AFTER_US: Final = min(REPEAT_AFTER_US, UNREACHABLE_AFTER_US)
"""Nothing is due for a request that is younger than this."""

assert BATCH_PATIENCE_MAX_US < REPEAT_AFTER_US <= IMPATIENT_AFTER_US < UNKNOWN_AFTER_US

Ticket = Hashable
Answered = Answer | Reply

_encoder = msgspec.msgpack.Encoder()
_asked_decoder: msgspec.msgpack.Decoder[Asked] = msgspec.msgpack.Decoder(Asked)
_asks_decoder = msgspec.msgpack.Decoder(list[tuple[int, Asked]])
_replies_decoder = msgspec.msgpack.Decoder(list[tuple[int, Answered]])


def decode_asks(payload: bytes) -> list[tuple[int, Asked]]:
    """What a batch asks, each with its correlation."""
    return _asks_decoder.decode(payload)


def encode_replies(replies: list[tuple[int, Answered]]) -> bytes:
    """Answers, each with the correlation of what it answers."""
    return _encoder.encode(replies)


def encode_asked(asked: Asked) -> bytes:
    """What is asked, checked as a host will check it: one bad request must not spoil its batch.

    Raises ``msgspec.ValidationError``.
    """
    encoded = _encoder.encode(asked)
    _asked_decoder.decode(encoded)
    return encoded


def stream_of(asked: Asked, streams: Streams) -> str:
    """The account stream that decides or knows what is asked."""
    if isinstance(asked, RegisterMember | GetCredentials):
        return streams.of_username(asked.username)
    return account_stream_of_id(asked.account_id)


def impatient(request: Request) -> Request:
    """The same request, to be answered at once with what is known."""
    return msgspec.structs.replace(request, patient=False)


@dataclass(slots=True)
class _Pending:
    """A request that is not answered yet."""

    ticket: Ticket
    asked: Asked
    encoded: bytes
    host: "_Host"
    since: int
    repeat_at: int = 0
    batch: int = 0
    """The batch it last went out in; 0: it never did."""
    waits: bool = True
    """It is in its host's queue."""
    impatient: bool = False


@dataclass(slots=True)
class _Host:
    """One host as this gateway knows it."""

    address: str | None = None
    queue: deque[int] = field(default_factory=deque)
    """Correlations to be sent; those that were answered meanwhile are skipped."""
    batches_out: dict[int, None] = field(default_factory=dict)
    patience_us: int = BATCH_PATIENCE_US
    release_at: int = 0


class GatewayCore:
    """Requests under way. Times are microseconds of a clock that never jumps.

    ``first_correlation`` should be a chance number: an answer meant for another gateway, which had
    this one's address before, must not be taken for an answer to a request of this one.
    """

    def __init__(self, streams: Streams, first_correlation: int) -> None:
        self._streams = streams
        self._hosts = {name: _Host() for name in streams.account_names}
        self._pending: dict[int, _Pending] = {}
        self._correlation = first_correlation
        self._batch = 0

    @property
    def busy(self) -> bool:
        """Whether any request is unanswered."""
        return bool(self._pending)

    def submit(self, ticket: Ticket, asked: Asked, encoded: bytes, now: int) -> None:
        """Takes a request in. Raises ``UnavailableError`` when there is no such stream, or no room."""
        host = self._hosts.get(stream_of(asked, self._streams))
        if host is None:
            raise UnavailableError("no stream of this exchange made that id")
        if len(self._pending) >= REQUESTS_MAX:
            raise UnavailableError(f"{REQUESTS_MAX} requests are under way already")
        self._correlation += 1
        self._pending[self._correlation] = _Pending(ticket, asked, encoded, host, now)
        host.queue.append(self._correlation)

    def directory(self, addresses: Mapping[str, str]) -> None:
        """Where the hosts are now: what was sent to a host that moved is sent again at once."""
        for name, host in self._hosts.items():
            address = addresses.get(name)
            if address != host.address:
                host.address = address
                self._start_over(host)

    def batches(self, now: int) -> list[tuple[str, bytes]]:
        """What is to be sent now: names of hosts, and the payload of an ``Asks`` for each."""
        batches: list[tuple[str, bytes]] = []
        for name, host in self._hosts.items():
            while host.queue and host.address is not None and self._may_send(host, now):
                payload = self._batch_of(host, now)
                if payload is not None:
                    batches.append((name, payload))
        return batches

    def answered(self, payload: bytes) -> list[tuple[Ticket, Answered]]:
        """Whom a host's ``Replies`` answer; what nobody waits for is left out."""
        answers: list[tuple[Ticket, Answered]] = []
        for correlation, answer in _replies_decoder.decode(payload):
            pending = self._pending.pop(correlation, None)
            if pending is not None:
                pending.host.batches_out.pop(pending.batch, None)
                pending.host.patience_us = BATCH_PATIENCE_US
                answers.append((pending.ticket, answer))
        return answers

    def look(self, now: int) -> list[tuple[Ticket, Exception]]:
        """Repeats what is unanswered for long, and gives up what is for too long: whom to tell what."""
        failures: list[tuple[Ticket, Exception]] = []
        given_up: list[int] = []
        for correlation, pending in self._pending.items():
            if pending.since + LOOK_AFTER_US > now:
                break  # The rest is younger.
            failure = self._failure(pending, now)
            if failure is not None:
                given_up.append(correlation)
                failures.append((pending.ticket, failure))
            elif not pending.waits and pending.repeat_at <= now:
                self._repeat(correlation, pending, now)
        for correlation in given_up:
            del self._pending[correlation]
        return failures

    def _failure(self, pending: _Pending, now: int) -> Exception | None:
        age = now - pending.since
        if not pending.batch:
            # It never left, so nothing can have happened.
            if pending.host.address is None and age >= UNREACHABLE_AFTER_US:
                return UnavailableError("the host of this account can't be reached")
            overloaded = UnavailableError("the host of this account is overloaded")
            return overloaded if age >= UNKNOWN_AFTER_US else None
        if age < UNKNOWN_AFTER_US:
            return None
        if isinstance(pending.asked, GetCredentials | GetAccount | GetOrder):
            return UnavailableError("the question was not answered in time")
        return OutcomeUnknownError("no answer in time: it may have happened")

    def _repeat(self, correlation: int, pending: _Pending, now: int) -> None:
        patience_ended = now - pending.since >= IMPATIENT_AFTER_US
        if patience_ended and not pending.impatient and isinstance(pending.asked, Request):
            pending.impatient = True
            pending.encoded = _encoder.encode(impatient(pending.asked))
        pending.waits = True
        pending.host.queue.append(correlation)

    def _start_over(self, host: _Host) -> None:
        host.batches_out.clear()
        host.patience_us = BATCH_PATIENCE_US
        host.queue.clear()
        for correlation, pending in self._pending.items():
            if pending.host is host:
                pending.waits = True
                host.queue.append(correlation)

    def _may_send(self, host: _Host, now: int) -> bool:
        if len(host.batches_out) < BATCHES_OUT_MAX:
            return True
        if host.release_at > now:
            return False
        # Its answers may be waiting for a market that is down: others must not wait for that one.
        host.batches_out.clear()
        host.patience_us = min(host.patience_us * 2, BATCH_PATIENCE_MAX_US)
        return True

    def _batch_of(self, host: _Host, now: int) -> bytes | None:
        asks: list[tuple[int, msgspec.Raw]] = []
        self._batch += 1
        count = min(len(host.queue), limits.REQUESTS_PER_TURN_MAX)
        for _ in range(count):
            correlation = host.queue.popleft()
            pending = self._pending.get(correlation)
            if pending is not None:
                pending.waits = False
                pending.batch = self._batch
                pending.repeat_at = now + REPEAT_AFTER_US
                asks.append((correlation, msgspec.Raw(pending.encoded)))
        if not asks:
            return None
        host.batches_out[self._batch] = None
        host.release_at = now + host.patience_us
        return _encoder.encode(asks)
