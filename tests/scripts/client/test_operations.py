"""Owns the tests of the operations: what each asks, the exchange understands; what it answers, is read.

Never looks at faults: whatever is lost, an operation is the same.
Called by pytest.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest

from scripts.client import RefusedError, UnansweredError
from scripts.client.operations import (
    account,
    amend_order,
    cancel_all,
    cancel_orders,
    contracts,
    executions,
    last_prices,
    markets,
    order,
    orders,
    place_order,
    place_orders,
    positions,
    preview_order,
    quotes,
    register,
    sign_in,
)
from scripts.client.shapes import Cancel, CancelReference, Instruction, Level, NewOrder, Order, Refusal
from scripts.sandbox.faults import FaultKind
from scripts.sandbox.fixtures import LocalSandbox
from scripts.sandbox.world import PASSWORD

BID = NewOrder("1", "1", "buy", 150, 10_000, reference_id="low")


def test_who_registers_is_signed_in_and_has_no_money(sandbox: LocalSandbox) -> None:
    with sandbox.client() as client:
        client.use_token(client.do(register("grace", PASSWORD, "Grace")).token)
        mine = client.do(account())
        assert (mine.username, mine.balance, mine.exposure) == ("grace", Decimal(0), Decimal(0))
        assert client.do(sign_in("grace", PASSWORD)).account_id == mine.account_id
        assert client.get("/members/grace/")["member"]["display_name"] == "Grace"


def test_markets_and_their_contracts_and_books(sandbox: LocalSandbox) -> None:
    with sandbox.client() as client:
        first, second = client.do(markets())
        assert [first.state, second.name] == ["open", "Winner of the cup"]
        assert client.do(markets(states=("settled", "voided"))) == ()
        found = client.do(contracts(first.id, second.id))
        assert [contract.market_id for contract in found] == [first.id] * 2 + [second.id] * 5
        books = client.do(quotes(first.id, depth=1))
        assert books[found[0].id].bids == (Level(3700, 400_000),)


def test_an_order_from_its_beginning_to_its_end(sandbox: LocalSandbox) -> None:
    with sandbox.client("cleo") as client:
        placed = client.do(place_order(BID))
        assert (placed.state, placed.is_live, placed.available_quantity) == ("created", True, 10_000)
        assert client.do(order(placed.order_id)) == client.do(orders(market_ids=["1"]))[0] == placed
        (cancelled,) = client.do(cancel_orders([placed.order_id]))
        assert isinstance(cancelled, Order)
        assert (cancelled.state, cancelled.is_live) == ("cancelled", False)
        assert client.do(orders()) == ()


def test_an_order_is_previewed_and_nothing_happens(sandbox: LocalSandbox) -> None:
    asked = NewOrder("1", "1", "buy", 3900, 200_000)
    with sandbox.client("cleo", patience_s=-1) as client:
        preview = client.do(preview_order(asked))
        assert client.do(orders()) == ()
        sandbox.control.switch_on(FaultKind.ANSWER_LOST)
        with pytest.raises(UnansweredError):
            client.do(preview_order(asked))
        placed = client.do(place_order(asked))
        assert preview.exposure_before < preview.exposure == client.do(account()).exposure
    assert (preview.state, preview.total_executed_quantity, preview.available_quantity) == (
        placed.state,
        placed.total_executed_quantity,
        placed.available_quantity,
    )


def test_an_order_is_amended(sandbox: LocalSandbox) -> None:
    with sandbox.client("cleo") as client:
        placed = client.do(place_order(BID))
        (amended,) = client.do(amend_order(placed.order_id, 5_000))
        assert isinstance(amended, Order)
        assert (amended.order_id, amended.price, amended.quantity) == (placed.order_id, 150, 5_000)
        (moved,) = client.do(amend_order(placed.order_id, 7_000, 160))
        assert isinstance(moved, Order)
        assert (moved.price, moved.quantity) == (160, 7_000)
        (missing,) = client.do(amend_order("999", 5_000))
        assert isinstance(missing, Refusal)


def test_an_order_carries_its_conditions(sandbox: LocalSandbox) -> None:
    until = sandbox.control.now + dt.timedelta(hours=1)
    with sandbox.client("cleo") as client:
        version = client.do(markets())[0].version
        bid = NewOrder("1", "1", "buy", 150, 10_000, "good_til_date", "low", True, good_til=until)
        placed = client.do(place_order(msgspec.structs.replace(bid, market_version=version)))
        assert placed.state == "created"
        taking = NewOrder("1", "1", "buy", 3900, 10_000, post_only=True)
        with pytest.raises(RefusedError) as refused:
            client.do(place_order(taking))
        assert refused.value.reason == "POST_ONLY_WOULD_TRADE"
        stale = NewOrder("1", "1", "buy", 150, 10_000, market_version=version + 1)
        with pytest.raises(RefusedError) as refused:
            client.do(place_order(stale))
        assert refused.value.reason == "MARKET_CHANGED"
        sandbox.control.advance(3_601)
        assert client.do(order(placed.order_id)).state == "cancelled"


def test_a_batch_is_answered_item_by_item(sandbox: LocalSandbox) -> None:
    dear = NewOrder("1", "1", "buy", 150, 10_000_000_000)
    instructions: list[Instruction] = [BID, dear, CancelReference("low"), Cancel("999")]
    with sandbox.client("cleo") as client:
        placed, refused, cancelled, missing = client.do(place_orders(instructions))
    assert isinstance(placed, Order)
    assert isinstance(cancelled, Order)
    assert isinstance(refused, Refusal)
    assert isinstance(missing, Refusal)
    assert (placed.state, cancelled.state) == ("created", "cancelled")
    assert (refused.error_type, missing.status) == ("INSUFFICIENT_FUNDS", 404)


def test_trades_and_what_is_held_after_them(sandbox: LocalSandbox) -> None:
    with sandbox.client("cleo") as client:
        held = {position.contract_id: position.quantity for position in client.do(positions())}
        placed = client.do(place_order(NewOrder("1", "1", "buy", 3900, 20_000)))
        newest = client.do(executions())[0]
        assert (newest.order_id, newest.role, newest.price) == (placed.order_id, "taker", 3900)
        assert [each.quantity for each in placed.executions] == [newest.quantity] == [20_000]
        held["1"] += 20_000
        assert {each.contract_id: each.quantity for each in client.do(positions())} == held


def test_all_orders_of_one_market_are_cancelled(sandbox: LocalSandbox) -> None:
    with sandbox.client("ada") as client:
        mine = {each.order_id: each.market_id for each in client.do(orders())}
        of_first = {order_id for order_id, market_id in mine.items() if market_id == "1"}
        assert set(client.do(cancel_all("1"))) == of_first
        assert set(client.do(cancel_all())) == set(mine) - of_first


def test_what_is_refused_has_its_reason(sandbox: LocalSandbox) -> None:
    with sandbox.client("cleo") as client, pytest.raises(RefusedError) as refused:
        client.do(place_order(NewOrder("1", "1", "buy", 0, 10_000)))
    assert (refused.value.status, refused.value.reason) == (422, "INVALID_PRICE")


@pytest.mark.parametrize("asked", [contracts, quotes, last_prices])
def test_something_of_no_market_at_all_can_not_be_asked_for(asked: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="at least one market"):
        asked()
