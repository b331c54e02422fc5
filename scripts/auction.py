"""Owns the command ``python -m scripts.auction FILE [--reference PRICE]``: at what price orders would trade.

Never decides the price: the auction's machine does, as it does on the exchange.
Called by people who compare it with another's answer, and by tests.

A file is CSV with the columns ``side`` (buy, sell), ``type`` (limit, market), ``price`` (ticks, 1 to 9999;
empty for a market order) and ``quantity``, an order a line, in the order of arrival. The answer is one line
of JSON; where nothing trades the price is null. The exit status is 2 if the file or an option is wrong.
"""

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from actors.machines import limits
from actors.machines.market_stream.auction import Auction
from actors.machines.market_stream.equilibrium import Equilibrium, midpoint
from actors.machines.messages.parts import FULL_LADDER
from actors.machines.messages.words import Side

COLUMNS: Final = ["side", "type", "price", "quantity"]
LIMIT: Final = "limit"
MARKET: Final = "market"
WORST: Final = {Side.BUY: limits.PRICE_MAX, Side.SELL: limits.PRICE_MIN}
UNUSABLE: Final = 2


class OrdersError(ValueError):
    """The file doesn't hold orders; the message names the line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        found = read_auction(options.file).equilibrium(FULL_LADDER, options.reference)
    except (OSError, UnicodeError, csv.Error, OrdersError) as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return UNUSABLE
    print(json.dumps(_shown(found)))
    return 0


def read_auction(path: Path) -> Auction:
    """The orders of a file, collected; raises ``OrdersError`` or ``OSError``."""
    auction = Auction()
    with path.open(newline="", encoding="ascii") as file:
        rows = csv.reader(file)
        if next(rows, []) != COLUMNS:
            raise OrdersError(f"line 1: the header must be {','.join(COLUMNS)}")
        for order_id, row in enumerate(rows, start=1):
            try:
                _collect(auction, order_id, row)
            except ValueError as error:
                raise OrdersError(f"line {order_id + 1}: {','.join(row)}: {error}") from error
    return auction


def _collect(auction: Auction, order_id: int, row: list[str]) -> None:
    if len(row) != len(COLUMNS):
        raise ValueError(f"an order has {len(COLUMNS)} columns")
    side, kind, price = Side(row[0]), row[1], row[2]
    quantity = _within("the quantity", row[3], limits.QUANTITY_MAX)
    if kind == LIMIT:
        auction.rest(order_id, order_id, side, _within("the price", price, limits.PRICE_MAX), quantity)
    elif kind == MARKET and not price:
        auction.rest_market(order_id, order_id, side, WORST[side], quantity)
    else:
        raise ValueError("the type is limit, or market without a price")


def _within(what: str, text: str, greatest: int) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= greatest:
        raise ValueError(f"{what} is a whole number from 1 to {greatest}")
    return number


def _shown(found: Equilibrium | None) -> dict[str, int | None]:
    if found is None:
        return {"price": None, "volume": 0, "imbalance": 0}
    return {"price": found.price, "volume": found.volume, "imbalance": found.imbalance}


def _price(text: str) -> int:
    try:
        return _within("a price", text, limits.PRICE_MAX)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="auction", description="Says at which one price collected orders would trade, and how much."
    )
    parser.add_argument("file", type=Path, help=f"CSV with the columns {','.join(COLUMNS)}")
    parser.add_argument(
        "--reference",
        type=_price,
        default=midpoint(FULL_LADDER),
        help="the price to come near to, where several would do (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
