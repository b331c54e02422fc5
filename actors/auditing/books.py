"""Owns a book as an audit follows it: what rests, best price first, oldest first; and judges each match.

Never decides what trades: it says whether what traded was what strict price/time priority asks for.
Called by the audit of market streams, one book a contract.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count

from actors.auditing.breaches import Findings, Rule
from actors.machines.messages.book_events import OrderMatched, OrderReduced, OrderReplaced
from actors.machines.messages.parts import MakerFill
from actors.machines.messages.words import Reason, Side, TimeInForce


class RestingOrder:
    """``came``: how many orders had come to rest in its market before it, and itself."""

    __slots__ = ("account_id", "buys", "came", "good_til", "left", "price", "time_in_force")

    def __init__(self, account_id: int, left: int, price: int, *, buys: bool) -> None:
        self.account_id = account_id
        self.left = left
        self.price = price
        self.buys = buys
        self.time_in_force = TimeInForce.GOOD_TIL_CANCELLED
        self.good_til = 0
        self.came = 0


class Half:
    """One side of a book: price -> its orders in the order of arrival; the best price is found by a heap."""

    __slots__ = ("_heap", "_heaped", "_levels", "_sign")

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._levels: dict[int, dict[int, RestingOrder]] = {}
        self._heap: list[int] = []
        self._heaped: set[int] = set()
        """What is in the heap, which may name prices at which nothing rests any more."""

    def best(self) -> int | None:
        heap = self._heap
        while heap:
            price = self._sign * heap[0]
            if price in self._levels:
                return price
            heappop(heap)
            self._heaped.discard(price)
        return None

    def oldest(self, price: int) -> tuple[int, RestingOrder]:
        """The order that has waited longest at a price at which something rests."""
        level = self._levels[price]
        order_id = next(iter(level))
        return order_id, level[order_id]

    def queue(self) -> Iterator[tuple[int, RestingOrder]]:
        """All orders, best price first; within a price the oldest first."""
        heap = self._heap.copy()
        while heap:
            yield from self._levels.get(self._sign * heappop(heap), {}).items()

    def add(self, order_id: int, order: RestingOrder) -> None:
        level = self._levels.get(order.price)
        if level is None:
            level = self._levels[order.price] = {}
            if order.price not in self._heaped:
                self._heaped.add(order.price)
                heappush(self._heap, self._sign * order.price)
        level[order_id] = order

    def remove(self, order_id: int, price: int) -> None:
        level = self._levels[price]
        del level[order_id]
        if not level:
            del self._levels[price]


class AuditedBook:
    """What rests of one contract. ``came`` counts the orders of all contracts of a market."""

    __slots__ = ("_bids", "_came", "_offers", "orders")

    def __init__(self, came: Iterator[int] | None = None) -> None:
        self.orders: dict[int, RestingOrder] = {}
        self._came = count(1) if came is None else came
        self._bids = Half(-1)
        self._offers = Half(1)

    def judge(self, event: OrderMatched, findings: Findings) -> None:
        """Whether an arriving order traded as it had to; then what traded is gone and what is left rests."""
        buys = event.side is Side.BUY
        opposite = self._offers if buys else self._bids
        left = event.quantity
        if event.cancelled:
            self._cancel_own(event, opposite, findings)
        for fill in event.fills:
            left = self._fill(event, fill, left, opposite, findings)
        if event.left != left:
            findings.add(
                Rule.QUANTITY,
                f"order {event.order_id} of {event.quantity} has {event.left} left, but should have {left}",
                event.market_id,
            )
        if event.left > 0:
            self._judge_rest(event, opposite, findings)

    def reduce(self, event: OrderReduced, findings: Findings) -> None:
        """An order shrinks where it stands; one of which nothing is left goes."""
        resting = self.orders.get(event.order_id)
        said = (event.account_id, event.side is Side.BUY, event.price, event.left + event.reduced)
        if resting is None or _as_said(resting) != said or event.waits:
            what = f"order {event.order_id} was reduced by {event.reduced} to {event.left} at {event.price}"
            findings.add(Rule.ORDER, f"{what}, but does not rest so", event.market_id)
            return
        resting.left = event.left
        if event.left == 0:
            self.remove(event.order_id)

    def leave(self, event: OrderReplaced, findings: Findings) -> None:
        """An order leaves its place, to arrive anew."""
        resting = self.remove(event.order_id)
        said = (event.account_id, event.side is Side.BUY, event.price, event.left)
        if resting is None or _as_said(resting) != said:
            what = f"order {event.order_id} left its place with {event.left} at {event.price}"
            findings.add(Rule.ORDER, f"{what}, but did not rest so", event.market_id)

    def remove(self, order_id: int) -> RestingOrder | None:
        """An order leaves the book."""
        order = self.orders.pop(order_id, None)
        if order is not None:
            (self._bids if order.buys else self._offers).remove(order_id, order.price)
        return order

    def take(self, order_id: int, quantity: int) -> None:
        """So much of an order traded as an auction ended."""
        order = self.orders.get(order_id)
        if order is not None:
            order.left -= quantity
            if order.left <= 0:
                self.remove(order_id)

    def half(self, *, buys: bool) -> Half:
        """One side of the book."""
        return self._bids if buys else self._offers

    def left_of(self, order_id: int) -> int:
        order = self.orders.get(order_id)
        return 0 if order is None else order.left

    def _fill(
        self, event: OrderMatched, fill: MakerFill, left: int, opposite: Half, findings: Findings
    ) -> int:
        """Judges one fill against what had to trade next; gives what is left of the arriving order."""
        market_id = event.market_id
        best = opposite.best()
        if best is None or not _crosses(event, best):
            findings.add(
                Rule.TRADE_THROUGH,
                f"order {event.order_id} ({event.side} at {event.price}) traded at {fill.price}, where"
                f" nothing rested that it may trade with (best: {best})",
                market_id,
            )
        else:
            for rule, what in self._fill_problems(event, fill, left, opposite.oldest(best)):
                findings.add(rule, what, market_id)
        maker = self.orders.get(fill.order_id)
        if maker is not None:
            maker.left -= fill.quantity
            if maker.left <= 0:
                self.remove(fill.order_id)
        return left - fill.quantity

    def _fill_problems(
        self, event: OrderMatched, fill: MakerFill, left: int, first: tuple[int, RestingOrder]
    ) -> Iterator[tuple[Rule, str]]:
        first_id, maker = first
        if fill.order_id != first_id:
            mine = self.orders.get(fill.order_id)
            kind = "price" if mine is None or mine.price != maker.price else "time"
            what = f"traded with {fill.order_id}, but {first_id} at {maker.price} has {kind} priority"
            yield Rule.PRIORITY, f"order {event.order_id} {what}"
            return
        if fill.price != maker.price:
            yield (
                Rule.TRADE_THROUGH,
                f"order {fill.order_id} rests at {maker.price} and traded at {fill.price}",
            )
        if fill.account_id != maker.account_id:
            yield Rule.ORDER, f"order {fill.order_id} is not account {fill.account_id}'s"
        if maker.good_til and maker.good_til <= event.time:
            yield Rule.CONDITIONS, f"order {fill.order_id} traded past its time, {maker.good_til}"
        if maker.account_id == event.account_id:
            yield Rule.SELF_TRADE, f"account {event.account_id} traded with itself (order {event.order_id})"
        due = min(left, maker.left)
        if fill.quantity > due:
            yield (
                Rule.QUANTITY,
                f"orders {event.order_id} and {fill.order_id} traded {fill.quantity}; only {due} was left",
            )
        elif fill.quantity < due:
            yield (
                Rule.PRIORITY,
                f"order {fill.order_id} traded {fill.quantity} of the {due} that were its turn",
            )

    def _judge_rest(self, event: OrderMatched, opposite: Half, findings: Findings) -> None:
        """What is left of an arriving order may only be there because nothing more could trade."""
        if event.time_in_force is TimeInForce.FILL_OR_KILL:
            self._judge_kill(event, opposite, findings)
            return
        best = opposite.best()
        crosses = best is not None and _crosses(event, best)
        own_next = best is not None and crosses and opposite.oldest(best)[1].account_id == event.account_id
        if event.reason is Reason.SELF_TRADE:
            if not own_next:
                findings.add(
                    Rule.SELF_TRADE,
                    f"order {event.order_id} was cancelled to spare its account a trade with itself,"
                    " which was not next",
                    event.market_id,
                )
        elif crosses:
            findings.add(
                Rule.CROSSED if event.reason is None else Rule.PRIORITY,
                f"order {event.order_id} ({event.side} at {event.price}) has {event.left} left, although"
                f" {best} was there to trade with",
                event.market_id,
            )
        if event.reason is None:
            self.rest(event, findings)

    def _judge_kill(self, event: OrderMatched, opposite: Half, findings: Findings) -> None:
        """An order that trades in full or not at all may only be killed where it could not trade in full."""
        found = 0
        for _, maker in opposite.queue():
            if not _crosses(event, maker.price) or maker.account_id == event.account_id:
                return
            found += maker.left
            if found >= event.quantity:
                what = f"order {event.order_id} was killed, although {event.quantity} was there to trade with"
                findings.add(Rule.PRIORITY, what, event.market_id)
                return

    def _cancel_own(self, event: OrderMatched, opposite: Half, findings: Findings) -> None:
        """Orders of its own account leave the book: those that the arriving order met, and no others."""
        last = event.fills[-1].order_id if event.fills and not event.left else None
        met: dict[int, None] = {}
        for order_id, maker in opposite.queue():
            if not _crosses(event, maker.price) or order_id == last:
                break
            if maker.account_id == event.account_id:
                met[order_id] = None
        for own in event.cancelled:
            resting = self.remove(own.order_id)
            said = (event.account_id, own.price, own.quantity)
            if resting is None or (resting.account_id, resting.price, resting.left) != said:
                what = f"order {own.order_id} was cancelled with {own.quantity} at {own.price}"
                findings.add(Rule.ORDER, f"{what}, but does not rest so", event.market_id)
            elif own.order_id not in met:
                what = f"order {own.order_id} was cancelled, but order {event.order_id} did not meet it"
                findings.add(Rule.SELF_TRADE, what, event.market_id)

    def rest(self, event: OrderMatched, findings: Findings) -> None:
        """What is left of an arriving order joins its book."""
        if event.order_id in self.orders:
            findings.add(Rule.ONCE, f"order {event.order_id} rests twice", event.market_id)
            return
        order = RestingOrder(event.account_id, event.left, event.price, buys=event.side is Side.BUY)
        order.time_in_force, order.good_til = event.time_in_force, event.good_til
        order.came = next(self._came)
        self.orders[event.order_id] = order
        (self._bids if order.buys else self._offers).add(event.order_id, order)


def _crosses(event: OrderMatched, best: int) -> bool:
    return best <= event.price if event.side is Side.BUY else best >= event.price


def _as_said(resting: RestingOrder) -> tuple[int, bool, int, int]:
    return resting.account_id, resting.buys, resting.price, resting.left
