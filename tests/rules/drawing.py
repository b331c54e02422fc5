"""Owns how what was seen is written in the notation again, so that a broken rule shows both in one form.

Never reads a text.
Called by the stage.
"""

from collections.abc import Sequence
from decimal import Decimal

from tests.rules.steps import ANY_BID, ANY_OFFER, Outcome, Row


def drawn(rows: Sequence[Row]) -> str:
    """A book as a page draws it, the columns aligned."""
    cells = [("bid", "price", "offer")]
    cells.extend((_orders(row.bids), _price(row.price), _orders(row.offers)) for row in rows)
    widths = [max(len(line[at]) for line in cells) for at in range(2)]
    return "\n".join(
        f"  {bid:>{widths[0]}} | {price:>{widths[1]}} | {offer}".rstrip() for bid, price, offer in cells
    )


def said(outcome: Outcome) -> str:
    """What came of an action, a line each."""
    state = f"{outcome.state}: {outcome.reason}" if outcome.reason else outcome.state
    lines = [state] if state else []
    if outcome.trades:
        pairs = (f"{_number(quantity, 4)} at {_number(price, 2)}" for quantity, price in outcome.trades)
        lines.append(f"trades {' and '.join(pairs)}")
    if outcome.rests is not None:
        lines.append(f"rests {_number(outcome.rests, 4)}")
    if outcome.exposure is not None:
        lines.append(f"exposure {_number(outcome.exposure, 8)}")
    if outcome.cancels is not None:
        lines.append(f"cancels {outcome.cancels} orders")
    return "\n".join(f"  -> {line}" for line in lines)


def _price(price: int) -> str:
    return "any" if price in {ANY_BID, ANY_OFFER} else _number(price, 2)


def _orders(orders: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{who} {_number(quantity, 4)}" for who, quantity in orders)


def _number(units: int, places: int) -> str:
    return f"{Decimal(units).scaleb(-places).normalize():f}"
