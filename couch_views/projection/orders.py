"""Owns the documents of orders and of their fills.

Never knows accounts or markets: an order follows its own events.
Called through the table.
"""

from collections.abc import Iterator, Mapping
from typing import cast

import msgspec

from actors.machines.messages.events import OrderPlaced, OrderUpdated, PositionSettled
from actors.machines.messages.voiding import StakesReturned
from actors.machines.messages.words import OrderState
from couch_views.formats import format_average_price, format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import Document, FillDocument, OrderDocument, document_id


def order_of(event: OrderPlaced | OrderUpdated) -> tuple[str, ...]:
    return (document_id("order", event.order_id),)


def filled_order(event: OrderUpdated) -> tuple[str, ...]:
    return order_of(event) if event.fills else ()


def settled_orders(event: PositionSettled | StakesReturned) -> Iterator[str]:
    return (document_id("order", order_id) for order_id in event.order_ids)


def place_order(event: OrderPlaced, at: Moment) -> Iterator[OrderDocument]:
    created, conditions = format_time(event.time), event.conditions
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
        "side": str(event.side),
        "type": str(event.time_in_force),
        "price": event.price,
        "quantity": event.quantity,
        "total_executed_quantity": 0,
        "executed_value": 0,
        "average_price": None,
        "available_quantity": event.quantity,
        "reference_id": event.reference_id,
        "post_only": conditions.post_only,
        "self_trade": str(conditions.self_trade),
        "good_til": format_time(conditions.good_til) if conditions.good_til else None,
        "challenge_id": str(event.challenge_id) if event.challenge_id else None,
        "cancel_reason": None,
        "created_datetime": created,
        "last_modified_datetime": created,
    }


class WorkingOrder(msgspec.Struct):
    """An order between events: ``modified`` is the time of the last one, if it is not in the document yet."""

    document: OrderDocument
    modified: int | None = None

    def dump(self) -> OrderDocument:
        document = self.document
        if self.modified is not None:
            document["average_price"] = format_average_price(
                document["executed_value"], document["total_executed_quantity"]
            )
            document["last_modified_datetime"] = format_time(self.modified)
            self.modified = None
        return document


def update_order(order: WorkingOrder, event: OrderUpdated, _: Moment) -> WorkingOrder:
    document = order.document
    for fill in event.fills:
        document["total_executed_quantity"] += fill.quantity
        document["executed_value"] += fill.price * fill.quantity
    if event.amended is not None:
        document["price"], document["quantity"] = event.amended.price, event.amended.quantity
    document["state"] = str(event.state)
    document["available_quantity"] = event.left
    document["cancel_reason"] = None if event.reason is None else str(event.reason)
    order.modified = event.time
    return order


def settle_order(order: WorkingOrder, event: PositionSettled, at: Moment) -> WorkingOrder:
    state = OrderState.VOIDED if event.void else OrderState.SETTLED
    order.document["state"] = state.value
    order.modified = at.time
    return order


def void_order(order: WorkingOrder, _event: StakesReturned, at: Moment) -> WorkingOrder:
    """What it traded is given back: its contract was taken out of the market."""
    order.document["state"] = OrderState.VOIDED.value
    order.modified = at.time
    return order


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
            "side": str(event.side),
            "price": fill.price,
            "quantity": fill.quantity,
            "created_datetime": created,
        }
