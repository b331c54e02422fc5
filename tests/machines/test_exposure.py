"""Owns the tests of exposure: the rule against brute force over all subsets of fills.

Never tests acceptance: that is the account's.
Called by pytest.
"""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.exposure import Holding, cash_flow, exposure, payout, risk
from actors.machines.messages.words import Side

Order = tuple[Side, int, int, int]
"""Side, contract (an index), price, quantity."""


def book(contracts: int, filled: list[Order], resting: list[Order]) -> tuple[int, list[Holding]]:
    """Cash and holdings after these fills, with these orders open."""
    cash = 0
    holdings = [Holding() for _ in range(contracts)]
    for side, at, price, quantity in filled:
        cash += cash_flow(side, price, quantity)
        holdings[at].net += quantity if side is Side.BUY else -quantity
    for side, at, price, quantity in resting:
        if side is Side.BUY:
            holdings[at].buying += risk(side, price, quantity)
        else:
            holdings[at].selling += risk(side, price, quantity)
    return cash, holdings


def result(order: Order, winner: int | None) -> int:
    side, at, price, quantity = order
    paid = 10_000 * quantity if at == winner else 0
    return paid - price * quantity if side is Side.BUY else price * quantity - paid


def brute_force(contracts: int, filled: list[Order], resting: list[Order]) -> int:
    """The largest loss over every outcome and every subset of the resting orders."""
    outcomes: list[int | None] = [*range(contracts)]
    if contracts == 1:
        outcomes.append(None)
    worst = 0
    for winner in outcomes:
        for mask in product((False, True), repeat=len(resting)):
            taken = filled + [order for order, fills in zip(resting, mask, strict=True) if fills]
            worst = min(worst, sum(result(order, winner) for order in taken))
    return -worst


def one_order(contracts: int) -> st.SearchStrategy[Order]:
    return st.tuples(
        st.sampled_from(Side), st.integers(0, contracts - 1), st.integers(1, 9999), st.integers(1, 10**10)
    )


def orders(contracts: int, most: int) -> st.SearchStrategy[list[Order]]:
    return st.lists(one_order(contracts), max_size=most)


@given(st.data(), st.integers(1, 4))
def test_exposure_is_the_worst_over_all_subsets_of_fills(data: st.DataObject, contracts: int) -> None:
    filled, resting = data.draw(orders(contracts, 4)), data.draw(orders(contracts, 6))
    cash, holdings = book(contracts, filled, resting)
    at = data.draw(st.integers(0, contracts - 1))
    assert exposure(cash, holdings, at, holdings[at]) == brute_force(contracts, filled, resting)


@given(st.data(), st.integers(1, 4))
def test_asking_what_would_be_equals_what_is_then(data: st.DataObject, contracts: int) -> None:
    filled, resting = data.draw(orders(contracts, 4)), data.draw(orders(contracts, 4))
    added = data.draw(one_order(contracts))
    cash, holdings = book(contracts, filled, resting)
    _, after = book(contracts, filled, [*resting, added])
    assert exposure(cash, holdings, added[1], after[added[1]]) == brute_force(
        contracts, filled, [*resting, added]
    )


def test_two_lays_on_two_of_three_outcomes() -> None:
    """Laying 10 at decimal odds 3.15 risks 21.50, 10 at 2.52 risks 15.20; each receives 10."""
    resting = [Holding(selling=2_150_000_000), Holding(selling=1_520_000_000), Holding()]
    assert exposure(0, resting, 0, resting[0]) == 2_150_000_000
    matched = [Holding(net=-315_000), Holding(net=-252_000), Holding()]
    assert exposure(2_000_000_000, matched, 0, matched[0]) == 1_150_000_000


@pytest.mark.parametrize(
    ("winners", "nets", "paid"),
    [
        ((1,), {1: 5, 2: 7}, 50_000),
        ((2,), {1: 5, 2: -7}, -70_000),
        ((), {1: 5}, 0),
        ((3,), {1: 5}, 0),
    ],
)
def test_winners_pay_in_full(winners: tuple[int, ...], nets: dict[int, int], paid: int) -> None:
    assert payout(winners, nets) == paid
