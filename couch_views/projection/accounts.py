"""Owns the documents of accounts, positions and statements.

Never adds balances up: what an account has after an event is in the event.
Called through the table.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from actors.machines.messages.events import (
    MoneyDeposited,
    MoneyWithdrawn,
    OrderPlaced,
    OrderUpdated,
    PositionSettled,
)
from actors.machines.messages.words import Side
from actors.machines.money import format_money, parse_money
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import (
    AccountDocument,
    ContractPositionField,
    Document,
    PositionDocument,
    StatementDocument,
    document_id,
)

MOVEMENTS_PER_EVENT: Final = 2
INDEX_DIGITS: Final = 7

OrderEvent = OrderPlaced | OrderUpdated
CashEvent = MoneyDeposited | MoneyWithdrawn


def account_of(event: OrderEvent | CashEvent | PositionSettled) -> tuple[str, ...]:
    return (document_id("account", event.account_id),)


def position_of(event: OrderEvent | PositionSettled) -> tuple[str, ...]:
    return (document_id("position", event.account_id, event.market_id),)


def change_exposure(account: AccountDocument, event: OrderEvent, _: Moment) -> AccountDocument:
    return _with_money(account, parse_money(account["balance"]), event.exposure)


def change_balance(account: AccountDocument, event: CashEvent, _: Moment) -> AccountDocument:
    return _with_money(account, event.balance, parse_money(account["exposure"]))


def settle_account(account: AccountDocument, event: PositionSettled, _: Moment) -> AccountDocument:
    return _with_money(account, event.balance, event.exposure)


def begin_position(event: OrderPlaced, at: Moment) -> PositionDocument:
    """A position starts with the first order: it has an exposure before anything is executed."""
    return {
        "_id": document_id("position", event.account_id, event.market_id),
        "kind": "position",
        "stream": at.stream,
        "sequence": at.sequence,
        "account_id": str(event.account_id),
        "market_id": str(event.market_id),
        "contracts": {},
        "exposure": format_money(0),
        "settled": False,
        "result": None,
        "commission": None,
    }


def expose_position(position: PositionDocument, event: OrderPlaced, _: Moment) -> PositionDocument:
    return {**position, "exposure": format_money(event.market_exposure)}


def update_position(position: PositionDocument, event: OrderUpdated, _: Moment) -> PositionDocument:
    exposure = format_money(event.market_exposure)
    if not event.fills:
        return {**position, "exposure": exposure}
    contract_id = str(event.contract_id)
    held = _with_fills(position["contracts"].get(contract_id), event)
    return {**position, "exposure": exposure, "contracts": {**position["contracts"], contract_id: held}}


def settle_position(position: PositionDocument, event: PositionSettled, _: Moment) -> PositionDocument:
    return {
        **position,
        "exposure": format_money(event.market_exposure),
        "settled": True,
        "result": format_money(event.result),
        "commission": format_money(event.commission_total),
    }


def add_deposit(event: MoneyDeposited, at: Moment, _: Mapping[str, Document]) -> Iterator[StatementDocument]:
    yield _movement(event.account_id, None, at, 0, "deposit", event.amount, event.balance)


def add_withdrawal(
    event: MoneyWithdrawn, at: Moment, _: Mapping[str, Document]
) -> Iterator[StatementDocument]:
    yield _movement(event.account_id, None, at, 0, "withdrawal", -event.amount, event.balance)


def add_settlement(
    event: PositionSettled, at: Moment, _: Mapping[str, Document]
) -> Iterator[StatementDocument]:
    """Result and commission are two movements; what moves nothing isn't on a statement."""
    if event.gross:
        before_commission = event.balance + event.commission
        yield _movement(
            event.account_id, event.market_id, at, 0, "settlement", event.gross, before_commission
        )
    if event.commission:
        yield _movement(
            event.account_id, event.market_id, at, 1, "commission", -event.commission, event.balance
        )


def _with_money(account: AccountDocument, balance: int, exposure: int) -> AccountDocument:
    return {
        **account,
        "balance": format_money(balance),
        "available_balance": format_money(balance - exposure),
        "exposure": format_money(exposure),
    }


def _with_fills(held: ContractPositionField | None, event: OrderUpdated) -> ContractPositionField:
    quantity = sum(fill.quantity for fill in event.fills)
    value = sum(fill.price * fill.quantity for fill in event.fills)
    if held is None:
        nothing = format_money(0)
        held = {"bought_quantity": 0, "bought_value": nothing, "sold_quantity": 0, "sold_value": nothing}
    if event.side is Side.BUY:
        return {
            **held,
            "bought_quantity": held["bought_quantity"] + quantity,
            "bought_value": format_money(parse_money(held["bought_value"]) + value),
        }
    return {
        **held,
        "sold_quantity": held["sold_quantity"] + quantity,
        "sold_value": format_money(parse_money(held["sold_value"]) + value),
    }


def _movement(
    account_id: int, market_id: int | None, at: Moment, part: int, name: str, amount: int, balance: int
) -> StatementDocument:
    index = at.place * MOVEMENTS_PER_EVENT + part
    return {
        "_id": document_id("statement", account_id, at.sequence, index),
        "kind": "statement",
        "stream": at.stream,
        "sequence": at.sequence,
        "account_id": str(account_id),
        "id": f"{at.sequence}{index:0{INDEX_DIGITS}d}",
        "type": name,
        "amount": format_money(amount),
        "balance": format_money(balance),
        "market_id": None if market_id is None else str(market_id),
        "created_datetime": format_time(at.time),
    }
