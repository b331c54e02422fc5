"""Owns what an order among complementary contracts has to trade: found step by step, from what rests.

Never shares a rule with the machines: the books are naive, and only looked at.
Called by what is known of markets.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from actors.machines.book.interface import Match, Resting
from actors.machines.book.naive import NaiveBook
from actors.machines.messages import book_events, events
from actors.machines.messages.parts import Fill, MakerFill, SetFill, SetLeg
from actors.machines.messages.words import Side
from tests.sim.violations import require

WHOLE = 10_000
Books = Mapping[int, NaiveBook]


class Line:
    """What rests on one side of a book, the first first; it is used up, the book isn't."""

    def __init__(self, contract_id: int, book: NaiveBook, side: Side) -> None:
        self.contract_id = contract_id
        self.orders = list(book.queue(side))
        self.taken = 0
        """Of the first order."""

    @property
    def first(self) -> Resting:
        return self.orders[0]

    @property
    def left(self) -> int:
        return self.first.quantity - self.taken

    def take(self, quantity: int) -> None:
        self.taken += quantity
        if not self.left:
            self.drop()

    def drop(self) -> None:
        del self.orders[0]
        self.taken = 0


class NaiveSet:
    """A contract's book, and those of all others beside it; it matches as a book does."""

    def __init__(self, contract_id: int, books: Books) -> None:
        self._contract_id = contract_id
        self._books = books

    def match(
        self,
        account_id: int,
        side: Side,
        price: int,
        quantity: int,
        first_execution_id: int,
        past_own: bool = False,
    ) -> Match:
        direct = Line(self._contract_id, self._books[self._contract_id], side.other)
        others = [Line(each, book, side) for each, book in self._books.items() if each != self._contract_id]
        fills: list[MakerFill] = []
        sets: list[SetFill] = []
        own: list[Resting] = []
        number, left, stopped = first_execution_id, quantity, False
        while left and not stopped:
            lines = _next(side, price, direct, others)
            mine = [line for line in lines if line.first.account_id == account_id]
            if not lines:
                break
            if mine and past_own:
                own.append(mine[0].first)
                mine[0].drop()
            elif mine:
                stopped = True
            else:
                traded = min([left, *(line.left for line in lines)])
                if lines[0] is direct:
                    maker = direct.first
                    fill = MakerFill(number, maker.order_id, maker.account_id, maker.price, traded)
                    fills.append(fill)
                    number += 1
                else:
                    sets.append(naive_set(lines, number, traded))
                    number += len(self._books)
                left -= traded
                for line in lines:
                    line.take(traded)
        return Match(tuple(fills), left, stopped, tuple(sets), tuple(own))


class DueSet(NamedTuple):
    """A set that is to be traded as an auction ends: by the order that came ``last`` and the ``others``.

    ``shared``: one of the others is of the same account.
    """

    last: Line
    others: list[Line]
    quantity: int
    shared: bool


def due_set(books: Books, came: Mapping[int, int]) -> DueSet | None:
    """What has to trade next of books that trade nothing by themselves; ``came``: orders, by their turn."""
    for side in Side:
        lines = [Line(each, book, side) for each, book in books.items()]
        if not all(line.orders for line in lines):
            continue
        total = sum(line.first.price for line in lines)
        if total >= WHOLE if side is Side.BUY else total <= WHOLE:
            last = max(lines, key=lambda line: came[line.first.order_id])
            others = [line for line in lines if line is not last]
            accounts = [line.first.account_id for line in others]
            least = min(line.left for line in lines)
            return DueSet(last, others, least, last.first.account_id in accounts)
    return None


def last_prices_of(event: book_events.OrderMatched) -> dict[int, int]:
    """The last price of each contract in which an order traded."""
    made = [(fill.execution_id, event.contract_id, fill.price) for fill in event.fills]
    for one in event.sets:
        made.append((one.execution_id, event.contract_id, one.price))
        made += [(leg.execution_id, leg.contract_id, leg.price) for leg in one.legs]
    return {contract_id: price for _, contract_id, price in sorted(made)}


def take_sets(books: Books, event: book_events.OrderMatched) -> int:
    """What became part of sets leaves the books; gives how many executions they were."""
    for one in event.sets:
        for leg in one.legs:
            price = leg.resting_price
            fill = MakerFill(leg.execution_id, leg.order_id, leg.account_id, price, one.quantity)
            books[leg.contract_id].take([fill])
        total = one.price + sum(leg.price for leg in one.legs)
        require(total == WHOLE, "{}: a set for {}", event, total)
    return sum(1 + len(one.legs) for one in event.sets)


def check_sets(books: Books, event: events.Event) -> None:
    """Of what rests, no set can be made, and none taken apart."""
    bids = [book.best(Side.BUY) for book in books.values()]
    offers = [book.best(Side.SELL) for book in books.values()]
    require(None in bids or sum(filter(None, bids)) < WHOLE, "{}: bids of {} rest", event, bids)
    require(None in offers or sum(filter(None, offers)) > WHOLE, "{}: offers of {} rest", event, offers)


def fills_of(event: book_events.OrderMatched) -> tuple[Fill, ...]:
    """What the arriving order is told."""
    traded = [*event.fills, *event.sets]
    return tuple(
        Fill(each.execution_id, each.price, each.quantity)  # type: ignore[attr-defined] # both have these
        for each in sorted(traded, key=lambda each: each.execution_id)  # type: ignore[attr-defined]
    )


def fills_of_makers(event: book_events.OrderMatched) -> Iterator[tuple[int, int, tuple[Fill, ...]]]:
    """Contract, order, and all that a resting one is told at once."""
    told: dict[tuple[int, int], list[Fill]] = {}
    for fill in event.fills:
        its = told.setdefault((event.contract_id, fill.order_id), [])
        its.append(Fill(fill.execution_id, fill.price, fill.quantity))
    for one in event.sets:
        for leg in one.legs:
            its = told.setdefault((leg.contract_id, leg.order_id), [])
            its.append(Fill(leg.execution_id, leg.price, one.quantity))
    for (contract_id, order_id), fills in told.items():
        yield contract_id, order_id, tuple(fills)


def _next(side: Side, limit: int, direct: Line, others: list[Line]) -> list[Line]:
    """Whose first orders trade next."""
    found: list[tuple[int, int, list[Line]]] = []
    sign = 1 if side is Side.BUY else -1
    if direct.orders:
        found.append((sign * direct.first.price, 0, [direct]))
    if all(line.orders for line in others):
        missing = WHOLE - sum(line.first.price for line in others)
        found.append((sign * max(1, missing), 1, others))
    within = [each for each in found if each[0] <= sign * limit]
    return min(within)[2] if within else []


def naive_set(lines: list[Line], number: int, quantity: int) -> SetFill:
    prices = [line.first.price for line in lines]
    price = max(1, WHOLE - sum(prices))
    too_much = price + sum(prices) - WHOLE
    paid = list(prices)
    for at in sorted(range(len(prices)), key=lambda at: (-prices[at], at)):
        paid[at] = max(1, prices[at] - too_much)
        too_much -= prices[at] - paid[at]
    legs = tuple(
        SetLeg(number + place, line.contract_id, line.first.order_id, line.first.account_id, its, own - its)
        for place, (line, its, own) in enumerate(zip(lines, paid, prices, strict=True), 1)
    )
    return SetFill(number, price, quantity, legs)
