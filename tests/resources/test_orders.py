"""Owns the tests of a member's orders over HTTP: placed, batched, cancelled, listed.

Never tests matching: the machines' tests do.
Called by pytest.
"""

from tests.resources.world import World, order_in


def test_an_order_that_rests_is_answered_flat_with_the_accounts_money(world: World) -> None:
    market = world.market("Gulls", "Herons")
    ada = world.member("ada")
    result = ada.post("/v3/orders/", order_in(market, reference_id="mine"))
    assert result.status_code == 200
    answer = result.json
    assert answer.pop("order_id").isdigit()
    assert answer.pop("created_datetime").endswith("Z")
    assert answer == {
        "state": "created",
        "market_id": market["id"],
        "contract_id": market["contracts"][0]["id"],
        "side": "buy",
        "type": "good_til_cancelled",
        "price": 5000,
        "quantity": 10_000,
        "total_executed_quantity": 0,
        "average_price": None,
        "executions": [],
        "available_quantity": 10_000,
        "balance": "1000.00",
        "available_balance": "999.50",
        "exposure": "0.50",
        "reference_id": "mine",
    }
