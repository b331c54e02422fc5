"""Owns the tests of an account's decisions: every rung of the ladder, cancels, references, memory.

Never tests several accounts together: that is the accounts machine's.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.account_stream.account import Account, KnownMarket, Spot
from actors.machines.messages.answers import Refused
from actors.machines.messages.commands import CancelAll, CancelOrder, CancelReference, PlaceOrder
from actors.machines.messages.events import (
    CancelAllRequested,
    CancelRequested,
    MemberRegistered,
    OrderPlaced,
    OrderUpdated,
)
from actors.machines.messages.parts import Fill, LadderStep, Terms, Verdict
from actors.machines.messages.posted import OrderReport
from actors.machines.messages.words import OrderState, Reason, Role, Side

UNIT = 10**8
SPOT = Spot(5, 0, 1000)
TERMS = Terms(3, (10, 11), 1, 0, (LadderStep(1000, 9000, 1000),))


def member(balance: int = 10 * UNIT) -> Account:
    account = Account(MemberRegistered(7, "alice", "hash", "Alice", Role.MEMBER, "key", 0))
    account.balance = balance
    return account


def open_market() -> KnownMarket:
    market = KnownMarket()
    market.terms = TERMS
    market.index = {10: 0, 11: 1}
    return market


def settled_market() -> KnownMarket:
    market = open_market()
    market.verdict = Verdict(1, (10,))
    return market


def buy(
    price: int = 5000, quantity: int = 10_000, contract_id: int = 10, reference: str | None = None
) -> PlaceOrder:
    return PlaceOrder(3, contract_id, Side.BUY, price, quantity, reference_id=reference)


def place(account: Account, market: KnownMarket, command: PlaceOrder, order_id: int) -> None:
    placed = account.decide_place(market, command, order_id, SPOT)
    assert isinstance(placed, OrderPlaced)
    account.place(placed, market)


def hear(account: Account, report: OrderReport) -> OrderUpdated:
    updated = account.decide_report(report, 2000)
    account.report(updated)
    return updated


# Each row fails the rung named and, left of it, none: the first reason wins.
LADDER = [
    (None, buy(1234, 10**10, 99), 0, Reason.MARKET_NOT_FOUND, "market_id"),
    (settled_market(), buy(1234, 10**10, 99), 0, Reason.MARKET_SETTLED, "market_id"),
    (KnownMarket(), buy(1234, 10**10, 99), 0, Reason.MARKET_NOT_OPEN, "market_id"),
    (open_market(), buy(1234, 10**10, 99), 0, Reason.CONTRACT_NOT_FOUND, "contract_id"),
    (open_market(), buy(1234, 10**10), 0, Reason.INVALID_PRICE, "price"),
    (open_market(), buy(5000, 10**10), limits.LIVE_ORDERS_PER_ACCOUNT_MAX, Reason.LIMIT_EXCEEDED, None),
    (open_market(), buy(5000, 10**10), 0, Reason.INSUFFICIENT_FUNDS, None),
]


@pytest.mark.parametrize(("market", "command", "live", "reason", "field"), LADDER)
def test_an_order_is_refused_by_the_first_rung_it_fails(
    market: KnownMarket | None, command: PlaceOrder, live: int, reason: Reason, field: str | None
) -> None:
    account = member()
    account.live_orders = live
    refused = account.decide_place(market, command, 16, SPOT)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (reason, field)


def test_an_order_may_use_the_last_unit_and_not_one_more() -> None:
    account, market = member(balance=5000 * 10_000), open_market()
    assert isinstance(account.decide_place(market, buy(quantity=10_001), 16, SPOT), Refused)
    place(account, market, buy(quantity=10_000), 16)
    assert (account.available, account.exposure) == (0, 5000 * 10_000)
    assert market.holders == {7: None}


def test_in_debt_only_what_adds_no_risk_is_accepted() -> None:
    account, market = member(), open_market()
    place(account, market, buy(), 16)
    hear(account, OrderReport(16, 7, (Fill(1, 5000, 10_000),), 0, arrival=True))
    account.balance = -UNIT
    assert isinstance(account.decide_place(market, buy(), 32, SPOT), Refused)
    hedge = PlaceOrder(3, 10, Side.SELL, 5000, 10_000)
    assert isinstance(account.decide_place(market, hedge, 32, SPOT), OrderPlaced)


@pytest.mark.parametrize(
    ("command", "reason", "field"),
    [
        (CancelOrder(99), Reason.NOT_FOUND, "order_id"),
        (CancelReference("other"), Reason.NOT_FOUND, "cancel_reference_id"),
        (CancelOrder(16), Reason.NOT_LIVE, "order_id"),
    ],
)
def test_a_cancel_is_refused_by_the_first_rung_it_fails(
    command: CancelOrder | CancelReference, reason: Reason, field: str
) -> None:
    account, market = member(), open_market()
    place(account, market, buy(), 16)
    hear(account, OrderReport(16, 7, (), 0, arrival=True, reason=Reason.SELF_TRADE))
    refused = account.decide_cancel(command, SPOT)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (reason, field)


def test_a_reference_means_the_newest_live_order_that_carries_it() -> None:
    account, market = member(), open_market()
    for order_id in (16, 32):
        place(account, market, buy(quantity=100, reference="mine"), order_id)
    newest = account.decide_cancel(CancelReference("mine"), SPOT)
    assert isinstance(newest, CancelRequested)
    assert newest.order_id == 32
    hear(account, OrderReport(32, 7, (), 0, reason=Reason.MEMBER_REQUESTED))
    older = account.decide_cancel(CancelReference("mine"), SPOT)
    assert isinstance(older, CancelRequested)
    assert older.order_id == 16
    hear(account, OrderReport(16, 7, (), 0, reason=Reason.MEMBER_REQUESTED))
    assert account.references == {}


@pytest.mark.parametrize(("market_id", "orders"), [(None, [16, 32]), (3, [16, 32]), (4, [])])
def test_cancel_all_names_every_live_order_oldest_first(market_id: int | None, orders: list[int]) -> None:
    account, market = member(), open_market()
    for order_id in (16, 32, 48):
        place(account, market, buy(quantity=100), order_id)
    hear(account, OrderReport(48, 7, (), 0, arrival=True, reason=Reason.SELF_TRADE))
    head, *cancels = account.decide_cancel_all(CancelAll(market_id), SPOT)
    assert head == CancelAllRequested(7, 5, 0, len(orders))
    assert [cancel.order_id for cancel in cancels if isinstance(cancel, CancelRequested)] == orders


def test_deciding_changes_nothing() -> None:
    account, market = member(), open_market()
    place(account, market, buy(), 16)
    before = (account.exposure, account.live_orders, dict(account.orders))
    account.decide_place(market, buy(), 32, SPOT)
    account.decide_cancel(CancelOrder(16), SPOT)
    account.decide_cancel_all(CancelAll(), SPOT)
    account.decide_report(OrderReport(16, 7, (), 10_000, arrival=True), 0)
    assert (account.exposure, account.live_orders, dict(account.orders)) == before


def test_a_settlement_pays_the_result_and_names_the_filled_orders() -> None:
    account, market = member(), open_market()
    place(account, market, buy(), 16)
    hear(account, OrderReport(16, 7, (Fill(1, 5000, 10_000),), 0, arrival=True))
    event = account.decide_settlement(3, Verdict(1, (10,)))
    assert (event.gross, event.balance, event.exposure, event.order_ids) == (
        5 * UNIT // 10,
        1_050_000_000,
        0,
        (16,),
    )
    account.settle(event)
    assert (account.balance, account.exposure) == (1_050_000_000, 0)
    states = [account.orders[16].state]
    account.settle(account.decide_settlement(3, Verdict(2, (), True)))
    assert account.balance == 10 * UNIT
    states.append(account.orders[16].state)
    assert states == [OrderState.SETTLED, OrderState.VOIDED]


def test_the_oldest_finished_orders_leave_the_actors_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FINISHED_ORDERS_KEPT_PER_ACCOUNT", 2)
    account, market = member(), open_market()
    for order_id in (16, 32, 48):
        place(account, market, buy(quantity=100), order_id)
        hear(account, OrderReport(order_id, 7, (Fill(order_id, 5000, 100),), 0, arrival=True))
    assert list(account.orders) == [32, 48]
    assert account.positions[3].filled == {10: [16, 32, 48]}
    account.settle(account.decide_settlement(3, Verdict(1, (10,))))
    assert account.orders[32].state is OrderState.SETTLED


def test_cancels_of_one_order_are_answered_in_order() -> None:
    account = member()
    for request_id in (1, 2):
        account.expect_cancel(CancelRequested(7, 16, 3, request_id, 0, Reason.MEMBER_REQUESTED))
    assert [place for _, place in account.waiting_items()] == [(1, 0), (2, 0)]
    assert [account.hear_cancel(16), account.hear_cancel(16)] == [(1, 0), (2, 0)]
    assert account.cancels == {}
