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
   Offers of more than 9999 leave nothing for who sells: they make no set, at whatever price that is.
6. An order of the arriving order's own account that is next in any of the books is a self-trade: the arriving
   order stops there, or goes past it (past the earlier contract's, if there are two), and it is looked again.
7. The sets of one arriving order have ``SET_LEGS_PER_ARRIVAL_MAX`` legs at most: before a set that would be
   too much it stops, and nothing of it rests.

After every arrival no set is left that could be made of what rests: the best bids of all contracts come to
less than 10000, and the best offers to more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from actors.machines.book.interface import Book, Match, Resting
from actors.machines.limits import PRICE_MIN, PRICE_SCALE, SET_LEGS_PER_ARRIVAL_MAX
from actors.machines.messages.parts import MakerFill, SetFill, SetLeg
from actors.machines.messages.words import Side

_BUY: Final = Side.BUY
_SELL: Final = Side.SELL
_NOBODY: Final = Resting(0, 0, _BUY, 0, 0, False)
"""Stands behind the last order of a queue."""


class SetBooks:
    """The books of one market, and the sums of their best prices: whether a set is in reach costs nothing.

    ``books`` are the market's, in the order in which its contracts are shown; they stay the market's, and
    the same objects.
    """

    __slots__ = ("_bids", "_books", "_offers", "_seen")

    def __init__(self, books: Mapping[int, Book]) -> None:
        self._books = books
        self._bids, self._offers = _Tops(books), _Tops(books)
        self._seen = {each: SetBook(each, books, self._bids, self._offers) for each in books}
        for contract_id in books:
            self.touched(contract_id)

    def of(self, contract_id: int) -> "SetBook":
        """One contract's book as an arriving order meets it."""
        return self._seen[contract_id]

    def take(self, sets: Iterable[SetFill]) -> None:
        """What sets trade leaves the books of the other contracts; after that no book is touched unseen."""
        books = self._books
        for one in sets:
            for leg in one.legs:
                price = leg.resting_price
                fill = MakerFill(leg.execution_id, leg.order_id, leg.account_id, price, one.quantity)
                books[leg.contract_id].take((fill,))
        for contract_id in books:
            self.touched(contract_id)

    def state_hash(self) -> str:
        """What is known here beside the books, which the market's own state has: their best prices."""
        return f"{[*self._bids.prices.values()]} {[*self._offers.prices.values()]}"

    def touched(self, contract_id: int) -> None:
        """The book of this contract has changed."""
        book, bids, offers = self._books[contract_id], self._bids, self._offers
        if (bid := book.best(_BUY) or 0) != bids.prices[contract_id]:
            bids.put(contract_id, bid)
        if (offer := book.best(_SELL) or 0) != offers.prices[contract_id]:
            offers.put(contract_id, offer)


class _Tops:
    """The best price of each contract on one side (0: none), kept with their sum, and how many have none."""

    __slots__ = ("missing", "prices", "total")

    def __init__(self, contract_ids: Iterable[int]) -> None:
        self.prices = dict.fromkeys(contract_ids, 0)
        self.missing = len(self.prices)
        self.total = 0

    def put(self, contract_id: int, price: int) -> None:
        before = self.prices[contract_id]
        self.prices[contract_id] = price
        self.total += price - before
        self.missing += (price == 0) - (before == 0)


class SetBook:
    """The ``Matcher`` of one contract whose orders meet those of the others, too."""

    __slots__ = ("_bids", "_book", "_books", "_contract_id", "_offers")

    def __init__(self, contract_id: int, books: Mapping[int, Book], bids: _Tops, offers: _Tops) -> None:
        self._contract_id = contract_id
        self._books = books
        self._book = books[contract_id]
        self._bids = bids
        self._offers = offers

    def match(
        self,
        account_id: int,
        side: Side,
        price: int,
        quantity: int,
        first_execution_id: int,
        past_own: bool = False,  # noqa: FBT001, FBT002 - the hot path, where a name costs
    ) -> Match:
        """What such an order would trade now; ``Match.sets`` are numbered along with its fills."""
        contract_id = self._contract_id
        sign, tops = (1, self._bids) if side is _BUY else (-1, self._offers)
        own = tops.prices[contract_id]
        set_price = PRICE_SCALE - tops.total + own
        in_reach = tops.missing == (own == 0) and sign * set_price <= sign * price
        # Mostly there is no set in reach, or what rests in the book itself is better and enough.
        if not in_reach or sign * (self._book.best(side.other) or sign * PRICE_SCALE) <= sign * set_price:
            match = self._book.match(account_id, side, price, quantity, first_execution_id, past_own)
            if not in_reach or (not match.left and sign * match.fills[-1].price <= sign * set_price):
                return match
        arrival = _Arrival(self._books, contract_id, account_id, side, price, past_own)
        return arrival.trade(quantity, first_execution_id)


class SetQueue:
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
        self._lowest = PRICE_MIN if side is _BUY else 0
        """Bids of more than everything give way; offers don't."""
        self._direct = [SetQueue(contract_id, books[contract_id].queue(side.other))]
        others = [(each, book) for each, book in books.items() if each != contract_id]
        self._others = [SetQueue(each, book.queue(side)) for each, book in others]
        self._fills: list[MakerFill] = []
        self._sets: list[SetFill] = []
        self._own: list[Resting] = []
        self._sets_max = SET_LEGS_PER_ARRIVAL_MAX // len(self._others)

    def trade(self, quantity: int, first_execution_id: int) -> Match:
        left, execution_id = quantity, first_execution_id
        others, account_id = self._others, self._account_id
        set_price = self._set_price()
        crossed_self = cut = False
        while makers := self._next(set_price):
            own = [maker for maker in makers if maker.first.account_id == account_id]
            if own:
                if not self._past_own:
                    crossed_self = True
                    break
                self._own.append(own[0].first)
                own[0].next()
                set_price = self._set_price()
                continue
            traded = min([left, *[maker.left for maker in makers]])
            if makers is others:
                if len(self._sets) == self._sets_max:
                    cut = True
                    break
                self._sets.append(set_of(makers, execution_id, set_price, traded))
                execution_id += len(makers) + 1
            else:
                order = makers[0].first
                self._fills.append(
                    MakerFill(execution_id, order.order_id, order.account_id, order.price, traded)
                )
                execution_id += 1
            left -= traded
            if not left:
                break
            for maker in makers:
                maker.take(traded)
            if makers is others:
                set_price = self._set_price()
        return Match(tuple(self._fills), left, crossed_self, tuple(self._sets), tuple(self._own), cut)

    def _next(self, set_price: int) -> list[SetQueue]:
        """Whose first orders trade next: nobody's where none is within the limit. No set: ``set_price`` 0."""
        sign, direct = self._sign, self._direct[0]
        direct_price = sign * direct.first.price
        if direct.left and (not set_price or direct_price <= sign * set_price):
            return self._direct if direct_price <= self._limit else []
        return self._others if set_price and sign * set_price <= self._limit else []

    def _set_price(self) -> int:
        """What the arriving order trades at in a set; 0: there is none.

        Some other contract has no order, or nothing would be left for who sells.
        """
        missing = PRICE_SCALE
        for other in self._others:
            if not other.left:
                return 0
            missing -= other.first.price
        return max(self._lowest, missing)


def set_of(makers: Sequence[SetQueue], execution_id: int, price: int, quantity: int) -> SetFill:
    orders = [(maker.contract_id, maker.first) for maker in makers]
    surplus = price - PRICE_SCALE + sum([order.price for _, order in orders])
    better = _better([order.price for _, order in orders], surplus) if surplus else [0] * len(orders)
    legs = []
    for (contract_id, order), more in zip(orders, better, strict=True):
        execution_id += 1
        legs.append(
            SetLeg(execution_id, contract_id, order.order_id, order.account_id, order.price - more, more)
        )
    return SetFill(execution_id - len(legs), price, quantity, tuple(legs))


def _better(prices: Sequence[int], surplus: int) -> list[int]:
    """How much less than its price each bid pays where all of them come to too much: the highest first."""
    better = [0] * len(prices)
    for at in sorted(range(len(prices)), key=prices.__getitem__, reverse=True):
        better[at] = min(surplus, prices[at] - PRICE_MIN)
        surplus -= better[at]
    return better
