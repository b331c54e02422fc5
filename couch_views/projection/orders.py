"""Owns the documents of orders and of their fills.

Never knows accounts or markets: an order follows its own events.
Called through the table.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from actors.machines.messages.events import OrderPlaced, OrderUpdated, PositionSettled
from actors.machines.messages.words import OrderState
from couch_views.formats import format_average_price, format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import Document, FillDocument, OrderDocument, document_id


def order_of(event: OrderPlaced | OrderUpdated) -> tuple[str, ...]:
    return (document_id("order", event.order_id),)


def settled_orders(event: PositionSettled) -> Iterator[str]:
    return (document_id("order", order_id) for order_id in event.order_ids)


def place_order(event: OrderPlaced, at: Moment) -> Iterator[OrderDocument]:
    created = format_time(event.time)
    yield {
        "_id": document_id("order", event.order_id),
        "kind": "order",
        "stream": at.stream,
        "sequence": at.sequence,
        "account_id": str(event.account_id),
        "id": str(event.order_id),
        "state": OrderState.PENDING.value,
        "market_id": str(event.market_id),
        "contract_id": str(event.contract_id),
        "side": event.side.value,
        "type": event.time_in_force.value,
        "price": event.price,
        "quantity": event.quantity,
        "total_executed_quantity": 0,
        "executed_value": 0,
        "average_price": None,
        "available_quantity": event.quantity,
        "reference_id": event.reference_id,
        "cancel_reason": None,
        "created_datetime": created,
        "last_modified_datetime": created,
    }


def update_order(order: OrderDocument, event: OrderUpdated, _: Moment) -> OrderDocument:
    quantity = order["total_executed_quantity"] + sum(fill.quantity for fill in event.fills)
    value = order["executed_value"] + sum(fill.price * fill.quantity for fill in event.fills)
    return {
        **order,
        "state": event.state.value,
        "total_executed_quantity": quantity,
        "executed_value": value,
        "average_price": format_average_price(value, quantity),
        "available_quantity": event.left,
        "cancel_reason": None if event.reason is None else event.reason.value,
        "last_modified_datetime": format_time(event.time),
    }


def settle_order(order: OrderDocument, event: PositionSettled, at: Moment) -> OrderDocument:
    state = OrderState.VOIDED if event.void else OrderState.SETTLED
    return {**order, "state": state.value, "last_modified_datetime": format_time(at.time)}


def add_fills(event: OrderUpdated, at: Moment, documents: Mapping[str, Document]) -> Iterator[FillDocument]:
    if not event.fills:
        return
    order = cast("OrderDocument", documents[document_id("order", event.order_id)])
    created = format_time(event.time)
    for fill in event.fills:
        yield {
            "_id": document_id("fill", event.order_id, fill.execution_id),
            "kind": "fill",
            "stream": at.stream,
            "sequence": at.sequence,
            "account_id": str(event.account_id),
            "execution_id": str(fill.execution_id),
            "order_id": str(event.order_id),
            "reference_id": order["reference_id"],
            "role": "taker" if event.taker else "maker",
            "market_id": str(event.market_id),
            "contract_id": str(event.contract_id),
            "side": event.side.value,
            "price": fill.price,
            "quantity": fill.quantity,
            "created_datetime": created,
        }
