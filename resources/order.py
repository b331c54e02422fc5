"""Owns the resource of one order of a member: to look at it, to amend it, to cancel it.

Never decides whether that succeeds: the member's account and the market do; never shows somebody else's.
Called by resources/app.py; resources/orders.py tells where one is by it.
"""

from collections.abc import Iterable, Mapping
from typing import Final, cast

from actors.machines import limits
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import OrderResult
from actors.machines.messages.commands import CancelOrder, GetOrder
from actors.machines.messages.words import OrderState, Reason
from couch_views.queries import orders as queries
from couch_views.queries.reading import Reads
from couch_views.shapes import OrderDocument
from resources.answers import orders as answers
from resources.exchange import Exchange
from resources.order_asked import AMENDING, KINDS_OF_TERMS, AmendAsked
from resources.pages.asides import of_ids, of_order
from resources.pages.formats import PAYOUT, PERCENT
from resources.reading import Reader
from resources.refusals import kinds
from resources.representations import Json, order_answer, order_in_list, order_shown
from resources.toolkit.body import body_of
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import not_found
from resources.toolkit.query import Query
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
from resources.toolkit.units import write_unit
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Who

ORDERS: Final = "/v3/orders"
LIVE: Final = frozenset({OrderState.PENDING, OrderState.CREATED, OrderState.PARTIAL})


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
            "PATCH": command(
                Who.TRADER,
                body_of(AmendAsked, KINDS_OF_TERMS),
                self.amend,
                summary="Amend the order",
                answers={200: answers.OrderAnswer, 202: answers.OrderAnswer},
                problems=kinds(Reason.NOT_FOUND, *AMENDING),
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
            return done({"order": order_shown(document)}, position, aside=aside)
        # Its document may be on its way; its actor knows it already.
        reply = await self._exchange.ask(GetOrder(account_id, order_id))
        if not isinstance(reply.result, OrderResult):
            raise not_found("There is no such order.")
        order = order_in_list(reply.result)
        aside, _ = await self._reader.read(call, lambda documents: of_ids(documents, call, [order]))
        return done({"order": order}, reply.position, aside=aside)

    def links(self, view: View, /) -> Iterable[Link]:
        order = cast("Json", view.content["order"])
        yield Link("up", f"{ORDERS}/", "Your orders")
        yield Link("related", f"/v3/markets/{order['market_id']}/", "The market")

    def forms(self, view: View, /) -> Iterable[FormUse]:
        """While it lives, it can be amended and cancelled."""
        order = cast("answers.Order | None", view.content.get("order"))
        if order is not None and order["state"] in LIVE:
            values = {"quantity": write_unit(order["quantity"], PAYOUT)}
            if order["price"] is not None:
                values["price"] = write_unit(order["price"], PERCENT)
            yield FormUse("PATCH", self.pattern, view.path, values=values)
            yield FormUse("DELETE", self.pattern, view.path)

    async def amend(self, call: Call[AmendAsked, Query]) -> Outcome:
        asked = AmendOrder(call.identity("order_id"), call.body.quantity, call.body.price)
        amended = await self._exchange.carry_out_one(call, asked, OrderResult)
        outcome = done if amended.final else pending
        return outcome(order_answer(amended.result), amended.position, location=location(amended.result))

    async def cancel(self, call: Call[None, Query]) -> Outcome:
        cancel = CancelOrder(call.identity("order_id"))
        cancelled = await self._exchange.carry_out_one(call, cancel, OrderResult)
        outcome = done if cancelled.final else pending
        return outcome(
            order_answer(cancelled.result), cancelled.position, location=location(cancelled.result)
        )


def is_amended(asked: AmendOrder, order: OrderResult) -> bool:
    """Whether the order is what it was to become."""
    return asked.price in {None, order.price} and asked.quantity == order.quantity


def location(order: OrderResult) -> str:
    return f"/v3/orders/{order.order_id}/"
