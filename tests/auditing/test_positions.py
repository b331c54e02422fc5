"""Owns the tests of the worst case that an audit computes: against every subset of fills under every outcome.

Never asks the exchange's own exposure.
Called by pytest.
"""

from itertools import combinations, product
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from actors.auditing.positions import WHOLE, Position
from actors.machines.messages.parts import Share, Verdict


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


def result(orders: list[tuple[Order, int]], winners: tuple[int, ...]) -> int:
    """What these quantities of the orders come to if these contracts win."""
    total = 0
    for order, quantity in orders:
        sign = 1 if order.buys else -1
        total += sign * quantity * ((WHOLE if order.contract in winners else 0) - order.price)
    return total


def brute_force(orders: list[Order], contracts: int, winners: int = 1) -> int:
    outcomes = [*combinations(range(1, contracts + 1), winners)]
    if contracts == 1:
        outcomes.append(())
    worst = 0
    for won, filled in product(outcomes, product((False, True), repeat=len(orders))):
        quantities = [
            (order, order.traded + order.open * whole) for order, whole in zip(orders, filled, strict=True)
        ]
        worst = min(worst, result(quantities, won))
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


@given(ORDERS, st.integers(3, 5), st.data())
def test_with_several_winners_it_is_the_worst_of_all_their_subsets(
    orders: list[Order], contracts: int, data: st.DataObject
) -> None:
    winners = data.draw(st.integers(2, contracts - 1))
    assert position_of(orders).exposure(contracts, winners) == brute_force(orders, contracts, winners)


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
    verdicts = [Verdict(1, (winner,)) for winner in (1, 2, 3)]
    assert [kept.result_under(verdict) for verdict in verdicts] == [72_000, -68_000, -28_000]
    shared = Verdict(1, (), dead_heat=(Share(1, 5_000), Share(2, 5_000)))
    assert kept.result_under(shared) == -28_000 + 50_000 - 20_000
    assert position.exposure(3) == 4_000 * 5
    assert position.settle() is kept
