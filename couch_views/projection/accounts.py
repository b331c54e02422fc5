"""Owns the documents of accounts, positions and statements.

Never adds balances up: what an account has after an event is in the event.
Called through the table.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from actors.machines.messages.amendments import AmendRefused, AmendRequested
from actors.machines.messages.events import (
    MoneyDeposited,
    MoneyWithdrawn,
    OrderPlaced,
    OrderUpdated,
    PositionSettled,
)
from actors.machines.messages.voiding import StakesReturned
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

OrderEvent = OrderPlaced | OrderUpdated | AmendRequested | AmendRefused
CashEvent = MoneyDeposited | MoneyWithdrawn


def account_of(event: OrderEvent | CashEvent | PositionSettled | StakesReturned) -> tuple[str, ...]:
    return (document_id("account", event.account_id),)


def position_of(event: OrderEvent | PositionSettled | StakesReturned) -> tuple[str, ...]:
    return (document_id("position", event.account_id, event.market_id),)


class WorkingAccount:
    """An account between events: its money as integers, which the document shows once it is dumped."""

    __slots__ = ("balance", "document", "exposure")

    def __init__(self, document: AccountDocument) -> None:
        self.document = document
        self.balance = parse_money(document["balance"])
        self.exposure = parse_money(document["exposure"])

    def dump(self) -> AccountDocument:
        document = self.document
        document["balance"] = format_money(self.balance)
        document["available_balance"] = format_money(self.balance - self.exposure)
        document["exposure"] = format_money(self.exposure)
        return document


def change_exposure(account: WorkingAccount, event: OrderEvent | StakesReturned, _: Moment) -> WorkingAccount:
    account.exposure = event.exposure
    return account


def change_balance(account: WorkingAccount, event: CashEvent, _: Moment) -> WorkingAccount:
    account.balance = event.balance
    return account


def settle_account(account: WorkingAccount, event: PositionSettled, _: Moment) -> WorkingAccount:
    account.balance, account.exposure = event.balance, event.exposure
    return account


class WorkingPosition(msgspec.Struct):
    """A position between events; ``exposure`` and ``values`` are what the document doesn't show yet.

    ``values`` are bought and sold values by contract, of those that were traded since the last dump.
    """

    document: PositionDocument
    exposure: int | None = None
    values: dict[str, list[int]] = msgspec.field(default_factory=dict)

    def dump(self) -> PositionDocument:
        document = self.document
        if self.exposure is not None:
            document["exposure"] = format_money(self.exposure)
            self.exposure = None
        for contract_id, (bought, sold) in self.values.items():
            held = document["contracts"][contract_id]
            held["bought_value"], held["sold_value"] = format_money(bought), format_money(sold)
        self.values.clear()
        return document

    def trade(self, event: OrderUpdated) -> None:
        """Adds the fills up."""
        contract_id = str(event.contract_id)
        held = self.document["contracts"].setdefault(contract_id, _nothing_held())
        values = self.values.get(contract_id)
        if values is None:
            values = [parse_money(held["bought_value"]), parse_money(held["sold_value"])]
            self.values[contract_id] = values
        quantity = sum([fill.quantity for fill in event.fills])
        value = sum([fill.price * fill.quantity for fill in event.fills])
        if event.side is Side.BUY:
            held["bought_quantity"] += quantity
            values[0] += value
        else:
            held["sold_quantity"] += quantity
            values[1] += value


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


def expose_position(
    position: WorkingPosition, event: OrderPlaced | AmendRequested | AmendRefused, _: Moment
) -> WorkingPosition:
    position.exposure = event.market_exposure
    return position


def update_position(position: WorkingPosition, event: OrderUpdated, _: Moment) -> WorkingPosition:
    position.exposure = event.market_exposure
    if event.fills:
        position.trade(event)
    return position


def settle_position(position: WorkingPosition, event: PositionSettled, _: Moment) -> WorkingPosition:
    position.exposure = event.market_exposure
    document = position.document
    document["settled"] = True
    document["result"] = format_money(event.result)
    document["commission"] = format_money(event.commission_total)
    return position


def void_contract(position: WorkingPosition, event: StakesReturned, _: Moment) -> WorkingPosition:
    position.exposure = event.market_exposure
    held = position.document["contracts"].get(str(event.contract_id))
    if held is not None:
        held["voided"] = True
    return position


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


def _nothing_held() -> ContractPositionField:
    nothing = format_money(0)
    return {"bought_quantity": 0, "bought_value": nothing, "sold_quantity": 0, "sold_value": nothing}


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
