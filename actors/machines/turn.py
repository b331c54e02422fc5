"""Owns a turn: a batch of asks, letters and records read in, one record body and the answers out.

Never performs: no log, no clock, no carrier; a host appends the body before anything else goes out.
Called by the host core, by recovery (``replay``) and by every rig that runs machines alone.

A stream is its machines and its post. If anything raises outside of a decision, the working state is
worthless: the host throws it away and starts again from the log.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from actors.machines import limits
from actors.machines.account_stream import questions
from actors.machines.account_stream.account import Account, Spot
from actors.machines.account_stream.accounts import Accounts
from actors.machines.account_stream.accounts_decide import (
    decide,
    known_request,
    open_request,
    poisoned,
    provisional,
    receive,
)
from actors.machines.account_stream.accounts_effects import effects
from actors.machines.account_stream.members_decide import decide_registration
from actors.machines.account_stream.request import MemberRequest
from actors.machines.canonical import canonical_hash
from actors.machines.market_stream.markets import Markets
from actors.machines.market_stream.markets_effects import market_effects
from actors.machines.market_stream.previews import preview_match
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import (
    Answer,
    Known,
    Refused,
    Reply,
    Result,
)
from actors.machines.messages.challenges import AcceptChallenge, DeclineChallenge, OfferChallenge
from actors.machines.messages.commands import (
    Asked,
    CancelAll,
    CancelOrder,
    CancelReference,
    Halt,
    HaltExchange,
    HaltMarket,
    PlaceOrder,
    PreviewMatch,
    RegisterMember,
    Request,
)
from actors.machines.messages.events import Event, ItemAnswered
from actors.machines.messages.letters import Letter
from actors.machines.messages.posted import Posted
from actors.machines.messages.record import Body, ReadTo
from actors.machines.messages.social_commands import SocialCommand
from actors.machines.messages.words import Reason
from actors.machines.post import Post
from actors.machines.stream.social import Social
from actors.machines.stream.state import Moment, Reading
from actors.machines.streams import Streams

Ticket = Hashable
"""Whom to answer: opaque here, volatile, never logged."""


class Problem(NamedTuple):
    """A decision that raised: what it was about, for the shell's log."""

    what: str
    error: BaseException


class Turn(NamedTuple):
    """What a turn comes to. Without a body there is nothing to log, and the answers may go at once."""

    body: Body | None
    answers: list[tuple[Ticket, Answer | Reply]]
    problems: list[Problem]


class Stream:
    """One stream's working state."""

    def __init__(self, name: str, streams: Streams) -> None:
        self.name = name
        self.streams = streams
        self.post = Post(name)
        self.machines = _machines_of(name, streams)
        # All below is volatile: of this turn, or of this process.
        self._waiting: dict[int, dict[Ticket, None]] = {}
        self._heard: dict[str, int] = {}
        self._positions: dict[str, int] = {}
        self._events: list[Event] = []
        self._answers: list[tuple[Ticket, tuple[Result, ...] | Known, bool]] = []
        self._problems: list[Problem] = []
        self._unsaid: dict[str, ReadTo] = {}
        """How far other logs were read, as far as no record of this one says it."""
        self._unsaid_records = 0
        self._sequence = 0

    def turn(
        self,
        asks: Sequence[tuple[Ticket, Asked]],
        letters: Sequence[Letter],
        time: int,
        sequence: int,
        read: Sequence[Reading] = (),
        *,
        say_read: bool = False,
    ) -> Turn:
        """Takes a batch. ``sequence`` is the number that the record gets if there is a body.

        ``read``: records of other logs, for a social stream. Of those that led to nothing no record is made
        until they are many, or it is to ``say_read``: who starts again reads them again.
        """
        self._events, self._answers, self._problems = [], [], []
        self._sequence = sequence
        numbers = self.post.numbers()
        cursors = dict(self.post.cursors)
        if isinstance(self.machines, Markets):
            self._apply(self.machines.decide_due(time), time)
        # Where more is due than one turn does, letters wait, and come again: nothing overtakes its time.
        is_late = self.due_time is not None and self.due_time <= time
        for letter in letters:
            self._take(letter, time, hears_only=is_late)
        for reading in read:
            self._read(reading)
        for ticket, asked in asks:
            self._ask(ticket, asked, time)
        self._conclude()
        moved = {source: at for source, at in self.post.cursors.items() if cursors.get(source) != at}
        sent = self.post.sent_since(numbers)
        body = None
        say_read = say_read or self._unsaid_records >= limits.RECORDS_READ_UNSAID_MAX
        if moved or sent or self._events or (say_read and self._unsaid):
            body = Body(moved, tuple(self._events), sent, self._heard, self._unsaid)
            self._say()
        position = {**self._positions, self.name: sequence if body is not None else sequence - 1}
        answers = [
            (ticket, _answer(result, position, final=final)) for ticket, result, final in self._answers
        ]
        return Turn(body, answers, self._problems)

    @property
    def due_time(self) -> int | None:
        """The record's time from which on a turn has something to do although nobody asks; None: never."""
        return self.machines.timers.next_time if isinstance(self.machines, Markets) else None

    def replay(self, body: Body) -> None:
        """Evolves by a record; what it sent is read, never recomputed."""
        machines = self.machines
        for event in body.events:
            machines.evolve(event)  # type: ignore[arg-type] # a stream's log holds its own kind of events
        if isinstance(machines, Accounts):
            machines.answered.clear()
        if isinstance(machines, Social):
            machines.read_to(body.read)
        self.post.replay(body.cursors, body.sent, body.acknowledged)

    def state_hash(self) -> str:
        """A hash of everything that the log determines: equal histories give equal hashes."""
        return canonical_hash((self.name, self.machines, self.post))

    # Letters.

    def _take(self, letter: Letter, time: int, *, hears_only: bool) -> None:
        if self.post.hear(letter.source, letter.acknowledged):
            self._heard[letter.source] = letter.acknowledged
        self._positions[letter.source] = max(letter.sequence, self._positions.get(letter.source, 0))
        for message in () if hears_only else self.post.fresh(letter):
            self._receive(letter.source, message, time)
            self.post.take(letter.source)

    def _receive(self, source: str, message: Posted, time: int) -> None:
        machines = self.machines
        events: Sequence[Event]
        try:
            if isinstance(machines, Accounts):
                events = receive(machines, source, message, time)
            else:
                events = machines.receive(message, time)
        except Exception as error:  # noqa: BLE001 - a poisoned message must not become a restart loop
            self._problems.append(Problem(f"{type(message).__name__} from {source}", error))
            events = poisoned(message) if isinstance(machines, Accounts) else machines.poisoned(message)
        self._apply(events, time)

    # Records of other logs.

    def _read(self, reading: Reading) -> None:
        """Takes one more record of a log that this stream follows."""
        machines = self.machines
        assert isinstance(machines, Social), f"{self.name} follows no log"
        at = Moment(reading.stream, reading.sequence, reading.time)
        for event in reading.events:
            self._look_at(machines, event, at)
        self._unsaid[reading.stream] = ReadTo(reading.sequence, reading.digest)
        self._unsaid_records += 1

    def _look_at(self, social: Social, event: Event, at: Moment) -> None:
        """Takes what an event leads to; what can't be understood is passed over, loudly."""
        try:
            self._observe(social, event, at)
        except Exception as error:  # noqa: BLE001 - it must not become a restart loop
            self._problems.append(Problem(f"{type(event).__name__} of {at.stream} {at.sequence}", error))

    def _observe(self, social: Social, event: Event, at: Moment) -> None:
        """What an event leads to, and what that leads to."""
        for each in social.observe(event, at):
            self._happen(each)
            self._observe(social, each, at)

    def _conclude(self) -> None:
        """What the events of a turn of a social stream lead to together."""
        if isinstance(self.machines, Social) and self._events:
            try:
                for event in self.machines.conclude(tuple(self._events)):
                    self._happen(event)
            except Exception as error:  # noqa: BLE001 - what can't be concluded is passed over, loudly
                self._problems.append(Problem("the end of a turn", error))

    def _say(self) -> None:
        """What was heard and read stands in the record that is being made."""
        if isinstance(self.machines, Social):
            self.machines.read_to(self._unsaid)
        self._heard, self._unsaid, self._unsaid_records = {}, {}, 0

    # Asks.

    def _ask(self, ticket: Ticket, asked: Asked, time: int) -> None:
        machines = self.machines
        if isinstance(machines, Accounts):
            match asked:
                case Request():
                    self._request(machines, ticket, asked, time)
                    return
                case RegisterMember():
                    self._register(machines, ticket, asked, time)
                    return
                case HaltMarket() | HaltExchange() | PreviewMatch():
                    pass  # not an account stream's
                case _:
                    self._answers.append((ticket, questions.answer(machines, asked, time), True))
                    return
        elif isinstance(machines, Markets) and isinstance(asked, HaltMarket | HaltExchange):
            self._halt(machines, ticket, asked, time)
            return
        elif isinstance(machines, Markets) and isinstance(asked, PreviewMatch):
            self._answers.append((ticket, preview_match(machines, asked, time), True))
            return
        error = f"{self.name} takes no {type(asked).__name__}"
        raise TypeError(error)

    def _request(self, accounts: Accounts, ticket: Ticket, asked: Request, time: int) -> None:
        known = known_request(accounts, asked, time) or self._refuse_crowding(asked)
        if isinstance(known, Refused):
            self._answers.append((ticket, (known,) * len(asked.commands), True))
            return
        if not isinstance(known, MemberRequest):
            known = self._open(accounts, asked, ticket, time)
            if known.missing == 0:
                return  # Answered with its last event.
        elif known.missing == 0:
            self._answers.append((ticket, known.final_results(), True))
            return
        self._waiting.setdefault(known.request_id, {})[ticket] = None
        if not asked.patient and (results := provisional(accounts, known)) is not None:
            del self._waiting[known.request_id][ticket]
            self._answers.append((ticket, results, False))

    def _refuse_crowding(self, asked: Request) -> Refused | None:
        """Guards a new request: what no market takes must not pile up. Cancels have as much room again.

        Nothing is noted of it, so the same request may come again under the same key.
        """
        crowded = {
            name: len(outgoing.messages) >= 2 * limits.MESSAGES_WAITING_MAX
            for name, outgoing in self.post.outgoing.items()
            if len(outgoing.messages) >= limits.MESSAGES_WAITING_MAX
        }
        if not crowded:
            return None
        full = any(crowded.get(name, False) for name in self.streams.market_names)
        muted = any(name in crowded for name in self.streams.social_names)
        for command in asked.commands:
            if isinstance(command, PlaceOrder | OfferChallenge | AcceptChallenge):
                refused = self.streams.of_market(command.market_id) in crowded
            elif isinstance(command, AmendOrder):
                refused = any(name in crowded for name in self.streams.market_names)
            elif isinstance(command, SocialCommand):
                refused = muted
            else:
                refused = full and isinstance(
                    command, CancelOrder | CancelReference | CancelAll | DeclineChallenge
                )
            if refused:
                return Refused(Reason.UNAVAILABLE, "Nothing was done: who decides it can't keep up.")
        return None

    def _open(self, accounts: Accounts, asked: Request, ticket: Ticket, time: int) -> MemberRequest:
        opened = open_request(accounts, asked, time)
        self._apply([opened], time)
        self._waiting[opened.request_id] = {ticket: None}
        request = accounts.requests[opened.request_id]
        for item, command in enumerate(asked.commands):
            try:
                events = decide(accounts, asked.account_id, command, Spot(opened.request_id, item, time))
            except Exception as error:  # noqa: BLE001 - a command that can't be decided is refused
                self._problems.append(Problem(type(command).__name__, error))
                internal = Refused(Reason.INTERNAL, "The command could not be decided.")
                events = [ItemAnswered(asked.account_id, opened.request_id, item, internal)]
            self._apply(events, time)
        return request

    def _register(self, accounts: Accounts, ticket: Ticket, asked: RegisterMember, time: int) -> None:
        decided = decide_registration(accounts, asked, time)
        if isinstance(decided, Refused):
            self._answers.append((ticket, decided, True))
            return
        if not isinstance(decided, Account):
            self._apply([decided], time)
            decided = accounts.accounts[decided.account_id]
        self._answers.append((ticket, decided.result(), True))

    def _halt(self, markets: Markets, ticket: Ticket, asked: Halt, time: int) -> None:
        decided = markets.decide_halt(asked, time)
        if isinstance(decided, Refused):
            self._answers.append((ticket, decided, True))
            return
        self._apply(decided, time)
        self._answers.append((ticket, markets.halted(asked), True))

    # Both.

    def _apply(self, events: Iterable[Event], time: int) -> None:
        machines = self.machines
        for event in events:
            self._happen(event)
            if isinstance(machines, Social):
                self._look_at(machines, event, Moment(self.name, self._sequence, time))
        if isinstance(machines, Accounts) and machines.answered:
            self._settle_answers(machines)

    def _happen(self, event: Event) -> None:
        machines = self.machines
        machines.evolve(event)  # type: ignore[arg-type] # decided by these very machines
        self._events.append(event)
        if isinstance(machines, Accounts):
            self.post.send(effects(machines, event))  # type: ignore[arg-type]
        elif isinstance(machines, Markets):
            self.post.send(market_effects(machines, event))  # type: ignore[arg-type]
        else:
            self.post.send(machines.effects(event))  # type: ignore[arg-type]

    def _settle_answers(self, accounts: Accounts) -> None:
        for request in accounts.answered:
            for ticket in self._waiting.pop(request.request_id, {}):
                self._answers.append((ticket, request.final_results(), True))
        accounts.answered.clear()


def _machines_of(name: str, streams: Streams) -> Accounts | Markets | Social:
    if name in streams.account_names:
        return Accounts(name, streams)
    return Markets(name, streams) if name in streams.market_names else Social(name, streams)


def _answer(result: tuple[Result, ...] | Known, position: dict[str, int], *, final: bool) -> Answer | Reply:
    if isinstance(result, tuple):
        return Answer(result, final, position)
    return Reply(result, position)
