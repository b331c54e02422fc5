"""Owns the rules on what orders ask for beyond their price, and on the delay of markets in play.

Never looks at prices: the audit of books does; nor at what amendments ask for, but the delay that they wait.
Called by the audit of market streams, with the time of the record that is judged, and by causes.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from typing import Final

from msgspec import structs

from actors.auditing.books import AuditedBook, RestingOrder
from actors.auditing.breaches import Findings, Rule
from actors.machines import limits
from actors.machines.messages.amendments import SubmitAmendment
from actors.machines.messages.book_events import (
    AmendDelayed,
    OrderCancelled,
    OrderDelayed,
    OrderMatched,
    OrderReduced,
    OrderRejected,
    OrderReplaced,
)
from actors.machines.messages.events import (
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketTurnedInPlay,
)
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import Reason, SelfTrade, TimeInForce

_WAITING: Final = 0
"""The contract of what is in no book yet."""
Books = dict[int, AuditedBook]
RestingOf = Callable[[int, int, int], RestingOrder | None]
"""An order as it rests now: market, contract, order."""


class Waiting:
    """What waits in one market; ``cancelled``: orders that this record cancelled as if the market closed."""

    __slots__ = ("cancelled", "delay_us", "in_play", "orders")

    def __init__(self, delay_us: int) -> None:
        self.delay_us = delay_us
        self.in_play = False
        self.orders: dict[int, OrderDelayed] = {}
        self.cancelled: list[int] = []


class ConditionsAudit:
    """The conditions of all orders of one market stream."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._markets: dict[int, Waiting] = {}
        self._ends: list[tuple[int, int, int, int]] = []
        """A heap of times at which orders end, or arrive: with market, contract, order, soonest first."""
        self._events = 0
        self._time = 0

    def begin(self, time: int) -> None:
        """Another record begins, of this time."""
        self._time = time
        self._events = 0

    def end(self, resting_of: RestingOf) -> None:
        """Its events were all judged: nothing rests past its time, unless that was too much for one turn."""
        if self._events >= limits.TIMERS_PER_TURN_MAX:
            return
        while self._ends and self._ends[0][0] <= self._time:
            good_til, market_id, contract_id, order_id = heappop(self._ends)
            resting = resting_of(market_id, contract_id, order_id)
            if resting is not None and resting.good_til == good_til:
                self._add(f"order {order_id} rests past its time, {good_til}", market_id)
            if contract_id == _WAITING and order_id in self._markets[market_id].orders:
                self._add(f"order {order_id} waits past its time, {good_til}", market_id)

    def created(self, event: MarketCreated) -> None:
        self._markets[event.market.market_id] = Waiting(event.market.in_play_delay_ms * 1_000)

    def count(self) -> None:
        """One more event of the record."""
        self._events += 1

    def delayed(self, event: OrderDelayed) -> None:
        """An order begins to wait: in a market in play only, and as long as the market says."""
        market = self._markets[event.market_id]
        if not market.in_play or event.due_time != self._time + market.delay_us or not market.delay_us:
            self._add(
                f"order {event.order_id} waits from {self._time} until {event.due_time}", event.market_id
            )
        market.orders[event.order_id] = event
        heappush(self._ends, (event.due_time, event.market_id, _WAITING, event.order_id))

    def matched(self, event: OrderMatched) -> None:
        """An order arrived: at once where nothing waits, else in its turn, and as it was delayed."""
        market = self._markets[event.market_id]
        if event.delayed:
            first = next(iter(market.orders), None)
            waiting = market.orders.pop(event.order_id, None)
            for what in _delay_problems(event, waiting, first, self._time):
                self._add(what, event.market_id)
        elif market.in_play and market.delay_us:
            self._add(f"order {event.order_id} was matched without waiting", event.market_id)
        self._rests(event)

    def replaced(self, event: OrderReplaced) -> None:
        """An order arrived anew: in play, its amendment has waited."""
        market = self._markets[event.market_id]
        if market.in_play and market.delay_us and not event.delayed:
            self._add(f"order {event.order_id} was replaced without waiting", event.market_id)
        self._rests(event.arrival)

    def amendment_delayed(self, event: AmendDelayed) -> None:
        """An amendment begins to wait: in a market in play only, and as long as the market says."""
        market = self._markets[event.market_id]
        # A microsecond more than an order, behind which it may have arrived.
        if not market.in_play or event.due_time != self._time + market.delay_us + 1 or not market.delay_us:
            what = f"an amendment of order {event.order_id} waits from {self._time} until {event.due_time}"
            self._add(what, event.market_id)

    def waits(self, market_id: int, order_id: int) -> bool:
        """Whether the order waits to arrive."""
        market = self._markets.get(market_id)
        return market is not None and order_id in market.orders

    def reduced(self, event: OrderReduced) -> None:
        """An order that waits has become less of it."""
        orders = self._markets[event.market_id].orders
        waiting = orders[event.order_id]
        said = (event.contract_id, event.account_id, event.side, event.price, event.left + event.reduced)
        if said != (
            waiting.contract_id,
            waiting.account_id,
            waiting.side,
            waiting.price,
            waiting.quantity,
        ):
            self._add(f"order {event.order_id} was reduced, but does not wait so", event.market_id)
        orders[event.order_id] = structs.replace(waiting, quantity=event.left)

    def _rests(self, event: OrderMatched) -> None:
        if event.good_til and event.left and event.reason is None:
            if event.good_til <= self._time:
                self._add(f"order {event.order_id} rests from {event.good_til} on", event.market_id)
            heappush(self._ends, (event.good_til, event.market_id, event.contract_id, event.order_id))

    def rejected(self, event: OrderRejected) -> None:
        market = self._markets.get(event.market_id)
        if event.delayed and (market is None or market.orders.pop(event.order_id, None) is None):
            self._add(
                f"order {event.order_id} was rejected after a delay that it didn't have", event.market_id
            )

    def withdrawn(self, event: OrderCancelled) -> None:
        """An order was cancelled that rests in no book."""
        waiting = self._markets[event.market_id].orders.pop(event.order_id, None)
        said = (event.contract_id, event.account_id, event.side, event.price, event.quantity)
        if waiting is None or said != (
            waiting.contract_id,
            waiting.account_id,
            waiting.side,
            waiting.price,
            waiting.quantity,
        ):
            self._add(f"order {event.order_id} was cancelled, but does not wait so", event.market_id)

    def cancelled(self, event: OrderCancelled, resting: RestingOrder) -> None:
        """A resting order was cancelled: for a reason that its time in force allows."""
        kind = resting.time_in_force
        if event.reason is Reason.EXPIRED and not 0 < resting.good_til <= self._time:
            self._add(
                f"order {event.order_id} expired at {self._time}, not {resting.good_til}", event.market_id
            )
        if event.reason is Reason.MARKET_IN_PLAY and kind is TimeInForce.KEEP_IN_PLAY:
            self._add(f"order {event.order_id} was to be kept in play", event.market_id)
        if event.reason is Reason.MARKET_HALTED and kind is not TimeInForce.GOOD_TIL_HALTED:
            self._markets[event.market_id].cancelled.append(event.order_id)

    def moved(self, event: MarketHalted | MarketClosed | MarketTurnedInPlay, books: Books) -> None:
        """The market stops, or turns in play: what doesn't outlive that must be gone, and only that."""
        market = self._markets[event.market_id]
        resting = [(order_id, each) for book in books.values() for order_id, each in book.orders.items()]
        if isinstance(event, MarketTurnedInPlay):
            left = [order_id for order_id, each in resting if each.time_in_force is not _KEEP]
            if market.in_play:
                self._add("the market is turned in play twice", event.market_id)
            market.in_play = True
        else:
            left = [order_id for order_id, each in resting if each.time_in_force is _UNTIL_HALT]
            left += market.orders
        if left:
            self._add(f"{type(event).__name__}, and there are still {left}", event.market_id)
        if market.cancelled and not isinstance(event, MarketClosed):
            self._add(f"{market.cancelled} were cancelled by a mere halt", event.market_id)
        market.cancelled = []

    def _add(self, what: str, market_id: int) -> None:
        self._findings.add(Rule.CONDITIONS, what, market_id)


_KEEP = TimeInForce.KEEP_IN_PLAY
_UNTIL_HALT = TimeInForce.GOOD_TIL_HALTED


def problems(
    asked: SubmitOrder | OrderDelayed | SubmitAmendment | AmendDelayed, event: OrderMatched
) -> Iterator[str]:
    """What an arriving order did against its own conditions."""
    conditions, kind = asked.conditions, asked.time_in_force
    name = f"order {event.order_id}"
    rests = event.left and event.reason is None
    if rests and (event.time_in_force, event.good_til) != (kind, conditions.good_til):
        yield f"{name} was {kind} and became {event.time_in_force} until {event.good_til}"
    if conditions.post_only and (event.left != event.quantity or event.cancelled):
        yield f"{name} is post-only, and took"
    if event.cancelled and conditions.self_trade is not SelfTrade.CANCEL_MAKER:
        yield f"{name} cancelled {len(event.cancelled)} orders of its account, and should have stopped"
    enough = event.sets and event.reason is Reason.LIMIT_EXCEEDED and kind is not TimeInForce.FILL_OR_KILL
    if event.left and not enough and event.reason not in _reasons(kind, conditions.self_trade):
        yield f"{name} is {kind}, but what is left of it: {event.reason or 'rests'}"
    if kind is TimeInForce.FILL_OR_KILL and event.left and (event.fills or event.cancelled):
        yield f"{name} is {kind}, and changed the book although {event.left} of it is left"


def _reasons(kind: TimeInForce, self_trade: SelfTrade) -> Iterable[Reason | None]:
    """Why what is left of such an order may be cancelled; None: it may rest."""
    if kind is TimeInForce.FILL_OR_KILL:
        return (Reason.INSUFFICIENT_LIQUIDITY,)
    unfilled = Reason.INSUFFICIENT_LIQUIDITY if kind is TimeInForce.IMMEDIATE_OR_CANCEL else None
    return (unfilled,) if self_trade is SelfTrade.CANCEL_MAKER else (unfilled, Reason.SELF_TRADE)


def _delay_problems(
    event: OrderMatched, waiting: OrderDelayed | None, first: int | None, time: int
) -> Iterator[str]:
    name = f"order {event.order_id}"
    if waiting is None:
        yield f"{name} was matched after a delay that it didn't have"
        return
    if event.order_id != first:
        yield f"{name} was matched before {first}, which has waited longer"
    if time < waiting.due_time:
        yield f"{name} was matched at {time}, before its time, {waiting.due_time}"
    said = (waiting.contract_id, waiting.account_id, waiting.side, waiting.price, waiting.quantity)
    done = (event.contract_id, event.account_id, event.side, event.price, event.quantity)
    if said != done:
        yield f"{name} was matched as {done}, but waited as {said}"
    yield from problems(waiting, event)
