"""Owns the tests of the worst case that an audit computes: against every subset of fills under every outcome.

Never asks the exchange's own exposure.
Called by pytest.
"""

from itertools import product
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from actors.auditing.positions import WHOLE, Position


class Order(NamedTuple):
    """An order, of which a part has traded and a part is open."""

    contract: int
    buys: bool
    price: int
    traded: int
    open: int


ORDERS = st.lists(
    st.builds(
        Order,
        st.integers(1, 3),
        st.booleans(),
        st.integers(1, WHOLE - 1),
        st.integers(0, 100),
        st.integers(0, 100),
    ),
    max_size=5,
)


def result(orders: list[tuple[Order, int]], winner: int) -> int:
    """What these quantities of the orders come to if this contract wins (0: none does)."""
    total = 0
    for order, quantity in orders:
        sign = 1 if order.buys else -1
        total += sign * quantity * ((WHOLE if order.contract == winner else 0) - order.price)
    return total


def brute_force(orders: list[Order], contracts: int) -> int:
    outcomes = [1, 0] if contracts == 1 else range(1, contracts + 1)
    worst = 0
    for winner, filled in product(outcomes, product((False, True), repeat=len(orders))):
        quantities = [
            (order, order.traded + order.open * whole) for order, whole in zip(orders, filled, strict=True)
        ]
        worst = min(worst, result(quantities, winner))
    return -worst


def position_of(orders: list[Order]) -> Position:
    position = Position()
    for order in orders:
        whole = order.traded + order.open
        position.open(order.contract, buys=order.buys, price=order.price, quantity=whole)
        position.open(order.contract, buys=order.buys, price=order.price, quantity=-order.traded)
        if order.traded:
            position.fill(order.contract, buys=order.buys, price=order.price, quantity=order.traded)
    return position


@given(ORDERS)
def test_the_exposure_is_the_worst_of_all_outcomes_and_fills(orders: list[Order]) -> None:
    assert position_of(orders).exposure(3) == brute_force(orders, 3)


@given(ORDERS)
def test_the_only_contract_of_a_market_may_lose(orders: list[Order]) -> None:
    alone = [order._replace(contract=1) for order in orders]
    assert position_of(alone).exposure(1) == brute_force(alone, 1)


def test_two_lays_on_exclusive_outcomes() -> None:
    """Resting, the worse of them counts in full; once both are matched, each pays for the other."""
    resting = [Order(1, False, 3_175, 0, 100_000), Order(2, False, 3_968, 0, 100_000)]
    matched = [order._replace(traded=order.open, open=0) for order in resting]
    assert position_of(resting).exposure(3) == max((WHOLE - 3_175), (WHOLE - 3_968)) * 100_000
    assert position_of(matched).exposure(3) == (WHOLE - 3_175 - 3_968) * 100_000


def test_settled_fills_are_kept_for_a_correction_and_open_orders_stay() -> None:
    position = position_of([Order(1, True, 4_000, 10, 5), Order(2, False, 3_000, 4, 0)])
    kept = position.settle()
    assert (kept.cash, kept.nets) == (-40_000 + 12_000, {1: 10, 2: -4})
    assert [kept.result_under((winner,)) for winner in (1, 2, 3)] == [72_000, -68_000, -28_000]
    assert position.exposure(3) == 4_000 * 5
    assert position.settle() is kept
