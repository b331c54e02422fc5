"""Owns the tests of an order's life: every pair of states, and how the market's word is read.

Never tests funds: that is the account's.
Called by pytest.
"""

from itertools import product

import pytest
from msgspec import structs

from actors.machines.account_stream.order import LIVE, TRANSITIONS, Order
from actors.machines.messages.events import OrderPlaced, OrderUpdated
from actors.machines.messages.parts import Fill
from actors.machines.messages.posted import OrderReport
from actors.machines.messages.words import OrderState, Reason, Side, TimeInForce

GTC = TimeInForce.GOOD_TIL_CANCELLED
PLACED = OrderPlaced(7, 16, 1, 0, 3, 4, Side.BUY, 5000, 100, GTC, "mine", 1000, 0, 0)
HALF = Fill(1, 4900, 50)


def order_in(state: OrderState) -> Order:
    order = Order(PLACED)
    order.state = state
    return order


def updated(state: OrderState, left: int, *fills: Fill, reason: Reason | None = None) -> OrderUpdated:
    return OrderUpdated(7, 16, 3, 4, Side.BUY, fills, left, state, reason, True, 2000, 0, 0)


def test_an_order_is_born_pending_with_all_of_it_open() -> None:
    order = Order(PLACED)
    assert order.state is OrderState.PENDING
    assert OrderState.PENDING in TRANSITIONS[None]
    assert (order.left, order.executed_quantity, order.executed_value) == (100, 0, 0)


@pytest.mark.parametrize(("start", "end"), list(product(OrderState, OrderState)))
def test_every_pair_of_states_is_allowed_by_the_table_or_changes_nothing(
    start: OrderState, end: OrderState
) -> None:
    order = order_in(start)
    if end in TRANSITIONS[start]:
        order.move_to(end)
        assert order.state is end
    else:
        with pytest.raises(AssertionError, match=f"{start} -> {end}"):
            order.move_to(end)
        assert order.state is start


def test_live_is_what_can_still_be_cancelled() -> None:
    assert {state for state in OrderState if OrderState.CANCELLED in TRANSITIONS[state]} == LIVE
    assert [state for state in OrderState if order_in(state).live] == [
        state for state in OrderState if state in LIVE
    ]


REPORTS = [
    # left, fills, reason, rejected, executed before -> state
    (100, (), None, False, 0, OrderState.CREATED),
    (50, (HALF,), None, False, 0, OrderState.PARTIAL),
    (50, (), None, False, 50, OrderState.PARTIAL),
    (0, (HALF,), None, False, 50, OrderState.FILLED),
    (0, (HALF,), Reason.INSUFFICIENT_LIQUIDITY, False, 0, OrderState.CANCELLED),
    (0, (), Reason.MEMBER_REQUESTED, False, 0, OrderState.CANCELLED),
    (0, (), Reason.MARKET_NOT_OPEN, True, 0, OrderState.REJECTED),
]


@pytest.mark.parametrize(("left", "fills", "reason", "rejected", "before", "state"), REPORTS)
def test_the_markets_word_leads_to_one_state(
    left: int,
    fills: tuple[Fill, ...],
    reason: Reason | None,
    rejected: bool,
    before: int,
    state: OrderState,
) -> None:
    order = Order(PLACED)
    order.executed_quantity = before
    report = OrderReport(16, 7, fills, left, True, reason, rejected)
    assert order.state_after(report) is state


def test_fills_add_up_and_the_result_shows_them() -> None:
    order = Order(PLACED)
    order.update(updated(OrderState.PARTIAL, 50, HALF))
    order.update(updated(OrderState.FILLED, 0, Fill(2, 5000, 50)))
    result = order.result(10, 5, (HALF,))
    assert (result.executed_quantity, result.executed_value) == (100, 4900 * 50 + 5000 * 50)
    assert (result.available_quantity, result.modified_time, result.created_time) == (0, 2000, 1000)
    assert (result.balance, result.exposure, result.fills) == (10, 5, (HALF,))
    assert result.reference_id == "mine"


def test_a_cancel_keeps_its_reason() -> None:
    order = Order(structs.replace(PLACED, reference_id=None))
    order.update(updated(OrderState.CANCELLED, 0, reason=Reason.SELF_TRADE))
    assert order.result(0, 0).cancel_reason is Reason.SELF_TRADE
    assert order.result(0, 0).reference_id is None
