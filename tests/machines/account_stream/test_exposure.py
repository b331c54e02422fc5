"""Owns the tests of exposure: the rule against brute force over all subsets of fills.

Never tests acceptance: that is the account's.
Called by pytest.
"""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.account_stream.exposure import (
    Holding,
    cash_flow,
    exposure,
    exposure_of_several,
    payout,
    risk,
    risk_amended,
)
from actors.machines.market_stream.settlement import shares
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


def result(order: Order, winners: tuple[int, ...]) -> int:
    side, at, price, quantity = order
    paid = 10_000 * quantity if at in winners else 0
    return paid - price * quantity if side is Side.BUY else price * quantity - paid


def brute_force(
    contracts: int,
    filled: list[Order],
    resting: list[Order],
    winner_count: int = 1,
    voided: int | None = None,
) -> int:
    """The largest loss over every outcome and every subset of the resting orders."""
    left = [at for at in range(contracts) if at != voided]
    outcomes = [*combinations(left, winner_count)]
    if contracts == 1:
        outcomes.append(())
    filled = [order for order in filled if order[1] != voided]
    resting = [order for order in resting if order[1] != voided]
    worst = 0
    for winners in outcomes:
        for mask in product((False, True), repeat=len(resting)):
            taken = filled + [order for order, fills in zip(resting, mask, strict=True) if fills]
            worst = min(worst, sum(result(order, winners) for order in taken))
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


@given(st.data(), st.integers(2, 5))
def test_with_several_winners_it_is_the_worst_over_all_of_their_subsets(
    data: st.DataObject, contracts: int
) -> None:
    winner_count = data.draw(st.integers(1, contracts - 1))
    filled, resting = data.draw(orders(contracts, 4)), data.draw(orders(contracts, 5))
    cash, holdings = book(contracts, filled, resting)
    at = data.draw(st.integers(0, contracts - 1))
    due = brute_force(contracts, filled, resting, winner_count)
    assert exposure_of_several(cash, holdings, at, holdings[at], winner_count) == due


@given(st.data(), st.integers(3, 5))
def test_a_voided_contract_can_neither_win_nor_lose(data: st.DataObject, contracts: int) -> None:
    winner_count = data.draw(st.integers(1, contracts - 2))
    filled, resting = data.draw(orders(contracts, 4)), data.draw(orders(contracts, 5))
    voided, at = data.draw(st.permutations(range(contracts)))[:2]
    _, holdings = book(contracts, filled, resting)
    cash, _ = book(contracts, [order for order in filled if order[1] != voided], [])
    due = brute_force(contracts, filled, resting, winner_count, voided)
    assert exposure_of_several(cash, holdings, at, holdings[at], winner_count, (voided,)) == due


@given(st.data(), st.integers(2, 5))
def test_no_dead_heat_is_worse_than_the_exposure(data: st.DataObject, contracts: int) -> None:
    places = data.draw(st.integers(1, contracts - 1))
    certain = data.draw(st.integers(0, places - 1))
    order_of_finish = data.draw(st.permutations(range(contracts)))
    sharing = sorted(order_of_finish[certain : data.draw(st.integers(places + 1, contracts))])
    won = dict.fromkeys(order_of_finish[:certain], 10_000)
    paid = won | {share.contract_id: share.share for share in shares(places - certain, sharing)}
    filled = data.draw(orders(contracts, 6))
    cash, holdings = book(contracts, filled, [])
    nets = {at: holding.net for at, holding in enumerate(holdings)}
    due = exposure_of_several(cash, holdings, 0, holdings[0], places)
    assert cash + payout(paid, nets) >= -due


def test_three_sold_of_which_two_may_win() -> None:
    """Selling 10 of each at 50 % receives 15; any two of the three that win cost 20: 5 are at risk."""
    holdings = [Holding(net=-100_000) for _ in range(3)]
    assert exposure_of_several(1_500_000_000, holdings, 0, holdings[0], 2) == 500_000_000


def test_two_lays_on_two_of_three_outcomes() -> None:
    """Laying 10 at decimal odds 3.15 risks 21.50, 10 at 2.52 risks 15.20; each receives 10."""
    resting = [Holding(selling=2_150_000_000), Holding(selling=1_520_000_000), Holding()]
    assert exposure(0, resting, 0, resting[0]) == 2_150_000_000
    matched = [Holding(net=-315_000), Holding(net=-252_000), Holding()]
    assert exposure(2_000_000_000, matched, 0, matched[0]) == 1_150_000_000


@pytest.mark.parametrize(
    ("payouts", "nets", "paid"),
    [
        ({1: 10_000}, {1: 5, 2: 7}, 50_000),
        ({2: 10_000}, {1: 5, 2: -7}, -70_000),
        ({}, {1: 5}, 0),
        ({3: 10_000}, {1: 5}, 0),
        ({1: 10_000, 2: 3_334, 3: 3_333}, {1: 1, 2: 2, 3: -3}, 10_000 + 6_668 - 9_999),
    ],
)
def test_winners_pay_in_full_and_those_who_share_by_their_share(
    payouts: dict[int, int], nets: dict[int, int], paid: int
) -> None:
    assert payout(payouts, nets) == paid


def worst_of_all_paths(side: Side, price: int, left: int, new_price: int, new_left: int) -> int:
    """The dearest of: so much fills before the amendment is there, and then all of what is left of either."""
    return max(
        risk(side, price, filled)
        + max(risk(side, price, left - filled), risk(side, new_price, max(0, new_left - filled)))
        for filled in range(left + 1)
    )


@given(
    st.sampled_from(Side),
    st.integers(1, 9_999),
    st.integers(1, 30),
    st.integers(1, 9_999),
    st.integers(0, 30),
)
def test_an_amendment_on_its_way_reserves_the_dearest_of_all_that_may_come_of_it(
    side: Side, price: int, left: int, new_price: int, new_left: int
) -> None:
    reserved = risk_amended(side, price, left, new_price, new_left)
    assert reserved == worst_of_all_paths(side, price, left, new_price, new_left)


def test_a_cheaper_and_larger_order_may_cost_more_than_either() -> None:
    # Ten at 50 become twelve at 40: nine of the old ten may fill first, and three at 40 follow.
    assert risk_amended(Side.BUY, 5000, 10, 4000, 12) == 10 * 5000 + 2 * 4000
