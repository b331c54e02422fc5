"""Owns what an auction would trade at now, told from the documents of its market and of what is collected.

Never reads anything: the documents are given.
Called by the resources of what trades, and by pages, when somebody looks.
"""

from actors.machines.market_stream.equilibrium import equilibrium
from actors.machines.messages.parts import LadderStep
from couch_views.shapes import IndicativeField, MarketDocument, QuotesDocument


def quoted(market: MarketDocument, quotes: QuotesDocument) -> QuotesDocument:
    """The quotes of one of the market's contracts, with what its auction would come to if it is in one."""
    found = indicative(market, quotes)
    return quotes if found is None else {**quotes, "indicative": found}


def indicative(market: MarketDocument, quotes: QuotesDocument) -> IndicativeField | None:
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
