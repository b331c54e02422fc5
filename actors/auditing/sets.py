"""Owns the audit of arrivals in a market of complementary contracts: what had to trade, and what did.

Never shares a rule with the exchange's own matching: what is due is found anew, from what rests.
Called by the audit of market streams, with the books of a market, which then follow what the log says.

Where no set is within an order's limit, it is judged by its own contract's book alone.
"""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import NamedTuple

from actors.auditing.books import AuditedBook, Half, RestingOrder
from actors.auditing.breaches import Findings, Rule
from actors.auditing.positions import WHOLE
from actors.machines import limits
from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.parts import Fill
from actors.machines.messages.words import Reason, Side, TimeInForce

Books = Mapping[int, AuditedBook]
LOWEST = 1
"""The lowest price there is, in ticks."""


class Maker(NamedTuple):
    """One resting order in a trade, and the price that it trades at."""

    contract_id: int
    order_id: int
    account_id: int
    price: int


class Trade(NamedTuple):
    """What an arriving order trades at once: with one order of its contract, or with one of each other."""

    price: int
    quantity: int
    makers: tuple[Maker, ...]


class Due(NamedTuple):
    """What an order has to trade; ``own``: those of its own account that it goes past, or stops at.

    ``stopped``: it stops at its own; ``cut``: it has as many sets as one order may.
    """

    trades: list[Trade]
    left: int
    own: list[int]
    stopped: bool = False
    cut: bool = False


def judge_arrival(event: OrderMatched, books: Books, findings: Findings) -> None:
    """Whether an arriving order traded as it had to; then what traded is gone and what is left rests."""
    if not event.sets and not _reaches(event, books):
        books[event.contract_id].judge(event, findings)
        return
    for rule, what in [*_set_problems(event), *_problems(event, books)]:
        findings.add(rule, f"order {event.order_id} {what}", event.market_id)
    _follow(event, books)
    if event.left and event.reason is None:
        books[event.contract_id].rest(event, findings)


def numbers_of(event: OrderMatched) -> list[int]:
    """The numbers of its executions, as they ought to follow each other."""
    if not event.sets:
        return [fill.execution_id for fill in event.fills]
    numbers = [[fill.execution_id] for fill in event.fills]
    numbers += [[one.execution_id, *(leg.execution_id for leg in one.legs)] for one in event.sets]
    return [number for together in sorted(numbers) for number in together]


def fills_told(event: OrderMatched) -> tuple[tuple[Fill, ...], dict[tuple[int, int, int], list[Fill]]]:
    """What the arriving order is told, and what each resting one is: by contract, order and account.

    In the order of trading, which is also that in which the resting orders are told.
    """
    arrived: list[Fill] = []
    resting: dict[tuple[int, int, int], list[Fill]] = {}
    if not event.sets:
        for made in event.fills:
            fill = Fill(made.execution_id, made.price, made.quantity)
            arrived.append(fill)
            resting.setdefault((event.contract_id, made.order_id, made.account_id), []).append(fill)
        return tuple(arrived), resting
    for number, trade in _traded(event):
        arrived.append(Fill(number, trade.price, trade.quantity))
        direct = [maker.contract_id for maker in trade.makers] == [event.contract_id]
        for nth, maker in enumerate(trade.makers, number if direct else number + 1):
            fills = resting.setdefault(maker[:3], [])
            fills.append(Fill(nth, maker.price, trade.quantity))
    return tuple(arrived), resting


def last_prices(event: OrderMatched) -> dict[int, int]:
    """At which price each contract was traded last."""
    prices: dict[int, int] = {}
    for _, trade in _traded(event):
        prices[event.contract_id] = trade.price
        prices |= {maker.contract_id: maker.price for maker in trade.makers}
    return prices


def take_set(event: OrderMatched, books: Books) -> None:
    """What the event says traded is gone, of the order that arrived, too: it was resting."""
    _follow(event, books)
    books[event.contract_id].take(event.order_id, event.quantity)


def prices_in_set(prices: Mapping[int, int]) -> tuple[int, dict[int, int]]:
    """What an order trades at in a set with those that rest at these prices, and what each of them does."""
    price = max(LOWEST, WHOLE - sum(prices.values()))
    too_much = sum(prices.values()) + price - WHOLE
    made = dict(prices)
    for contract_id in sorted(prices, key=lambda each: -prices[each]):
        given = min(too_much, prices[contract_id] - LOWEST)
        made[contract_id] -= given
        too_much -= given
    return price, made


def _traded(event: OrderMatched) -> list[tuple[int, Trade]]:
    """What the event says was traded, in order, each with the arriving order's number."""
    contract_id = event.contract_id
    trades = [
        (
            fill.execution_id,
            Trade(
                fill.price,
                fill.quantity,
                (Maker(contract_id, fill.order_id, fill.account_id, fill.price),),
            ),
        )
        for fill in event.fills
    ]
    for one in event.sets:
        makers = tuple(Maker(leg.contract_id, leg.order_id, leg.account_id, leg.price) for leg in one.legs)
        trades.append((one.execution_id, Trade(one.price, one.quantity, makers)))
    return sorted(trades)


def _set_problems(event: OrderMatched) -> Iterator[tuple[Rule, str]]:
    for one in event.sets:
        total = one.price + sum(leg.price for leg in one.legs)
        if total != WHOLE:
            yield Rule.CONSERVED, f"traded a set for {total} in all"


def _problems(event: OrderMatched, books: Books) -> Iterator[tuple[Rule, str]]:
    """What the order traded otherwise than it had to."""
    trades = [trade for _, trade in _traded(event)]
    left = event.quantity - sum(trade.quantity for trade in trades)
    if event.left != left:
        yield Rule.QUANTITY, f"of {event.quantity} has {event.left} left, but should have {left}"
    if event.time_in_force is TimeInForce.FILL_OR_KILL and event.left:
        could = not _due(event, books, past_own=False).left
        if trades or event.cancelled or could:
            yield Rule.PRIORITY, f"was killed{', although it could trade in full' if could else ' in part'}"
        return
    due = _due(event, books, past_own=bool(event.cancelled))
    cancelled = [own.order_id for own in event.cancelled]
    if cancelled and cancelled != due.own:
        yield Rule.SELF_TRADE, f"met {due.own} of its own account, but {cancelled} were cancelled"
    for own in event.cancelled:
        resting = books[own.contract_id].orders.get(own.order_id) if own.contract_id in books else None
        if resting is None or (resting.price, resting.left) != (own.price, own.quantity):
            yield (
                Rule.ORDER,
                f"went past {own.order_id}, which does not rest as {own.quantity} at {own.price}",
            )
    if due.stopped is not (event.reason is Reason.SELF_TRADE):
        yield Rule.SELF_TRADE, f"met {due.own} of its own account, and ended with {event.reason}"
    if due.cut is not (event.reason is Reason.LIMIT_EXCEEDED):
        yield Rule.QUANTITY, f"traded {len(event.sets)} sets, and ended with {event.reason}"
    for did, should in zip_longest(trades, due.trades):
        if did != should:
            yield _difference(event, did, should)
            return


def _difference(event: OrderMatched, did: Trade | None, should: Trade | None) -> tuple[Rule, str]:
    if should is None:
        return Rule.TRADE_THROUGH, f"({event.side} at {event.price}) traded {did}, where nothing was due"
    if did is None:
        rule = Rule.CROSSED if event.reason is None else Rule.PRIORITY
        return rule, f"({event.side} at {event.price}) has {event.left} left, although {should} was due"
    if [maker[:3] for maker in did.makers] != [maker[:3] for maker in should.makers]:
        return Rule.PRIORITY, f"traded {did}, but {should} was next"
    rule = Rule.QUANTITY if did.quantity > should.quantity else Rule.PRIORITY
    return (rule if did.quantity != should.quantity else Rule.TRADE_THROUGH), f"traded {did}, not {should}"


def _reaches(event: OrderMatched, books: Books) -> bool:
    """Whether a set could be traded within the order's limit."""
    buys = event.side is Side.BUY
    total = event.price
    for contract_id, book in books.items():
        if contract_id != event.contract_id:
            best = book.half(buys=buys).best()
            if best is None:
                return False
            total += best
    return total >= WHOLE if buys else total <= WHOLE


class _Line:
    """The orders of one side of a book, and what is left of the first while an order arrives."""

    def __init__(self, contract_id: int, half: Half) -> None:
        self.contract_id = contract_id
        self._orders = half.queue()
        self.next()

    def next(self) -> None:
        self.order_id, order = next(self._orders, (0, _NOBODY))
        self.account_id, self.price, self.left = order.account_id, order.price, order.left

    def take(self, quantity: int) -> None:
        self.left -= quantity
        if self.left == 0:
            self.next()


_NOBODY = RestingOrder(0, 0, 0, buys=True)


def _due(event: OrderMatched, books: Books, *, past_own: bool) -> Due:
    """What has to trade, from what rests: the better price first, directly where both are equal."""
    buys = event.side is Side.BUY
    direct = _Line(event.contract_id, books[event.contract_id].half(buys=not buys))
    others = [_Line(each, book.half(buys=buys)) for each, book in books.items() if each != event.contract_id]
    due = Due([], event.quantity, [])
    left, sets_left = event.quantity, limits.SET_LEGS_PER_ARRIVAL_MAX // len(others)
    while left:
        lines, price = _next(event, direct, others)
        own = next((line for line in lines if line.account_id == event.account_id), None)
        if own is not None:
            due.own.append(own.order_id)
            if not past_own:
                return due._replace(left=left, stopped=True)
            own.next()
            continue
        if not lines:
            break
        if lines is others:
            if not sets_left:
                return due._replace(left=left, cut=True)
            sets_left -= 1
        traded = min([left, *(line.left for line in lines)])
        due.trades.append(Trade(price, traded, tuple(_makers(lines, is_set=lines is others))))
        left -= traded
        for line in lines:
            line.take(traded)
    return due._replace(left=left)


def _next(event: OrderMatched, direct: _Line, others: list[_Line]) -> tuple[list[_Line], int]:
    """Whose orders are next, and at which price for the arriving order; nobody's where none is in reach."""
    buys = event.side is Side.BUY
    offered: list[tuple[list[_Line], int]] = [([direct], direct.price)] if direct.left else []
    if all(line.left for line in others):
        missing = WHOLE - sum(line.price for line in others)
        offered.append((others, max(LOWEST, missing) if buys else missing))
    within = [offer for offer in offered if (offer[1] <= event.price if buys else offer[1] >= event.price)]
    best = (min if buys else max)((price for _, price in within), default=0)
    return next((offer for offer in within if offer[1] == best), ([], 0))


def _makers(lines: list[_Line], *, is_set: bool) -> Iterator[Maker]:
    """What each trades at: its own price, but for what bids of more than everything have too much."""
    prices = {line.contract_id: line.price for line in lines}
    if is_set:
        _, prices = prices_in_set(prices)
    for line in lines:
        yield Maker(line.contract_id, line.order_id, line.account_id, prices[line.contract_id])


def _follow(event: OrderMatched, books: Books) -> None:
    """What the event says has gone is gone."""
    for own in event.cancelled:
        if own.contract_id in books:
            books[own.contract_id].remove(own.order_id)
    for _, trade in _traded(event):
        for maker in trade.makers:
            book = books.get(maker.contract_id)
            order = None if book is None else book.orders.get(maker.order_id)
            if book is not None and order is not None:
                order.left -= trade.quantity
                if order.left <= 0:
                    book.remove(maker.order_id)
