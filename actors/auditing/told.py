"""Owns the rule that a record tells other streams what its events mean to them: all of it, and nothing else.

Never judges an event. Messages that only tell of the catalogue are left out: no money is in them.
Called by the auditor, with each record.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from actors.auditing.breaches import Findings, Rule
from actors.auditing.entries import Entry
from actors.auditing.sets import fills_told
from actors.machines.messages.amendments import AmendmentRefused, AmendRequested, SubmitAmendment
from actors.machines.messages.answers import EventResult, MarketResult, Result
from actors.machines.messages.auctions import AuctionUncrossed, SetUncrossed
from actors.machines.messages.book_events import (
    AmendMissed,
    CancelMissed,
    OrderCancelled,
    OrderMatched,
    OrderReduced,
    OrderRejected,
    OrderReplaced,
)
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeOffered,
    Offer,
    SubmitAcceptance,
    SubmitOffer,
)
from actors.machines.messages.events import (
    CancelRequested,
    Event,
    EventCreated,
    InstructionAnswered,
    InstructionSent,
    MarketCreated,
    MarketSettled,
    MoneyMoveAnswered,
    MoneyMoveSent,
    OrderPlaced,
    OrderUpdated,
    RequestOpened,
    TermsNoted,
    VerdictNoted,
)
from actors.machines.messages.parts import Amended, Fill
from actors.machines.messages.posted import (
    Instruct,
    Instructed,
    MoveMoney,
    OrderReport,
    Posted,
    SubmitOrder,
    TermsRecorded,
    VerdictApplied,
    VerdictReached,
    WithdrawalRefused,
    WithdrawOrder,
)
from actors.machines.messages.social_commands import SocialCommandSent
from actors.machines.messages.voiding import (
    ContractVoidApplied,
    ContractVoided,
    ContractVoidNoted,
    ContractVoidReached,
)
from actors.machines.messages.words import EventState, MarketState, Reason
from actors.machines.streams import account_stream_of_id

TO_MARKET: Final = frozenset(
    {
        SubmitOrder,
        SubmitOffer,
        SubmitAcceptance,
        SubmitAmendment,
        WithdrawOrder,
        TermsRecorded,
        VerdictApplied,
        ContractVoidApplied,
    }
)
"""What goes to the stream of the market that it names, wherever that is."""
TO_STREAM: Final = frozenset(
    {
        OrderReport,
        WithdrawalRefused,
        AmendmentRefused,
        VerdictReached,
        ContractVoidReached,
        MoveMoney,
        Instruct,
        Instructed,
    }
)

LeftOf = Callable[[int, int, int], int]
"""What rests of an order now: market, contract, order."""
UsernameOf = Callable[[int], str]
"""Whose name an account of the stream has."""
Answering = MoneyMoveAnswered | InstructionAnswered | EventCreated | MarketCreated
Way = str | int
"""Where a message goes: a stream, or the one of this market."""
Due = tuple[Way, Posted]
Told = tuple[tuple[int, int, int], tuple[Fill, ...]]
"""Contract, order and account, and what the order traded."""


class ToldAudit:
    """What one stream has to tell. ``homes``: markets -> the stream where each is, as far as it was seen."""

    def __init__(
        self,
        findings: Findings,
        account_streams: tuple[str, ...],
        homes: dict[int, str],
        left_of: LeftOf,
        username_of: UsernameOf,
    ) -> None:
        self._findings = findings
        self._account_streams = account_streams
        self._homes = homes
        self._left_of = left_of
        self._username_of = username_of
        self._due: dict[Way, deque[Posted]] = {}

    def note(self, event: Event) -> None:
        """An event was applied: what it means to other streams is due in its record."""
        for way, message in self._meaning(event):
            due = self._due.get(way)
            if due is None:
                due = self._due[way] = deque()
            due.append(message)

    def judge(self, entry: Entry) -> None:
        """Compares what a record sent with what its events, all noted, ask for."""
        for destination, sent in entry.body.sent.items():
            for message in sent.messages:
                if type(message) in TO_MARKET or type(message) in TO_STREAM:
                    self._compare(destination, message)
        for way, missing in self._due.items():
            for message in missing:
                self._add(message, f"{_name(message)} is due to {way}, but was not sent")
        self._due.clear()

    def _compare(self, destination: str, message: Posted) -> None:
        due = self._due.get(self._way(destination, message))
        if due and due[0] == message:
            due.popleft()
            return
        self._add(message, f"{_name(message)} to {destination} is not what the record's events mean")
        if due and message in due:
            due.remove(message)
        elif due:
            due.popleft()  # taken for the one that this should have been

    def _way(self, destination: str, message: Posted) -> Way:
        market_id = getattr(message, "market_id", None)
        if market_id is None or type(message) not in TO_MARKET:
            return destination
        home = self._homes.setdefault(market_id, destination)
        return int(market_id) if home == destination else destination

    def _meaning(self, event: Event) -> Sequence[Due]:  # noqa: C901, PLR0912 - a table, a line a case
        match event:  # the frequent ones first: cases are tried in turn
            case OrderUpdated() | RequestOpened():
                return ()
            case OrderPlaced():
                return ((event.market_id, self._submission(event)),)
            case OrderMatched():
                return self._reports(event)
            case OrderReduced():
                return (_reduction(event),)
            case OrderReplaced():
                return self._reports(event.arrival, Amended(event.arrival.price, event.quantity))
            case AmendMissed():
                refused = AmendmentRefused(event.market_id, event.order_id, event.account_id, event.reason)
                return ((account_stream_of_id(event.account_id), refused),)
            case AmendRequested():
                return ((event.market_id, _amendment(event)),)
            case AuctionUncrossed():
                return self._auction_reports(event)
            case SetUncrossed():
                return self._set_reports(event)
            case CancelRequested():
                withdraw = WithdrawOrder(event.market_id, event.order_id, event.account_id, event.reason)
                return ((event.market_id, withdraw),)
            case OrderCancelled():
                report = OrderReport(event.order_id, event.account_id, (), 0, event.delayed, event.reason)
                return ((account_stream_of_id(event.account_id), report),)
            case OrderRejected():
                return ((account_stream_of_id(event.account_id), _rejection(event)),)
            case ChallengeOffered() | ChallengeAccepted() | ChallengeEnded():
                return _challenge_reports(event)
            case CancelMissed():
                missed = WithdrawalRefused(event.order_id, event.account_id)
                return ((account_stream_of_id(event.account_id), missed),)
            case MarketSettled():
                reached = VerdictReached(event.market_id, event.verdict)
                return [(stream, reached) for stream in self._account_streams]
            case ContractVoided():
                void = ContractVoidReached(event.market_id, event.contract_id)
                return [(stream, void) for stream in self._account_streams]
            case ContractVoidNoted():
                given = ContractVoidApplied(event.market_id, self._findings.stream, event.contract_id)
                return ((event.market_id, given),)
            case VerdictNoted():
                applied = VerdictApplied(
                    event.market_id, self._findings.stream, event.verdict.version, event.clearing
                )
                return ((event.market_id, applied),)
            case TermsNoted():
                market_id = event.terms.market_id
                return ((market_id, TermsRecorded(market_id, self._findings.stream)),)
            case SocialCommandSent():
                asker = (event.account_id, event.request_id, event.item)
                return ((event.destination, Instruct(*asker, event.command, event.username)),)
            case InstructionSent():
                return ((event.destination, _instruct(event)),)
            case MoneyMoveSent():
                return ((event.destination, _move(event)),)
            case MoneyMoveAnswered():
                return ((event.destination, _answer(event, event.result)),)
            case InstructionAnswered():
                return ((account_stream_of_id(event.account_id), _answer(event, event.result)),)
            case EventCreated():
                made = EventResult(event.event, EventState.UPCOMING, event.time)
                return ((account_stream_of_id(event.account_id), _answer(event, made)),)
            case MarketCreated():
                opened = MarketResult(event.market, MarketState.DRAFT, event.time)
                return ((account_stream_of_id(event.account_id), _answer(event, opened)),)
            case _:
                return ()

    def _reports(self, event: OrderMatched, amended: Amended | None = None) -> list[Due]:
        own, resting = fills_told(event)
        left = event.left if event.reason is None else 0
        arrival = OrderReport(
            event.order_id, event.account_id, own, left, True, event.reason, False, event.time, amended
        )
        home = account_stream_of_id(event.account_id)
        reports: list[Due] = [
            (home, OrderReport(each.order_id, event.account_id, (), 0, reason=Reason.SELF_TRADE))
            for each in event.cancelled
        ]
        reports.append((home, arrival))
        told = [(order, tuple(fills)) for order, fills in resting.items()]
        return [*reports, *self._resting_reports(event.market_id, told, event.time)]

    def _auction_reports(self, event: AuctionUncrossed) -> list[Due]:
        """One for each order, in the order in which they began to trade."""
        own: dict[tuple[int, int], list[Fill]] = {}
        for each in event.fills:
            fill = Fill(each.execution_id, event.price, each.quantity)
            own.setdefault((each.buy_order_id, each.buy_account_id), []).append(fill)
            own.setdefault((each.sell_order_id, each.sell_account_id), []).append(fill)
        told = [((event.contract_id, *order), tuple(fills)) for order, fills in own.items()]
        return self._resting_reports(event.market_id, told, event.time)

    def _set_reports(self, event: SetUncrossed) -> list[Due]:
        """One for each order: all of them were resting. First the one that came last."""
        taken = event.taken
        own, resting = fills_told(taken)
        told = [((taken.contract_id, taken.order_id, taken.account_id), own)]
        told += [(order, tuple(fills)) for order, fills in resting.items()]
        return self._resting_reports(event.market_id, told, taken.time)

    def _resting_reports(self, market_id: int, told: Iterable[Told], time: int) -> list[Due]:
        """What orders that rested traded, whatever is left of them."""
        reports: list[Due] = []
        for (contract_id, order_id, account_id), fills in told:
            left = self._left_of(market_id, contract_id, order_id)
            report = OrderReport(order_id, account_id, fills, left, time=time)
            reports.append((account_stream_of_id(account_id), report))
        return reports

    def _submission(self, event: OrderPlaced) -> Posted:
        if not event.challenge_id:
            return _submission(event)
        username = self._username_of(event.account_id)
        return _acceptance(event, username) if event.offer is None else _offer(event, event.offer, username)

    def _add(self, message: Posted, what: str) -> None:
        self._findings.add(Rule.TOLD, what, getattr(message, "market_id", None))


def _submission(event: OrderPlaced) -> SubmitOrder:
    return SubmitOrder(
        event.market_id,
        event.contract_id,
        event.order_id,
        event.account_id,
        event.side,
        event.price,
        event.quantity,
        event.time_in_force,
        event.conditions,
    )


def _amendment(event: AmendRequested) -> SubmitAmendment:
    identity = (event.market_id, event.order_id, event.account_id)
    before, in_force = event.quantity_before, event.time_in_force
    return SubmitAmendment(*identity, event.price, event.quantity, before, in_force, event.conditions)


def _reduction(event: OrderReduced) -> Due:
    amended = Amended(event.price, event.quantity)
    report = OrderReport(event.order_id, event.account_id, (), event.left, amended=amended)
    return account_stream_of_id(event.account_id), report


def _offer(event: OrderPlaced, offer: Offer, username: str) -> SubmitOffer:
    return SubmitOffer(
        event.market_id,
        event.contract_id,
        event.order_id,
        event.account_id,
        username,
        event.side,
        event.price,
        event.quantity,
        offer,
        event.time,
    )


def _acceptance(event: OrderPlaced, username: str) -> SubmitAcceptance:
    return SubmitAcceptance(
        event.market_id,
        event.contract_id,
        event.challenge_id,
        event.order_id,
        event.account_id,
        username,
        event.side,
        event.price,
        event.quantity,
    )


def _challenge_reports(event: ChallengeOffered | ChallengeAccepted | ChallengeEnded) -> Sequence[Due]:
    order_id, account_id = event.challenge_id, event.account_id
    home = account_stream_of_id(account_id)
    match event:
        case ChallengeOffered():
            return ((home, OrderReport(order_id, account_id, (), event.quantity, True)),)
        case ChallengeEnded():
            return ((home, OrderReport(order_id, account_id, (), 0, reason=event.reason)),)
        case ChallengeAccepted():
            fills = (Fill(event.execution_id, event.price, event.quantity),)
            own = OrderReport(order_id, account_id, fills, 0, time=event.time)
            other = OrderReport(event.order_id, event.acceptor_id, fills, 0, True, time=event.time)
            return ((home, own), (account_stream_of_id(event.acceptor_id), other))


def _rejection(event: OrderRejected) -> OrderReport:
    return OrderReport(
        event.order_id, event.account_id, (), 0, arrival=True, reason=event.reason, rejected=True
    )


def _instruct(event: InstructionSent) -> Instruct:
    return Instruct(event.account_id, event.request_id, event.item, event.command)


def _move(event: MoneyMoveSent) -> MoveMoney:
    return MoveMoney(
        event.username, event.amount, event.withdrawal, event.account_id, event.request_id, event.item
    )


def _answer(event: Answering, result: Result) -> Instructed:
    return Instructed(event.account_id, event.request_id, event.item, result)


def _name(message: Posted) -> str:
    order_id = getattr(message, "order_id", None)
    return type(message).__name__ + ("" if order_id is None else f" of order {order_id}")
