"""Owns the public answers about what trades: quotes, executions, last prices, volumes.

Never shows who trades.
Called by the declarations of resources.
"""

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from actors.machines.messages.words import Side
from resources.answers.general import Pagination
from resources.answers.values import Id, Price, Quantity, Time, Volume


class Level(TypedDict):
    """What all orders at one price of a side come to."""

    price: Price
    quantity: Quantity


class Indicative(TypedDict):
    """What the contract would trade at if its auction ended now."""

    price: Annotated[Price | None, Meta(description="The one price of all trades; null: nothing trades.")]
    volume: Volume
    imbalance: Annotated[
        int, Meta(description="What is left over at this price: above zero of the bids, below of the offers.")
    ]


class ContractQuotes(TypedDict):
    """Both sides of a contract's book, best price first.

    With cross-matching also what orders of all other contracts imply: it may be traded by one order. In an
    auction nothing is implied, and both sides may overlap; a market order stands at the worst price that it
    may trade at.
    """

    bids: list[Level]
    offers: list[Level]
    indicative: NotRequired[
        Annotated[Indicative, Meta(description="Only while the market is in an auction, halted or not.")]
    ]


Quotes = dict[Id, ContractQuotes]
"""Contract by contract."""


class Execution(TypedDict):
    """A trade, without who traded; its id is consecutive within its market."""

    execution_id: Id
    market_id: Id
    contract_id: Id
    price: Price
    quantity: Quantity
    taker_side: Annotated[
        Side | None,
        Meta(
            description="The side of the order that arrived and traded (in a set that an auction ends with:"
            " that came last), null where both were collected and trade at the auction's price; of the other"
            " contracts of a set the opposite: what rested there was of its own side."
        ),
    ]
    created_datetime: Time


class Executions(TypedDict):
    """A page of what was traded."""

    executions: list[Execution]
    pagination: Pagination


class LastPrice(TypedDict):
    """At what price a contract was traded last, and when."""

    contract_id: Id
    last_executed_price: Price | None
    timestamp: Time | None


class LastExecutedPrices(TypedDict):
    """Market by market, the last price of each contract."""

    last_executed_prices: dict[Id, list[LastPrice]]


class MarketVolume(TypedDict):
    market_id: Id
    volume: Volume


class Volumes(TypedDict):
    volumes: list[MarketVolume]
