"""Owns the tests of the commands' client, against a server that the test plays.

Never needs an exchange where a played server is enough; the sandbox is one where it is not.
Called by pytest.
"""

import contextlib
import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings

from scripts.client import Client, ClientError, OutcomeUnknownError, RefusedError, Timing, UnansweredError
from scripts.client.operations import account, cancel_orders, orders, place_order, place_orders, register
from scripts.client.shapes import NewOrder, Order
from scripts.exchange import free_port
from scripts.sandbox.faults import FaultKind
from scripts.sandbox.fixtures import LocalSandbox, ServedSandbox
from scripts.sandbox.world import PASSWORD
from tests.scripts.client.losses import (
    DRIPPING,
    HALVES,
    LOSSES,
    MANY_LOSSES,
    PATIENT_S,
    TAKER,
    WHOLE,
    Unreachable,
    executed_once,
    switch_on,
)
from tests.scripts.client.played import broken_server, server, without_end


def test_what_cannot_be_answered_now_is_asked_again_with_the_same_key() -> None:
    answers = (503, b"{}"), (504, b"{}"), (429, b"{}"), (200, b'{"order_id": "1"}')
    with server(*answers) as (url, seen), Client(url) as client:
        assert client.call("POST", "/orders/", {"price": 1}, key="k") == {"order_id": "1"}
    assert seen == [("POST", "/v3/orders/", "k", b'{"price":1}')] * 4


def test_a_refusal_tells_what_the_exchange_said() -> None:
    problem = b'{"status": 422, "error_type": "INSUFFICIENT_FUNDS", "detail": "too little"}'
    says = pytest.raises(RefusedError, match="422 INSUFFICIENT_FUNDS: too little")
    with server((422, problem)) as (url, _), Client(url) as client, says as refused:
        client.get("/accounts/")
    assert refused.value.status == 422


def test_an_answer_that_is_no_json_is_told_as_it_is() -> None:
    with (
        server((500, b"oh no")) as (url, _),
        Client(url) as client,
        pytest.raises(RefusedError, match="oh no"),
    ):
        client.get("/accounts/")


def test_patience_ends() -> None:
    with server((503, b"{}")) as (url, _), Client(url, patience_s=-1) as client, pytest.raises(RefusedError):
        client.get("/")
    nobody = f"http://127.0.0.1:{free_port()}"
    with Client(nobody, patience_s=-1) as client, pytest.raises(UnansweredError):
        client.get("/")


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("times", [1, 3])
def test_an_order_is_carried_out_once_whatever_is_lost(
    sandbox: LocalSandbox, kind: FaultKind, times: int
) -> None:
    switch_on(sandbox, [kind] * times)
    with sandbox.client("cleo", patience_s=PATIENT_S) as client:
        assert client.do(place_order(TAKER)).total_executed_quantity > 0
    executed_once(sandbox)


@given(MANY_LOSSES)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_order_is_carried_out_once_whatever_is_lost_in_a_row(
    sandbox: LocalSandbox, losses: list[FaultKind]
) -> None:
    sandbox.control.reset()
    switch_on(sandbox, losses)
    with sandbox.client("cleo", patience_s=PATIENT_S) as client:
        order = client.do(place_order(TAKER))
        assert order.total_executed_quantity > 0
    executed_once(sandbox)


@given(MANY_LOSSES)
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_order_that_is_given_up_after_every_attempt_is_carried_out_once(
    sandbox: LocalSandbox, losses: list[FaultKind]
) -> None:
    sandbox.control.reset()
    switch_on(sandbox, losses)
    asked = place_order(TAKER)
    with sandbox.client("cleo", patience_s=-1) as client:
        for _ in losses:
            with contextlib.suppress(ClientError):
                client.do(asked)
        client.do(asked)
    executed_once(sandbox)


@pytest.mark.parametrize("kind", LOSSES)
def test_a_batch_and_its_cancels_are_carried_out_once(sandbox: LocalSandbox, kind: FaultKind) -> None:
    bids = [NewOrder("1", "1", "buy", price, 10_000) for price in (100, 200)]
    with sandbox.client("cleo", patience_s=PATIENT_S) as client:
        switch_on(sandbox, [kind])
        placed = client.do(place_orders(bids))
        switch_on(sandbox, [kind])
        ids = [order.order_id for order in placed if isinstance(order, Order)]
        cancelled = client.do(cancel_orders(ids))
        # A repeated cancel isn't told that there is nothing to cancel.
        assert [order.state for order in cancelled if isinstance(order, Order)] == ["cancelled"] * 2
        assert client.do(orders()) == ()


@pytest.mark.parametrize("kind", [FaultKind.ANSWER_LOST, FaultKind.UNKNOWN_DONE])
def test_money_is_moved_once(sandbox: LocalSandbox, kind: FaultKind) -> None:
    with sandbox.client("staff", patience_s=PATIENT_S) as staff, sandbox.client("ada") as ada:
        before = ada.do(account()).balance
        sandbox.control.switch_on(kind, method="POST", path="/v3/accounts", times=2)
        staff.call("POST", "/accounts/ada/deposits/", {"amount": "7.00"})
        assert ada.do(account()).balance == before + 7


def test_who_registers_and_hears_nothing_is_told_that_it_may_have_been_them(sandbox: LocalSandbox) -> None:
    sandbox.control.switch_on(FaultKind.ANSWER_LOST, method="POST", path="/v3/members")
    with sandbox.client() as client:
        with pytest.raises(RefusedError) as refused:
            client.do(register("grace", PASSWORD))
        assert (refused.value.reason, refused.value.in_doubt) == ("USERNAME_TAKEN", True)
        client.sign_in("grace", PASSWORD)
        assert client.do(account()).username == "grace"


def test_a_connection_that_is_refused_is_tried_again(sandbox: LocalSandbox) -> None:
    timing = Timing(sandbox.waits.now, sandbox.waits.sleep)
    nobody = Unreachable(sandbox.transport, refusals=2)
    with Client(sandbox.url, transport=nobody, timing=timing) as client:
        client.sign_in("cleo", PASSWORD)
        nobody.refusals = 2
        client.do(place_order(TAKER))
    executed_once(sandbox)


@pytest.mark.parametrize("half", HALVES)
def test_half_an_answer_is_none(half: bytes) -> None:
    with broken_server(half, WHOLE) as (url, keys), Client(url) as client:
        assert client.call("POST", "/orders/", {"price": 1}, key="k") == {"order_id": "1"}
    assert keys == ["k", "k"]


def test_an_answer_that_never_ends_is_given_up() -> None:
    with (
        broken_server(without_end(*DRIPPING)) as (url, _),
        Client(url, patience_s=0, timeout_s=0.1) as client,
        pytest.raises(OutcomeUnknownError, match="no whole answer"),
    ):
        client.call("POST", "/orders/", {"price": 1})


def test_a_list_is_read_to_its_end(sandbox: LocalSandbox) -> None:
    bids = [NewOrder("1", "1", "buy", 100 + number, 1_000) for number in range(7)]
    with sandbox.client("cleo") as client:
        client.do(place_orders(bids))
        few = dataclasses.replace(orders(), path="/orders/?states=created&limit=3")
        assert [len(client.do(few)), len(list(client.every(few)))] == [3, 7]
        assert tuple(client.every(few)) == client.do(orders()) == tuple(client.every(orders()))
        sandbox.control.switch_on(FaultKind.UNAVAILABLE, after=1)
        assert len(list(client.every(few))) == 7


def test_many_threads_share_a_client(sandbox_server: ServedSandbox) -> None:
    sandbox_server.control.switch_on(
        FaultKind.ANSWER_LOST, method="POST", path="/v3/orders", after=3, times=5
    )
    bids = [place_order(NewOrder("1", "1", "buy", 100 + number, 1_000)) for number in range(16)]
    with Client(sandbox_server.url) as client, ThreadPoolExecutor(8) as threads:
        client.sign_in("cleo", PASSWORD)
        placed = list(threads.map(client.do, bids))
        assert {order.order_id for order in placed} == {order.order_id for order in client.do(orders())}
    assert [order.price for order in placed] == list(range(100, 116))
