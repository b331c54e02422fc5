"""Owns the tests of a position: exposure as orders come and go, and settlement with corrections.

Never tests the account's balance.
Called by pytest.
"""

import pytest

from actors.machines.account_stream.order import Order
from actors.machines.account_stream.position import Position
from actors.machines.messages.events import OrderPlaced
from actors.machines.messages.parts import FULL_LADDER, Fill, Share, Terms, Verdict
from actors.machines.messages.words import Side, TimeInForce

TERMS = Terms(3, (10, 11), 1, 200, FULL_LADDER)
INDEX = {10: 0, 11: 1}
HALVES = (Share(10, 5_000), Share(11, 5_000))
GTC = TimeInForce.GOOD_TIL_CANCELLED


def placed(position: Position, side: Side, price: int, quantity: int, contract_id: int = 10) -> Order:
    order = Order(OrderPlaced(7, 16, 1, 0, 3, contract_id, side, price, quantity, GTC, None, 0, 0, 0))
    position.place(order, position.exposure_with(contract_id, side, price, quantity))
    return order


def filled(side: Side, price: int, quantity: int, contract_id: int = 10) -> Position:
    position = Position(TERMS, INDEX)
    order = placed(position, side, price, quantity, contract_id)
    report(position, order, Fill(1, price, quantity))
    return position


def report(position: Position, order: Order, *fills: Fill) -> None:
    left = order.left - sum(fill.quantity for fill in fills)
    position.report(order, fills, left, position.exposure_after(order, fills, left))
    order.left = left


def test_a_resting_order_is_exposed_by_its_whole_risk() -> None:
    position = Position(TERMS, INDEX)
    placed(position, Side.BUY, 6000, 100)
    assert position.exposure == 600_000
    placed(position, Side.SELL, 6000, 100, 11)
    assert position.exposure == 1_000_000


def test_price_improvement_frees_funds_at_once() -> None:
    position = Position(TERMS, INDEX)
    order = placed(position, Side.BUY, 6000, 100)
    report(position, order, Fill(1, 5000, 100))
    assert position.exposure == 500_000


def test_buying_every_contract_below_par_is_no_risk() -> None:
    position = filled(Side.BUY, 4000, 100)
    second = placed(position, Side.BUY, 5000, 100, 11)
    assert position.exposure == 400_000
    report(position, second, Fill(2, 5000, 100))
    assert position.exposure == 0


def test_a_cancel_frees_what_was_left() -> None:
    position = Position(TERMS, INDEX)
    order = placed(position, Side.SELL, 2500, 100)
    assert position.exposure == 750_000
    position.report(order, (), 0, position.exposure_after(order, (), 0))
    assert position.exposure == 0


@pytest.mark.parametrize(
    ("side", "verdict", "results"),
    [
        (Side.BUY, Verdict(1, (10,)), (600_000, 12_000)),
        (Side.BUY, Verdict(1, (11,)), (-400_000, 0)),
        (Side.SELL, Verdict(1, (10,)), (-600_000, 0)),
        (Side.SELL, Verdict(1, (11,)), (400_000, 8_000)),
        (Side.BUY, Verdict(1, (), True), (0, 0)),
        (Side.BUY, Verdict(1, ()), (-400_000, 0)),
        (Side.BUY, Verdict(1, (), dead_heat=HALVES), (100_000, 2_000)),
        (Side.SELL, Verdict(1, (), dead_heat=HALVES), (-100_000, 0)),
    ],
)
def test_a_verdict_gives_result_and_commission(
    side: Side, verdict: Verdict, results: tuple[int, int]
) -> None:
    assert filled(side, 4000, 100).results(verdict) == results


def test_a_corrected_verdict_is_applied_to_the_same_trades() -> None:
    position = filled(Side.BUY, 4000, 100)
    position.settle(*position.results(Verdict(1, (10,))), position.exposure_settled())
    assert (position.settled, position.exposure) == ((600_000, 12_000), 0)
    assert position.results(Verdict(2, (11,))) == (-400_000, 0)
    position.settle(-400_000, 0, 0)
    assert position.results(Verdict(3, (10,))) == (600_000, 12_000)


def test_with_two_places_two_of_three_may_win() -> None:
    position = Position(Terms(3, (10, 11, 12), 2, 0, FULL_LADDER), {10: 0, 11: 1, 12: 2})
    orders = [placed(position, Side.SELL, 5000, 100, contract_id) for contract_id in (10, 11, 12)]
    assert position.exposure == 1_000_000
    for execution, order in enumerate(orders, 1):
        report(position, order, Fill(execution, 5000, 100))
    assert position.exposure == 500_000
    assert position.results(Verdict(1, (10, 12))) == (-500_000, 0)
    assert position.exposure_settled() == 0


def test_an_order_still_on_its_way_stays_reserved_through_a_settlement() -> None:
    position = filled(Side.BUY, 4000, 100)
    late = placed(position, Side.BUY, 1000, 100)
    position.settle(*position.results(Verdict(1, (11,))), position.exposure_settled())
    assert position.exposure == 100_000
    position.report(late, (), 0, position.exposure_after(late, (), 0))
    assert position.exposure == 0
