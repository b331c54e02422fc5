"""Owns the public resources of what trades in markets: quotes, executions, volumes.

Never shows who trades.
Called by resources/app.py.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

import msgspec

from actors.machines import limits
from couch_views.queries import prices
from couch_views.queries.catalogue import markets_by_id
from couch_views.queries.reading import Reads
from couch_views.shapes import QuotesDocument, TradingDocument
from resources.answers import trading as answers
from resources.reading import Found, Reader
from resources.representations import Json, shown
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, Resource, done, read
from resources.toolkit.visitor import Who

_SIDES: Final[tuple[Literal["bids", "offers"], ...]] = ("bids", "offers")


class QuotesQuery(Query, frozen=True):
    """``raw``: without what orders of a market's other contracts imply."""

    depth: Annotated[int, msgspec.Meta(ge=1, le=limits.QUOTES_DEPTH_MAX)] = limits.QUOTES_DEPTH_DEFAULT
    raw: Annotated[
        bool,
        msgspec.Meta(
            description="In a market with cross-matching: each contract's own orders, without what those of"
            " its others imply."
        ),
    ] = False


class Quotes(Resource):
    """``/v3/markets/{ids}/quotes/``: flat, contract by contract."""

    pattern = "/v3/markets/{ids:identities}/quotes"
    title = "Quotes"
    representations = (JSON, *page("quotes.xhtml"))

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(QuotesQuery),
                self.show,
                summary="What is bid and offered",
                answers={200: answers.Quotes},
            )
        }

    async def show(self, call: Call[None, QuotesQuery]) -> Outcome:
        asked = call.identities("ids")

        def find(documents: Reads) -> tuple[Sequence[QuotesDocument], Json]:
            quotes = asked.require_known(
                prices.quotes(documents, asked.numbers, call.query.depth, raw=call.query.raw)
            )
            # Pages name what the content has only ids of.
            return quotes, {"markets": markets_by_id(documents, asked.numbers)} if call.for_page else {}

        (quotes, aside), position = await self._reader.read(call, find)
        content: Json = {contract["contract_id"]: _shown(contract) for contract in quotes}
        return done(content, position, aside=aside)


class Volumes(Resource):
    """``/v3/markets/{ids}/volumes/``."""

    pattern = "/v3/markets/{ids:identities}/volumes"
    title = "Volumes"
    representations = (JSON, *page())

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="What was traded in some markets",
                answers={200: answers.Volumes},
            )
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        trading, position = await read_trading(self._reader, call)
        volumes = [shown(market, ("market_id", "volume")) for market in trading]
        return done({"volumes": volumes}, position)


async def read_trading(reader: Reader, call: Call[None, Query]) -> Found[Sequence[TradingDocument]]:
    """What traded in the markets of the path."""
    asked = call.identities("ids")
    return await reader.read(
        call, lambda documents: asked.require_known(prices.trading(documents, asked.numbers))
    )


def _shown(quotes: QuotesDocument) -> Json:
    sides: Json = {side: _levels(quotes[side]) for side in _SIDES}
    return {**sides, "indicative": quotes["indicative"]} if "indicative" in quotes else sides


def _levels(levels: Sequence[Sequence[int]]) -> list[Json]:
    return [{"price": price, "quantity": quantity} for price, quantity in levels]
