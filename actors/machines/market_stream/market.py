"""Owns one market: its life, its contracts' books, and the serial matching of its orders.

Never knows funds or members' accounts; never sends: effects are made by the markets machine.
Called by the markets machine of the stream that owns the market.

The life of a market is the table below. Orders trade while it is ``open``, and are collected in an
``auction``, by which it may open and close (``auction_life.py`` says how that ends). Resting orders stay
through a halt (but those that are good_til_halted) and are cancelled when it closes; a verdict can be
corrected by another verdict, never rewritten. Turned in play, which it is once, it cancels what isn't kept in
play; from then on arriving orders wait out its delay (cancels don't), and are rejected if it stops trading
meanwhile. A market that the kill switch halted goes on after it; halted by anybody else too, it doesn't.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import structs

from actors.machines.book.fast import FastBook
from actors.machines.book.interface import Book
from actors.machines.book.sets import SetBooks
from actors.machines.market_stream.auction import Auction
from actors.machines.market_stream.auction_life import (
    AUCTION_END,
    Collecting,
    collecting_book,
    takings,
    trading_book,
)
from actors.machines.market_stream.auction_sets import set_takings
from actors.machines.market_stream.challenge import Challenges
from actors.machines.market_stream.delay import FIRST, Delay, delayed
from actors.machines.market_stream.executions import executions
from actors.machines.market_stream.market_steps import Auctions
from actors.machines.market_stream.matching import decide_arrival
from actors.machines.market_stream.settlement import decide_verdict
from actors.machines.market_stream.standing import Standing
from actors.machines.market_stream.timers import Timers
from actors.machines.market_stream.waiting_amendments import WaitingAmendments
from actors.machines.messages.answers import MarketResult, Refused
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed, SetUncrossed
from actors.machines.messages.book_events import (
    CancelMissed,
    OrderCancelled,
    OrderDelayed,
    OrderMatched,
    OrderReduced,
    OrderRejected,
    OrderReplaced,
)
from actors.machines.messages.challenges import ChallengeAccepted, ChallengeEnded
from actors.machines.messages.commands import SettleMarket
from actors.machines.messages.events import (
    InstructionAnswered,
    MarketClosed,
    MarketCreated,
    MarketEvent,
    MarketHalted,
    MarketOpened,
    MarketOpening,
    MarketSettled,
    MarketTurnedInPlay,
)
from actors.machines.messages.parts import MakerFill, Verdict
from actors.machines.messages.posted import Instruct, SubmitOrder, WithdrawOrder
from actors.machines.messages.voiding import ContractVoided
from actors.machines.messages.words import MarketState, Reason, TimeInForce
from actors.machines.streams import Streams

TRANSITIONS: Final[Mapping[MarketState | None, Mapping[type, frozenset[MarketState]]]] = {
    None: {MarketCreated: frozenset({MarketState.DRAFT})},
    MarketState.DRAFT: {
        MarketOpening: frozenset({MarketState.DRAFT}),
        AuctionStarted: frozenset({MarketState.AUCTION}),
        MarketOpened: frozenset({MarketState.OPEN}),
    },
    MarketState.AUCTION: {
        MarketOpened: frozenset({MarketState.OPEN}),
        MarketHalted: frozenset({MarketState.HALTED}),
        MarketTurnedInPlay: frozenset({MarketState.AUCTION}),
        MarketClosed: frozenset({MarketState.CLOSED}),
    },
    MarketState.OPEN: {
        AuctionStarted: frozenset({MarketState.AUCTION}),
        MarketHalted: frozenset({MarketState.HALTED}),
        MarketTurnedInPlay: frozenset({MarketState.OPEN}),
        ContractVoided: frozenset({MarketState.OPEN}),
        MarketClosed: frozenset({MarketState.CLOSED}),
    },
    MarketState.HALTED: {
        AuctionStarted: frozenset({MarketState.AUCTION}),
        MarketOpened: frozenset({MarketState.OPEN}),
        MarketHalted: frozenset({MarketState.HALTED}),
        MarketTurnedInPlay: frozenset({MarketState.HALTED}),
        ContractVoided: frozenset({MarketState.HALTED}),
        MarketClosed: frozenset({MarketState.CLOSED}),
    },
    MarketState.CLOSED: {
        ContractVoided: frozenset({MarketState.CLOSED}),
        MarketSettled: frozenset({MarketState.SETTLED, MarketState.VOIDED}),
    },
    MarketState.SETTLED: {MarketSettled: frozenset({MarketState.SETTLED, MarketState.VOIDED})},
    MarketState.VOIDED: {MarketSettled: frozenset({MarketState.SETTLED, MarketState.VOIDED})},
}
Asker = tuple[int, int, int]
"""Whom to answer once all account streams have spoken: account, request, item."""


Change = AuctionStarted | MarketOpened | MarketHalted | MarketTurnedInPlay | ContractVoided | MarketClosed
"""What makes another version of a market: what an order was placed for may not be there any more."""
Move = MarketOpening | Change | MarketSettled

_CANCELLED_ONLY: Final = TimeInForce.GOOD_TIL_CANCELLED
_MARKET: Final = TimeInForce.MARKET
_OPEN: Final = MarketState.OPEN


class Market:
    """The state of one market."""

    __slots__ = (
        "amending",
        "asker",
        "awaited",
        "books",
        "by_switch",
        "challenges",
        "clearing",
        "collecting",
        "created_time",
        "delay",
        "details",
        "in_play",
        "last_prices",
        "market_id",
        "next_execution",
        "resting",
        "sets",
        "standing",
        "state",
        "verdict",
        "version",
        "voided",
    )

    def __init__(self, event: MarketCreated) -> None:
        self.details = event.market
        self.market_id = event.market.market_id
        self.created_time = event.time
        self.state = MarketState.DRAFT
        self.by_switch = False
        """It is the kill switch that halted it."""
        self.version = 1
        """How often what may be traded has changed; an order may say which one it was placed for."""
        self.in_play = False
        self.voided: dict[int, None] = {}
        """Contracts that were taken out of it."""
        self.books: dict[int, Book] = {
            contract.contract_id: FastBook() for contract in event.market.contracts
        }
        self.sets = SetBooks(self.books) if event.market.cross_matching else None
        """Where orders of all contracts may meet; None while it collects them, too."""
        self.resting: dict[int, int] = {}
        """Resting orders -> their contract."""
        self.standing = Standing(self.market_id)
        self.delay = Delay(self.market_id)
        self.amending = WaitingAmendments(self.market_id)
        self.challenges = Challenges()
        self.collecting: Collecting | None = None
        """The auction that it is in, halted or not; its books are auctions meanwhile."""
        self.last_prices: dict[int, int] = {}
        """Contracts that were traded -> the last price."""
        self.next_execution = 1
        self.verdict: Verdict | None = None
        self.asker: Asker | None = None
        self.awaited: dict[str, None] = {}
        """Account streams that have not yet acknowledged the terms, or the verdict."""
        self.clearing = 0
        """What the account streams reported so far of this verdict's clearing."""

    def result(self) -> MarketResult:
        """The market as an answer shows it."""
        return MarketResult(
            self.details,
            self.state,
            self.created_time,
            self.verdict,
            self.version,
            self.in_play,
            tuple(self.voided),
        )

    def result_in(self, state: MarketState, steps: int = 1) -> MarketResult:
        """The market as an answer shows it once it is in this state, by so many changes."""
        return structs.replace(self.result(), state=state, version=self.version + steps)

    def answer(self, result: MarketResult) -> InstructionAnswered:
        """The answer to who asked for what all account streams had to acknowledge."""
        assert self.asker is not None, f"nobody asked market {self.market_id} for anything"
        return InstructionAnswered(*self.asker, result)

    # Decide: change nothing.

    def decide_order(self, order: SubmitOrder, time: int) -> OrderMatched | OrderRejected | OrderDelayed:
        """Matches an arriving order against its contract's book, or lets it wait while in play."""
        if self.in_play and self.delays and self._refuse_order(order, time) is None:
            return delayed(order, time + self.details.in_play_delay_ms * 1_000)
        return self.decide_arrival(order, time)

    def decide_arrival(
        self,
        order: SubmitOrder,
        time: int,
        delayed: bool = False,  # noqa: FBT001, FBT002 - the hot path, where a name costs
    ) -> OrderMatched | OrderRejected:
        """Matches an order that arrives now; ``delayed``: it has waited for that."""
        refused = self._refuse_order(order, time)
        if refused is not None:
            return OrderRejected(order.market_id, order.order_id, order.account_id, refused, delayed)
        contract_id, sets = order.contract_id, self.sets
        book = self.books[contract_id] if sets is None else sets.of(contract_id)
        return decide_arrival(book, order, self.next_execution, time, self.resting, delayed)

    @property
    def delays(self) -> bool:
        """Whether what arrives has to wait."""
        return self.in_play and self.details.in_play_delay_ms > 0

    def decide_due(self, identity: int, time: int) -> MarketEvent | None:
        """What ends by itself now, or arrives; None if what was decided just before has ended it.

        What waits out a delay arrives in the order in which it came.
        """
        if identity == FIRST and self.delay.waiting:
            return self.decide_arrival(self.delay.first, time, delayed=True)
        if (contract_id := self.resting.get(identity)) is not None:
            return self.cancelling(contract_id, identity, Reason.EXPIRED)
        if identity in self.challenges.open:
            return self.challenges.decide_expiry(self.market_id, identity)
        return None

    def _refuse_order(self, order: SubmitOrder, time: int) -> Reason | None:
        refused = self.refuse_trade(order.contract_id)
        if refused is not None:
            return refused
        if order.time_in_force is _MARKET and self.state is not MarketState.AUCTION:
            return Reason.NOT_IN_AUCTION
        conditions = order.conditions
        if conditions.market_version and conditions.market_version != self.version:
            return Reason.MARKET_CHANGED
        if conditions.good_til and conditions.good_til <= time:
            return Reason.EXPIRED
        return None

    def refuse_trade(self, contract_id: int) -> Reason | None:
        """Why nothing can be traded in this contract now; None: it can."""
        if self.verdict is not None:
            return Reason.MARKET_SETTLED
        if self.state is not _OPEN and not self.trades:
            return Reason.MARKET_NOT_OPEN
        if contract_id not in self.books:
            return Reason.CONTRACT_NOT_FOUND
        if contract_id in self.voided:
            return Reason.CONTRACT_VOIDED
        return None

    def refuse_challenge(self, contract_id: int) -> Reason | None:
        """Why no challenge can be offered or accepted in this contract now; None: it can."""
        if self.state is MarketState.AUCTION:
            return Reason.MARKET_NOT_OPEN
        return self.refuse_trade(contract_id)

    def decide_withdrawal(self, order: WithdrawOrder) -> OrderCancelled | ChallengeEnded | CancelMissed:
        """Takes an order out of its book, or a challenge back, if anything of it is still there."""
        contract_id = self.resting.get(order.order_id)
        if contract_id is None:
            withdrawn = self.delay.decide_withdrawal(
                order.order_id, order.reason
            ) or self.challenges.decide_withdrawal(order.market_id, order.order_id, order.reason)
            return withdrawn or CancelMissed(order.market_id, order.order_id, order.account_id)
        return self.cancelling(contract_id, order.order_id, order.reason)

    @property
    def auctions(self) -> Auctions:
        """What its next steps depend on."""
        by = self.details
        under_way = self.collecting is not None
        closing = self.collecting is not None and self.collecting.closing
        return Auctions(
            by.opening_auction_s is not None, by.closing_auction_s is not None, under_way, closing
        )

    @property
    def trades(self) -> bool:
        """Whether orders may arrive, to trade at once or in an auction."""
        return self.state is MarketState.OPEN or self.state is MarketState.AUCTION

    def emptying(self, contract_id: int, reason: Reason) -> list[MarketEvent]:
        """All that is open in one contract, ended for this reason."""
        resting = self.books[contract_id].resting()
        cancelled = [self.cancelling(contract_id, order.order_id, reason) for order in resting]
        return [*cancelled, *self.challenges.decide_cancel(self.market_id, reason, contract_id=contract_id)]

    def decide_verdict(self, instruct: Instruct, command: SettleMarket) -> MarketSettled | Refused:
        """Settles or voids a closed market, or corrects its verdict."""
        if MarketSettled not in TRANSITIONS[self.state]:
            return Refused(
                Reason.MARKET_STATE, f"The market is {self.state}; it must be closed first.", "state"
            )
        if self.awaited:
            return Refused(Reason.MARKET_STATE, "What was decided before is still being applied.", "state")
        return decide_verdict(self.details, self.voided, self.verdict, instruct, command)

    def cancelling(self, contract_id: int, order_id: int, reason: Reason) -> OrderCancelled:
        order = self.books[contract_id].get(order_id)
        assert order is not None, f"order {order_id} rests in no book"
        return OrderCancelled(
            self.market_id,
            contract_id,
            order_id,
            order.account_id,
            order.side,
            order.price,
            order.quantity,
            reason,
        )

    # Evolve: total.

    def move(self, event: Move) -> None:
        """Takes a declared transition; anything else is an ``AssertionError``."""
        allowed = TRANSITIONS[self.state].get(type(event), frozenset())
        if len(allowed) == 1:
            (state,) = allowed
        else:
            assert isinstance(event, MarketSettled), f"market {self.market_id}: {event} in {self.state}"
            assert allowed, f"market {self.market_id}: {event} in {self.state}"
            state = MarketState.VOIDED if event.verdict.void else MarketState.SETTLED
        self.state = state
        self.version += isinstance(event, Change)
        if isinstance(event, MarketTurnedInPlay):
            self.in_play = True
        elif isinstance(event, ContractVoided):
            self.voided[event.contract_id] = None
        else:
            self.by_switch = isinstance(event, MarketHalted) and event.by_switch

    def await_all(self, streams: Streams, asker: Asker) -> None:
        """Every account stream is to acknowledge; then the asker is answered."""
        self.awaited = dict.fromkeys(streams.account_names)
        self.asker = asker

    def match(self, event: OrderMatched, timers: Timers) -> None:
        if event.delayed:
            self.delay.end(event.order_id, timers)
        for own in event.cancelled:
            self._leave(own.contract_id, own.order_id, timers)
        book = self.books[event.contract_id]
        if event.fills:
            book.take(event.fills)
            last = event.fills[-1]
            self.next_execution, self.last_prices[event.contract_id] = last.execution_id + 1, last.price
            for fill in event.fills:
                if book.get(fill.order_id) is None:
                    del self.resting[fill.order_id]
                    if self.standing.orders:
                        self.standing.leave(fill.order_id, timers)
        if event.left and event.reason is None:
            self.resting[event.order_id] = event.contract_id
            if event.time_in_force is _MARKET:
                assert isinstance(book, Auction), "market orders are for auctions"
                book.rest_market(event.order_id, event.account_id, event.side, event.price, event.left)
            else:
                book.rest(event.order_id, event.account_id, event.side, event.price, event.left)
            if event.time_in_force is not _CANCELLED_ONLY:
                self.standing.rest(event.order_id, event.time_in_force, event.good_til, timers)
        if self.sets is not None:
            self._match_sets(self.sets, event, timers)

    def _match_sets(self, sets: SetBooks, event: OrderMatched, timers: Timers) -> None:
        """What it traded with orders of the other contracts; then all best prices are known again."""
        if not event.sets:
            sets.touched(event.contract_id)
            return
        sets.take(event.sets)
        for one in event.sets:
            self.next_execution = max(self.next_execution, one.legs[-1].execution_id + 1)
            for leg in one.legs:
                if leg.order_id in self.resting and self.books[leg.contract_id].get(leg.order_id) is None:
                    del self.resting[leg.order_id]
                    self.standing.leave(leg.order_id, timers)
        if self.details.closing_auction_s is not None:
            self._note_prices(event)

    def collect(self, event: AuctionStarted, timers: Timers) -> None:
        """An auction begins, or goes on after a halt."""
        self.move(event)
        if self.collecting is None:
            self.books = {contract_id: collecting_book(book) for contract_id, book in self.books.items()}
            self.sets = None
        self.collecting = Collecting(event)
        if event.ends_time:
            timers.add(event.ends_time, self.market_id, AUCTION_END)

    def uncross(self, event: AuctionUncrossed, timers: Timers) -> None:
        """What of a contract trades leaves its auction."""
        for fill in takings(event):
            self._take(event.contract_id, fill, timers)
        self.last_prices[event.contract_id] = event.price

    def uncross_set(self, event: SetUncrossed, timers: Timers) -> None:
        """What trades as a set leaves the auctions of all contracts."""
        for contract_id, fill in set_takings(event.taken):
            self._take(contract_id, fill, timers)
        self._note_prices(event.taken)

    def _take(self, contract_id: int, fill: MakerFill, timers: Timers) -> None:
        auction = self.books[contract_id]
        auction.take((fill,))
        self.next_execution = fill.execution_id + 1
        if auction.get(fill.order_id) is None:
            del self.resting[fill.order_id]
            self.standing.leave(fill.order_id, timers)

    def _note_prices(self, event: OrderMatched) -> None:
        """The last price of each contract that traded sets, which a closing auction refers to."""
        for made in executions(event):
            self.last_prices[made.contract_id] = made.price

    def stop_collecting(self, event: MarketOpened | MarketHalted | MarketClosed, timers: Timers) -> None:
        """If it is in an auction, that stops; it is over, unless the market is only halted."""
        if self.collecting is None:
            return
        if self.collecting.ends_time:
            timers.remove(self.collecting.ends_time, self.market_id, AUCTION_END)
            self.collecting.ends_time = 0
        if not isinstance(event, MarketHalted):
            self.collecting = None
            self.books = {contract_id: trading_book(auction) for contract_id, auction in self.books.items()}
            self.sets = SetBooks(self.books) if self.details.cross_matching else None

    def end_challenge(self, event: ChallengeAccepted | ChallengeEnded) -> int:
        """A challenge is at an end; gives the time at which it would have expired."""
        return self.challenges.ended(event).expires_time

    def cancel(self, event: OrderCancelled, timers: Timers) -> None:
        if event.delayed:
            self.delay.end(event.order_id, timers)
        else:
            self._leave(event.contract_id, event.order_id, timers)

    def reduce(self, event: OrderReduced, timers: Timers) -> None:
        self.amending.end(event, timers)
        if event.order_id in self.delay.waiting:
            self.delay.reduce(event)
        elif event.left:
            self.books[event.contract_id].reduce(event.order_id, event.reduced)
        else:
            self._leave(event.contract_id, event.order_id, timers)

    def replace(self, event: OrderReplaced, timers: Timers) -> None:
        self.amending.end(event, timers)
        self._leave(event.contract_id, event.order_id, timers)
        self.match(event.arrival, timers)

    def _leave(self, contract_id: int, order_id: int, timers: Timers) -> None:
        self.books[contract_id].remove(order_id)
        del self.resting[order_id]
        self.standing.leave(order_id, timers)
        if self.sets is not None:
            self.sets.touched(contract_id)

    def left_of(self, contract_id: int, order_id: int) -> int:
        """How much of an order still rests."""
        order = self.books[contract_id].get(order_id)
        return 0 if order is None else order.quantity
