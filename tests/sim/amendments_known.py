"""Owns what the records of market streams say of amendments: which orders may shrink, leave, wait.

Never shares a rule with the machines: what was asked for is read from its account's record of it.
Called by what is known of markets, event by event, and at the end of each record.
"""

from collections import defaultdict
from collections.abc import Iterable

from actors.machines import limits
from actors.machines.book.interface import Resting
from actors.machines.messages import book_events
from actors.machines.messages.words import Reason
from tests.sim.accounts_known import AccountsKnown, OrderKnown
from tests.sim.conditions_known import ConditionsKnown
from tests.sim.violations import require

Amended = book_events.OrderReduced | book_events.OrderReplaced


class AmendmentsKnown:
    """Of all markets of the exchange."""

    def __init__(self, accounts: AccountsKnown, conditions: ConditionsKnown) -> None:
        self._accounts = accounts
        self._conditions = conditions
        self._terms: dict[int, tuple[int, int]] = {}
        """Orders -> the price and the total that their market gave them, where it did."""
        self.waiting: defaultdict[int, dict[int, book_events.AmendDelayed]] = defaultdict(dict)
        """Markets -> amendments that wait, by order."""

    def terms_of(self, order_id: int) -> tuple[int, int]:
        """Price and total of an order as its market knows it."""
        order = self._accounts.orders[order_id]
        return self._terms.get(order_id, (order.price, order.quantity))

    def delay(self, event: book_events.AmendDelayed) -> None:
        """It makes its order arrive anew, in a market where what arrives has to wait."""
        market = self._conditions.markets[event.market_id]
        require(market.in_play and market.delay_us > 0, "{}: nothing waits here", event)
        require(
            event.due_time == self._conditions.time + market.delay_us + 1,
            "{}: at {}",
            event,
            self._conditions.time,
        )
        asked = self._accounts.orders[event.order_id].amendment
        require(asked == (event.price, event.quantity), "{}: asked was {}", event, asked)
        require(event.order_id not in self.waiting[event.market_id], "{}: another one waits", event)
        self.waiting[event.market_id][event.order_id] = event

    def reduce(self, event: book_events.OrderReduced, resting: Resting | None) -> None:
        """An order shrinks, where it rests or where it waits."""
        order = self._begin(event, event.delayed, arrives=False)
        waiting = self._conditions.markets[event.market_id].orders
        known: Resting | book_events.OrderDelayed | None = resting or waiting.get(event.order_id)
        require(known is not None, "{}: it rests no more", event)
        assert known is not None
        price, left = self._right(event, order, known.quantity)
        require(left == 0 or (price == known.price and left <= known.quantity), "{}: it had to leave", event)
        told = (event.price, event.reduced, event.left)
        right = (known.price, known.quantity - left, left)
        require(told == right, "{}: it had to be {}", event, right)
        require(event.waits is (resting is None), "{}: whether it waits isn't so", event)
        if resting is None:
            waiting[event.order_id] = _smaller(waiting[event.order_id], left)

    def replace(self, event: book_events.OrderReplaced, resting: Resting | None) -> OrderKnown:
        """An order leaves its place, to arrive anew; the arrival is judged like any other."""
        order = self._begin(event, event.delayed, arrives=True)
        require(resting is not None, "{}: it rests no more", event)
        assert resting is not None
        price, left = self._right(event, order, resting.quantity)
        more = price != resting.price or left > resting.quantity
        require(left > 0 and more, "{}: it had to keep its place", event)
        require(
            (event.price, event.left) == (resting.price, resting.quantity), "{}: {} rested", event, resting
        )
        anew = event.arrival
        told = (anew.market_id, anew.contract_id, anew.account_id, anew.side, anew.price, anew.quantity)
        right = (order.market_id, order.contract_id, order.account_id, order.side, price, left)
        require(told == right, "{}: it had to arrive as {}", event, right)
        kept = (anew.time_in_force, anew.good_til)
        require(kept == (order.time_in_force, order.conditions.good_til), "{}: it is {}", event, order)
        took = anew.left != anew.quantity or anew.cancelled
        require(not (order.conditions.post_only and took), "{}: it is post-only", event)
        return order

    def miss(self, event: book_events.AmendMissed, resting: Resting | None, state: str) -> None:
        """What can't be carried out: nothing is there, or it may not arrive."""
        self._begin(event, event.delayed, arrives=False)
        there = resting is not None or event.order_id in self._conditions.markets[event.market_id].orders
        require((event.reason is Reason.TOO_LATE) is not there, "{}: it was {}", event, resting)
        order = self._accounts.orders[event.order_id]
        match event.reason:
            case Reason.POST_ONLY_WOULD_TRADE:
                require(order.conditions.post_only, "{}: it isn't", event)
            case Reason.MARKET_NOT_OPEN:
                require(event.delayed or state not in ("open", "auction"), "{}: it is {}", event, state)
            case _:
                require(event.reason is Reason.TOO_LATE, "{}: for no reason", event)

    def check_due(self, market_ids: Iterable[int], count: int) -> None:
        """After a record: nothing waits that is over, unless that was too much for one turn."""
        if count < limits.TIMERS_PER_TURN_MAX:
            for market_id in market_ids:
                times = [each.due_time for each in self.waiting[market_id].values()]
                require(all(time > self._conditions.time for time in times), "{}: {}", market_id, times)

    def check_stopped(self, market_id: int) -> None:
        """The market stops trading: nothing may arrive any more."""
        require(not self.waiting[market_id], "market {}: {}", market_id, self.waiting[market_id])

    def _begin(self, event: Amended | book_events.AmendMissed, delayed: bool, *, arrives: bool) -> OrderKnown:
        market = self._conditions.markets[event.market_id]
        if delayed:
            first = next(iter(self.waiting[event.market_id]), None)
            require(event.order_id == first, "{}: {} was asked for before", event, first)
            waited = self.waiting[event.market_id].pop(event.order_id, None)
            require(waited is not None, "{}: it does not wait", event)
            early = waited is not None and waited.due_time > self._conditions.time
            require(not early or isinstance(event, book_events.AmendMissed), "{}: before its time", event)
        else:
            has_to_wait = arrives and market.in_play and market.delay_us > 0
            require(not has_to_wait, "{}: it had to wait", event)
        return self._accounts.orders[event.order_id]

    def _right(self, event: Amended, order: OrderKnown, before: int) -> tuple[int, int]:
        """The price that it was to have, and how much of it is left of the new total."""
        require(order.amendment is not None, "{}: nobody asked for it", event)
        price, quantity = order.amendment or (0, 0)
        executed = self.terms_of(event.order_id)[1] - before
        left = max(0, quantity - executed)
        require(event.quantity == executed + left, "{}: its total is {}", event, executed + left)
        self._terms[event.order_id] = (price if left else event.price, event.quantity)
        return price, left


def _smaller(waiting: book_events.OrderDelayed, left: int) -> book_events.OrderDelayed:
    return book_events.OrderDelayed(
        waiting.market_id,
        waiting.contract_id,
        waiting.order_id,
        waiting.account_id,
        waiting.side,
        waiting.price,
        left,
        waiting.time_in_force,
        waiting.conditions,
        waiting.due_time,
    )
