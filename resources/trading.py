"""Owns the public resources of what trades in markets: quotes, executions, last prices, volumes.

Never shows who trades.
Called by resources/app.py.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

import msgspec

from actors.machines import limits
from couch_views.queries import prices
from couch_views.queries.catalogue import markets_by_id
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.shapes import ExecutionDocument, TradingDocument
from resources.paging import PageQuery, pagination
from resources.reading import Found, Reader
from resources.representations import EXECUTION_FIELDS, Json, shown
from resources.toolkit.identities import several_identities
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, done, read
from resources.toolkit.visitor import Who

_PAGE: Final = query_of(PageQuery)
_SIDES: Final[tuple[Literal["bids", "offers"], ...]] = ("bids", "offers")
_LAST_PRICE_FIELDS: Final = ("last_executed_price", "timestamp")


class QuotesQuery(Query, frozen=True):
    depth: Annotated[int, msgspec.Meta(ge=1, le=limits.QUOTES_DEPTH_MAX)] = limits.QUOTES_DEPTH_DEFAULT


class Quotes:
    """``/v3/markets/{ids}/quotes/``: flat, contract by contract."""

    pattern = "/v3/markets/{ids}/quotes"

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {"GET": read(Who.ANYONE, query_of(QuotesQuery), self.show)}

    async def show(self, call: Call[None, QuotesQuery]) -> Outcome:
        asked = several_identities(call.fields["ids"])
        quotes, position = await self._reader.read(
            call,
            lambda documents: asked.require_known(prices.quotes(documents, asked.numbers, call.query.depth)),
        )
        content: Json = {
            contract["contract_id"]: {side: _levels(contract[side]) for side in _SIDES} for contract in quotes
        }
        return done(content, position)


class MarketExecutions:
    """``/v3/markets/{ids}/executions/``: newest first."""

    pattern = "/v3/markets/{ids}/executions"

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {"GET": read(Who.ANYONE, _PAGE, self.show)}

    async def show(self, call: Call[None, PageQuery]) -> Outcome:
        asked, query = several_identities(call.fields["ids"]), call.query

        def find(documents: Reads) -> Page[ExecutionDocument]:
            asked.require_known(markets_by_id(documents, asked.numbers))
            return prices.executions(documents, asked.numbers, query.sort_text, query.limit, query.cursor)

        page, position = await self._reader.read(call, find)
        executions = [shown(execution, EXECUTION_FIELDS) for execution in page.items]
        pages = pagination(call.request, page.next_cursor)
        return done({"executions": executions, "pagination": pages}, position)


class LastExecutedPrices:
    """``/v3/markets/{ids}/last_executed_prices/``: market by market, for each contract."""

    pattern = "/v3/markets/{ids}/last_executed_prices"

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {"GET": read(Who.ANYONE, NO_QUERY, self.show)}

    async def show(self, call: Call[None, Query]) -> Outcome:
        trading, position = await read_trading(self._reader, call)
        last = {
            market["market_id"]: [
                {"contract_id": contract_id, **shown(contract, _LAST_PRICE_FIELDS)}
                for contract_id, contract in market["contracts"].items()
            ]
            for market in trading
        }
        return done({"last_executed_prices": last}, position)


class Volumes:
    """``/v3/markets/{ids}/volumes/``."""

    pattern = "/v3/markets/{ids}/volumes"

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {"GET": read(Who.ANYONE, NO_QUERY, self.show)}

    async def show(self, call: Call[None, Query]) -> Outcome:
        trading, position = await read_trading(self._reader, call)
        volumes = [shown(market, ("market_id", "volume")) for market in trading]
        return done({"volumes": volumes}, position)


async def read_trading(reader: Reader, call: Call[None, Query]) -> Found[Sequence[TradingDocument]]:
    """What traded in the markets of the path."""
    asked = several_identities(call.fields["ids"])
    return await reader.read(
        call, lambda documents: asked.require_known(prices.trading(documents, asked.numbers))
    )


def _levels(levels: Sequence[Sequence[int]]) -> list[Json]:
    return [{"price": price, "quantity": quantity} for price, quantity in levels]
