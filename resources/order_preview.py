"""Owns what a preview of an order is answered with: what it would trade, leave, risk and win.

Never asks an actor: the resource of orders does.
Called by resources/orders.py.
"""

from collections.abc import Iterator

from actors.machines.account_stream.exposure import risk
from actors.machines.messages.answers import MatchPreview, OrderPreview
from actors.machines.messages.commands import PlaceOrder
from actors.machines.messages.parts import Fill
from actors.machines.messages.words import OrderState
from actors.machines.money import commission_on, format_money
from couch_views.formats import format_average_price
from resources.representations import Json, limit_of


def preview_answer(asked: PlaceOrder, matched: MatchPreview, previewed: OrderPreview) -> Json:
    """What the order would come to now."""
    executed = sum(fill.quantity for fill in matched.fills)
    value = sum(fill.price * fill.quantity for fill in matched.fills)
    left = matched.left if matched.reason is None else 0
    profit = risk(asked.side.other, previewed.price, left) + sum(
        risk(asked.side.other, fill.price, fill.quantity) for fill in matched.fills
    )
    answer: Json = {
        "state": _state(matched, executed),
        "market_id": str(asked.market_id),
        "contract_id": str(asked.contract_id),
        "side": asked.side,
        "type": asked.time_in_force,
        "price": limit_of(asked.time_in_force, previewed.price),
        "quantity": asked.quantity,
        "executions": list(_by_price(matched.fills)),
        "total_executed_quantity": executed,
        "average_price": format_average_price(value, executed),
        "available_quantity": left,
        "cancelled_order_ids": [str(order_id) for order_id in matched.cancelled],
        "delay_ms": matched.delay_ms,
        "collected": matched.collected,
        "balance": format_money(previewed.balance),
        "available_balance": format_money(previewed.balance - previewed.exposure),
        "exposure_before": format_money(previewed.exposure_before),
        "exposure": format_money(previewed.exposure),
        "market_exposure_before": format_money(previewed.market_exposure_before),
        "market_exposure": format_money(previewed.market_exposure),
        "profit_if_right": format_money(profit),
        "commission_if_right": format_money(commission_on(profit, previewed.commission)),
    }
    if matched.reason is not None:
        answer["cancel_reason"] = matched.reason
    return answer


def _by_price(fills: tuple[Fill, ...]) -> Iterator[Json]:
    """What would trade at which price, in the order of trading; nothing of whose orders those are."""
    quantities: dict[int, int] = {}
    for fill in fills:
        quantities[fill.price] = quantities.get(fill.price, 0) + fill.quantity
    return ({"price": price, "quantity": quantity} for price, quantity in quantities.items())


def _state(matched: MatchPreview, executed: int) -> OrderState:
    if matched.reason is not None:
        return OrderState.CANCELLED
    if matched.left == 0:
        return OrderState.FILLED
    return OrderState.PARTIAL if executed else OrderState.CREATED
