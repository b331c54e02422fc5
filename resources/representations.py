"""Owns how orders, accounts, events and markets look in the API, told by an actor or by a document.

Never reads or asks for anything: what is represented is given.
Called by the resources that show these things.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from actors.machines.messages.answers import AccountResult, EventResult, MarketResult, OrderResult
from actors.machines.messages.words import MarketState, TimeInForce
from actors.machines.money import format_commission, format_money
from couch_views.formats import format_average_price, format_time
from couch_views.shapes import (
    CURRENCY,
    EventDocument,
    ExecutionDocument,
    FillDocument,
    MarketDocument,
    OrderDocument,
    fields_of,
)

Json = dict[str, object]

ORDER_FIELDS: Final = fields_of(OrderDocument, hidden=("account_id", "executed_value"))
EXECUTION_FIELDS: Final = fields_of(ExecutionDocument)
FILL_FIELDS: Final = fields_of(FillDocument, hidden=("account_id",))
EVENT_FIELDS: Final = fields_of(EventDocument)
MARKET_FIELDS: Final = fields_of(
    MarketDocument, hidden=("contracts", "settlement_reason", "halt_reason", "auction")
)


def shown(document: Mapping[str, object], fields: Iterable[str]) -> Json:
    """What the API shows of a document."""
    return {field: document[field] for field in fields}


def order_answer(order: OrderResult) -> Json:
    """An order as its command is answered: flat, with what it executed and the account's money."""
    answer = {"order_id": str(order.order_id), **_order(order)}
    answer["executions"] = [
        {"execution_id": str(fill.execution_id), "price": fill.price, "quantity": fill.quantity}
        for fill in order.fills
    ]
    answer["balance"] = format_money(order.balance)
    answer["available_balance"] = format_money(order.balance - order.exposure)
    answer["exposure"] = format_money(order.exposure)
    if order.cancel_reason is not None:
        answer["cancel_reason"] = order.cancel_reason
    return answer


def order_shown(order: OrderDocument) -> Json:
    """An order as a list shows it, told by its document."""
    return {**shown(order, ORDER_FIELDS), "price": limit_of(order["type"], order["price"])}


def limit_of(kind: str, price: int) -> int | None:
    """The price that an order names. A market order takes any: what is reserved for it is none of its own."""
    return None if kind == TimeInForce.MARKET else price


def order_in_list(order: OrderResult) -> Json:
    """An order as a list shows it: what its document will say once it is there."""
    return {
        "id": str(order.order_id),
        **_order(order),
        "cancel_reason": order.cancel_reason,
        "last_modified_datetime": format_time(order.modified_time),
    }


def _order(order: OrderResult) -> Json:
    return {
        "state": order.state,
        "market_id": str(order.market_id),
        "contract_id": str(order.contract_id),
        "side": order.side,
        "type": order.time_in_force,
        "price": limit_of(order.time_in_force, order.price),
        "quantity": order.quantity,
        "total_executed_quantity": order.executed_quantity,
        "average_price": format_average_price(order.executed_value, order.executed_quantity),
        "available_quantity": order.available_quantity,
        "reference_id": order.reference_id,
        "post_only": order.conditions.post_only,
        "self_trade": order.conditions.self_trade,
        "good_til": format_time(order.conditions.good_til) if order.conditions.good_til else None,
        "challenge_id": str(order.challenge_id) if order.challenge_id else None,
        "created_datetime": format_time(order.created_time),
    }


def account(account: AccountResult) -> Json:
    return {
        "account_id": str(account.account_id),
        "username": account.username,
        "currency": CURRENCY,
        "balance": format_money(account.balance),
        "available_balance": format_money(account.balance - account.exposure),
        "exposure": format_money(account.exposure),
    }


def member(account: AccountResult) -> Json:
    """A member's public profile."""
    return {
        "username": account.username,
        "display_name": account.display_name,
        "bio": account.bio,
        "created_datetime": format_time(account.created_time),
    }


def event(result: EventResult) -> Json:
    event = result.event
    return {
        "id": str(event.event_id),
        "name": event.name,
        "slug": event.slug,
        "type": event.type,
        "state": result.state,
        "start_datetime": format_time(event.start_time),
        "description": event.description,
        "created_datetime": format_time(result.created_time),
    }


def market(result: MarketResult) -> Json:
    """A market with its contracts, as who made or changed it is answered."""
    market = result.market
    return {
        "id": str(market.market_id),
        "event_id": str(market.event_id),
        "name": market.name,
        "slug": market.slug,
        "state": result.state,
        "winner_count": market.winner_count,
        "commission": format_commission(market.commission),
        "price_ladder": [
            {"from": step.lowest, "to": step.highest, "step": step.step} for step in market.ladder
        ],
        "rules": market.rules,
        "display_order": market.display_order,
        "created_datetime": format_time(result.created_time),
        "version": result.version,
        "in_play": result.in_play,
        "in_play_delay_ms": market.in_play_delay_ms,
        "cross_matching": market.cross_matching,
        "quantity_max": market.quantity_max,
        "opening_auction_s": market.opening_auction_s,
        "closing_auction_s": market.closing_auction_s,
        "contracts": [
            {
                "id": str(contract.contract_id),
                "market_id": str(market.market_id),
                "name": contract.name,
                "slug": contract.slug,
                "display_order": place,
                "state_or_outcome": _outcome(result, contract.contract_id),
                "payout": _payout(result, contract.contract_id),
            }
            for place, contract in enumerate(market.contracts)
        ],
    }


def _outcome(result: MarketResult, contract_id: int) -> str:
    if result.state is MarketState.VOIDED or contract_id in result.voided:
        return "voided"
    if result.state is not MarketState.SETTLED or result.verdict is None:
        return result.state
    if contract_id in result.verdict.winners:
        return "winner"
    return "dead_heat" if contract_id in result.verdict.payouts else "loser"


def _payout(result: MarketResult, contract_id: int) -> int | None:
    if result.state is not MarketState.SETTLED or result.verdict is None or contract_id in result.voided:
        return None
    return result.verdict.payouts.get(contract_id, 0)
