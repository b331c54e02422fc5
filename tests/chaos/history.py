"""Owns what the log says happened, as plain facts in the order of the streams.

Never runs a machine of the exchange, and never corrects what it reads: twice in the log is twice here.
Called by the verdict, and by the rig to see when nothing is pending any more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from actors.machines.messages.amendments import AmendRefused, AmendRequested
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed
from actors.machines.messages.book_events import (
    AmendMissed,
    OrderMatched,
    OrderReduced,
    OrderRejected,
    OrderReplaced,
)
from actors.machines.messages.challenges import ChallengeAccepted, ChallengeEnded, ChallengeOffered
from actors.machines.messages.events import (
    CancelAllRequested,
    CancelRequested,
    Event,
    ItemAnswered,
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketOpened,
    MarketSettled,
    MarketTurnedInPlay,
    MemberRegistered,
    MoneyDeposited,
    MoneyWithdrawn,
    OrderPlaced,
    OrderUpdated,
    PositionSettled,
    RequestOpened,
    VerdictNoted,
)
from actors.machines.messages.parts import Amended, SetFill, Terms, Verdict
from actors.machines.messages.record import decode
from actors.machines.messages.voiding import ContractVoided, StakesReturned
from actors.machines.messages.words import OrderState, Reason
from rabbit.log import Log, Position, Record

PAGE_RECORDS: Final = 1_000
LIVE: Final = frozenset({OrderState.PENDING, OrderState.CREATED, OrderState.PARTIAL})

STEPS: Final[Mapping[type, str]] = {
    AuctionStarted: "auction",
    MarketOpened: "open",
    MarketHalted: "halted",
    MarketTurnedInPlay: "in play",
    MarketClosed: "closed",
}
"""What a market goes through, in the words in which staff asks for it."""

Step = tuple[int, str]
"""Market, and what it went through."""
Place = tuple[str, int, int]
"""Stream, request, item: where a command stands in the log."""
Happened = tuple[str, Event]
"""The stream that says so, and what."""


def void_of(contract_id: int) -> str:
    """The step by which a contract is taken out of its market."""
    return f"void {contract_id}"


def verdict_of(verdict: Verdict) -> str:
    """The step by which a market is settled, or that is corrected."""
    return "verdict void" if verdict.void else f"verdict {','.join(map(str, verdict.winners))}"


class Execution(NamedTuple):
    """One trade as its market tells it: its orders, and of each whether it was the taker.

    As part of a set it has one side only; in an auction nobody takes.
    """

    sides: tuple[tuple[int, bool], ...]
    contract_id: int
    price: int
    quantity: int

    @property
    def order_ids(self) -> list[int]:
        """The orders that traded."""
        return [order_id for order_id, _ in self.sides]


class Set(NamedTuple):
    """All contracts of a market, made or taken apart at once; ``contract_id`` is the arriving order's."""

    market_id: int
    contract_id: int
    fill: SetFill


class Booking(NamedTuple):
    """One side of a trade as its account tells it."""

    market_id: int
    execution_id: int
    price: int
    quantity: int
    taker: bool


class Movement(NamedTuple):
    """Money that came to an account or left it, and the balance after it."""

    change: int
    balance: int


@dataclass(slots=True)
class LoggedOrder:
    """An order by its account stream; ``updates`` are the market's words on it, in order."""

    placed: OrderPlaced
    stream: str
    updates: list[OrderUpdated] = field(default_factory=list)
    amended: list[Amended | None] = field(default_factory=list)
    """The words on its amendments, in order; None: it stayed as it was."""

    @property
    def terms(self) -> Amended:
        """What it has become by its amendments."""
        terms = [each for each in self.amended if each is not None]
        return terms[-1] if terms else Amended(self.placed.price, self.placed.quantity)

    @property
    def state(self) -> OrderState:
        """What the last word was; settlement is the market's, and not told here."""
        return self.updates[-1].state if self.updates else OrderState.PENDING

    @property
    def executed(self) -> int:
        return sum(fill.quantity for update in self.updates for fill in update.fills)


@dataclass(slots=True)
class History:
    """Every fact as a list, so that one that is there twice is seen."""

    opened: dict[tuple[int, str, str], list[tuple[str, RequestOpened]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Account, scope and key (of a client) -> who opened a request under it."""
    placed: dict[Place, list[OrderPlaced]] = field(default_factory=lambda: defaultdict(list))
    cancels: dict[Place, list[CancelRequested]] = field(default_factory=lambda: defaultdict(list))
    cancel_alls: dict[Place, list[CancelAllRequested]] = field(default_factory=lambda: defaultdict(list))
    amends: dict[Place, list[AmendRequested]] = field(default_factory=lambda: defaultdict(list))
    amends_of: dict[int, list[AmendRequested]] = field(default_factory=lambda: defaultdict(list))
    """The same by their order."""
    answered: dict[Place, list[ItemAnswered]] = field(default_factory=lambda: defaultdict(list))
    orders: dict[int, list[LoggedOrder]] = field(default_factory=lambda: defaultdict(list))
    arrivals: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    """Order -> how often its market took it."""
    amended: dict[int, list[Amended | None]] = field(default_factory=lambda: defaultdict(list))
    """Order -> what its market made of its amendments, in order; None: it stayed as it was."""
    sets: list[Set] = field(default_factory=list)
    crossed_self: Counter[int] = field(default_factory=Counter)
    """Order -> how often its market ended it because it met an order of its own member."""
    met: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Order -> orders of its own member that it met, and that went instead of it."""
    executions: dict[tuple[int, int], list[Execution]] = field(default_factory=lambda: defaultdict(list))
    """Market and execution -> the trade."""
    offers: dict[int, list[ChallengeOffered]] = field(default_factory=lambda: defaultdict(list))
    """Challenge -> how it was opened."""
    ends: dict[int, list[ChallengeAccepted | ChallengeEnded]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Challenge -> its trade, or how it ended without one."""
    bookings: dict[int, list[Booking]] = field(default_factory=lambda: defaultdict(list))
    """Order -> its sides of trades."""
    deposits: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Account -> amounts; withdrawals are negative."""
    movements: dict[int, list[Movement]] = field(default_factory=lambda: defaultdict(list))
    exposures: dict[int, int] = field(default_factory=dict)
    settled: dict[tuple[int, int], list[PositionSettled]] = field(default_factory=lambda: defaultdict(list))
    """Account and market -> its settlements: the first verdict's, and those of corrections."""
    returned: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    """Account and contract -> how often its stakes were given back."""
    clearing: dict[tuple[int, int], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """Market and version of its verdict -> account stream -> what its clearing holds there."""
    terms: dict[int, Terms] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Name -> markets."""
    steps: Counter[Step] = field(default_factory=Counter)
    """Market and what it went through -> how often."""
    all_verdicts: dict[int, list[Verdict]] = field(default_factory=lambda: defaultdict(list))
    """Market -> its verdict, and what corrected that."""
    accounts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Username -> accounts."""
    events: int = 0

    @property
    def verdicts(self) -> dict[int, Verdict]:
        """Market -> what holds."""
        return {market_id: verdicts[-1] for market_id, verdicts in self.all_verdicts.items()}

    def is_voided(self, market_id: int, contract_id: int) -> bool:
        """Whether a contract was taken out of its market."""
        return self.steps[market_id, void_of(contract_id)] > 0

    def balance(self, account_id: int) -> int:
        """What the account says that it has."""
        movements = self.movements.get(account_id)
        return movements[-1].balance if movements else 0

    def place(self, account_id: int, scope: str, key: str) -> tuple[str, int] | None:
        """The stream and request that a client's key stands for."""
        found = self.opened.get((account_id, scope, key), [])
        return (found[0][0], found[0][1].request_id) if found else None

    def take(self, happened: Iterable[Happened]) -> None:
        """Adds events, each stream's in its order."""
        for stream, event in happened:
            self.events += 1
            if self._take_of_market(event) or self._take_of_life(event):
                continue
            if not self._take_of_money(stream, event):
                self._take(stream, event)

    @property
    def unfinished(self) -> list[int]:
        """The orders on which their market has not spoken."""
        return [
            order_id
            for order_id, orders in self.orders.items()
            if any(order.state is OrderState.PENDING for order in orders)
        ]

    @property
    def live(self) -> list[int]:
        """The orders that are not at their end."""
        return [
            order_id
            for order_id, orders in self.orders.items()
            if any(order.state in LIVE for order in orders)
        ]

    def _take(self, stream: str, event: Event) -> None:
        match event:
            case RequestOpened(key_kept=True):
                self.opened[event.account_id, event.scope, event.key].append((stream, event))
            case ItemAnswered():
                self.answered[stream, event.request_id, event.item].append(event)
            case OrderPlaced():
                self.placed[stream, event.request_id, event.item].append(event)
                self.orders[event.order_id].append(LoggedOrder(event, stream))
                self.exposures[event.account_id] = event.exposure
            case CancelRequested():
                self.cancels[stream, event.request_id, event.item].append(event)
            case CancelAllRequested():
                self.cancel_alls[stream, event.request_id, event.item].append(event)
            case AmendRequested():
                self.amends[stream, event.request_id, event.item].append(event)
                self.amends_of[event.order_id].append(event)
                self.exposures[event.account_id] = event.exposure
            case AmendRefused():
                self.exposures[event.account_id] = event.exposure
                for order in self.orders[event.order_id]:
                    order.amended.append(None)
            case OrderUpdated():
                self._update(event)

    def _update(self, event: OrderUpdated) -> None:
        for order in self.orders[event.order_id]:
            order.updates.append(event)
            if event.amended is not None:
                order.amended.append(event.amended)
        self.exposures[event.account_id] = event.exposure
        self.bookings[event.order_id] += [
            Booking(event.market_id, fill.execution_id, fill.price, fill.quantity, event.taker)
            for fill in event.fills
        ]

    def _take_of_money(self, stream: str, event: Event) -> bool:
        match event:
            case MemberRegistered():
                self.accounts[event.username].append(event.account_id)
            case MoneyDeposited():
                self.deposits[event.account_id].append(event.amount)
                self.movements[event.account_id].append(Movement(event.amount, event.balance))
            case MoneyWithdrawn():
                self.deposits[event.account_id].append(-event.amount)
                self.movements[event.account_id].append(Movement(-event.amount, event.balance))
            case PositionSettled():
                self.settled[event.account_id, event.market_id].append(event)
                moved = Movement(event.gross - event.commission, event.balance)
                self.movements[event.account_id].append(moved)
                self.exposures[event.account_id] = event.exposure
            case StakesReturned():
                self.returned[event.account_id, event.contract_id] += 1
                self.exposures[event.account_id] = event.exposure
            case VerdictNoted():
                self.clearing[event.market_id, event.verdict.version][stream] = event.clearing
            case _:
                return False
        return True

    def _take_of_life(self, event: Event) -> bool:
        match event:
            case MarketCreated():
                self.terms[event.market.market_id] = event.market.terms
                self.names[event.market.name].append(event.market.market_id)
            case MarketSettled():
                self.all_verdicts[event.market_id].append(event.verdict)
                self.steps[event.market_id, verdict_of(event.verdict)] += 1
            case ContractVoided():
                self.steps[event.market_id, void_of(event.contract_id)] += 1
            case AuctionStarted() | MarketOpened() | MarketHalted() | MarketTurnedInPlay() | MarketClosed():
                self.steps[event.market_id, STEPS[type(event)]] += 1
            case _:
                return False
        return True

    def _take_of_market(self, event: Event) -> bool:
        match event:
            case AuctionUncrossed():
                self._take_of_auction(event)
            case OrderRejected():
                self.arrivals[event.order_id] += 1
            case OrderMatched():
                self.arrivals[event.order_id] += 1
                self._take_of_trades(event)
            case OrderReduced():
                self.amended[event.order_id].append(Amended(event.price, event.quantity))
            case OrderReplaced():
                self.amended[event.order_id].append(Amended(event.arrival.price, event.quantity))
                self._take_of_trades(event.arrival)
            case AmendMissed():
                self.amended[event.order_id].append(None)
            case ChallengeOffered():
                self.offers[event.challenge_id].append(event)
                self.arrivals[event.challenge_id] += 1
            case ChallengeEnded():
                self.ends[event.challenge_id].append(event)
            case ChallengeAccepted():
                self._take_of_challenge(event)
            case _:
                return False
        return True

    def _take_of_trades(self, event: OrderMatched) -> None:
        contract_id = event.contract_id
        if event.reason is Reason.SELF_TRADE:
            self.crossed_self[event.order_id] += 1
        for own in event.cancelled:
            self.crossed_self[own.order_id] += 1
            self.met[event.order_id].append(own.order_id)
        for fill in event.fills:
            self.executions[event.market_id, fill.execution_id].append(
                Execution(
                    ((fill.order_id, False), (event.order_id, True)), contract_id, fill.price, fill.quantity
                )
            )
        for made in event.sets:
            self.sets.append(Set(event.market_id, contract_id, made))
            self.executions[event.market_id, made.execution_id].append(
                Execution(((event.order_id, True),), contract_id, made.price, made.quantity)
            )
            for leg in made.legs:
                self.executions[event.market_id, leg.execution_id].append(
                    Execution(((leg.order_id, False),), leg.contract_id, leg.price, made.quantity)
                )

    def _take_of_challenge(self, event: ChallengeAccepted) -> None:
        self.ends[event.challenge_id].append(event)
        self.arrivals[event.order_id] += 1
        self.executions[event.market_id, event.execution_id].append(
            Execution(
                ((event.challenge_id, False), (event.order_id, True)),
                event.contract_id,
                event.price,
                event.quantity,
            )
        )

    def _take_of_auction(self, event: AuctionUncrossed) -> None:
        for fill in event.fills:
            both = ((fill.buy_order_id, False), (fill.sell_order_id, False))
            self.executions[event.market_id, fill.execution_id].append(
                Execution(both, event.contract_id, event.price, fill.quantity)
            )


class LogReader:
    """Reads a log from its beginning, and each time again from where it stopped."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._positions = {stream: Position() for stream in log.streams()}

    @property
    def ends(self) -> dict[str, int]:
        """How far each stream was read."""
        return {stream: position.sequence for stream, position in self._positions.items()}

    def records(self) -> Iterator[Record]:
        """What is new in each stream, verified by the log."""
        for stream in tuple(self._positions):
            reader = self._log.reader(stream)
            try:
                while page := reader.read(self._positions[stream], PAGE_RECORDS):
                    self._positions[stream] = page[-1].position
                    yield from page
            finally:
                reader.close()

    def read(self) -> Iterator[Happened]:
        """The events of what is new."""
        for record in self.records():
            for event in decode(record.body).events:
                yield record.stream, event
