"""Owns the judgement of what markets do by themselves: auctions, delays in play, and all that has a time.

Never looks at accounts or at answers.
Called by the run, once everything has come to rest.

A record has a time. What is due then, or was before, has happened at its end: a host that was dead when
something was due has made up for that before anything else. And nothing has happened before it was due.
"""

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from actors.auditing.entries import Entry
from actors.machines import limits
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed
from actors.machines.messages.book_events import (
    AmendDelayed,
    AmendMissed,
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
    InstructionAnswered,
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketOpened,
    MarketTurnedInPlay,
)
from actors.machines.messages.record import decode
from actors.machines.messages.voiding import ContractVoided
from actors.machines.messages.words import ChallengeState, Reason, TimeInForce
from rabbit.log import Log
from tests.chaos.findings import Findings
from tests.chaos.history import LogReader
from tests.chaos.standing import Standing

BEHIND_US: Final = 1
"""A waiting amendment is so much behind the order, should that have come at the same time."""

Waiting = TypeVar("Waiting", OrderDelayed, AmendDelayed)
Booked = OrderMatched | OrderReplaced | OrderReduced | OrderCancelled | AuctionUncrossed
"""What changes what stands in a market."""
Timer = tuple[str, int]
"""What is to happen, and to what."""


def judge_markets(log: Log, findings: Findings) -> None:
    """Adds all that happened too early, too late, twice, or otherwise than it had to."""
    records = LogReader(log).records()
    judge_entries(
        (
            Entry(record.stream, record.sequence, record.time, decode(record.body))
            for record in records
            if record.stream.startswith("markets")
        ),
        findings,
    )


def judge_entries(entries: Iterable[Entry], findings: Findings) -> None:
    """The same of records of any streams, each stream's in its order."""
    judges: dict[str, _StreamJudge] = {}
    for entry in entries:
        judge = judges.setdefault(entry.stream, _StreamJudge())
        findings.lost += [
            f"{entry.stream}, record {entry.sequence}: {problem}" for problem in judge.take(entry)
        ]
    for stream, judge in judges.items():
        findings.stuck += [f"{stream}: {what} {identity} never came" for what, identity in judge.timers]


class _StreamJudge:
    """Of one market stream."""

    def __init__(self) -> None:
        self.timers: dict[Timer, int] = {}
        """What is due when."""
        self._markets: dict[int, Standing] = {}
        self._time = 0
        self._by_staff = False

    def take(self, entry: Entry) -> Iterator[str]:
        """What is wrong with the next record."""
        self._time = entry.time
        self._by_staff = any(isinstance(event, InstructionAnswered) for event in entry.body.events)
        for market in self._markets.values():
            market.leaving.clear()
        for event in entry.body.events:
            yield from self._take(event)
        late = [f"{what} {identity}" for (what, identity), due in self.timers.items() if due <= entry.time]
        if late and len(entry.body.events) < limits.TIMERS_PER_TURN_MAX:
            yield f"is over, and did not happen: {', '.join(late)}"

    def _take(self, event: Event) -> Iterator[str]:
        if isinstance(event, MarketCreated):
            self._markets[event.market.market_id] = Standing(event.market)
            return
        market = self._markets.get(getattr(event, "market_id", 0))
        if market is None:
            return
        if isinstance(event, Booked):
            before = set(market.orders)
            yield from self._take_of_book(event, market)
            self._set_expiries(before, market)
        else:
            yield from self._take_of_waiting(event, market)
            yield from self._take_of_life(event, market)

    def _take_of_book(self, event: Booked, market: Standing) -> Iterator[str]:
        match event:
            case OrderMatched():
                yield from self._arrive(event, market)
                yield from market.match(event)
            case OrderReplaced():
                if not event.delayed and market.delay_us:
                    yield f"order {event.order_id} was replaced, and did not wait"
                yield from self._amended(event, market)
                yield from market.replace(event)
            case OrderReduced():
                yield from self._amended(event, market)
                yield from market.reduce(event)
            case OrderCancelled():
                if event.reason is Reason.EXPIRED:
                    yield from self._due(("the end of order", event.order_id))
                if event.delayed:
                    self.timers.pop(("the arrival of order", event.order_id), None)
                yield from market.cancel(event)
            case AuctionUncrossed():
                if market.auction is None or market.halted:
                    yield f"contract {event.contract_id} traded in no auction"
                yield from market.uncross(event)

    def _arrive(self, event: OrderMatched, market: Standing) -> Iterator[str]:
        """Whether an order may trade, or stand, at this moment."""
        if event.contract_id in market.voided:
            yield f"order {event.order_id} arrived in contract {event.contract_id}, which is voided"
        if market.auction is not None and (event.fills or event.sets):
            yield f"order {event.order_id} traded while the market collects"
        if event.delayed:
            if event.order_id != next(iter(market.waiting), None):
                yield f"order {event.order_id} arrived, and others had come before it"
            market.waiting.pop(event.order_id, None)
            yield from self._due(("the arrival of order", event.order_id))
        elif market.delay_us:
            yield f"order {event.order_id} arrived, and did not wait"

    def _amended(self, event: OrderReplaced | OrderReduced | AmendMissed, market: Standing) -> Iterator[str]:
        if not event.delayed:
            return
        if market.amending.pop(event.order_id, None) is None:
            yield f"order {event.order_id} was amended as if that had waited"
        timer = ("the amendment of order", event.order_id)
        if isinstance(event, AmendMissed):
            self.timers.pop(timer, None)
        else:
            yield from self._due(timer)

    def _take_of_waiting(self, event: Event, market: Standing) -> Iterator[str]:
        match event:
            case OrderDelayed():
                yield from self._wait(event, market, market.waiting, "the arrival of order", 0)
            case AmendDelayed():
                yield from self._wait(event, market, market.amending, "the amendment of order", BEHIND_US)
            case AmendMissed():
                yield from self._amended(event, market)
            case OrderRejected(delayed=True):
                if market.waiting.pop(event.order_id, None) is None:
                    yield f"order {event.order_id} was rejected as if it had waited"
                timer = ("the arrival of order", event.order_id)
                if event.reason is Reason.MARKET_NOT_OPEN:
                    self.timers.pop(timer, None)
                else:
                    yield from self._due(timer)
            case ChallengeOffered():
                self.timers["the end of challenge", event.challenge_id] = event.offer.expires_time
            case ChallengeEnded(state=ChallengeState.EXPIRED):
                yield from self._due(("the end of challenge", event.challenge_id))
            case ChallengeAccepted() | ChallengeEnded():
                self.timers.pop(("the end of challenge", event.challenge_id), None)
            case _:
                pass

    def _wait(
        self, event: Waiting, market: Standing, waiting: dict[int, Waiting], what: str, behind_us: int
    ) -> Iterator[str]:
        """Something begins to wait out the delay."""
        if event.order_id in waiting:
            yield f"{what} {event.order_id} is waited for already"
        if not market.delay_us or event.due_time != self._time + market.delay_us + behind_us:
            yield f"{what} {event.order_id} is due at {event.due_time}, asked for at {self._time}"
        waiting[event.order_id] = event
        self.timers[what, event.order_id] = event.due_time

    def _take_of_life(self, event: Event, market: Standing) -> Iterator[str]:
        market_id = market.details.market_id
        match event:
            case AuctionStarted():
                yield from self._start(event, market)
            case MarketOpened() | MarketClosed():
                yield from self._end(event, market)
            case MarketHalted():
                market.halted = True
                market.leaving.clear()
                self.timers.pop(("the end of the auction of market", market_id), None)
            case MarketTurnedInPlay():
                market.in_play = True
                kinds = {order.kind for order in market.orders.values()}
                if kinds - {TimeInForce.KEEP_IN_PLAY}:
                    yield f"market {market_id} is in play with orders that are {kinds}"
            case ContractVoided():
                market.voided.add(event.contract_id)
                if any(order.contract_id == event.contract_id for order in market.orders.values()):
                    yield f"contract {event.contract_id} is voided with orders in it"
            case _:
                return
        if isinstance(event, MarketHalted | MarketClosed) and (market.waiting or market.amending):
            yield f"market {market_id} stopped, and {[*market.waiting, *market.amending]} wait"

    def _start(self, event: AuctionStarted, market: Standing) -> Iterator[str]:
        if market.auction is not None and not market.halted:
            yield f"market {event.market_id} began an auction in an auction"
        life_us = market.life_us(closing=event.closing)
        if life_us is None or event.ends_time != (self._time + life_us if life_us else 0):
            yield f"the auction of market {event.market_id} ends at {event.ends_time}, begun at {self._time}"
        market.auction, market.halted = event, False
        market.uncrossed.clear()
        if event.ends_time:
            self.timers["the end of the auction of market", event.market_id] = event.ends_time

    def _end(self, event: MarketOpened | MarketClosed, market: Standing) -> Iterator[str]:
        """The market trades at once from here on, or not at all."""
        auction, was_halted = market.auction, market.halted
        market.auction, market.halted = None, False
        timer = ("the end of the auction of market", event.market_id)
        if auction is not None and not was_halted:
            if auction.ends_time and not self._by_staff:
                yield from self._due(timer)
            # Who closes a market that was to open gives up what it had collected.
            if (isinstance(event, MarketOpened) or auction.closing) and (crossed := market.crossed()):
                yield f"the auction of market {event.market_id} left {crossed} crossed"
        self.timers.pop(timer, None)
        if isinstance(event, MarketClosed) and market.orders:
            yield f"market {event.market_id} closed with the orders {sorted(market.orders)}"

    def _set_expiries(self, before: set[int], market: Standing) -> None:
        """Orders that end by themselves, as far as they stand now."""
        for order_id in before - market.orders.keys():
            self.timers.pop(("the end of order", order_id), None)
        for order_id in market.orders.keys() - before:
            if good_til := market.orders[order_id].good_til:
                self.timers["the end of order", order_id] = good_til

    def _due(self, timer: Timer) -> Iterator[str]:
        """It happens now: it had been said when."""
        due = self.timers.pop(timer, None)
        if due is None or due > self._time:
            what, identity = timer
            yield f"{what} {identity} came at {self._time}, and was due at {due}"
