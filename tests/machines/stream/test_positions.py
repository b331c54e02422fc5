"""Owns the tests of what a trade makes of a position.

Never moves money.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.messages.trading_entries import FillContent, PositionContent
from actors.machines.messages.words import Side
from actors.machines.stream.positions import NOTHING, Held, Positions, after, changes

BUY, SELL = Side.BUY, Side.SELL
FILLS = st.lists(
    st.tuples(st.sampled_from(Side), st.integers(1, 9), st.integers(1, 9)).map(
        lambda each: fill(each[0], each[1], each[1] * each[2])
    ),
    max_size=30,
)


def fill(side: Side, quantity: int, value: int) -> FillContent:
    return FillContent(1, 1, side, quantity, value, maker=False, counterparties=())


def opened(side: Side, quantity: int, value: int) -> PositionContent:
    return PositionContent(True, 1, side, quantity, value)


def closed(side: Side, quantity: int, value: int, profit: int) -> PositionContent:
    return PositionContent(False, 1, side, quantity, value, profit)


@pytest.mark.parametrize(
    ("held", "traded", "made", "told"),
    [
        (NOTHING, fill(BUY, 5, 20), Held(5, -20), [opened(BUY, 5, 20)]),
        (NOTHING, fill(SELL, 5, 20), Held(-5, 20), [opened(SELL, 5, 20)]),
        (Held(5, -20), fill(BUY, 5, 20), Held(10, -40), []),
        (Held(5, -20), fill(SELL, 2, 12), Held(3, -8), []),
        (Held(5, -20), fill(SELL, 5, 30), NOTHING, [closed(BUY, 5, 30, 10)]),
        (Held(-5, 20), fill(BUY, 5, 30), NOTHING, [closed(SELL, 5, 30, -10)]),
        # Turned round, at a price of 7 / 2: what closes it is rounded down, the rest opens the new one.
        (Held(3, -9), fill(SELL, 8, 28), Held(-5, 18), [closed(BUY, 3, 10, 1), opened(SELL, 5, 18)]),
    ],
)
def test_what_a_trade_makes_of_a_position(
    held: Held, traded: FillContent, made: Held, told: list[PositionContent]
) -> None:
    assert after(held, traded) == made
    assert changes(held, traded) == told


@given(FILLS)
def test_all_cash_is_in_profits_and_in_what_is_held(fills: list[FillContent]) -> None:
    held, profits = NOTHING, 0
    for each in fills:
        told = changes(held, each)
        profits += sum(change.profit for change in told if change.profit is not None)
        held = after(held, each)
        assert not [change for change in told if change.opened] or held.side is each.side
    assert held.quantity == sum(each.quantity if each.side is BUY else -each.quantity for each in fills)
    assert held.cash + profits == sum(-each.value if each.side is BUY else each.value for each in fills)


def test_only_what_is_open_is_kept() -> None:
    positions = Positions()
    positions.hold(7, 1, 1, Held(5, -20))
    positions.hold(7, 1, 2, Held(-5, 20))
    positions.hold(7, 2, 3, Held(1, -1))
    assert positions.held(7, 1, 2) == Held(-5, 20)
    assert positions.held(7, 1, 9) == positions.held(8, 1, 1) == NOTHING
    positions.hold(7, 1, 1, NOTHING)
    assert positions.open == {7: {1: {2: Held(-5, 20)}, 2: {3: Held(1, -1)}}}
    positions.hold(7, 1, 2, NOTHING)
    assert positions.open == {7: {2: {3: Held(1, -1)}}}
    positions.forget(7, 2)
    positions.forget(7, 2)
    assert positions.open == {}
