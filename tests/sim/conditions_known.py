"""Owns what the records of market streams say of orders' conditions: what waits, until when, for what.

Never shares a rule with the machines: what an order asks for is read from its account's record of it.
Called by what is known of markets, event by event, and at the end of each record.
"""

from collections.abc import Container, Iterable, Mapping
from typing import Final

from actors.machines import limits
from actors.machines.book.interface import Matcher
from actors.machines.book.naive import NaiveBook
from actors.machines.messages import book_events, events
from actors.machines.messages.auctions import AuctionStarted
from actors.machines.messages.words import Reason, SelfTrade, TimeInForce
from tests.sim.accounts_known import AccountsKnown, OrderKnown
from tests.sim.violations import require

CHANGES: Final = (
    AuctionStarted,
    events.MarketOpened,
    events.MarketHalted,
    events.MarketTurnedInPlay,
    events.MarketClosed,
)
"""What makes another version of a market."""
Books = Iterable[NaiveBook]


class Waiting:
    """What waits in one market, in the order of arrival."""

    def __init__(self, delay_us: int) -> None:
        self.delay_us = delay_us
        self.in_play = False
        self.version = 1
        self.orders: dict[int, book_events.OrderDelayed] = {}


class ConditionsKnown:
    """Of all markets of the exchange."""

    def __init__(self, accounts: AccountsKnown) -> None:
        self._accounts = accounts
        self.markets: dict[int, Waiting] = {}
        self.time = 0
        """That of the record under way."""

    def create(self, event: events.MarketCreated) -> None:
        self.markets[event.market.market_id] = Waiting(event.market.in_play_delay_ms * 1_000)

    def change(self, market_id: int) -> None:
        """Another version of a market begins."""
        self.markets[market_id].version += 1

    def delay(self, event: book_events.OrderDelayed) -> None:
        market, order = self.markets[event.market_id], self._accounts.orders[event.order_id]
        require(market.in_play and market.delay_us > 0, "{}: nothing waits here", event)
        require(event.due_time == self.time + market.delay_us, "{}: at {}", event, self.time)
        told = (event.contract_id, event.account_id, event.side, event.price, event.quantity)
        placed = (order.contract_id, order.account_id, order.side, order.price, order.quantity)
        require(told == placed, "{} is not the order that was placed: {}", event, placed)
        asked = (event.time_in_force, event.conditions)
        require(asked == (order.time_in_force, order.conditions), "{}: it is {}", event, order)
        market.orders[event.order_id] = event

    def arrive(self, event: book_events.OrderMatched) -> OrderKnown:
        """An order is matched: now, and as what it is."""
        order = self._accounts.orders[event.order_id]
        self._end_delay(event, order)
        conditions = order.conditions
        version = self.markets[event.market_id].version
        require(conditions.market_version in (0, version), "{}: in version {}", event, version)
        require(
            not 0 < conditions.good_til <= self.time, "{}: it was good til {}", event, conditions.good_til
        )
        told = (event.time_in_force, event.good_til)
        require(told == (order.time_in_force, conditions.good_til), "{}: it is {}", event, order)
        took = event.left != event.quantity or event.cancelled
        require(not (conditions.post_only and took), "{}: it is post-only", event)
        return order

    def reject(
        self,
        event: book_events.OrderRejected,
        state: str,
        books: Mapping[int, Matcher],
        voided: Container[int],
    ) -> None:
        """An order that would have arrived in a book is not let in, for a reason that is so."""
        order = self._accounts.orders[event.order_id]
        conditions, market = order.conditions, self.markets[event.market_id]
        self._end_delay(event, order)
        match event.reason:
            case Reason.MARKET_CHANGED:
                right = conditions.market_version not in (0, market.version)
            case Reason.EXPIRED:
                right = 0 < conditions.good_til <= self.time
            case Reason.POST_ONLY_WOULD_TRADE:
                book = books[order.contract_id]
                match = book.match(order.account_id, order.side, order.price, order.left, 1, past_own=True)
                right = conditions.post_only and bool(match.fills or match.sets or match.own)
            case Reason.CONTRACT_VOIDED:
                right = order.contract_id in voided
            case Reason.NOT_IN_AUCTION:
                right = order.time_in_force is TimeInForce.MARKET and state == "open"
            case Reason.MARKET_NOT_OPEN if event.delayed:
                right = True  # it stops with this record: that nothing is left waiting is looked at then
            case _:
                right = state not in ("open", "auction")
        require(right, "{}: {} in version {}, at {}", event, order, market.version, self.time)

    def withdraw(self, event: book_events.OrderCancelled) -> None:
        """An order is cancelled that waits."""
        waiting = self.markets[event.market_id].orders.pop(event.order_id, None)
        require(waiting is not None, "{}: it does not wait", event)

    def cancel(self, event: book_events.OrderCancelled) -> None:
        """A resting order is cancelled."""
        order = self._accounts.orders[event.order_id]
        expired = 0 < order.conditions.good_til <= self.time
        require(event.reason is not Reason.EXPIRED or expired, "{}: at {}", event, self.time)
        kept = order.time_in_force is TimeInForce.KEEP_IN_PLAY
        require(event.reason is not Reason.MARKET_IN_PLAY or not kept, "{}: it was to be kept", event)

    def move(self, event: events.Event, market_id: int, books: Books) -> None:
        """The market takes a step: what doesn't outlive it is gone."""
        market = self.markets[market_id]
        market.version += isinstance(event, CHANGES)
        kinds = [
            self._accounts.orders[each.order_id].time_in_force for book in books for each in book.resting()
        ]
        if isinstance(event, events.MarketTurnedInPlay):
            require(not market.in_play, "{}: a second time", event)
            market.in_play = True
            left = [kind for kind in kinds if kind is not TimeInForce.KEEP_IN_PLAY]
            require(not left, "{}: {} rest still", event, left)
        elif isinstance(event, events.MarketHalted | events.MarketClosed):
            require(TimeInForce.GOOD_TIL_HALTED not in kinds, "{}: some rest still", event)
            require(not market.orders, "{}: {} wait still", event, market.orders)

    def check_due(self, market_ids: Iterable[int], books_of: Mapping[int, Books], count: int) -> None:
        """After a record: nothing is there that had to end or to arrive by then, unless it was too much."""
        if count >= limits.TIMERS_PER_TURN_MAX:
            return
        for market_id in market_ids:
            waiting = self.markets[market_id].orders.values()
            late = [each.order_id for each in waiting if each.due_time <= self.time]
            require(not late, "market {}: {} wait still", market_id, late)
            for book in books_of[market_id]:
                for each in book.resting():
                    good_til = self._accounts.orders[each.order_id].conditions.good_til
                    past = 0 < good_til <= self.time
                    require(not past, "market {}: order {} rests still", market_id, each.order_id)

    def _end_delay(
        self, event: book_events.OrderMatched | book_events.OrderRejected, order: OrderKnown
    ) -> None:
        market = self.markets[event.market_id]
        if not event.delayed:
            passed = market.in_play and market.delay_us and isinstance(event, book_events.OrderMatched)
            require(not passed, "{}: it had to wait", event)
            require(event.order_id not in market.orders, "{}: it waits", event)
            return
        first = next(iter(market.orders), None)
        waiting = market.orders.pop(event.order_id, None)
        require(waiting is not None, "{}: it does not wait", event)
        if isinstance(event, book_events.OrderMatched) and waiting is not None:
            require(first == event.order_id, "{}: {} was first", event, first)
            require(waiting.due_time <= self.time, "{}: {} of {}", event, waiting.due_time, order)


def passes_own(order: OrderKnown) -> bool:
    return order.conditions.self_trade is SelfTrade.CANCEL_MAKER
