"""Owns the form of an order flow file and of the digest over the trades that it must lead to.

Never matches anything: a book does.
Called by the replay, and by the tests of the books.

A file is CSV with a header: ``op`` is A (a limit order that is meant to rest), M (one that is meant to
trade at once, its remainder rests) or C (cancels a live order); ``id`` names the order; ``side`` is 0 buy,
1 sell; ``price`` in ticks; ``quantity`` in shares (of a C: not used).
"""

import csv
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from actors.machines import limits
from actors.machines.messages.words import Side

COLUMNS: Final = ["op", "id", "side", "price", "quantity"]
CANCEL: Final = "C"
UNITS_PER_SHARE: Final = 10_000
"""Quantity units of the exchange: a share pays out one currency unit."""
SHARES_MAX: Final = limits.QUANTITY_MAX // UNITS_PER_SHARE
SIDES: Final = {"0": Side.BUY, "1": Side.SELL}


class Operation(NamedTuple):
    """One line of a file; ``quantity`` in shares."""

    op: str
    order_id: int
    side: Side
    price: int
    quantity: int

    @property
    def is_cancel(self) -> bool:
        return self.op == CANCEL


class Trade(NamedTuple):
    """One execution by the ids of the file; ``quantity`` in shares."""

    maker_id: int
    taker_id: int
    price: int
    quantity: int


class FlowError(ValueError):
    """The file is not an order flow; the message names the line."""


def read_flow(path: Path) -> list[Operation]:
    """The operations of a file, in order; raises ``FlowError`` or ``OSError``."""
    with path.open(newline="", encoding="ascii") as file:
        rows = csv.reader(file)
        if next(rows, []) != COLUMNS:
            raise FlowError(f"line 1: the header must be {','.join(COLUMNS)}")
        return [_operation(row, line) for line, row in enumerate(rows, start=2)]


def digest_of_trades(trades: Iterable[Trade]) -> str:
    """SHA-256 (hex) over a line ``maker_id,taker_id,price,quantity`` for each trade, in order."""
    digest = hashlib.sha256()
    for trade in trades:
        digest.update(f"{trade.maker_id},{trade.taker_id},{trade.price},{trade.quantity}\n".encode())
    return digest.hexdigest()


def _operation(row: list[str], line: int) -> Operation:
    try:
        op, order_id, side, price, quantity = row
        operation = Operation(op, int(order_id), SIDES[side], int(price), int(quantity))
    except (KeyError, ValueError) as error:
        raise FlowError(f"line {line}: not an operation: {','.join(row)}") from error
    if op not in {"A", "M", CANCEL} or operation.order_id < 1:
        raise FlowError(f"line {line}: op must be A, M or C, and the id at least 1")
    if not limits.PRICE_MIN <= operation.price <= limits.PRICE_MAX:
        raise FlowError(f"line {line}: the price must be {limits.PRICE_MIN} to {limits.PRICE_MAX}")
    if not operation.is_cancel and not 1 <= operation.quantity <= SHARES_MAX:
        raise FlowError(f"line {line}: the quantity must be 1 to {SHARES_MAX}")
    return operation
