"""Owns what the members of a social stream hold: open positions only, and what a trade makes of one.

Never moves money: that a position is closed, and with which profit, is told, and nothing rests on it.
Called by the slice of what members do in markets.

A trade that turns a position round closes it and opens another one; its value is shared between the two as
its quantity is.
"""

from typing import Final, NamedTuple

from actors.machines.messages.trading_entries import FillContent, PositionContent
from actors.machines.messages.words import Side


class Held(NamedTuple):
    """What is held of a contract: ``quantity``, below 0 for who sold it; ``cash``, what it brought in."""

    quantity: int
    cash: int

    @property
    def side(self) -> Side:
        return Side.BUY if self.quantity > 0 else Side.SELL


NOTHING: Final = Held(0, 0)


class Positions:
    """Open positions: member -> market -> contract -> what is held of it."""

    def __init__(self) -> None:
        self.open: dict[int, dict[int, dict[int, Held]]] = {}

    def held(self, account_id: int, market_id: int, contract_id: int) -> Held:
        return self.open.get(account_id, {}).get(market_id, {}).get(contract_id, NOTHING)

    def hold(self, account_id: int, market_id: int, contract_id: int, held: Held) -> None:
        if held.quantity:
            self.open.setdefault(account_id, {}).setdefault(market_id, {})[contract_id] = held
            return
        contracts = self.open[account_id][market_id]
        del contracts[contract_id]
        if not contracts:
            self.forget(account_id, market_id)

    def forget(self, account_id: int, market_id: int) -> None:
        """The market is settled, or nothing is held there any more."""
        markets = self.open.get(account_id, {})
        markets.pop(market_id, None)
        if not markets:
            self.open.pop(account_id, None)


def after(held: Held, fill: FillContent) -> Held:
    """What is held once this is traded, too."""
    closing = closed_by(held, fill)
    if closing and closing == abs(held.quantity):
        rest = fill.quantity - closing
        return _with(NOTHING, fill.side, rest, fill.value - _share(fill, closing))
    return _with(held, fill.side, fill.quantity, fill.value)


def changes(held: Held, fill: FillContent) -> list[PositionContent]:
    """What a trade closes and opens, in this order."""
    closing = closed_by(held, fill)
    changed: list[PositionContent] = []
    if closing and closing == abs(held.quantity):
        value = _share(fill, closing)
        profit = _with(held, fill.side, closing, value).cash
        changed.append(PositionContent(False, fill.contract_id, held.side, closing, value, profit))
    if (opening := fill.quantity - closing) and (closing or not held.quantity):
        value = fill.value - _share(fill, closing)
        changed.append(PositionContent(True, fill.contract_id, fill.side, opening, value))
    return changed


def closed_by(held: Held, fill: FillContent) -> int:
    """How much of what is held this trade closes."""
    if not held.quantity or held.side is fill.side:
        return 0
    return min(fill.quantity, abs(held.quantity))


def _share(fill: FillContent, quantity: int) -> int:
    return fill.value * quantity // fill.quantity


def _with(held: Held, side: Side, quantity: int, value: int) -> Held:
    if side is Side.BUY:
        return Held(held.quantity + quantity, held.cash - value)
    return Held(held.quantity - quantity, held.cash + value)
