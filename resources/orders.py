"""Owns the resources of a member's orders: place, batch, cancel, cancel all, list, one.

Never decides whether an order is accepted: the member's account does; never shows somebody else's order.
Called by resources/app.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Final, cast

import msgspec

from actors.machines import limits
from actors.machines.messages.answers import CancelledResult, OrderResult, Refused, Result
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    CancelReference,
    GetOrder,
    OrderCommand,
    PlaceOrder,
)
from actors.machines.messages.words import OrderState, Reason, Side, TimeInForce
from couch_views.queries import orders as queries
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.shapes import OrderDocument
from resources.answers import orders as answers
from resources.exchange import Exchange
from resources.pages.asides import of_ids, of_order
from resources.pages.formats import PAYOUT, PERCENT
from resources.pages.market_page import STANDARD, cancel_form
from resources.paging import PageQuery, pagination
from resources.reading import Reader
from resources.refusals import KINDS, kinds, refusal
from resources.representations import ORDER_FIELDS, Json, order_answer, order_in_list, shown
from resources.texts import Reference
from resources.toolkit.body import parsed_body
from resources.toolkit.fields import WHOLE, Shape, check
from resources.toolkit.identities import GivenIdentity, Identities, Identity
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import ProblemError, invalid, not_found
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import (
    NO_QUERY,
    Call,
    Method,
    Outcome,
    Resource,
    command,
    done,
    pending,
    read,
    remove,
)
from resources.toolkit.units import on_forms
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Who

_LIVE: Final = frozenset({OrderState.PENDING, OrderState.CREATED, OrderState.PARTIAL})
PLACING: Final = (
    Reason.ACCOUNT_SUSPENDED,
    Reason.MARKET_NOT_OPEN,
    Reason.CROSSED_SELF,
    Reason.TRADING_SUSPENDED,
    Reason.KEY_REUSED,
    Reason.LIMIT_EXCEEDED,
    Reason.INSUFFICIENT_FUNDS,
    Reason.MARKET_NOT_FOUND,
    Reason.CONTRACT_NOT_FOUND,
    Reason.INVALID_PRICE,
    Reason.INVALID_QUANTITY,
)
KINDS_OF_TERMS: Final = {"price": KINDS[Reason.INVALID_PRICE], "quantity": KINDS[Reason.INVALID_QUANTITY]}


class OrderTerms(Shape):
    """What is to be traded."""

    market_id: GivenIdentity
    contract_id: GivenIdentity
    side: Side
    price: Annotated[
        int,
        msgspec.Meta(
            ge=limits.PRICE_MIN,
            le=limits.PRICE_MAX,
            description="In ticks, a hundred to the percent: 3900 is 39 %.",
            extra_json_schema=on_forms(PERCENT, "Price in percent", "How likely it is: from 0.01 to 99.99."),
        ),
    ]
    quantity: Annotated[
        int,
        msgspec.Meta(
            ge=limits.QUANTITY_MIN,
            le=limits.QUANTITY_MAX,
            description="In 1/10000 of what is paid out: 100000 pays 10.00 if the contract wins. "
            "Bought at 39 % that costs 3.90, sold it risks 6.10.",
            extra_json_schema=on_forms(
                PAYOUT,
                "Quantity",
                "What is paid out if the contract wins. 10.00 bought at 39 % cost 3.90, sold they risk 6.10.",
            ),
        ),
    ]


class OrderAsked(OrderTerms):
    """A new order. A ``reference_id`` that is an integer is taken as its digits."""

    type: TimeInForce = TimeInForce.GOOD_TIL_CANCELLED
    reference_id: Annotated[
        Reference | int | None, msgspec.Meta(description="Your own name for it, if it is to have one.")
    ] = None


class CancelAsked(Shape):
    cancel: GivenIdentity


class CancelReferenceAsked(Shape):
    cancel_reference_id: Reference | int


Batch = Annotated[
    list[OrderAsked | CancelAsked | CancelReferenceAsked],
    msgspec.Meta(min_length=1, max_length=limits.BATCH_OPERATIONS_MAX),
]


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


Asked = PlaceOrder | list[OrderCommand | ProblemError]
"""One order; or a batch, where an item that isn't valid is told so and doesn't spoil the others."""


def parse_asked(value: object) -> Asked:
    if not isinstance(value, list):
        return parse_order(value)
    if not 1 <= len(value) <= limits.BATCH_OPERATIONS_MAX:
        raise invalid(WHOLE, f"a batch has 1 to {limits.BATCH_OPERATIONS_MAX} items")
    return [_parse_item(item) for item in value]


def parse_order(value: object) -> PlaceOrder:
    asked = check(value, OrderAsked, kinds=KINDS_OF_TERMS)
    return PlaceOrder(
        int(asked.market_id),
        int(asked.contract_id),
        asked.side,
        asked.price,
        asked.quantity,
        asked.type,
        None if asked.reference_id is None else str(asked.reference_id),
    )


def _parse_item(value: object) -> OrderCommand | ProblemError:
    try:
        if isinstance(value, dict) and "cancel" in value:
            return CancelOrder(int(check(value, CancelAsked).cancel))
        if isinstance(value, dict) and "cancel_reference_id" in value:
            return CancelReference(str(check(value, CancelReferenceAsked).cancel_reference_id))
        return parse_order(value)
    except ProblemError as problem:
        return problem


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
                summary="Place an order",
                answers={
                    200: answers.OrderAnswer | answers.BatchAnswer,
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
        orders = [shown(order, ORDER_FIELDS) for order in page.items]
        pages = pagination(call.request, page.next_cursor)
        return done({"orders": orders, "pagination": pages}, position, aside=aside)

    def forms(self, view: View, /) -> Iterable[FormUse]:
        """To place another, to cancel all, and to cancel each."""
        yield FormUse("POST", self.pattern, view.path, values=STANDARD)
        yield FormUse("DELETE", self.pattern, view.path)
        for order in cast("Sequence[Json]", view.content.get("orders", ())):
            if order["state"] in _LIVE:
                yield cancel_form(order)

    async def place(self, call: Call[Asked, Query]) -> Outcome:
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

    async def _batch(self, call: Call[Asked, Query], items: Sequence[OrderCommand | ProblemError]) -> Outcome:
        commands = tuple(item for item in items if not isinstance(item, ProblemError))
        results: Iterator[Result] = iter(())
        position: Mapping[str, int] = {}
        if commands:
            answer = await self._exchange.carry_out(call, commands)
            results, position = iter(answer.results), answer.position
        answers = [
            item.document if isinstance(item, ProblemError) else _answer_item(item, next(results))
            for item in items
        ]
        return done({"results": answers}, position)


class Order(Resource):
    """``/v3/orders/{id}/``."""

    pattern = "/v3/orders/{order_id:identity}"
    title = "Your order"
    representations = (JSON, *page("order.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader) -> None:
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                NO_QUERY,
                self.show,
                summary="One of one's own orders",
                answers={200: answers.OrderShown},
            ),
            "DELETE": remove(
                Who.TRADER,
                NO_QUERY,
                self.cancel,
                summary="Cancel the order",
                answers={200: answers.OrderAnswer, 202: answers.OrderAnswer},
                problems=kinds(Reason.NOT_FOUND, Reason.NOT_LIVE, Reason.TOO_LATE),
                cost=limits.COST_CANCEL,
            ),
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        order_id = call.identity("order_id")
        account_id = call.member.account_id

        def find(documents: Reads) -> tuple[OrderDocument | None, Json]:
            order = queries.order(documents, account_id, order_id)
            return order, {} if order is None else of_order(documents, call, order)

        (document, aside), position = await self._reader.read(call, find)
        if document is not None:
            return done({"order": shown(document, ORDER_FIELDS)}, position, aside=aside)
        # Its document may be on its way; its actor knows it already.
        reply = await self._exchange.ask(GetOrder(account_id, order_id))
        if not isinstance(reply.result, OrderResult):
            raise not_found("There is no such order.")
        order = order_in_list(reply.result)
        aside, _ = await self._reader.read(call, lambda documents: of_ids(documents, call, [order]))
        return done({"order": order}, reply.position, aside=aside)

    def links(self, view: View, /) -> Iterable[Link]:
        order = cast("Json", view.content["order"])
        yield Link("up", f"{Orders.pattern}/", "Your orders")
        yield Link("related", f"/v3/markets/{order['market_id']}/", "The market")

    def forms(self, view: View, /) -> Iterable[FormUse]:
        """While it lives, it can be cancelled."""
        order = cast("Json", view.content.get("order", {}))
        if order.get("state") in _LIVE:
            yield FormUse("DELETE", self.pattern, view.path)

    async def cancel(self, call: Call[None, Query]) -> Outcome:
        cancel = CancelOrder(call.identity("order_id"))
        cancelled = await self._exchange.carry_out_one(call, cancel, OrderResult)
        outcome = done if cancelled.final else pending
        return outcome(
            order_answer(cancelled.result), cancelled.position, location=location(cancelled.result)
        )


def location(order: OrderResult) -> str:
    return f"/v3/orders/{order.order_id}/"


def _answer_item(asked: OrderCommand, result: Result) -> Json:
    if isinstance(result, Refused):
        field = "cancel" if isinstance(asked, CancelOrder) else result.field
        return refusal(msgspec.structs.replace(result, field=field)).document
    assert isinstance(result, OrderResult)
    # The market has not spoken: of a new order while it is pending, of a cancel while its order lives.
    waiting = {OrderState.PENDING} if isinstance(asked, PlaceOrder) else _LIVE
    return {"status": 202 if result.state in waiting else 200, **order_answer(result)}
