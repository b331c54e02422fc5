"""Owns the tests of complementary contracts through pure streams: orders, reports, positions, settlements.

Never repeats which trade is the best: the tests of the books do.
Called by pytest.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines import limits
from actors.machines.book import sets
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import OrderResult
from actors.machines.messages.commands import CancelOrder, CreateMarket
from actors.machines.messages.parts import Conditions
from actors.machines.messages.words import OrderState, Reason, Side, TimeInForce
from actors.machines.streams import Streams
from tests.machines.cross_town import PAST_OWN, A, B, C, CrossTown
from tests.machines.town import LOT, UNIT, OpenTown

BUY, SELL = Side.BUY, Side.SELL
FILL_OR_KILL = TimeInForce.FILL_OR_KILL


@pytest.fixture
def town() -> CrossTown:
    return CrossTown()


def test_a_set_is_made_of_three_buys(town: CrossTown) -> None:
    town.order(town.alice, A, BUY, 5_000)
    town.order(town.bob, B, BUY, 3_000)
    taken = town.order(town.carol, C, BUY, 2_500, 2 * LOT)
    assert isinstance(taken, OrderResult)
    assert (taken.state, taken.executed_quantity, taken.available_quantity) == (OrderState.PARTIAL, LOT, LOT)
    assert [(fill.execution_id, fill.price, fill.quantity) for fill in taken.fills] == [(1, 2_000, LOT)]
    assert [town.states(each) for each in (town.alice, town.bob, town.carol)] == [
        [("filled", 1)],
        [("filled", 1)],
        [("partial", 1)],
    ]
    assert [town.money(each)[1] for each in (town.alice, town.bob, town.carol)] == [
        5_000 * LOT,
        3_000 * LOT,
        2_000 * LOT + 2_500 * LOT,
    ]
    town.assert_sound()


def test_a_set_is_taken_apart_by_three_sells(town: CrossTown) -> None:
    town.order(town.alice, A, SELL, 5_000)
    town.order(town.bob, B, SELL, 2_000)
    taken = town.order(town.carol, C, SELL, 1_000)
    assert isinstance(taken, OrderResult)
    assert (taken.state, taken.executed_value) == (OrderState.FILLED, 3_000 * LOT)
    assert [town.money(each)[1] for each in (town.alice, town.bob, town.carol)] == [
        5_000 * LOT,
        8_000 * LOT,
        7_000 * LOT,
    ]
    town.assert_sound()


@pytest.mark.parametrize(
    ("winner", "results"),
    [
        (A, (5_000, -3_000, -2_000)),
        (B, (-5_000, 7_000, -2_000)),
        (C, (-5_000, -3_000, 8_000)),
        (None, (0, 0, 0)),
    ],
)
def test_whoever_wins_a_set_clears_to_nothing(
    town: CrossTown, winner: int | None, results: tuple[int, ...]
) -> None:
    town.order(town.alice, A, BUY, 5_000)
    town.order(town.bob, B, BUY, 3_000)
    town.order(town.carol, C, BUY, 2_500)
    town.settle(*([] if winner is None else [winner]), void=winner is None)
    assert town.balances() == tuple(result * LOT for result in results)
    town.assert_sound()


def test_one_resting_order_may_be_in_several_sets(town: CrossTown) -> None:
    town.order(town.alice, A, BUY, 5_000, 5 * LOT)
    town.order(town.bob, B, BUY, 3_000, 2 * LOT)
    town.order(town.bob, B, BUY, 2_900, 9 * LOT)
    town.order(town.carol, C, BUY, 2_500, 4 * LOT)
    assert town.states(town.alice) == [("partial", 4)]
    assert town.states(town.bob) == [("filled", 2), ("partial", 2)]
    assert town.money(town.alice) == (1000 * UNIT, 5 * 5_000 * LOT)
    town.assert_sound()


def test_what_the_others_bid_too_much_is_given_back_to_the_highest(town: CrossTown) -> None:
    town.order(town.alice, A, BUY, 6_000)
    town.order(town.bob, B, BUY, 5_500)
    taken = town.order(town.carol, C, BUY, 100)
    assert isinstance(taken, OrderResult)
    assert taken.executed_value == 1 * LOT
    assert [town.money(each)[1] for each in (town.alice, town.bob)] == [4_499 * LOT, 5_500 * LOT]
    town.settle(B)
    assert town.balances() == (-4_499 * LOT, 4_500 * LOT, -1 * LOT)
    town.assert_sound()


# How it arrives beside Alice's and Bob's bids of one lot each | what becomes of it | what it traded, in lots
ARRIVALS = [
    pytest.param(3, FILL_OR_KILL, Conditions(), "cancelled", 0, id="all or nothing: nothing"),
    pytest.param(1, FILL_OR_KILL, Conditions(), "filled", 1, id="all or nothing: sets count"),
    pytest.param(3, TimeInForce.IMMEDIATE_OR_CANCEL, Conditions(), "cancelled", 1, id="immediate"),
    pytest.param(
        1, TimeInForce.GOOD_TIL_CANCELLED, Conditions(post_only=True), "rejected", 0, id="post-only"
    ),
]


@pytest.mark.parametrize(("lots", "time_in_force", "conditions", "state", "traded"), ARRIVALS)
def test_ways_to_be_in_force_count_sets(
    town: CrossTown, lots: int, time_in_force: TimeInForce, conditions: Conditions, state: str, traded: int
) -> None:
    town.order(town.alice, A, BUY, 5_000)
    town.order(town.bob, B, BUY, 3_000)
    town.order(town.carol, C, BUY, 2_500, lots * LOT, time_in_force, conditions)
    assert town.states(town.carol) == [(state, traded)]
    assert town.states(town.alice) == [("filled", 1) if traded else ("created", 0)]
    town.assert_sound()


@pytest.mark.parametrize(
    ("time_in_force", "traded", "reason"),
    [
        (TimeInForce.GOOD_TIL_CANCELLED, 2, Reason.LIMIT_EXCEEDED),
        (TimeInForce.IMMEDIATE_OR_CANCEL, 2, Reason.LIMIT_EXCEEDED),
        (FILL_OR_KILL, 0, Reason.INSUFFICIENT_LIQUIDITY),
    ],
)
def test_what_would_be_too_many_sets_is_cancelled(
    monkeypatch: pytest.MonkeyPatch, time_in_force: TimeInForce, traded: int, reason: Reason
) -> None:
    for module in (sets, limits):
        monkeypatch.setattr(module, "SET_LEGS_PER_ARRIVAL_MAX", 4)
    town = CrossTown()
    town.order(town.alice, A, BUY, 5_000, 9 * LOT)
    for _ in range(3):
        town.order(town.bob, B, BUY, 3_000)
    taken = town.order(town.carol, C, BUY, 2_500, 3 * LOT, time_in_force)
    assert isinstance(taken, OrderResult)
    assert (taken.executed_quantity, taken.cancel_reason) == (traded * LOT, reason)
    town.assert_sound()


def test_an_order_stops_at_its_own_member_in_another_contract(town: CrossTown) -> None:
    town.order(town.alice, A, BUY, 5_000)
    town.order(town.carol, B, BUY, 3_000)
    taken = town.order(town.carol, C, BUY, 2_500)
    assert isinstance(taken, OrderResult)
    assert (taken.state, taken.cancel_reason) == (OrderState.CANCELLED, Reason.SELF_TRADE)
    assert town.states(town.alice) == [("created", 0)]


def test_or_its_own_member_s_order_goes(town: CrossTown) -> None:
    town.order(town.alice, A, BUY, 5_000)
    town.order(town.carol, B, BUY, 3_000)
    town.order(town.bob, B, BUY, 2_800)
    town.order(town.carol, C, BUY, 2_500, conditions=PAST_OWN)
    assert town.states(town.carol) == [("cancelled", 0), ("filled", 1)]
    assert town.states(town.bob) == [("filled", 1)]
    assert town.money(town.carol)[1] == 2_200 * LOT
    town.assert_sound()


def test_an_order_that_is_replaced_arrives_among_all_contracts(town: CrossTown) -> None:
    town.order(town.alice, A, BUY, 5_000)
    town.order(town.bob, B, BUY, 3_000)
    resting = town.order(town.carol, C, BUY, 1_000)
    assert isinstance(resting, OrderResult)
    town.send(town.carol, AmendOrder(resting.order_id, LOT, 2_000))
    assert town.states(town.carol) == [("filled", 1)]
    town.assert_sound()


def test_a_cancelled_order_is_in_no_set(town: CrossTown) -> None:
    town.order(town.alice, A, BUY, 5_000)
    bid = town.order(town.bob, B, BUY, 3_000)
    assert isinstance(bid, OrderResult)
    town.send(town.bob, CancelOrder(bid.order_id))
    town.order(town.carol, C, BUY, 2_500)
    assert town.states(town.carol) == [("created", 0)]


def test_contracts_don_t_meet_where_the_market_doesn_t_say_so() -> None:
    town = OpenTown(("A", "B"))
    town.place(town.alice, BUY, 6_000, LOT, contract_id=A)
    town.place(town.bob, BUY, 6_000, LOT, contract_id=B)
    assert [town.money(each)[1] for each in (town.alice, town.bob)] == [6_000 * LOT, 6_000 * LOT]


@pytest.mark.parametrize(("names", "winners"), [(("A",), 1), (("A", "B", "C"), 2)])
def test_contracts_are_complementary_where_one_of_several_wins(names: tuple[str, ...], winners: int) -> None:
    with pytest.raises(ValueError, match="exactly one of several"):
        CreateMarket(1, "Who?", names, winners, cross_matching=True)


ORDERS = st.tuples(
    st.integers(0, 2),
    st.integers(1, 4),
    st.sampled_from(Side),
    st.integers(-3, 3) | st.integers(-24, 70),
    st.integers(1, 4),
    st.sampled_from(
        [
            (TimeInForce.GOOD_TIL_CANCELLED, Conditions()),
            (TimeInForce.GOOD_TIL_CANCELLED, PAST_OWN),
            (TimeInForce.GOOD_TIL_CANCELLED, Conditions(post_only=True)),
            (TimeInForce.IMMEDIATE_OR_CANCEL, Conditions()),
            (FILL_OR_KILL, PAST_OWN),
        ]
    ),
)


@given(
    contracts=st.integers(2, 4),
    orders=st.lists(ORDERS, min_size=5, max_size=30),
    winner=st.integers(0, 4),
)
@settings(max_examples=40)
def test_whatever_is_traded_the_settlement_clears(
    contracts: int,
    orders: list[tuple[int, int, Side, int, int, tuple[TimeInForce, Conditions]]],
    winner: int,
) -> None:
    """Over all account streams; a market that didn't clear would not settle, and say so as a problem."""
    town = CrossTown(contracts, Streams(accounts=2, markets=1))
    members = (town.alice, town.bob, town.carol)
    for member, contract_id, side, near, lots, (time_in_force, conditions) in orders:
        price = 10_000 // contracts + 100 * near
        if contract_id <= contracts and 0 < price < 10_000:
            town.order(members[member], contract_id, side, price, lots * LOT, time_in_force, conditions)
    town.settle(*([winner] if 0 < winner <= contracts else []), void=not 0 < winner <= contracts)
    assert sum(town.balances()) == 0
    assert [town.money(member)[1] for member in members] == [0, 0, 0]
    town.assert_sound()
