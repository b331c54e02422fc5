"""Owns the resource of a member's orders: place, batch, cancel all, list.

Never decides whether an order is accepted: the member's account does; never shows somebody else's order.
Called by resources/app.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Final, cast

import msgspec

from actors.machines import limits
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import (
    CancelledResult,
    MatchPreview,
    OrderPreview,
    OrderResult,
    Refused,
    Result,
)
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    OrderCommand,
    PlaceOrder,
    PreviewMatch,
    PreviewOrder,
)
from actors.machines.messages.words import OrderState
from couch_views.queries import orders as queries
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.shapes import OrderDocument
from resources.answers import orders as answers
from resources.exchange import Exchange
from resources.order import LIVE, is_amended, location
from resources.order_asked import PLACING, Asked, Batch, OrderAsked, as_fields, parse_asked
from resources.order_preview import preview_answer
from resources.pages.asides import of_ids
from resources.pages.market_page import STANDARD, cancel_form, order_form
from resources.paging import PageQuery, pagination
from resources.reading import Reader
from resources.refusals import kinds, refusal
from resources.representations import Json, order_answer, order_shown
from resources.toolkit.body import parsed_body
from resources.toolkit.identities import Identities, Identity
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import ProblemError, invalid
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, command, done, pending, read, remove
from resources.toolkit.view import FormUse, View
from resources.toolkit.visitor import Who

PREVIEW_PAGE: Final = "preview.xhtml"


class OrdersQuery(PageQuery, frozen=True):
    states: tuple[OrderState, ...] = ()
    market_ids: Identities = ()
    contract_ids: Identities = ()
    reference_ids: Annotated[tuple[str, ...], msgspec.Meta(max_length=limits.IDS_PER_REQUEST_MAX)] = ()

    @property
    def filters(self) -> queries.OrderFilters:
        return queries.OrderFilters(
            self.states,
            [int(market_id) for market_id in self.market_ids],
            [int(contract_id) for contract_id in self.contract_ids],
            self.reference_ids,
        )


class CancelAllQuery(Query, frozen=True):
    market_id: Identity | None = None


class PlaceQuery(Query, frozen=True):
    """``preview``: what would become of the order is answered, and nothing happens."""

    preview: bool = False


class Orders(Resource):
    """``/v3/orders/``."""

    pattern = "/v3/orders"
    title = "Your orders"
    representations = (JSON, *page("orders.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader) -> None:
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                query_of(OrdersQuery),
                self.show,
                summary="One's own orders, page by page",
                answers={200: answers.Orders},
            ),
            "POST": command(
                Who.TRADER,
                parsed_body(OrderAsked | Batch, parse_asked, OrderAsked),
                self.place,
                parse=query_of(PlaceQuery),
                summary="Place an order",
                answers={
                    200: answers.OrderAnswer | answers.BatchAnswer | answers.OrderPreviewed,
                    202: answers.OrderAnswer,
                },
                problems=kinds(*PLACING),
                idempotent_key=True,
            ),
            "DELETE": remove(
                Who.TRADER,
                query_of(CancelAllQuery),
                self.cancel_all,
                summary="Cancel all orders",
                answers={200: answers.Cancelled},
                cost=limits.COST_CANCEL,
            ),
        }

    async def show(self, call: Call[None, OrdersQuery]) -> Outcome:
        query, account_id = call.query, call.member.account_id

        def find(documents: Reads) -> tuple[Page[OrderDocument], Json]:
            page = queries.orders(
                documents, account_id, query.filters, query.sort_text, query.limit, query.cursor
            )
            return page, of_ids(documents, call, page.items)

        (page, aside), position = await self._reader.read(call, find)
        orders = [order_shown(order) for order in page.items]
        pages = pagination(call.request, page.next_cursor)
        return done({"orders": orders, "pagination": pages}, position, aside=aside)

    def heading(self, view: View, /) -> str:
        return "Preview of an order" if view.template == PREVIEW_PAGE else self.title

    def forms(self, view: View, /) -> Iterable[FormUse]:
        """To place another, to cancel all, and to cancel each; of a preview, to place that very order."""
        if view.template == PREVIEW_PAGE:
            asked = cast("Mapping[str, str]", view.aside["asked"])
            yield FormUse("POST", self.pattern, view.path, asked, title="Place this order")
            return
        yield order_form(STANDARD)
        yield FormUse("DELETE", self.pattern, view.path)
        for order in cast("Sequence[Json]", view.content.get("orders", ())):
            if order["state"] in LIVE:
                yield cancel_form(order)

    async def place(self, call: Call[Asked, PlaceQuery]) -> Outcome:
        if call.query.preview:
            return await self._preview(call, call.body)
        if isinstance(call.body, list):
            return await self._batch(call, call.body)
        placed = await self._exchange.carry_out_one(call, call.body, OrderResult)
        outcome = done if placed.final else pending
        return outcome(order_answer(placed.result), placed.position, location=location(placed.result))

    async def cancel_all(self, call: Call[None, CancelAllQuery]) -> Outcome:
        market_id = call.query.market_id
        cancel = CancelAll(None if market_id is None else int(market_id))
        cancelled = await self._exchange.carry_out_one(call, cancel, CancelledResult)
        order_ids = [str(order_id) for order_id in cancelled.result.order_ids]
        return done({"cancelled": order_ids}, cancelled.position)

    async def _preview(self, call: Call[Asked, PlaceQuery], asked: Asked) -> Outcome:
        """What would become of the order, as its market and then its account see it."""
        if isinstance(asked, list):
            raise invalid("preview", "it is of one order")
        account_id = call.member.account_id
        market = await self._exchange.ask(PreviewMatch(account_id, asked))
        matched = market.result if isinstance(market.result, MatchPreview) else _unmatched(asked)
        account = await self._exchange.ask(PreviewOrder(account_id, asked, matched))
        # The account decides before the market does: what it refuses never gets there.
        for refused in (account.result, market.result):
            if isinstance(refused, Refused):
                raise refusal(refused)
        assert isinstance(account.result, OrderPreview)
        position = {**market.position, **account.position}
        answer = preview_answer(asked, matched, account.result)
        if not call.for_page:
            return done(answer, position)
        named, _ = await self._reader.read(call, lambda documents: of_ids(documents, call, [answer]))
        shown_so = done(answer, position, aside={**named, "asked": as_fields(asked)})
        return msgspec.structs.replace(shown_so, shown_once=True, template=PREVIEW_PAGE)

    async def _batch(
        self, call: Call[Asked, PlaceQuery], items: Sequence[OrderCommand | ProblemError]
    ) -> Outcome:
        commands = tuple(item for item in items if not isinstance(item, ProblemError))
        results: Iterator[Result] = iter(())
        position: Mapping[str, int] = {}
        final = True
        if commands:
            answer = await self._exchange.carry_out(call, commands)
            results, position, final = iter(answer.results), answer.position, answer.final
        answers = [
            item.document
            if isinstance(item, ProblemError)
            else _answer_item(item, next(results), final=final)
            for item in items
        ]
        return done({"results": answers}, position)


def _unmatched(asked: PlaceOrder) -> MatchPreview:
    return MatchPreview((), asked.quantity, None)


def _answer_item(asked: OrderCommand, result: Result, *, final: bool) -> Json:
    if isinstance(result, Refused):
        field = "cancel" if isinstance(asked, CancelOrder) else result.field
        if isinstance(asked, AmendOrder) and field == "order_id":
            field = "amend"
        return refusal(msgspec.structs.replace(result, field=field)).document
    assert isinstance(result, OrderResult)
    return {"status": 200 if final or _is_done(asked, result) else 202, **order_answer(result)}


def _is_done(asked: OrderCommand, order: OrderResult) -> bool:
    """Whether the order shows that the market has spoken, of a batch that it hasn't answered whole.

    One that is filled meanwhile doesn't show it: its cancel or amendment may still come too late.
    """
    match asked:
        case PlaceOrder():
            return order.state is not OrderState.PENDING
        case AmendOrder():
            return is_amended(asked, order)
        case _:
            return order.state is OrderState.CANCELLED
