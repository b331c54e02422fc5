"""Owns planted faults about what orders ask for beyond their price, and about markets in play.

Never leaves anything planted: the test's monkeypatch takes it out again. Product code has no switch for it.
Called by planted.py.
"""

from collections.abc import Callable, Iterator
from typing import Final

import pytest

from actors.machines.book.interface import Match
from actors.machines.market_stream import matching
from actors.machines.market_stream.market import Market
from actors.machines.market_stream.standing import Standing
from actors.machines.market_stream.timers import Timers
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import Reason, TimeInForce


def match_without_waiting(patch: pytest.MonkeyPatch) -> None:
    """In play, orders arrive at once."""
    patch.setattr(Market, "delays", False)


def fill_a_part(patch: pytest.MonkeyPatch) -> None:
    """An order that trades in full or not at all takes what is there."""
    patch.setattr(matching, "_unfilled", take_what_is_there)


def take_what_is_there(match: Match, order: SubmitOrder) -> tuple[Match, Reason | None]:
    if match.crossed_self:
        return match, Reason.SELF_TRADE
    rests = order.time_in_force not in (TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL)
    return match, None if rests else Reason.INSUFFICIENT_LIQUIDITY


def outlive_a_halt(patch: pytest.MonkeyPatch) -> None:
    """A halt cancels nothing."""
    of = Standing.of

    def others_of(standing: Standing, kind: TimeInForce) -> Iterator[int]:
        return iter(()) if kind is TimeInForce.GOOD_TIL_HALTED else of(standing, kind)

    patch.setattr(Standing, "of", others_of)


def outlive_its_time(patch: pytest.MonkeyPatch) -> None:
    """Orders with a time have no timer."""
    rest = Standing.rest

    def rest_for_good(
        standing: Standing, order_id: int, kind: TimeInForce, _good_til: int, timers: Timers
    ) -> None:
        rest(standing, order_id, kind, 0, timers)

    patch.setattr(Standing, "rest", rest_for_good)


PLANTS: Final[tuple[Callable[[pytest.MonkeyPatch], None], ...]] = (
    match_without_waiting,
    fill_a_part,
    outlive_a_halt,
    outlive_its_time,
)
