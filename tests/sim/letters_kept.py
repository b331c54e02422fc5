"""Owns the check that the log keeps the post's promise: what is sent is taken once, in order, and answered.

Never looks at a letter: it reads what records say was sent, taken and acknowledged.
Called by the watch, record by record.

Every message has a key. What an event promises to others must be sent with its record, and nothing else; what
a record takes must have been sent before, next in turn, and must lead to an event with that key.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from actors.machines.messages import book_events, events, posted
from actors.machines.messages.activity import AddEntry, EntryAdded
from actors.machines.messages.amendments import (
    AmendmentRefused,
    AmendRefused,
    AmendRequested,
    SubmitAmendment,
)
from actors.machines.messages.auctions import AuctionStarted
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeOffered,
    SubmitAcceptance,
    SubmitOffer,
)
from actors.machines.messages.record import Body
from actors.machines.messages.social import SocialPosted
from actors.machines.messages.social_commands import SocialCommandSent
from actors.machines.messages.voiding import (
    ContractVoidAcknowledged,
    ContractVoidApplied,
    ContractVoided,
    ContractVoidNoted,
    ContractVoidReached,
)
from actors.machines.messages.words import Reason
from actors.machines.streams import Streams, account_stream_of_id, social_stream_of_id
from tests.sim.violations import ViolationError, require

Key = tuple[object, ...]
STATES: Final = {
    AuctionStarted: "auction",
    events.MarketOpened: "open",
    events.MarketHalted: "halted",
    events.MarketClosed: "closed",
}
"""What a market tells the catalogue that it is by each of its steps."""


def key_of(message: posted.Posted) -> Key:  # noqa: C901, PLR0912 - a table, a line a case
    """What the message is about, as the event that it leads to will say."""
    match message:
        case posted.SubmitOrder():
            return ("order", message.order_id)
        case SubmitOffer():
            return ("order", message.challenge_id)
        case SubmitAcceptance():
            return ("order", message.order_id)
        case SubmitAmendment():
            return ("amendment", message.order_id)
        case AmendmentRefused():
            return ("amendment refused", message.order_id)
        case posted.WithdrawOrder():
            return ("withdrawal", message.order_id)
        case posted.OrderReport():
            return ("report", message.order_id, message.fills, message.left)
        case posted.WithdrawalRefused():
            return ("withdrawal refused", message.order_id)
        case posted.Instruct():
            return ("instruction", message.account_id, message.request_id, message.item)
        case posted.Instructed():
            return ("answer", message.account_id, message.request_id, message.item)
        case posted.MoveMoney():
            return ("money", message.account_id, message.request_id, message.item)
        case posted.MarketAnnounced():
            return ("market", message.market_id)
        case posted.TermsFrozen():
            return ("terms", message.terms.market_id)
        case posted.TermsRecorded():
            return ("terms recorded", message.market_id, message.stream)
        case posted.VerdictReached():
            return ("verdict", message.market_id, message.verdict.version)
        case posted.VerdictApplied():
            return ("verdict applied", message.market_id, message.stream, message.version)
        case ContractVoidReached():
            return ("void", message.market_id, message.contract_id)
        case ContractVoidApplied():
            return ("given back", message.market_id, message.stream, message.contract_id)
        case posted.EstablishMarket():
            return ("established", message.market.market_id)
        case posted.MarketStateReported():
            return ("state", message.market_id, message.state)
        case posted.SwitchExchange():
            return ("switch", message.version)
        case posted.SweepOrders():
            return ("sweep", message.version)
        case posted.ExchangeSwitched():
            return ("switched", message.stream, message.version)
        case AddEntry():
            return ("entry", message.entry.entry_id)
        case _:
            raise ViolationError(f"nobody expects a {type(message).__name__}")


def is_judged(message: posted.Posted) -> bool:
    """Whether what the message leads to is known here; much of what social streams say is not."""
    return isinstance(message, AddEntry) or not isinstance(message, SocialPosted)


def taken_by(event: events.Event) -> Key | None:  # noqa: C901, PLR0912 - a table, a line a case
    """The key of the message that led to the event; None if it needs none."""
    match event:
        case book_events.OrderMatched() | book_events.OrderRejected() | book_events.OrderDelayed():
            if not isinstance(event, book_events.OrderDelayed) and event.delayed:
                return None  # it was taken before
            return ("order", event.order_id)
        case book_events.OrderReduced() | book_events.OrderReplaced() | book_events.AmendMissed():
            return None if event.delayed else ("amendment", event.order_id)
        case book_events.AmendDelayed():
            return ("amendment", event.order_id)
        case AmendRefused():
            return ("amendment refused", event.order_id)
        case book_events.OrderCancelled() if event.reason is Reason.MEMBER_REQUESTED:
            return ("withdrawal", event.order_id)
        case ChallengeOffered():
            return ("order", event.challenge_id)
        case ChallengeAccepted():
            return ("order", event.order_id)
        case ChallengeEnded() if event.reason is Reason.MEMBER_REQUESTED:
            return ("withdrawal", event.challenge_id)
        case book_events.CancelMissed():
            return ("withdrawal", event.order_id)
        case events.OrderUpdated():
            return ("report", event.order_id, event.fills, event.left)
        case events.CancelRefused():
            return ("withdrawal refused", event.order_id)
        case events.MoneyMoveAnswered():
            return ("money", event.account_id, event.request_id, event.item)
        case events.MarketNoted():
            return ("market", event.market_id)
        case events.TermsNoted():
            return ("terms", event.terms.market_id)
        case events.TermsAcknowledged():
            return ("terms recorded", event.market_id, event.stream)
        case events.VerdictNoted():
            return ("verdict", event.market_id, event.verdict.version)
        case events.VerdictAcknowledged():
            return ("verdict applied", event.market_id, event.stream, event.version)
        case ContractVoidNoted():
            return ("void", event.market_id, event.contract_id)
        case ContractVoidAcknowledged():
            return ("given back", event.market_id, event.stream, event.contract_id)
        case events.MarketCreated():
            return ("established", event.market.market_id)
        case events.MarketStateNoted():
            return ("state", event.market_id, event.state)
        case events.ExchangeStateNoted():
            return ("switch", event.version)
        case events.OrdersSwept():
            return ("sweep", event.version)
        case events.SwitchAcknowledged():
            return ("switched", event.stream, event.version)
        case _:
            return None


class LettersKept:
    """What every stream has sent to and taken from every other, as their records say."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._sent: defaultdict[tuple[str, str], list[posted.Posted]] = defaultdict(list)
        self._taken: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._instructions: dict[Key, None] = {}
        """Instructions that a market stream has taken: later events about them are answers."""

    def take(self, stream: str, body: Body, reports: Iterable[tuple[str, Key]]) -> None:
        """Checks a record. ``reports`` are what the model of the markets says that members must be told."""
        taken = Counter(key_of(message) for message in self._take(stream, body) if is_judged(message))
        answers = Counter({key: count for key, count in taken.items() if key[0] == "answer"})
        happened = Counter(key for event in body.events for key in self._keys(stream, event))
        given = Counter(
            ("answer", event.account_id, event.request_id, event.item)
            for event in body.events
            if isinstance(event, events.ItemAnswered)
        )
        require(taken - answers == happened, "{} took {}, and {} happened", stream, taken, happened)
        require(answers <= given, "{} took the answers {}, and gave {}", stream, answers, given)
        promised = Counter(promise for event in body.events for promise in self._promises(stream, event))
        promised.update(reports)
        sent = Counter(
            (destination, key_of(message))
            for destination, batch in body.sent.items()
            for message in batch.messages
            if is_judged(message)
        )
        require(promised == sent, "{} had to send {}, and sent {}", stream, promised - sent, sent - promised)

    def unheard(self) -> list[str]:
        """Pairs of streams of which one has sent what the other has not taken."""
        return [f"{a} -> {b}" for (a, b), sent in self._sent.items() if len(sent) != self._taken[a, b]]

    def _take(self, stream: str, body: Body) -> list[posted.Posted]:
        taken: list[posted.Posted] = []
        for source, cursor in body.cursors.items():
            sent, before = self._sent[source, stream], self._taken[source, stream]
            require(
                before < cursor <= len(sent),
                "{}: {} {} -> {} of {}",
                stream,
                source,
                before,
                cursor,
                len(sent),
            )
            taken += sent[before:cursor]
            self._taken[source, stream] = cursor
        for destination, batch in body.sent.items():
            sent = self._sent[stream, destination]
            require(
                batch.first == len(sent) + 1, "{} -> {}: {} is out of turn", stream, destination, batch.first
            )
            sent += batch.messages
        for destination, number in body.acknowledged.items():
            heard = self._taken[stream, destination]
            require(number <= heard, "{} acknowledged {}, having taken {}", destination, number, heard)
        return taken

    def _keys(self, stream: str, event: events.Event) -> list[Key]:
        match event:
            case EntryAdded() if social_stream_of_id(event.entry.entry_id) != stream:
                return [("entry", event.entry.entry_id)]
            case (
                events.EventCreated()
                | events.MarketRegistered()
                | events.MarketOpening()
                | events.MarketSettled()
                | ContractVoided()
                | events.InstructionAnswered()
                | events.ExchangeHalted()
                | events.ExchangeOpened()
            ) if event.account_id:
                key = ("instruction", event.account_id, event.request_id, event.item)
                known = key in self._instructions
                self._instructions[key] = None
                return [] if known else [key]
            case _:
                taken = taken_by(event)
                return [] if taken is None else [taken]

    def _promises(  # noqa: C901, PLR0912 - a table, a line a case
        self, stream: str, event: events.Event
    ) -> list[tuple[str, Key]]:
        """What must be sent because of the event, but for reports of what was matched."""
        match event:
            case events.OrderPlaced():
                return [(self._streams.of_market(event.market_id), ("order", event.order_id))]
            case AmendRequested():
                return [(self._streams.of_market(event.market_id), ("amendment", event.order_id))]
            case events.CancelRequested():
                return [(self._streams.of_market(event.market_id), ("withdrawal", event.order_id))]
            case events.InstructionSent() | SocialCommandSent():
                return [(event.destination, ("instruction", *_asker(event)))]
            case EntryAdded():
                return _told_of(event, self._streams)
            case events.MoneyMoveSent():
                return [(self._streams.of_username(event.username), ("money", *_asker(event)))]
            case events.MoneyMoveAnswered():
                return [(event.destination, ("answer", *_asker(event)))]
            case events.TermsNoted():
                market_id = event.terms.market_id
                return [(self._streams.of_market(market_id), ("terms recorded", market_id, stream))]
            case events.VerdictNoted():
                key = ("verdict applied", event.market_id, stream, event.verdict.version)
                return [(self._streams.of_market(event.market_id), key)]
            case ContractVoidNoted():
                key = ("given back", event.market_id, stream, event.contract_id)
                return [(self._streams.of_market(event.market_id), key)]
            case events.ExchangeHalted() | events.ExchangeOpened():
                return [(name, ("switch", event.version)) for name in self._streams.trading_names]
            case events.ExchangeStateNoted() | events.OrdersSwept():
                return [self._promise_of_switch(stream, event)]
            case _:
                return self._promises_of_market(event)

    def _promise_of_switch(
        self, stream: str, event: events.ExchangeStateNoted | events.OrdersSwept
    ) -> tuple[str, Key]:
        """A market stream that has orders to cancel tells itself to go on; all others are done."""
        sweeps = event.cancel_orders if isinstance(event, events.ExchangeStateNoted) else not event.done
        if sweeps and stream in self._streams.market_names:
            return stream, ("sweep", event.version)
        return self._streams.of_events, ("switched", stream, event.version)

    def _promises_of_market(self, event: events.Event) -> list[tuple[str, Key]]:
        match event:
            case book_events.OrderCancelled() | book_events.OrderRejected():
                return [(account_stream_of_id(event.order_id), ("report", event.order_id, (), 0))]
            case book_events.CancelMissed():
                return [(account_stream_of_id(event.order_id), ("withdrawal refused", event.order_id))]
            case book_events.AmendMissed():
                return [(account_stream_of_id(event.order_id), ("amendment refused", event.order_id))]
            case events.InstructionAnswered() | events.EventCreated():
                return [(account_stream_of_id(event.account_id), ("answer", *_asker(event)))]
            case events.MarketRegistered():
                market_id = event.market.market_id
                return [(self._streams.of_market(market_id), ("established", market_id))]
            case events.MarketCreated():
                told = self._to_all(("market", event.market.market_id))
                return [*told, (account_stream_of_id(event.account_id), ("answer", *_asker(event)))]
            case events.MarketOpening():
                return self._to_all(("terms", event.market_id))
            case ContractVoided():
                return self._to_all(("void", event.market_id, event.contract_id))
            case events.MarketSettled():
                state = "voided" if event.verdict.void else "settled"
                told = self._to_all(("verdict", event.market_id, event.verdict.version))
                return [*told, (self._streams.of_events, ("state", event.market_id, state))]
            case AuctionStarted() | events.MarketOpened() | events.MarketHalted() | events.MarketClosed():
                return [(self._streams.of_events, ("state", event.market_id, STATES[type(event)]))]
            case _:
                return []

    def _to_all(self, key: Key) -> list[tuple[str, Key]]:
        return [(stream, key) for stream in self._streams.account_names]


def _told_of(event: EntryAdded, streams: Streams) -> list[tuple[str, Key]]:
    """The owners of the entry's activity streams that are elsewhere, each once."""
    owners = dict.fromkeys(streams.of_activity(name) for name in event.elsewhere)
    return [(owner, ("entry", event.entry.entry_id)) for owner in owners]


def _asker(
    event: events.InstructionSent
    | SocialCommandSent
    | events.MoneyMoveSent
    | events.MoneyMoveAnswered
    | events.InstructionAnswered
    | events.EventCreated
    | events.MarketCreated,
) -> tuple[int, int, int]:
    return event.account_id, event.request_id, event.item
