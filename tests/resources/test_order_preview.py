"""Owns the tests of previews over HTTP: what they are answered with, and that nothing happens.

Never tests that they come true: the machines' tests do, over everything that can be ordered.
Called by pytest.
"""

import pytest

from tests.resources.world import World, order_in

PREVIEW = "/v3/orders/?preview=true"


def test_a_preview_tells_what_would_trade_rest_and_be_risked(world: World) -> None:
    ada, ben = world.member("ada"), world.member("ben")
    market = world.market(commission="0.02")
    for price in (5_000, 5_000, 5_100):
        ben.ok("POST", "/v3/orders/", order_in(market, side="sell", price=price, quantity=4_000))
    before = world.substance()
    told = ada.ok("POST", PREVIEW, order_in(market, price=5_200, quantity=20_000))
    assert world.substance() == before
    assert told == {
        "state": "partial",
        "market_id": market["id"],
        "contract_id": market["contracts"][0]["id"],
        "side": "buy",
        "type": "good_til_cancelled",
        "price": 5_200,
        "quantity": 20_000,
        "executions": [{"price": 5_000, "quantity": 8_000}, {"price": 5_100, "quantity": 4_000}],
        "total_executed_quantity": 12_000,
        "average_price": "5033.3333",
        "available_quantity": 8_000,
        "cancelled_order_ids": [],
        "delay_ms": 0,
        "collected": False,
        "balance": "1000.00",
        "available_balance": "998.98",
        "exposure_before": "0.00",
        "exposure": "1.02",
        "market_exposure_before": "0.00",
        "market_exposure": "1.02",
        "profit_if_right": "0.98",
        "commission_if_right": "0.0196",
    }
    placed = ada.ok("POST", "/v3/orders/", order_in(market, price=5_200, quantity=20_000))
    same = ("state", "total_executed_quantity", "average_price", "available_quantity", "balance", "exposure")
    assert {field: placed[field] for field in same} == {field: told[field] for field in same}


def test_what_would_be_cancelled_says_why(world: World) -> None:
    ada = world.member("ada")
    market = world.market()
    own = ada.ok("POST", "/v3/orders/", order_in(market))["order_id"]
    offer = order_in(market, side="sell", type="immediate_or_cancel")
    told = ada.ok("POST", PREVIEW, offer)
    assert (told["state"], told["cancel_reason"], told["available_quantity"]) == (
        "cancelled",
        "self-trade",
        0,
    )
    past_own = ada.ok("POST", PREVIEW, {**offer, "self_trade": "cancel_maker"})
    assert (past_own["cancel_reason"], past_own["cancelled_order_ids"]) == ("insufficient-liquidity", [own])
    assert (past_own["exposure_before"], past_own["exposure"]) == ("0.50", "0.00")


@pytest.mark.parametrize(
    ("fields", "status", "error_type"),
    [
        ({"quantity": 10**9}, 422, "INSUFFICIENT_FUNDS"),
        ({"price": 0}, 422, "INVALID_PRICE"),
        ({"market_id": "99"}, 422, "MARKET_NOT_FOUND"),
        ({"contract_id": "99"}, 422, "CONTRACT_NOT_FOUND"),
        ({"market_version": 99}, 409, "MARKET_CHANGED"),
    ],
)
def test_a_preview_is_refused_as_the_order_would_be(
    world: World, fields: dict[str, object], status: int, error_type: str
) -> None:
    ada, order = world.member("ada"), order_in(world.market(), **fields)
    for path in (PREVIEW, "/v3/orders/"):
        result = ada.post(path, order)
        assert (result.status_code, result.json["error_type"]) == (status, error_type)


def test_a_preview_is_of_one_order_and_of_a_member(world: World) -> None:
    market = world.market()
    result = world.member("ada").post(PREVIEW, [order_in(market)])
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "preview")
    assert world.anyone.post(PREVIEW, order_in(market)).status_code == 401


def test_an_order_that_is_placed_says_so(world: World) -> None:
    told = world.member("ada").ok("POST", "/v3/orders/?preview=false", order_in(world.market()))
    assert told["order_id"].isdigit()
