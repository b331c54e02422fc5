"""Owns cross-matching: the books of a market in which exactly one contract wins, matched with one another.

Never knows money, market states or order types; never changes a book but by what was decided.
Called by the market machine of a market with cross-matching, tests and benches.

A set is the same quantity of every contract: it pays 10000 ticks whichever contract wins. So a buy may meet
the best bids of all other contracts when the prices come to 10000 or more: a set is made, and everybody gets
their part of it. A sell may meet the best offers of all others when the prices come to 10000 or less: a set
is taken apart. The rule, which is the whole of it:

1. The arriving order trades at its best price first, directly or in a set; directly where both are equal.
2. In a set the resting orders trade at their own prices, and the arriving order at what is missing to 10000.
3. Of every other contract the order trades that is first by price, then by time.
4. All sides of a set trade the same: the least that is left of any of them. Then it is looked again.
5. A price is at least 1: where the others' bids come to more than 9999 the arriving order pays 1, and the
   highest bid pays less than it offered (the earlier contract's of two), down to 1; then the next highest.
6. An order of the arriving order's own account that is next in any of the books is a self-trade: the arriving
   order stops there, or goes past it (past the earlier contract's, if there are two), and it is looked again.

After every arrival no set is left that could be made of what rests: the best bids of all contracts come to
less than 10000, and the best offers to more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from actors.machines.book.interface import Book, Match, Resting
from actors.machines.limits import PRICE_MIN, PRICE_SCALE
from actors.machines.messages.parts import MakerFill, SetFill, SetLeg
from actors.machines.messages.words import Side

_BUY: Final = Side.BUY
_NOBODY: Final = Resting(0, 0, _BUY, 0, 0, False)
"""Stands behind the last order of a queue."""


class SetBooks:
    """The books of one market, and the sums of their best prices: whether a set is in reach costs nothing.

    ``books`` are the market's, in the order in which its contracts are shown; they stay the market's.
    """

    __slots__ = ("_books", "_tops")

    def __init__(self, books: Mapping[int, Book]) -> None:
        self._books = books
        self._tops = {side: _Tops(books) for side in Side}
        self.touched(books)

    def of(self, contract_id: int) -> "SetBook":
        """One contract's book as an arriving order meets it."""
        return SetBook(self, contract_id)

    def match(
        self,
        contract_id: int,
        account_id: int,
        side: Side,
        price: int,
        quantity: int,
        first_execution_id: int,
        past_own: bool,  # noqa: FBT001 - the hot path, where a name costs
    ) -> Match:
        """What such an order would trade now; ``Match.sets`` are numbered along with its fills."""
        others = self._tops[side].others(contract_id)
        if others is None or (others + price < PRICE_SCALE if side is _BUY else others + price > PRICE_SCALE):
            book = self._books[contract_id]
            return book.match(account_id, side, price, quantity, first_execution_id, past_own)
        arrival = _Arrival(self._books, contract_id, account_id, side, price, past_own)
        return arrival.trade(quantity, first_execution_id)

    def take(self, sets: Iterable[SetFill]) -> None:
        """What sets trade leaves the books of the other contracts."""
        for one in sets:
            for leg in one.legs:
                fill = MakerFill(
                    leg.execution_id, leg.order_id, leg.account_id, leg.resting_price, one.quantity
                )
                self._books[leg.contract_id].take((fill,))

    def touched(self, contract_ids: Iterable[int]) -> None:
        """The books of these contracts have changed."""
        for contract_id in contract_ids:
            book = self._books[contract_id]
            for side, tops in self._tops.items():
                tops.put(contract_id, book.best(side) or 0)


class SetBook:
    """The ``Matcher`` of one contract whose orders meet those of the others, too."""

    __slots__ = ("_books", "_contract_id")

    def __init__(self, books: SetBooks, contract_id: int) -> None:
        self._books = books
        self._contract_id = contract_id

    def match(
        self,
        account_id: int,
        side: Side,
        price: int,
        quantity: int,
        first_execution_id: int,
        past_own: bool = False,  # noqa: FBT001, FBT002 - the hot path, where a name costs
    ) -> Match:
        return self._books.match(
            self._contract_id, account_id, side, price, quantity, first_execution_id, past_own
        )


class _Tops:
    """The best price of each contract on one side (0: none), kept with their sum."""

    __slots__ = ("_missing", "_prices", "_total")

    def __init__(self, contract_ids: Iterable[int]) -> None:
        self._prices = dict.fromkeys(contract_ids, 0)
        self._missing = len(self._prices)
        self._total = 0

    def put(self, contract_id: int, price: int) -> None:
        before = self._prices[contract_id]
        if price != before:
            self._prices[contract_id] = price
            self._total += price - before
            self._missing += (price == 0) - (before == 0)

    def others(self, contract_id: int) -> int | None:
        """What the best prices of all other contracts come to; None: one of them has none."""
        own = self._prices[contract_id]
        return None if self._missing > (own == 0) else self._total - own


class _Queue:
    """One side of a book as it is left while an order arrives: the book itself stays as it is."""

    __slots__ = ("_orders", "contract_id", "first", "left")

    def __init__(self, contract_id: int, orders: Iterator[Resting]) -> None:
        self.contract_id = contract_id
        self._orders = orders
        self.next()

    def next(self) -> None:
        """The first order is done with; after the last one nothing is left."""
        self.first = next(self._orders, _NOBODY)
        self.left = self.first.quantity

    def take(self, quantity: int) -> None:
        self.left -= quantity
        if not self.left:
            self.next()


class _Arrival:
    """An order on its way through the books."""

    def __init__(
        self,
        books: Mapping[int, Book],
        contract_id: int,
        account_id: int,
        side: Side,
        price: int,
        past_own: bool,  # noqa: FBT001 - the hot path, where a name costs
    ) -> None:
        self._account_id = account_id
        self._past_own = past_own
        self._sign = 1 if side is _BUY else -1
        """Times the sign, the lower price is the better one for the arriving order."""
        self._limit = self._sign * price
        self._direct = [_Queue(contract_id, books[contract_id].queue(side.other))]
        self._others = [_Queue(each, book.queue(side)) for each, book in books.items() if each != contract_id]
        self._fills: list[MakerFill] = []
        self._sets: list[SetFill] = []
        self._own: list[Resting] = []

    def trade(self, quantity: int, first_execution_id: int) -> Match:
        left, execution_id = quantity, first_execution_id
        set_price = self._set_price()
        crossed_self = False
        while left:
            makers = self._next(set_price)
            own = [maker for maker in makers if maker.first.account_id == self._account_id]
            if own and self._past_own:
                self._own.append(own[0].first)
                own[0].next()
                set_price = self._set_price()
                continue
            crossed_self = bool(own)
            if crossed_self or not makers:
                break
            traded = min(left, *[maker.left for maker in makers])
            if makers is self._others:
                self._sets.append(_set(makers, execution_id, set_price, traded))
                execution_id += len(makers)
            else:
                order = makers[0].first
                self._fills.append(
                    MakerFill(execution_id, order.order_id, order.account_id, order.price, traded)
                )
            execution_id += 1
            left -= traded
            for maker in makers:
                maker.take(traded)
            if makers is self._others:
                set_price = self._set_price()
        return Match(tuple(self._fills), left, crossed_self, tuple(self._sets), tuple(self._own))

    def _next(self, set_price: int) -> list[_Queue]:
        """Whose first orders trade next: nobody's where none is within the limit. No set: ``set_price`` 0."""
        (direct,) = self._direct
        direct_price = direct.first.price
        if direct.left and (not set_price or self._sign * direct_price <= self._sign * set_price):
            return self._direct if self._sign * direct_price <= self._limit else []
        return self._others if set_price and self._sign * set_price <= self._limit else []

    def _set_price(self) -> int:
        """What the arriving order trades at in a set; 0: there is none, some other contract has no order."""
        if not all(other.left for other in self._others):
            return 0
        return max(PRICE_MIN, PRICE_SCALE - sum([other.first.price for other in self._others]))


def _set(makers: Sequence[_Queue], execution_id: int, price: int, quantity: int) -> SetFill:
    prices = [maker.first.price for maker in makers]
    better = _better(prices, sum(prices) + price - PRICE_SCALE)
    legs = [
        SetLeg(
            execution_id + place,
            maker.contract_id,
            maker.first.order_id,
            maker.first.account_id,
            maker.first.price - better[place - 1],
            better[place - 1],
        )
        for place, maker in enumerate(makers, start=1)
    ]
    return SetFill(execution_id, price, quantity, tuple(legs))


def _better(prices: Sequence[int], surplus: int) -> list[int]:
    """How much less than its price each bid pays where all of them come to too much: the highest first."""
    better = [0] * len(prices)
    if surplus:
        for at in sorted(range(len(prices)), key=prices.__getitem__, reverse=True):
            better[at] = min(surplus, prices[at] - PRICE_MIN)
            surplus -= better[at]
    return better
