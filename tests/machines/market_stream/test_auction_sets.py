"""Owns the tests of the sets that an auction ends with: what trades at which prices, and what is left.

Never repeats how each contract trades by itself: the tests of the auction do.
Called by pytest.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines import limits
from actors.machines.book.interface import Book
from actors.machines.market_stream import auction_sets
from actors.machines.market_stream.auction import Auction
from actors.machines.market_stream.auction_sets import decide_sets
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import MarketResult, OrderResult, Refused
from actors.machines.messages.auctions import SetUncrossed
from actors.machines.messages.book_events import OrderCancelled
from actors.machines.messages.commands import CreateMarket
from actors.machines.messages.events import MarketClosed, MarketOpened
from actors.machines.messages.parts import Conditions
from actors.machines.messages.words import MarketState, Reason, Side, TimeInForce
from actors.machines.streams import Streams
from tests.machines.auction_town import GTC, A, B, C, SetTown
from tests.machines.town import LOT, UNIT

BUY, SELL = Side.BUY, Side.SELL
AUCTION, OPEN, HALTED, CLOSED = (
    MarketState.AUCTION,
    MarketState.OPEN,
    MarketState.HALTED,
    MarketState.CLOSED,
)
BIDS = (5_000, 3_000, 2_500)
"""Together 10500: a set, with 500 to be given to who came last."""


@pytest.fixture
def town() -> SetTown:
    return SetTown()


def test_nothing_trades_while_it_collects(town: SetTown) -> None:
    town.bid(*BIDS)
    assert town.states() == [("created", 0, 0)] * 3
    town.assert_sound()


def test_as_it_opens_who_came_last_gets_what_is_better(town: SetTown) -> None:
    town.bid(*BIDS)
    assert isinstance(town.move(OPEN), MarketResult)
    assert town.states() == [("filled", 1, 5_000), ("filled", 1, 3_000), ("filled", 1, 2_000)]
    (made,) = town.sets()
    assert (made.taken.account_id, made.taken.price) == (town.carol, 2_500)
    assert [town.money(each)[1] for each in (town.alice, town.bob, town.carol)] == [
        5_000 * LOT,
        3_000 * LOT,
        2_000 * LOT,
    ]
    town.assert_sound()


def test_sets_are_taken_apart_too(town: SetTown) -> None:
    town.bid(5_000, 2_000, 1_000, side=SELL)
    town.move(OPEN)
    assert town.states() == [("filled", 1, 5_000), ("filled", 1, 2_000), ("filled", 1, 3_000)]
    town.assert_sound()


@pytest.mark.parametrize(
    ("winner", "results"),
    [(A, (5_000, -3_000, -2_000)), (C, (-5_000, -3_000, 8_000)), (None, (0, 0, 0))],
)
def test_whoever_wins_it_clears(town: SetTown, winner: int | None, results: tuple[int, ...]) -> None:
    town.bid(*BIDS)
    town.move(OPEN)
    town.close_and_settle(*([] if winner is None else [winner]))
    balances = [town.money(each)[0] - 1000 * UNIT for each in (town.alice, town.bob, town.carol)]
    assert balances == [result * LOT for result in results]
    town.assert_sound()


def test_each_contract_trades_by_itself_first(town: SetTown) -> None:
    """Carol would sell A: Alice's bid trades with that, and is in no set any more."""
    town.bid(*BIDS)
    town.order(town.carol, SELL, 4_000)
    town.move(OPEN)
    assert town.orders(town.alice) == [("filled", 1, 5_000)]
    assert town.orders(town.bob) == [("created", 0, 0)]
    assert (len(town.uncrossed()), town.sets()) == (1, [])
    town.assert_sound()


def test_what_is_left_of_an_order_keeps_its_place(town: SetTown) -> None:
    """Alice's order came last of those that trade; Carol's, behind it, came later still."""
    town.order(town.bob, BUY, 3_000, contract_id=B)
    town.order(town.carol, BUY, 2_500, contract_id=C)
    town.order(town.alice, BUY, 5_000, 3)
    town.order(town.carol, BUY, 5_000, 3)
    town.move(OPEN)
    assert town.orders(town.alice) == [("partial", 1, 4_500)]
    town.order(town.bob, SELL, 5_000, 2)
    assert town.orders(town.alice) == [("filled", 3, (4_500 + 2 * 5_000) // 3)]
    town.assert_sound()


def test_an_order_that_was_replaced_came_last(town: SetTown) -> None:
    first = town.order(town.alice, BUY, 4_000)
    town.order(town.bob, BUY, 3_000, contract_id=B)
    town.order(town.carol, BUY, 2_500, contract_id=C)
    assert isinstance(first, OrderResult)
    town.send(town.alice, AmendOrder(first.order_id, LOT, 5_000))
    town.move(OPEN)
    assert town.states() == [("filled", 1, 4_500), ("filled", 1, 3_000), ("filled", 1, 2_500)]
    town.assert_sound()


def test_a_price_is_at_least_1(town: SetTown) -> None:
    town.bid(6_000, 5_500, 100)
    town.move(OPEN)
    assert town.states() == [("filled", 1, 4_499), ("filled", 1, 5_500), ("filled", 1, 1)]
    town.assert_sound()


def test_of_two_orders_of_one_account_the_later_goes(town: SetTown) -> None:
    town.order(town.alice, BUY, 5_000)
    town.order(town.carol, BUY, 3_000, contract_id=B)
    town.order(town.carol, BUY, 2_500, contract_id=C)
    town.order(town.bob, BUY, 2_400, contract_id=C)
    town.move(OPEN)
    assert town.orders(town.carol) == [("filled", 1, 3_000), ("cancelled", 0, 0)]
    assert town.orders(town.bob) == [("filled", 1, 2_000)]
    cancelled = [each.reason for each in town.written(OrderCancelled) if isinstance(each, OrderCancelled)]
    assert cancelled == [Reason.SELF_TRADE]
    town.assert_sound()


def test_two_orders_of_one_account_may_be_in_a_set_that_somebody_else_completes(town: SetTown) -> None:
    town.order(town.carol, BUY, 5_000)
    town.order(town.carol, BUY, 3_000, contract_id=B)
    town.order(town.bob, BUY, 2_500, contract_id=C)
    town.move(OPEN)
    assert town.orders(town.bob) == [("filled", 1, 2_000)]
    assert town.orders(town.carol) == [("filled", 1, 5_000), ("filled", 1, 3_000)]
    town.assert_sound()


def test_market_orders_are_in_no_set(town: SetTown) -> None:
    town.order(town.alice, BUY, None)
    town.order(town.bob, BUY, 3_000, contract_id=B)
    town.order(town.carol, BUY, 2_500, contract_id=C)
    town.move(OPEN)
    assert town.states() == [("cancelled", 0, 0), ("created", 0, 0), ("created", 0, 0)]
    town.assert_sound()


@pytest.mark.parametrize(
    ("time_in_force", "conditions", "state"),
    [
        (GTC, Conditions(post_only=True), ("filled", 1, 2_000)),
        (TimeInForce.GOOD_TIL_HALTED, Conditions(), ("filled", 1, 2_000)),
        (TimeInForce.GOOD_TIL_DATE, Conditions(good_til=9 * 10**15), ("filled", 1, 2_000)),
        (TimeInForce.FILL_OR_KILL, Conditions(), ("cancelled", 0, 0)),
        (TimeInForce.IMMEDIATE_OR_CANCEL, Conditions(), ("cancelled", 0, 0)),
    ],
)
def test_what_waits_is_in_sets_whatever_its_conditions(
    town: SetTown, time_in_force: TimeInForce, conditions: Conditions, state: tuple[str, int, int]
) -> None:
    town.bid(*BIDS[:2])
    town.order(town.carol, BUY, BIDS[2], 1, C, time_in_force, conditions)
    town.move(OPEN)
    assert town.orders(town.carol) == [state]
    town.assert_sound()


def test_before_it_closes_sets_are_traded_and_the_rest_is_cancelled(town: SetTown) -> None:
    town.move(OPEN)
    town.move(AUCTION)
    town.bid(*BIDS)
    town.order(town.alice, BUY, 4_000, 2)
    town.move(CLOSED)
    assert [state for state, _, _ in town.states()] == ["filled", "cancelled", "filled", "filled"]
    kinds = [type(event) for event in town.written(SetUncrossed, OrderCancelled, MarketClosed)]
    assert kinds == [SetUncrossed, OrderCancelled, MarketClosed]
    town.assert_sound()


def test_what_was_collected_goes_on_after_a_halt(town: SetTown) -> None:
    town.bid(*BIDS)
    town.move(HALTED)
    assert isinstance(town.move(OPEN), Refused)
    town.move(AUCTION)
    assert town.sets() == []
    town.move(OPEN)
    assert len(town.sets()) == 1
    town.assert_sound()


def test_from_then_on_contracts_meet_on_arrival(town: SetTown) -> None:
    town.bid(*BIDS[:2])
    town.move(OPEN)
    arrived = town.order(town.carol, BUY, 2_500, contract_id=C)
    assert isinstance(arrived, OrderResult)
    assert arrived.executed_value == 2_000 * LOT
    town.assert_sound()


def test_a_closing_auction_refers_to_the_last_price_in_sets_too(town: SetTown) -> None:
    town.bid(*BIDS)
    town.move(OPEN)
    town.bid(4_000, 4_000, 2_100)
    town.move(AUCTION)
    assert [each.price for each in town.started()[-1].references] == [4_000, 4_000, 2_000]
    town.move(CLOSED)
    town.assert_sound()


def test_what_would_be_too_many_sets_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (auction_sets, limits):
        monkeypatch.setattr(module, "SET_LEGS_PER_AUCTION_MAX", 4)
    town = SetTown()
    town.order(town.alice, BUY, 5_000, 9)
    for _ in range(3):
        town.order(town.bob, BUY, 3_000, contract_id=B)
    town.order(town.carol, BUY, 2_500, 3, contract_id=C)
    town.move(OPEN)
    assert town.orders(town.carol) == [("cancelled", 2, 2_000)]
    assert [state for state, _, _ in town.orders(town.bob)] == ["filled", "filled", "created"]
    town.assert_sound()


def test_what_is_cancelled_for_its_own_account_is_no_set_that_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (auction_sets, limits):
        monkeypatch.setattr(module, "SET_LEGS_PER_AUCTION_MAX", 2)
    town = SetTown()
    town.order(town.alice, BUY, 5_000)
    town.order(town.carol, BUY, 3_000, contract_id=B)
    town.order(town.carol, BUY, 2_500, contract_id=C)
    town.order(town.bob, BUY, 2_400, contract_id=C)
    town.move(OPEN)
    assert town.orders(town.carol) == [("filled", 1, 3_000), ("cancelled", 0, 0)]
    assert town.orders(town.bob) == [("filled", 1, 2_000)]
    town.assert_sound()


def test_such_a_market_may_be_made() -> None:
    made = CreateMarket(1, "?", ("A", "B"), cross_matching=True, opening_auction_s=0, closing_auction_s=60)
    assert (made.cross_matching, made.closing_auction_s) == (True, 60)


class Waiting(NamedTuple):
    """An order among those that trade nothing by themselves; they are numbered as they came, from 0."""

    contract_id: int
    account_id: int
    side: Side
    price: int
    quantity: int


@st.composite
def waiting_orders(draw: st.DrawFn) -> list[Waiting]:
    """In each contract the bids are below the offers."""
    contracts = draw(st.integers(2, 5))
    even = 10_000 // contracts
    middles = [even + draw(st.integers(-3, 3)) for _ in range(contracts)]
    orders = []
    for _ in range(draw(st.integers(contracts, 30))):
        contract_id, side = draw(st.integers(0, contracts - 1)), draw(st.sampled_from(Side))
        away = draw(st.integers(1, 4) | st.integers(1, even - 5))
        price = middles[contract_id] + (away if side is SELL else 1 - away)
        orders.append(Waiting(contract_id, draw(st.integers(1, 4)), side, price, draw(st.integers(1, 4))))
    return orders


Units = list[tuple[int, ...]]


def by_hand(orders: Sequence[Waiting]) -> tuple[Units, dict[int, int]]:
    """Unit by unit: whose they are, the last first, with their prices; and what of which is cancelled."""
    units: Units = []
    cancelled: dict[int, int] = {}
    left = [order.quantity for order in orders]
    contracts = {0, 1, *(order.contract_id for order in orders)}
    for side in Side:
        while True:
            alive = [at for at, order in enumerate(orders) if left[at] and order.side is side]
            sign = -1 if side is BUY else 1
            first: dict[int, int] = {}
            for at in sorted(alive, key=lambda at: (sign * orders[at].price, at)):
                first.setdefault(orders[at].contract_id, at)
            total = sum(orders[at].price for at in first.values())
            if len(first) < len(contracts) or (total < 10_000 if side is BUY else total > 10_000):
                break
            *others, last = sorted(first.values())
            if orders[last].account_id in [orders[at].account_id for at in others]:
                cancelled[last] = left[last]
                left[last] = 0
                continue
            prices = {at: orders[at].price for at in others}
            while sum(prices.values()) > 9_999:
                highest = max(prices, key=lambda at: (orders[at].price, -orders[at].contract_id))
                over = sum(prices.values()) - 9_999
                given = min(over, prices[highest] - 1)
                prices[highest] -= given
                assert given, "no more than two bids can come to too much here"
            own = 10_000 - sum(prices.values())
            units.append((last, own, *(number for at in others for number in (at, prices[at]))))
            for at in first.values():
                left[at] -= 1
    return units, cancelled


@given(waiting_orders())
@settings(max_examples=100)
def test_unit_by_unit_it_is_what_the_rule_says(orders: list[Waiting]) -> None:
    contracts = sorted({0, 1, *(order.contract_id for order in orders)})
    auctions = {contract_id: Auction() for contract_id in contracts}
    for order_id, order in enumerate(orders):
        auctions[order.contract_id].rest(order_id, order.account_id, order.side, order.price, order.quantity)
    books: dict[int, Book] = {**auctions}
    units: Units = []
    cancelled: dict[int, int] = {}
    execution_id = 7
    for event in decide_sets(1, books, {}, range(len(orders)), execution_id, 5):
        if isinstance(event, OrderCancelled):
            cancelled[event.order_id] = event.quantity
            continue
        taken, (one,) = event.taken, event.taken.sets
        assert (one.execution_id, one.legs[-1].execution_id) == (
            execution_id,
            execution_id + len(contracts) - 1,
        )
        execution_id += len(contracts)
        others = sorted((leg.order_id, leg.price) for leg in one.legs)
        flat = (taken.order_id, one.price, *(number for pair in others for number in pair))
        units += [flat] * one.quantity
    assert (units, cancelled) == by_hand(orders)


ORDERS = st.tuples(
    st.integers(0, 2),
    st.integers(0, 3),
    st.sampled_from(Side),
    st.integers(-3, 3) | st.integers(-24, 70) | st.none(),
    st.integers(1, 4),
    st.sampled_from([GTC, GTC, TimeInForce.GOOD_TIL_HALTED]),
)


@given(
    contracts=st.integers(2, 4),
    orders=st.lists(ORDERS, min_size=5, max_size=25),
    more=st.lists(ORDERS, max_size=12),
    closes=st.booleans(),
    winner=st.integers(-1, 3),
)
@settings(max_examples=40)
def test_whatever_was_collected_no_set_is_left_and_it_clears(
    contracts: int,
    orders: list[tuple[int, int, Side, int | None, int, TimeInForce]],
    more: list[tuple[int, int, Side, int | None, int, TimeInForce]],
    *,
    closes: bool,
    winner: int,
) -> None:
    town = SetTown(contracts, Streams(accounts=2, markets=1))
    members = (town.alice, town.bob, town.carol)
    for at, (member, contract, side, near, lots, time_in_force) in enumerate([*orders, *more]):
        if at == len(orders):
            town.move(OPEN)
            if closes:
                town.move(AUCTION)
        price = None if near is None else 10_000 // contracts + 100 * near
        if contract < contracts and (price is None or 0 < price < 10_000):
            town.order(members[member], side, price, lots, A + contract, time_in_force)
    if town.market.state is AUCTION and not more:
        town.move(OPEN)
    for side in Side:
        best = [book.best(side) or 0 for book in town.market.books.values()]
        if 0 not in best and town.market.state is OPEN:
            assert sum(best) < 10_000 if side is BUY else sum(best) > 10_000
    town.close_and_settle(*([A + winner] if 0 <= winner < contracts else []))
    assert sum(town.money(member)[0] - 1000 * UNIT for member in members) == 0
    assert [town.money(member)[1] for member in members] == [0, 0, 0]
    town.assert_sound()


def test_it_opens_after_its_sets(town: SetTown) -> None:
    """So whoever follows the log never sees an open market in which a set could be traded."""
    town.bid(*BIDS)
    town.move(OPEN)
    kinds = [type(event) for event in town.written(SetUncrossed, MarketOpened)]
    assert kinds[-2:] == [SetUncrossed, MarketOpened]
