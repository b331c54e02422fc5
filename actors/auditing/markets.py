"""Owns the audit of a market stream: the life of its markets, their books, their verdicts.

Never looks into another stream: causes do. Of the catalogue it knows nothing: no money is in it.
Called by the auditor.

Of a market that is settled its state, its contracts and its verdict's version are kept; its books are gone.
"""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Final

from actors.auditing.amendments import AmendmentsAudit
from actors.auditing.auctions import BY_AN_AUCTION, AuctionsAudit
from actors.auditing.books import AuditedBook, RestingOrder
from actors.auditing.breaches import Findings, Rule
from actors.auditing.challenges import ChallengesAudit
from actors.auditing.conditions import ConditionsAudit
from actors.auditing.positions import WHOLE
from actors.auditing.sets import judge_arrival, numbers_of
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed, SetUncrossed
from actors.machines.messages.book_events import (
    AmendDelayed,
    AmendMissed,
    CancelMissed,
    OrderCancelled,
    OrderDelayed,
    OrderMatched,
    OrderReduced,
    OrderRejected,
    OrderReplaced,
)
from actors.machines.messages.challenges import ChallengeAccepted, ChallengeEnded, ChallengeOffered
from actors.machines.messages.events import (
    Event,
    EventChanged,
    EventCreated,
    ExchangeHalted,
    ExchangeOpened,
    ExchangeStateNoted,
    InstructionAnswered,
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketOpened,
    MarketOpening,
    MarketRegistered,
    MarketSettled,
    MarketStateNoted,
    MarketTurnedInPlay,
    OrdersSwept,
    SettlementCompleted,
    SwitchAcknowledged,
    TermsAcknowledged,
    VerdictAcknowledged,
)
from actors.machines.messages.parts import Verdict
from actors.machines.messages.voiding import ContractVoidAcknowledged, ContractVoided
from actors.machines.messages.words import MarketState, Reason

Move = (
    MarketOpening
    | AuctionStarted
    | MarketOpened
    | MarketHalted
    | MarketTurnedInPlay
    | ContractVoided
    | MarketClosed
    | MarketSettled
)

Awaiting = MarketOpening | ContractVoided | MarketSettled
"""What all account streams have to acknowledge, one after the other."""

ALLOWED: Final[Mapping[type, frozenset[MarketState]]] = {
    MarketOpening: frozenset({MarketState.DRAFT}),
    AuctionStarted: frozenset({MarketState.DRAFT, MarketState.OPEN, MarketState.HALTED}),
    MarketOpened: frozenset({MarketState.DRAFT, MarketState.AUCTION, MarketState.HALTED}),
    MarketHalted: frozenset({MarketState.AUCTION, MarketState.OPEN, MarketState.HALTED}),
    MarketTurnedInPlay: frozenset({MarketState.AUCTION, MarketState.OPEN, MarketState.HALTED}),
    ContractVoided: frozenset({MarketState.OPEN, MarketState.HALTED, MarketState.CLOSED}),
    MarketClosed: frozenset({MarketState.AUCTION, MarketState.OPEN, MarketState.HALTED}),
    MarketSettled: frozenset({MarketState.CLOSED, MarketState.SETTLED, MarketState.VOIDED}),
}
"""From which states a market may move so."""
TRADING: Final = frozenset({MarketState.AUCTION, MarketState.OPEN})

OTHERS: Final = (
    CancelMissed,
    EventChanged,
    EventCreated,
    ExchangeHalted,
    ExchangeOpened,
    ExchangeStateNoted,
    InstructionAnswered,
    MarketRegistered,
    MarketStateNoted,
    OrdersSwept,
    SwitchAcknowledged,
)
"""Answers, the catalogue's and the kill switch's: nothing trades by them alone."""


class AuditedMarket:
    """One market. ``awaited``: the account streams that have yet to acknowledge its terms or verdict."""

    __slots__ = (
        "awaited",
        "books",
        "cleared",
        "complementary",
        "contract_ids",
        "next_execution",
        "state",
        "version",
        "voided",
        "winners",
    )

    def __init__(self, contract_ids: tuple[int, ...], winners: int, *, complementary: bool) -> None:
        self.contract_ids = contract_ids
        self.complementary = complementary
        self.winners = winners
        self.state = MarketState.DRAFT
        came = count(1)
        self.books = {contract_id: AuditedBook(came) for contract_id in contract_ids}
        self.next_execution = 1
        self.version = 0
        self.awaited: dict[str, None] = {}
        self.cleared = 0
        self.voided: dict[int, None] = {}
        """Contracts that were taken out of it."""

    @property
    def left_ids(self) -> tuple[int, ...]:
        """The contracts that are still in it."""
        return tuple([each for each in self.contract_ids if each not in self.voided])


class MarketsAudit:
    """One market stream."""

    def __init__(self, findings: Findings, account_streams: tuple[str, ...]) -> None:
        self._findings = findings
        self._account_streams = account_streams
        self._challenges = ChallengesAudit(findings)
        self._amendments = AmendmentsAudit(findings)
        self._conditions = ConditionsAudit(findings)
        self._auctions = AuctionsAudit(findings)
        self.markets: dict[int, AuditedMarket] = {}
        self._emptied: list[OrderCancelled] = []
        """Orders that this record cancels with their contract, which it is yet to void."""

    def begin(self, time: int) -> None:
        """Another record begins, of this time; nothing is kept from record to record but the markets."""
        self._challenges.time = time
        self._amendments.time = time
        self._conditions.begin(time)
        self._auctions.time = time

    def end(self) -> None:
        """Its events were all judged."""
        self._conditions.end(self._resting)
        self._auctions.end()
        for event in self._emptied:
            if event.contract_id not in self.markets[event.market_id].voided:
                what = f"order {event.order_id} was cancelled as if its contract were voided"
                self._add(Rule.LIFE, what, event.market_id)
        self._emptied.clear()

    def left_of(self, market_id: int, contract_id: int, order_id: int) -> int:
        """What rests of an order now."""
        resting = self._resting(market_id, contract_id, order_id)
        return 0 if resting is None else resting.left

    def _resting(self, market_id: int, contract_id: int, order_id: int) -> RestingOrder | None:
        market = self.markets.get(market_id)
        book = None if market is None else market.books.get(contract_id)
        return None if book is None else book.orders.get(order_id)

    def judge(self, event: Event) -> None:  # noqa: C901, PLR0912 - a table, a line a case
        self._conditions.count()
        match event:  # the frequent ones first: cases are tried in turn
            case OrderMatched():
                self._matched(event)
            case OrderCancelled():
                self._cancelled(event)
            case OrderDelayed():
                self._delayed(event)
            case OrderRejected():
                self._conditions.rejected(event)
            case OrderReduced() | OrderReplaced():
                self._amendments.judge(event)
                self._amended(event)
            case AmendMissed():
                self._amendments.judge(event)
            case AmendDelayed():
                self._amendments.delayed(event)
                self._conditions.amendment_delayed(event)
            case MarketCreated():
                self._created(event)
            case ChallengeOffered() | ChallengeAccepted() | ChallengeEnded():
                self._challenged(event)
            case TermsAcknowledged() | VerdictAcknowledged() | ContractVoidAcknowledged():
                self._acknowledged(event)
            case SettlementCompleted():
                self._completed(event)
            case AuctionUncrossed():
                self._uncrossed(event)
            case SetUncrossed():
                self._set_uncrossed(event)
            case (
                MarketOpening()
                | AuctionStarted()
                | MarketOpened()
                | MarketHalted()
                | MarketTurnedInPlay()
                | ContractVoided()
                | MarketClosed()
                | MarketSettled()
            ):
                self._moved(event)
            case _ if not isinstance(event, OTHERS):
                self._findings.add(Rule.SEQUENCE, f"{type(event).__name__} is no event of a market stream")

    def _matched(self, event: OrderMatched, replaced: OrderReplaced | None = None) -> None:
        market_id = event.market_id
        market = self.markets.get(market_id)
        book = None if market is None else market.books.get(event.contract_id)
        if market is None or book is None:
            self._add(Rule.LIFE, f"order {event.order_id} was matched in no book", market_id)
            return
        if market.state not in TRADING:
            self._add(Rule.LIFE, f"order {event.order_id} was matched while {market.state}", market_id)
        self._number(numbers_of(event), market, market_id)
        if replaced is None:
            self._conditions.matched(event)
        else:
            self._conditions.replaced(replaced)
        if market.state is MarketState.AUCTION:
            self._auctions.collected(event, book)
            return
        if event.fills or event.sets:
            self._auctions.traded(event)
        if market.complementary:
            judge_arrival(event, market.books, self._findings)
            return
        if event.sets:
            self._add(Rule.TERMS, f"order {event.order_id} traded sets, which there are not here", market_id)
        book.judge(event, self._findings)

    def _delayed(self, event: OrderDelayed) -> None:
        market = self.markets.get(event.market_id)
        if market is None or market.state not in TRADING:
            self._add(
                Rule.LIFE, f"order {event.order_id} waits in a market that is not open", event.market_id
            )
        else:
            self._conditions.delayed(event)

    def _amended(self, event: OrderReduced | OrderReplaced) -> None:
        market_id = event.market_id
        market = self.markets.get(market_id)
        book = None if market is None else market.books.get(event.contract_id)
        if book is None:
            self._add(Rule.LIFE, f"order {event.order_id} was amended in no book", market_id)
        elif isinstance(event, OrderReduced):
            if self._conditions.waits(market_id, event.order_id):
                self._conditions.reduced(event)
            else:
                book.reduce(event, self._findings)
        else:
            anew = event.arrival
            if (event.market_id, event.contract_id, event.order_id, event.account_id, event.side) != (
                anew.market_id,
                anew.contract_id,
                anew.order_id,
                anew.account_id,
                anew.side,
            ):
                self._add(Rule.ORDER, f"order {event.order_id} came back as another one", market_id)
            book.leave(event, self._findings)
            self._matched(anew, event)

    def _challenged(self, event: ChallengeOffered | ChallengeAccepted | ChallengeEnded) -> None:
        market = self.markets.get(event.market_id)
        if market is None:
            self._add(Rule.LIFE, f"{type(event).__name__} of no market", event.market_id)
            return
        if not isinstance(event, ChallengeEnded) and market.state is not MarketState.OPEN:
            what = f"{type(event).__name__} ({event.challenge_id}) while the market is {market.state}"
            self._add(Rule.LIFE, what, event.market_id)
        self._challenges.judge(event, market.left_ids)

    def _cancelled(self, event: OrderCancelled) -> None:
        market = self.markets.get(event.market_id)
        if event.delayed and market is not None:
            self._conditions.withdrawn(event)
            return
        book = None if market is None else market.books.get(event.contract_id)
        resting = None if book is None else book.remove(event.order_id)
        if market is not None and book is not None and resting is not None:
            self._conditions.cancelled(event, resting)
            if market.state is MarketState.AUCTION:
                self._auctions.cancelled(event, market.books, resting)
            elif event.reason in BY_AN_AUCTION:
                what = f"order {event.order_id} was cancelled as if an auction ended"
                self._add(Rule.LIFE, what, event.market_id)
            if event.reason is Reason.CONTRACT_VOIDED:
                self._emptied.append(event)
        if resting is None:
            self._add(Rule.ORDER, f"order {event.order_id} was cancelled, but does not rest", event.market_id)
        elif (resting.account_id, resting.price, resting.left) != (
            event.account_id,
            event.price,
            event.quantity,
        ):
            self._add(
                Rule.QUANTITY,
                f"order {event.order_id} was cancelled with {event.quantity} at {event.price}, but"
                f" {resting.left} at {resting.price} rested",
                event.market_id,
            )

    def _created(self, event: MarketCreated) -> None:
        details = event.market
        if details.market_id in self.markets:
            self._add(Rule.IDENTITY, "the market is created twice", details.market_id)
            return
        contract_ids = tuple(contract.contract_id for contract in details.contracts)
        self._conditions.created(event)
        self._auctions.created(event)
        self.markets[details.market_id] = AuditedMarket(
            contract_ids, details.winner_count, complementary=details.cross_matching
        )

    def _moved(self, event: Move) -> None:
        market = self.markets.get(event.market_id)
        if market is None:
            self._add(Rule.LIFE, f"{type(event).__name__} of no market", event.market_id)
            return
        waits_for_it = isinstance(event, Awaiting) or market.state is MarketState.DRAFT
        if market.state not in ALLOWED[type(event)] or (market.awaited and waits_for_it):
            waits = f", waiting for {', '.join(market.awaited)}" if market.awaited else ""
            self._add(Rule.LIFE, f"{type(event).__name__} while it is {market.state}{waits}", event.market_id)
        match event:
            case MarketOpening():
                market.awaited = dict.fromkeys(self._account_streams)
            case AuctionStarted():
                self._auctions.started(event, market.state, market.books)
                market.state = MarketState.AUCTION
            case MarketOpened():
                market.state = MarketState.OPEN
                self._auctions.stopped(event, market.books)
            case MarketHalted():
                market.state = MarketState.HALTED
                self._conditions.moved(event, market.books)
            case MarketTurnedInPlay():
                self._conditions.moved(event, market.books)
            case ContractVoided():
                self._voided(event, market)
            case MarketClosed():
                self._closed(event, market)
            case MarketSettled():
                self._settled(event, market)

    def _uncrossed(self, event: AuctionUncrossed) -> None:
        market_id = event.market_id
        market = self.markets.get(market_id)
        book = None if market is None else market.books.get(event.contract_id)
        if market is None or book is None or market.state is not MarketState.AUCTION:
            what = f"contract {event.contract_id} has an auction, which there is not"
            self._add(Rule.LIFE, what, market_id)
            return
        self._number([fill.execution_id for fill in event.fills], market, market_id)
        self._auctions.uncrossed(event, book)

    def _set_uncrossed(self, event: SetUncrossed) -> None:
        market_id = event.market_id
        market = self.markets.get(market_id)
        known = market is not None and market.state is MarketState.AUCTION and market.complementary
        if market is None or not known or event.taken.contract_id not in market.books:
            what = f"order {event.taken.order_id} has a set of an auction, which there is not"
            self._add(Rule.LIFE, what, market_id)
            return
        self._number(numbers_of(event.taken), market, market_id)
        self._auctions.set_uncrossed(event, market.books)

    def _number(self, execution_ids: list[int], market: AuditedMarket, market_id: int) -> None:
        """Executions of a market count from 1, without a gap."""
        for execution_id in execution_ids:
            if execution_id != market.next_execution:
                what = f"execution {execution_id} comes where {market.next_execution} was next"
                self._add(Rule.EXECUTIONS, what, market_id)
            market.next_execution = execution_id + 1

    def _closed(self, event: MarketClosed, market: AuditedMarket) -> None:
        market.state = MarketState.CLOSED
        self._conditions.moved(event, market.books)
        self._auctions.stopped(event, market.books)
        resting = sum(len(book.orders) for book in market.books.values())
        if resting:
            self._add(Rule.LIFE, f"the market closes while {resting} orders rest", event.market_id)
        market.books = {}
        self._challenges.closed(event.market_id)

    def _voided(self, event: ContractVoided, market: AuditedMarket) -> None:
        """What is left must be enough for the winners; nothing may be open in what isn't."""
        market_id, contract_id = event.market_id, event.contract_id
        book = market.books.pop(contract_id, None)
        if contract_id not in market.left_ids:
            self._add(Rule.LIFE, f"contract {contract_id}, which isn't there, is voided", market_id)
        market.voided[contract_id] = None
        if len(market.left_ids) <= market.winners:
            what = f"{len(market.left_ids)} contracts are left for {market.winners} winners"
            self._add(Rule.SETTLEMENT, what, market_id)
        if book is not None and book.orders:
            what = f"contract {contract_id} is voided while {len(book.orders)} orders rest"
            self._add(Rule.LIFE, what, market_id)
        self._challenges.voided(market_id, contract_id)
        market.awaited = dict.fromkeys(self._account_streams)

    def _settled(self, event: MarketSettled, market: AuditedMarket) -> None:
        verdict = event.verdict
        for what in _verdict_problems(verdict, market):
            self._add(Rule.SETTLEMENT, what, event.market_id)
        if verdict.version != market.version + 1:
            self._add(
                Rule.SETTLEMENT,
                f"verdict {verdict.version} comes after verdict {market.version}",
                event.market_id,
            )
        market.version = verdict.version
        market.state = MarketState.VOIDED if verdict.void else MarketState.SETTLED
        market.cleared = 0
        market.awaited = dict.fromkeys(self._account_streams)

    def _acknowledged(
        self, event: TermsAcknowledged | VerdictAcknowledged | ContractVoidAcknowledged
    ) -> None:
        market = self.markets.get(event.market_id)
        if market is None or event.stream not in market.awaited:
            self._add(Rule.LIFE, f"{event.stream} acknowledges what it was not asked for", event.market_id)
            return
        del market.awaited[event.stream]
        if isinstance(event, ContractVoidAcknowledged) and event.contract_id not in market.voided:
            what = f"{event.stream} acknowledges that contract {event.contract_id} is voided"
            self._add(Rule.LIFE, what, event.market_id)
        if isinstance(event, VerdictAcknowledged):
            market.cleared += event.clearing
            if event.version != market.version:
                self._add(
                    Rule.SETTLEMENT,
                    f"{event.stream} acknowledges verdict {event.version}, the last is {market.version}",
                    event.market_id,
                )

    def _completed(self, event: SettlementCompleted) -> None:
        market = self.markets.get(event.market_id)
        if market is None or market.awaited or event.version != market.version:
            self._add(Rule.SETTLEMENT, "completed before every account stream was heard", event.market_id)
        elif market.cleared:
            self._add(
                Rule.CLEARING, f"the settlement leaves {market.cleared} over all streams", event.market_id
            )

    def _add(self, rule: Rule, what: str, market_id: int) -> None:
        self._findings.add(rule, what, market_id)


def _verdict_problems(verdict: Verdict, market: AuditedMarket) -> Iterator[str]:
    """What of a verdict's winners, and of those that share places, is not as the market's rules want it."""
    sharing = [each.contract_id for each in verdict.dead_heat]
    named = [*verdict.winners, *sharing]
    places = 0 if verdict.void else market.winners - len(verdict.winners)
    # The one contract of a market may lose: then there is no winner.
    nobody = len(market.contract_ids) == 1 and not named
    unknown = [contract_id for contract_id in named if contract_id not in market.left_ids]
    if verdict.voided != tuple(market.voided):
        yield f"voided are {verdict.voided}, but {[*market.voided]} were taken out of the market"
    whole = nobody or len(sharing) > places > 0 or (places == 0 and not sharing)
    if unknown or len(dict.fromkeys(named)) != len(named) or not whole or (verdict.void and named):
        yield f"the winners are {verdict.winners}, and {sharing} share {places} places"
    if sharing:
        least, more = divmod(places * WHOLE, len(sharing))
        due = [(contract_id, least) for contract_id in market.contract_ids if contract_id in sharing]
        due = [(contract_id, share + (at < more)) for at, (contract_id, share) in enumerate(due)]
        if [(each.contract_id, each.share) for each in verdict.dead_heat] != due:
            yield f"the places are shared as {verdict.dead_heat}, not as {due}"
