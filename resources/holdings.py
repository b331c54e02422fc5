"""Owns the resources of what a member has traded and holds: one's own executions, and positions.

Never shows one member another's.
Called by resources/app.py; the page of a market shows what is held by it.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines import limits
from actors.machines.money import format_money, parse_money
from couch_views.classes import DocumentClass
from couch_views.formats import format_average_price
from couch_views.queries.accounts import positions
from couch_views.queries.catalogue import markets_by_id
from couch_views.queries.orders import fills
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.shapes import ContractPositionField, FillDocument, PositionDocument
from resources.answers import orders as answers
from resources.pages.asides import of_ids
from resources.paging import OrderedPageQuery, PageQuery, pagination
from resources.position_figures import holding_of, market_figures
from resources.reading import Reader
from resources.representations import FILL_FIELDS, Json, shown
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.query import query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, done, read
from resources.toolkit.visitor import Who

_PAGE: Final = query_of(PageQuery)


class Executions(Resource):
    """``/v3/executions/``: one's own, in the order they were booked."""

    pattern = "/v3/executions"
    title = "Your executions"
    representations = (JSON, *page("executions.xhtml"))

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER, _PAGE, self.show, summary="One's own executions", answers={200: answers.Fills}
            )
        }

    async def show(self, call: Call[None, PageQuery]) -> Outcome:
        query = call.query

        def find(documents: Reads) -> tuple[Page[FillDocument], Json]:
            page = fills(documents, call.member.account_id, query.sort_text, query.limit, query.cursor)
            return page, of_ids(documents, call, page.items)

        (page, aside), position = await self._reader.read(call, find, DocumentClass.HISTORY)
        executions = [shown(fill, FILL_FIELDS) for fill in page.items]
        pages = pagination(call.request, page.next_cursor)
        return done({"executions": executions, "pagination": pages}, position, aside=aside)


class Positions(Resource):
    """``/v3/positions/``: contract by contract, newest market first."""

    pattern = "/v3/positions"
    title = "Your positions"
    representations = (JSON, *page("positions.xhtml"))

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                query_of(OrderedPageQuery),
                self.show,
                summary="What one holds",
                answers={200: answers.Positions},
            )
        }

    async def show(self, call: Call[None, OrderedPageQuery]) -> Outcome:
        query = call.query

        def find(documents: Reads) -> tuple[Page[PositionDocument], list[Json], Json]:
            page = positions(documents, call.member.account_id, query.limit, query.cursor)
            ids = [int(held["market_id"]) for held in page.items]
            known = {market["id"]: market for market in markets_by_id(documents, ids)}
            figures = [
                market_figures(held, known[held["market_id"]])
                for held in page.items
                if held["market_id"] in known
            ]
            return page, figures, of_ids(documents, call, page.items)

        (page, markets, aside), position = await self._reader.read(call, find)
        held = [position for market in page.items for position in held_in(market)]
        pages = pagination(call.request, page.next_cursor)
        return done({"positions": held, "markets": markets, "pagination": pages}, position, aside=aside)


def held_in(market: PositionDocument) -> list[Json]:
    """What is held in one market, contract by contract."""
    return [_position(market, contract_id, contract) for contract_id, contract in market["contracts"].items()]


def _position(market: PositionDocument, contract_id: str, contract: ContractPositionField) -> Json:
    """``quantity`` is below zero for what was sold; profit or loss is before commission, none once voided."""
    bought, sold = contract["bought_quantity"], contract["sold_quantity"]
    paid, received = parse_money(contract["bought_value"]), parse_money(contract["sold_value"])
    quantity = bought - sold
    voided, counted = contract.get("voided", False), holding_of(contract)
    average = format_average_price(paid, bought) if quantity > 0 else format_average_price(received, sold)
    return {
        "market_id": market["market_id"],
        "contract_id": contract_id,
        "quantity": quantity,
        "average_price": average if quantity else None,
        "profit_or_loss": {
            "winner": format_money(counted.cash + counted.net * limits.PRICE_SCALE),
            "loser": format_money(counted.cash),
        },
        "realised_profit": format_money(counted.realised),
        "open_value": format_money(counted.open),
        "contract_voided": voided,
        "market_exposure": market["exposure"],
        "market_settled": market["settled"],
        "market_result": market["result"],
        "market_commission": market["commission"],
    }
