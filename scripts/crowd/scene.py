"""Owns what a member of the crowd sees before they do something, and what doing something is.

Never decides what is done.
Called by the traders (who look at it) and by the crowd (which makes it).
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from scripts.client import Json, Operation
from scripts.client.shapes import Contract, Market, Order, Quotes

PRICE_MAX: Final = 9_999
CERTAIN: Final = 10_000
"""Ticks in a certainty, and units of quantity in one currency unit of payout."""


class Scene(NamedTuple):
    """One market as one member sees it. ``mine``: live orders; ``held``: by contract, below 0 for sold."""

    market: Market
    contracts: tuple[Contract, ...]
    books: Mapping[str, Quotes]
    mine: tuple[Order, ...]
    held: Mapping[str, int]

    def middle(self, contract_id: str) -> int:
        """About where the contract trades; all alike where nobody says anything."""
        book = self.books.get(contract_id, Quotes())
        prices = [side[0].price for side in (book.bids, book.offers) if side]
        return sum(prices) // len(prices) if prices else CERTAIN // len(self.contracts)

    def possible(self, price: int) -> int:
        return self.market.possible(max(1, min(price, PRICE_MAX)))


class Act(NamedTuple):
    """Something that a member does; ``name`` is what it is counted as."""

    name: str
    operation: Operation[Json]
