"""Owns what an auction would trade at now, told from the documents of its market and of what is collected.

Never reads anything: the documents are given.
Called by the resources of what trades, and by pages, when somebody looks.
"""

from typing import TypedDict

from actors.machines.equilibrium import equilibrium
from actors.machines.messages.parts import LadderStep
from couch_views.shapes import MarketDocument, QuotesDocument


class Indicative(TypedDict):
    """``imbalance`` is what would be left over there: above zero of the bids, below of the offers."""

    price: int | None
    volume: int
    imbalance: int


def indicative(market: MarketDocument, quotes: QuotesDocument) -> Indicative | None:
    """At which price this contract of the market would trade; None: the market collects no orders.

    The document must have every level. O(levels), so it is done when somebody looks, not with every order.
    """
    auction = market.get("auction")
    if auction is None:
        return None
    found = equilibrium(
        [(price, quantity) for price, quantity in quotes["bids"]],
        [(price, quantity) for price, quantity in quotes["offers"]],
        [LadderStep(step["from"], step["to"], step["step"]) for step in market["price_ladder"]],
        auction["references"][quotes["contract_id"]],
    )
    if found is None:
        return {"price": None, "volume": 0, "imbalance": 0}
    return {"price": found.price, "volume": found.volume, "imbalance": found.imbalance}
