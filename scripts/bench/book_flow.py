"""Owns the generated order flow that every book of the benchmark gets: seeded, for one contract.

Never measures, and never asks the measured books: a book of its own knows what is live.
Called by the benchmark of the books.

Passive prices lie evenly over a band on their side of the middle; a marketable order accepts any price of
the band and leaves no rest; a cancel names a live order at random. All quantities are drawn alike.
"""

import random
from typing import Final, NamedTuple

from actors.machines.book import FastBook
from actors.machines.messages.words import Side

SEED: Final = 20_120_621
MIDDLE: Final = 5_000
BAND: Final = 50
QUANTITY_MAX: Final = 100


class Operation(NamedTuple):
    """An order, or the cancel of one. Orders are numbered from 1 without gaps, as they come."""

    is_cancel: bool
    order_id: int
    side: Side
    price: int
    quantity: int


class Mix(NamedTuple):
    """Shares of passive orders and of cancels; the others are marketable orders."""

    passive: float
    cancel: float


GROWING: Final = Mix(passive=0.6, cancel=0.3)
"""The mix of the comparison: more orders come to rest than leave, so the book grows as it goes."""
STEADY: Final = Mix(passive=0.5, cancel=0.4)
"""As much quantity leaves the book as joins it."""


class Flow:
    """Draws operations one after the other."""

    def __init__(self, mix: Mix) -> None:
        self._mix = mix
        self._random = random.Random(SEED)
        self._book = FastBook()
        self._placed: list[int] = []
        """Every order that rests, and some that have traded since."""
        self._orders = 0

    def operations(self, count: int) -> list[Operation]:
        return [self._next() for _ in range(count)]

    def passive(self, count: int) -> list[Operation]:
        """Passive orders only, to fill a book."""
        return [self._place_passive() for _ in range(count)]

    def _next(self) -> Operation:
        share = self._random.random()
        if share < self._mix.passive:
            return self._place_passive()
        if share < self._mix.passive + self._mix.cancel and len(self._book):
            return self._cancel()
        return self._place_marketable()

    def _place_passive(self) -> Operation:
        side = self._random.choice((Side.BUY, Side.SELL))
        distance = self._random.randint(1, BAND)
        price = MIDDLE - distance if side is Side.BUY else MIDDLE + distance
        operation = self._order(side, price)
        self._book.rest(operation.order_id, operation.order_id, side, price, operation.quantity)
        self._placed.append(operation.order_id)
        return operation

    def _place_marketable(self) -> Operation:
        side = self._random.choice((Side.BUY, Side.SELL))
        operation = self._order(side, MIDDLE + BAND if side is Side.BUY else MIDDLE - BAND)
        match = self._book.match(operation.order_id, side, operation.price, operation.quantity, 1)
        self._book.take(match.fills)
        assert match.left == 0, "a flow starts with enough passive orders"
        return operation

    def _order(self, side: Side, price: int) -> Operation:
        self._orders += 1
        return Operation(False, self._orders, side, price, self._random.randint(1, QUANTITY_MAX))

    def _cancel(self) -> Operation:
        while True:
            index = self._random.randrange(len(self._placed))
            order_id = self._placed[index]
            self._placed[index] = self._placed[-1]
            self._placed.pop()
            if self._book.get(order_id) is not None:
                order = self._book.remove(order_id)
                return Operation(True, order_id, order.side, order.price, order.quantity)
