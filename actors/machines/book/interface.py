"""Owns what an order book promises: its values, its two halves (decide, evolve) and its canonical hash.

Never holds a book itself: ``naive.py`` is obviously right, ``fast.py`` is fast, and both answer alike.
Called by the market machine (through ``Book``), by both implementations and by tests.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from actors.machines.messages.base import Part
from actors.machines.messages.parts import MakerFill, SetFill
from actors.machines.messages.words import Side


class Resting(msgspec.Struct, array_like=True, gc=False):
    """An order in the book: ``quantity`` is what is left of it, ``price`` in ticks.

    It is the book's own object, so that nothing is copied to look at it: read it, never write it, and
    don't keep it past the next change of the book. ``live`` is false once it has been removed.
    """

    order_id: int
    account_id: int
    side: Side
    price: int
    quantity: int
    live: bool = True


class Match(Part):
    """What an incoming order would trade now.

    ``fills`` in the order in which they trade, at the resting orders' prices; ``left`` is what remains of
    the incoming order. ``crossed_self``: it stopped at a resting order of the same account. ``sets``, where
    books of several contracts are matched with one another: executions are numbered over both. ``own``:
    resting orders of the same account that it went past. ``cut``: it stopped because it had enough of sets.
    """

    fills: tuple[MakerFill, ...]
    left: int
    crossed_self: bool
    sets: tuple[SetFill, ...] = ()
    own: tuple[Resting, ...] = ()
    cut: bool = False


class Matcher(Protocol):
    """What an arriving order is matched against: a book, or those of complementary contracts together."""

    def match(
        self,
        account_id: int,
        side: Side,
        price: int,
        quantity: int,
        first_execution_id: int,
        past_own: bool = False,  # noqa: FBT001, FBT002 - the hot path, where a name costs
    ) -> Match:
        """What such an order would trade now; its fills are numbered from ``first_execution_id``.

        It stops at an order of its own account, or goes ``past_own`` ones.
        """


class Book(Matcher, Protocol):
    """The book of one contract, in strict price/time priority.

    The decide half (``match`` and the questions) changes nothing. The evolve half (``take``, ``rest``,
    ``remove``) carries out what was decided and knows no rules: who asks it for the impossible (an order
    that doesn't rest, more than is left of one) has a bug and gets an exception. Whatever a rule needs to
    know before an order trades (all or nothing, only passive), it asks of ``match`` first.
    """

    def take(self, fills: Iterable[MakerFill]) -> None:
        """The fills of a match leave the book: resting orders shrink, or go when nothing is left of them."""

    def rest(self, order_id: int, account_id: int, side: Side, price: int, quantity: int) -> None:
        """An order joins the book, behind all others of its price."""

    def remove(self, order_id: int) -> Resting:
        """An order leaves the book untraded. Raises ``KeyError`` if it doesn't rest."""

    def reduce(self, order_id: int, quantity: int) -> None:
        """So much of an order leaves the book, and something of it stays in its place."""

    def get(self, order_id: int) -> Resting | None:
        """The order as it rests now."""

    def best(self, side: Side) -> int | None:
        """The best price of a side: the highest bid, the lowest offer."""

    def levels(self, side: Side, depth: int) -> list[tuple[int, int]]:
        """Up to ``depth`` pairs of price and the quantity that rests there, best first."""

    def queue(self, side: Side) -> Iterator[Resting]:
        """The orders of a side in priority order: best price first; within a price oldest first."""

    def resting(self) -> Iterator[Resting]:
        """Every order in priority order: the queue of the bids, then that of the offers.

        Resting them again in this order makes an equal book.
        """

    def __len__(self) -> int:
        """How many orders rest."""

    def state_hash(self) -> str:
        """``digest_of`` the resting orders: equal histories give equal hashes in every implementation."""


def digest_of(resting: Iterable[Resting]) -> str:
    """The canonical hash of a book: SHA-256 (hex) over a line for each order in priority order."""
    digest = hashlib.sha256()
    for order in resting:
        line = f"{order.order_id},{order.account_id},{order.side},{order.price},{order.quantity}\n"
        digest.update(line.encode())
    return digest.hexdigest()
