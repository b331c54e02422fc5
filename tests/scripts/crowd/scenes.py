"""Owns made-up scenes for the crowd's members to look at, and what they make of them.

Never asks an exchange.
Called by the tests of traders and of talk.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final

import msgspec

from scripts.client import Json
from scripts.client.shapes import Contract, LadderStep, Level, Market, Order, Quotes
from scripts.crowd.scene import Act, Scene

MARKET: Final = Market("1", "1", "Winner", "open", (LadderStep(100, 9900, 100),))
CONTRACTS: Final = (Contract("7", "1", "Gulls"), Contract("8", "1", "Herons"))
Book = tuple[int | None, int | None]
"""The best bid and the best offer."""


def scene(
    first: Book, second: Book = (None, None), orders: int = 0, held: Mapping[str, int] | None = None
) -> Scene:
    books = {contract.id: quotes_of(book) for contract, book in zip(CONTRACTS, (first, second), strict=True)}
    mine = tuple(resting(number) for number in range(1, orders + 1))
    return Scene(MARKET, CONTRACTS, books, mine, held or {})


def quotes_of(book: Book) -> Quotes:
    bid, offer = ((() if price is None else (Level(price, 10_000),)) for price in book)
    return Quotes(bid, offer)


def resting(number: int) -> Order:
    made = dt.datetime(2026, 1, 1, 0, 0, number, tzinfo=dt.UTC)
    return Order(str(number), "created", "1", "7", "buy", 100, 10_000, 0, 10_000, made)


def asked(act: Act) -> Json:
    """The body that an act sends."""
    assert act.operation.content is not None
    return msgspec.json.decode(act.operation.content)
