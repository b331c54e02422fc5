"""Owns the ledger: one balanced transaction for each event that moves money, never changed afterwards.

Never moves money, and never rounds: the amounts are the event's, each with its contra entry.
Called through the table.

The accounts are the members' and the stream's contra accounts, as the account streams keep them:
``external`` (what is outside), ``commission``, and ``clearing`` for each market.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from actors.machines.messages.events import MoneyDeposited, MoneyWithdrawn, PositionSettled
from actors.machines.money import format_money
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import Document, EntryField, TransactionDocument, transaction_document_id

EXTERNAL: Final = "external"
COMMISSION: Final = "commission"


def member_account(account_id: int) -> str:
    """What the ledger calls a member's account: ``account/16``."""
    return f"account/{account_id}"


def clearing_account(market_id: int) -> str:
    """What the ledger calls the account that a market's results are booked against: ``clearing/7``."""
    return f"clearing/{market_id}"


def record_deposit(
    event: MoneyDeposited, at: Moment, _: Mapping[str, Document]
) -> Iterator[TransactionDocument]:
    yield _transaction(at, "deposit", None, _moved(EXTERNAL, member_account(event.account_id), event.amount))


def record_withdrawal(
    event: MoneyWithdrawn, at: Moment, _: Mapping[str, Document]
) -> Iterator[TransactionDocument]:
    yield _transaction(
        at, "withdrawal", None, _moved(member_account(event.account_id), EXTERNAL, event.amount)
    )


def record_settlement(
    event: PositionSettled, at: Moment, _: Mapping[str, Document]
) -> Iterator[TransactionDocument]:
    """Result and commission are one transaction, as they are one event; what moves nothing is none."""
    member = member_account(event.account_id)
    entries = [
        *_moved(clearing_account(event.market_id), member, event.gross),
        *_moved(member, COMMISSION, event.commission),
    ]
    if entries:
        name = "settlement" if event.version == 1 else "correction"
        yield _transaction(at, name, event.market_id, entries)


def _moved(source: str, destination: str, amount: int) -> list[EntryField]:
    """The two entries of an amount, which may be negative: a loss goes the other way."""
    if not amount:
        return []
    return [
        {"account": destination, "amount": format_money(amount)},
        {"account": source, "amount": format_money(-amount)},
    ]


def _transaction(
    at: Moment, name: str, market_id: int | None, entries: list[EntryField]
) -> TransactionDocument:
    return {
        "_id": transaction_document_id(at.stream, at.sequence, at.place),
        "kind": "transaction",
        "stream": at.stream,
        "sequence": at.sequence,
        "type": name,
        "market_id": None if market_id is None else str(market_id),
        "entries": entries,
        "created_datetime": format_time(at.time),
    }
