"""Owns the resource of last executed prices: as figures, as a table and as a chart.

Never shows who trades.
Called by resources/app.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, cast

from couch_views.queries import prices
from couch_views.queries.catalogue import markets_by_id
from couch_views.queries.reading import Reads
from couch_views.shapes import MarketDocument, TradingDocument
from resources.answers import trading as answers
from resources.charts.prices import LastPrice, MarketPrices, last_prices_chart
from resources.reading import Reader
from resources.representations import shown
from resources.toolkit.csv_text import Cell
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.media.picture import Picture
from resources.toolkit.media.table import Table
from resources.toolkit.query import Query
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, Resource, done, read
from resources.toolkit.view import View
from resources.toolkit.visitor import Who

_COLUMNS: Final = ("market_id", "market", "contract_id", "contract", "last_executed_price", "timestamp")
_PRICE_FIELDS: Final = ("last_executed_price", "timestamp")


class _Known(NamedTuple):
    """What traded, and the markets with their names where people look at it."""

    trading: Sequence[TradingDocument]
    markets: Sequence[MarketDocument]


def _rows(view: View) -> Iterator[Sequence[Cell]]:
    for market, contracts in _named(view):
        for name, price in contracts:
            last, time = price["last_executed_price"], price["timestamp"]
            yield market["id"], market["name"], price["contract_id"], name, last, time


def _chart(view: View) -> bytes:
    return last_prices_chart(
        [
            MarketPrices(
                market["name"],
                [
                    LastPrice(name, price["last_executed_price"], _second(price["timestamp"]))
                    for name, price in contracts
                ],
            )
            for market, contracts in _named(view)
        ]
    )


class LastExecutedPrices(Resource):
    """``/v3/markets/{ids}/last_executed_prices/``: market by market, for each contract."""

    pattern = "/v3/markets/{ids:identities}/last_executed_prices"
    title = "Last executed prices"
    representations = (
        JSON,
        *page("last_prices.xhtml"),
        Table(_COLUMNS, _rows),
        Picture(_chart, title="Chart"),
    )

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="The last prices of some markets",
                answers={200: answers.LastExecutedPrices},
            )
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        asked = call.identities("ids")

        def find(documents: Reads) -> _Known:
            trading = asked.require_known(prices.trading(documents, asked.numbers))
            # Of what traded: a market may come into being between two reads.
            named = [int(market["market_id"]) for market in trading if call.format != JSON.name]
            return _Known(trading, markets_by_id(documents, named))

        known, position = await self._reader.read(call, find)
        last = {
            market["market_id"]: [
                {"contract_id": contract_id, **shown(contract, _PRICE_FIELDS)}
                for contract_id, contract in market["contracts"].items()
            ]
            for market in known.trading
        }
        return done({"last_executed_prices": last}, position, aside={"markets": known.markets})


def _named(view: View) -> Iterator[tuple[MarketDocument, list[tuple[str, answers.LastPrice]]]]:
    """Each market with its contracts' names and prices."""
    prices = cast("answers.LastExecutedPrices", view.content)["last_executed_prices"]
    for market in cast("Iterable[MarketDocument]", view.aside["markets"]):
        names = {contract["id"]: contract["name"] for contract in market["contracts"]}
        yield market, [(names[price["contract_id"]], price) for price in prices[market["id"]]]


def _second(time: str | None) -> int | None:
    return None if time is None else int(datetime.fromisoformat(time).timestamp())
