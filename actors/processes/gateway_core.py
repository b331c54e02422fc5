"""Owns the requests that a gateway has under way: batches, answers, repeats, and when to give up.

Never sends, never waits, never reads a clock: batches are returned as bytes, times are arguments.
Called by the Thespian gateway's thread; a request is an opaque ticket and what is asked.
"""

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from actors.machines import limits
from actors.machines.messages.answers import Answer, Reply
from actors.machines.messages.commands import (
    Asked,
    GetApiKey,
    GetCredentials,
    HaltExchange,
    HaltMarket,
    PreviewMatch,
    RegisterMember,
    Request,
)
from actors.machines.streams import Streams, account_stream_of_id
from actors.processes.gateway import OutcomeUnknownError, UnavailableError
from actors.processes.protocol import Undecided

REQUESTS_MAX: Final = 20_000
"""Requests under way in one gateway; past it the web is told that nothing happened."""
REPEAT_AFTER_US: Final = 1_000_000
"""How long a batch may be on its way; what a host has taken is not repeated before patience ends."""
UNDER_WAY_MAX_US: Final = 12_000_000
"""A batch that the transport says nothing of for so long is as good as lost."""
IMPATIENT_AFTER_US: Final = limits.ANSWER_PENDING_AFTER_MS * 1_000
UNKNOWN_AFTER_US: Final = limits.ANSWER_UNKNOWN_AFTER_MS * 1_000
UNREACHABLE_AFTER_US: Final = 1_000_000
"""How long a request waits for its host to be somewhere."""
LOOK_AFTER_US: Final = min(REPEAT_AFTER_US, UNREACHABLE_AFTER_US)
"""Nothing is due for a request that is younger than this."""

assert REPEAT_AFTER_US <= IMPATIENT_AFTER_US < UNKNOWN_AFTER_US

Ticket = Hashable
Answered = Answer | Reply


_encoder = msgspec.msgpack.Encoder()
_asked_decoder: msgspec.msgpack.Decoder[Asked] = msgspec.msgpack.Decoder(Asked)
_asks_decoder = msgspec.msgpack.Decoder(list[tuple[int, Asked]])
_replies_decoder = msgspec.msgpack.Decoder(list[tuple[int, Answered | Undecided]])


def decode_asks(payload: bytes) -> list[tuple[int, Asked]]:
    """What a batch asks, each with its correlation."""
    return _asks_decoder.decode(payload)


def encode_replies(replies: Sequence[tuple[int, Answered | Undecided]]) -> bytes:
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
    """The stream that decides or knows what is asked."""
    if isinstance(asked, RegisterMember | GetCredentials):
        return streams.of_username(asked.username)
    if isinstance(asked, HaltMarket):
        return streams.of_market(asked.market_id)
    if isinstance(asked, PreviewMatch):
        return streams.of_market(asked.order.market_id)
    if isinstance(asked, HaltExchange):
        return streams.of_events
    if isinstance(asked, GetApiKey):
        return account_stream_of_id(asked.api_key_id)
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
    left: bool = False
    """It was sent at least once."""
    copies: int = 0
    """How often it was sent."""
    waits: bool = True
    """It is in its host's queue."""
    impatient: bool = False


@dataclass(slots=True)
class _Host:
    """One host as this gateway knows it."""

    address: str | None = None
    queue: deque[int] = field(default_factory=deque)
    """Correlations to be sent; those that were answered meanwhile are skipped."""
    under_way: list[int] | None = None
    """The batch that the host has not taken yet. There is one at most: what waits meanwhile is the next."""
    under_way_since: int = 0


class GatewayCore:
    """Requests under way. Times are microseconds of a clock that never jumps.

    ``first_correlation`` should be a chance number: an answer meant for another gateway, which had
    this one's address before, must not be taken for an answer to a request of this one.
    """

    def __init__(self, streams: Streams, first_correlation: int) -> None:
        self._streams = streams
        self._hosts = {name: _Host() for name in (*streams.account_names, *streams.market_names)}
        self._pending: dict[int, _Pending] = {}
        self._correlation = first_correlation

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
        """What is to be sent now: names of hosts, and the payload of an ``Asks`` for each.

        The next batch for a host is given only after ``taken``.
        """
        batches: list[tuple[str, bytes]] = []
        for name, host in self._hosts.items():
            if host.under_way is not None and now - host.under_way_since >= UNDER_WAY_MAX_US:
                host.under_way = None
            if host.queue and host.address is not None and host.under_way is None:
                asks = self._next_asks(host, now)
                if asks:
                    host.under_way_since = now
                    host.under_way = [correlation for correlation, _ in asks]
                    batches.append((name, _encoder.encode(asks)))
        return batches

    def taken(self, name: str, address: str, *, taken: bool, now: int) -> None:
        """The host at this address has taken its batch, or could not be reached."""
        host = self._hosts[name]
        if host.address != address or host.under_way is None:
            return  # That host is history, and so is its batch.
        correlations, host.under_way = host.under_way, None
        if taken:
            for correlation in correlations:
                pending = self._pending.get(correlation)
                if pending is not None:
                    pending.repeat_at = max(pending.since + IMPATIENT_AFTER_US, now + REPEAT_AFTER_US)

    def answered(self, payload: bytes) -> list[tuple[Ticket, Answered | Exception]]:
        """Whom a host's ``Replies`` answer, or fail; what nobody waits for is left out."""
        answers: list[tuple[Ticket, Answered | Exception]] = []
        for correlation, said in _replies_decoder.decode(payload):
            answer = self._failed(correlation, said) if isinstance(said, Undecided) else said
            if answer is None:
                continue
            pending = self._pending.pop(correlation, None)
            if pending is not None:
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

    def abandon(self) -> list[tuple[Ticket, Exception]]:
        """Gives up all that is under way: whom to tell what."""
        abandoned = [
            (pending.ticket, _failure_of(pending, "the gateway is closed"))
            for pending in self._pending.values()
        ]
        self._pending.clear()
        return abandoned

    def _failed(self, correlation: int, undecided: Undecided) -> Exception | None:
        """None if another copy of the request may have been taken: then it goes on being repeated."""
        pending = self._pending.get(correlation)
        return UnavailableError(undecided.why) if pending is not None and pending.copies == 1 else None

    def _failure(self, pending: _Pending, now: int) -> Exception | None:
        """Why to give a request up now; None if it isn't time yet."""
        age = now - pending.since
        if not pending.left and pending.host.address is None and age >= UNREACHABLE_AFTER_US:
            return _failure_of(pending, "its host can't be reached")
        if age >= UNKNOWN_AFTER_US:
            return _failure_of(pending, "it was not answered in time")
        return None

    def _repeat(self, correlation: int, pending: _Pending, now: int) -> None:
        patience_ended = now - pending.since >= IMPATIENT_AFTER_US
        if patience_ended and not pending.impatient and isinstance(pending.asked, Request):
            pending.impatient = True
            pending.encoded = _encoder.encode(impatient(pending.asked))
        pending.waits = True
        pending.host.queue.append(correlation)

    def _start_over(self, host: _Host) -> None:
        host.under_way = None
        host.queue.clear()
        for correlation, pending in self._pending.items():
            if pending.host is host:
                pending.waits = True
                host.queue.append(correlation)

    def _next_asks(self, host: _Host, now: int) -> list[tuple[int, msgspec.Raw]]:
        asks: list[tuple[int, msgspec.Raw]] = []
        while host.queue and len(asks) < limits.REQUESTS_PER_TURN_MAX:
            correlation = host.queue.popleft()
            pending = self._pending.get(correlation)
            if pending is not None:
                pending.waits = False
                pending.left = True
                pending.copies += 1
                pending.repeat_at = now + REPEAT_AFTER_US
                asks.append((correlation, msgspec.Raw(pending.encoded)))
        return asks


def _failure_of(pending: _Pending, why: str) -> Exception:
    """Only what left and changes something may have happened."""
    if pending.left and isinstance(pending.asked, Request | RegisterMember):
        return OutcomeUnknownError(f"it may have happened: {why}")
    return UnavailableError(f"nothing happened: {why}")
