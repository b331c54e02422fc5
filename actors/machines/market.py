"""Owns one market: its life, its contracts' books, and the serial matching of its orders.

Never knows funds or members' accounts; never sends: effects are made by the markets machine.
Called by the markets machine of the stream that owns the market.

The life of a market is the table below. Orders trade while it is ``open``; resting orders stay through a
halt and are cancelled when it closes; a verdict can be corrected by another verdict, never rewritten.
A market that the kill switch halted is open again after it; halted by anybody else meanwhile, it is not.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Final

from msgspec import structs

from actors.machines.book.fast import FastBook
from actors.machines.book.interface import Book
from actors.machines.challenge import Challenges
from actors.machines.matching import decide_arrival
from actors.machines.messages.answers import MarketResult, Refused
from actors.machines.messages.challenges import ChallengeAccepted, ChallengeEnded
from actors.machines.messages.commands import SettleMarket
from actors.machines.messages.events import (
    CancelMissed,
    InstructionAnswered,
    MarketClosed,
    MarketCreated,
    MarketEvent,
    MarketHalted,
    MarketOpened,
    MarketOpening,
    MarketSettled,
    OrderCancelled,
    OrderMatched,
    OrderRejected,
)
from actors.machines.messages.parts import Verdict
from actors.machines.messages.posted import Instruct, SubmitOrder, WithdrawOrder
from actors.machines.messages.words import MarketState, Reason
from actors.machines.settlement import decide_verdict
from actors.machines.streams import Streams

TRANSITIONS: Final[Mapping[MarketState | None, Mapping[type, frozenset[MarketState]]]] = {
    None: {MarketCreated: frozenset({MarketState.DRAFT})},
    MarketState.DRAFT: {
        MarketOpening: frozenset({MarketState.DRAFT}),
        MarketOpened: frozenset({MarketState.OPEN}),
    },
    MarketState.OPEN: {
        MarketHalted: frozenset({MarketState.HALTED}),
        MarketClosed: frozenset({MarketState.CLOSED}),
    },
    MarketState.HALTED: {
        MarketOpened: frozenset({MarketState.OPEN}),
        MarketHalted: frozenset({MarketState.HALTED}),
        MarketClosed: frozenset({MarketState.CLOSED}),
    },
    MarketState.CLOSED: {MarketSettled: frozenset({MarketState.SETTLED, MarketState.VOIDED})},
    MarketState.SETTLED: {MarketSettled: frozenset({MarketState.SETTLED, MarketState.VOIDED})},
    MarketState.VOIDED: {MarketSettled: frozenset({MarketState.SETTLED, MarketState.VOIDED})},
}
ASKABLE: Final[Mapping[MarketState, tuple[MarketState, ...]]] = {
    MarketState.DRAFT: (MarketState.OPEN,),
    MarketState.OPEN: (MarketState.HALTED, MarketState.CLOSED),
    MarketState.HALTED: (MarketState.OPEN, MarketState.CLOSED),
    MarketState.CLOSED: (),
    MarketState.SETTLED: (),
    MarketState.VOIDED: (),
}
"""Which states staff may ask for; settling and voiding have a command of their own.

Of a market that the kill switch halted they may also ask that it is ``halted`` after the switch.
"""

Asker = tuple[int, int, int]
"""Whom to answer once all account streams have spoken: account, request, item."""


class Market:
    """The state of one market."""

    __slots__ = (
        "asker",
        "awaited",
        "books",
        "by_switch",
        "challenges",
        "clearing",
        "created_time",
        "details",
        "market_id",
        "next_execution",
        "resting",
        "state",
        "verdict",
    )

    def __init__(self, event: MarketCreated) -> None:
        self.details = event.market
        self.market_id = event.market.market_id
        self.created_time = event.time
        self.state = MarketState.DRAFT
        self.by_switch = False
        """It is the kill switch that halted it."""
        self.books: dict[int, Book] = {
            contract.contract_id: FastBook() for contract in event.market.contracts
        }
        self.resting: dict[int, int] = {}
        """Resting orders -> their contract."""
        self.challenges = Challenges()
        self.next_execution = 1
        self.verdict: Verdict | None = None
        self.asker: Asker | None = None
        self.awaited: dict[str, None] = {}
        """Account streams that have not yet acknowledged the terms, or the verdict."""
        self.clearing = 0
        """What the account streams reported so far of this verdict's clearing."""

    def result(self) -> MarketResult:
        """The market as an answer shows it."""
        return MarketResult(self.details, self.state, self.created_time, self.verdict)

    def result_in(self, state: MarketState) -> MarketResult:
        """The market as an answer shows it once it is in this state."""
        return structs.replace(self.result(), state=state)

    def answer(self, result: MarketResult) -> InstructionAnswered:
        """The answer to who asked for what all account streams had to acknowledge."""
        assert self.asker is not None, f"nobody asked market {self.market_id} for anything"
        return InstructionAnswered(*self.asker, result)

    # Decide: change nothing.

    def decide_order(self, order: SubmitOrder, time: int) -> OrderMatched | OrderRejected:
        """Matches an arriving order against its contract's book, as far as its time in force allows."""
        refused = self.refuse_trade(order.contract_id)
        if refused is not None:
            return OrderRejected(order.market_id, order.order_id, order.account_id, refused)
        return decide_arrival(self.books[order.contract_id], order, self.next_execution, time)

    def refuse_trade(self, contract_id: int) -> Reason | None:
        """Why nothing can be traded in this contract now; None: it can."""
        if self.verdict is not None:
            return Reason.MARKET_SETTLED
        if self.state is not MarketState.OPEN:
            return Reason.MARKET_NOT_OPEN
        if contract_id not in self.books:
            return Reason.CONTRACT_NOT_FOUND
        return None

    def decide_withdrawal(self, order: WithdrawOrder) -> OrderCancelled | ChallengeEnded | CancelMissed:
        """Takes an order out of its book, or a challenge back, if anything of it is still there."""
        contract_id = self.resting.get(order.order_id)
        if contract_id is None:
            withdrawn = self.challenges.decide_withdrawal(order.market_id, order.order_id, order.reason)
            return withdrawn or CancelMissed(order.market_id, order.order_id, order.account_id)
        return self._cancelled(contract_id, order.order_id, order.reason)

    def decide_state(self, instruct: Instruct, wanted: MarketState) -> list[MarketEvent] | Refused:
        """Opens, halts or closes; a forbidden step names the allowed ones."""
        if wanted is MarketState.HALTED and self.by_switch:
            return [MarketHalted(self.market_id)]
        allowed = ASKABLE[self.state]
        if wanted not in allowed or self.awaited:
            names = ", ".join(allowed) or "none"
            return Refused(
                Reason.MARKET_STATE, f"The market is {self.state}; allowed next: {names}.", "state"
            )
        if self.state is MarketState.DRAFT:
            return [
                MarketOpening(self.market_id, instruct.account_id, instruct.request_id, instruct.item),
            ]
        if wanted is MarketState.OPEN:
            return [MarketOpened(self.market_id)]
        if wanted is MarketState.HALTED:
            return [MarketHalted(self.market_id)]
        cancelled = [
            self._cancelled(contract_id, order.order_id, Reason.MARKET_HALTED)
            for contract_id, book in self.books.items()
            for order in book.resting()
        ]
        ended = self.challenges.decide_cancel(self.market_id, Reason.MARKET_HALTED)
        return [*cancelled, *ended, MarketClosed(self.market_id)]

    def decide_halt(self, reason: str) -> list[MarketEvent]:
        """A halt by the exchange itself, which holds until staff opens the market; nothing where it does."""
        trades_or_will = self.state is MarketState.OPEN or self.by_switch
        return [MarketHalted(self.market_id, reason)] if trades_or_will else []

    def decide_sweep(self, orders_max: int) -> list[MarketEvent]:
        """Cancels resting orders, oldest first, and then open challenges."""
        oldest = islice(self.resting.items(), orders_max)
        cancelled = [
            self._cancelled(contract_id, order_id, Reason.ADMIN_REQUESTED) for order_id, contract_id in oldest
        ]
        left = orders_max - len(cancelled)
        return [*cancelled, *self.challenges.decide_cancel(self.market_id, Reason.ADMIN_REQUESTED, left)]

    def decide_verdict(self, instruct: Instruct, command: SettleMarket) -> MarketSettled | Refused:
        """Settles or voids a closed market, or corrects its verdict."""
        if MarketSettled not in TRANSITIONS[self.state]:
            return Refused(
                Reason.MARKET_STATE, f"The market is {self.state}; it must be closed first.", "state"
            )
        if self.awaited:
            return Refused(Reason.MARKET_STATE, "The verdict before is still being applied.", "state")
        return decide_verdict(self.details, (), self.verdict, instruct, command)

    def _cancelled(self, contract_id: int, order_id: int, reason: Reason) -> OrderCancelled:
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

    def move(self, event: MarketOpening | MarketOpened | MarketHalted | MarketClosed | MarketSettled) -> None:
        """Takes a declared transition; anything else is an ``AssertionError``."""
        allowed = TRANSITIONS[self.state].get(type(event), frozenset())
        if len(allowed) == 1:
            (state,) = allowed
        else:
            assert isinstance(event, MarketSettled), f"market {self.market_id}: {event} in {self.state}"
            assert allowed, f"market {self.market_id}: {event} in {self.state}"
            state = MarketState.VOIDED if event.verdict.void else MarketState.SETTLED
        self.state = state
        self.by_switch = isinstance(event, MarketHalted) and event.by_switch

    def await_all(self, streams: Streams, asker: Asker) -> None:
        """Every account stream is to acknowledge; then the asker is answered."""
        self.awaited = dict.fromkeys(streams.account_names)
        self.asker = asker

    def match(self, event: OrderMatched) -> None:
        book = self.books[event.contract_id]
        if event.fills:
            book.take(event.fills)
            self.next_execution = event.fills[-1].execution_id + 1
            for fill in event.fills:
                if book.get(fill.order_id) is None:
                    del self.resting[fill.order_id]
        if event.left and event.reason is None:
            book.rest(event.order_id, event.account_id, event.side, event.price, event.left)
            self.resting[event.order_id] = event.contract_id

    def end_challenge(self, event: ChallengeAccepted | ChallengeEnded) -> int:
        """A challenge is at an end; gives the time at which it would have expired."""
        return self.challenges.ended(event).expires_time

    def cancel(self, event: OrderCancelled) -> None:
        self.books[event.contract_id].remove(event.order_id)
        del self.resting[event.order_id]

    def left_of(self, contract_id: int, order_id: int) -> int:
        """How much of an order still rests."""
        order = self.books[contract_id].get(order_id)
        return 0 if order is None else order.quantity
