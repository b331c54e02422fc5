"""Owns the public answers about what traded when: candles of prices and volumes.

Never shows who trades.
Called by the declarations of resources.
"""

from typing import Annotated, TypedDict

from msgspec import Meta

from couch_views.candles import Interval
from resources.answers.general import Pagination
from resources.answers.values import Id, Price, Time, Volume


class Candle(TypedDict):
    """What was executed in one interval; without executions there is none, and the last close holds."""

    start_datetime: Time
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Volume
    executions: Annotated[int, Meta(ge=1, description="How many there were.")]


class ContractHistory(TypedDict):
    """The candles of a contract, oldest first."""

    contract_id: Id
    name: str
    candles: list[Candle]


class MarketHistory(TypedDict):
    """A window of a market's history, the same one for all its contracts."""

    market_id: Id
    name: str
    interval: Interval
    contracts: list[ContractHistory]


class HistoryAnswer(TypedDict):
    """The latest window before what was asked for; ``next_page`` is the one before."""

    history: MarketHistory
    pagination: Pagination
