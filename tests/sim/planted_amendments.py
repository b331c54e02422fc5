"""Owns the planted faults of amendments: a place that is kept or lost against the rule, too little reserved.

Never leaves anything planted: as in planted.py.
Called through planted.py.
"""

from collections.abc import Callable
from typing import Final

import pytest
from msgspec import structs

from actors.machines.account_stream import order
from actors.machines.account_stream.exposure import risk
from actors.machines.book.fast import FastBook
from actors.machines.market_stream import amendment
from actors.machines.market_stream.market import Market
from actors.machines.messages.amendments import SubmitAmendment
from actors.machines.messages.book_events import AmendMissed, OrderReplaced
from actors.machines.messages.words import Side


def lose_the_place(patch: pytest.MonkeyPatch) -> None:
    """An order that becomes less of it goes behind the others of its price."""

    def behind(book: FastBook, order_id: int, quantity: int) -> None:
        left = book.remove(order_id)
        book.rest(order_id, left.account_id, left.side, left.price, left.quantity - quantity)

    patch.setattr(FastBook, "reduce", behind)


def reserve_the_larger_order_only(patch: pytest.MonkeyPatch) -> None:
    """That the old order may fill before the new one arrives, and all that is added too, is forgotten."""

    def larger(side: Side, price: int, left: int, new_price: int, new_left: int) -> int:
        return max(risk(side, price, left), risk(side, new_price, new_left))

    patch.setattr(order, "risk_amended", larger)


def forget_what_was_executed(patch: pytest.MonkeyPatch) -> None:
    """What was executed of an order is not taken off its new total."""
    replace = amendment._replace

    def whole(
        market: Market, asked: SubmitAmendment, time: int, *, delayed: bool
    ) -> OrderReplaced | AmendMissed:
        open_part = amendment._open_part(market, asked.order_id)
        assert open_part is not None
        return replace(
            market, structs.replace(asked, quantity_before=open_part.quantity), time, delayed=delayed
        )

    patch.setattr(amendment, "_replace", whole)


PLANTS: Final[tuple[Callable[[pytest.MonkeyPatch], None], ...]] = (
    lose_the_place,
    reserve_the_larger_order_only,
    forget_what_was_executed,
)
