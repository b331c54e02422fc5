"""Owns the tests of what a member sees of what they traded and hold.

Never tests how documents come about: the projection's tests do.
Called by pytest.
"""

from tests.resources.world import World, all_pages, order_in


def test_both_sides_see_their_own_executions(world: World) -> None:
    market, ada, ben = world.market(), world.member("ada"), world.member("ben")
    bought = ada.ok("POST", "/v3/orders/", order_in(market, reference_id="b"))["order_id"]
    sold = ben.ok("POST", "/v3/orders/", order_in(market, side="sell", quantity=4_000))["order_id"]
    (hers,) = ada.ok("GET", "/v3/executions/")["executions"]
    (his,) = ben.ok("GET", "/v3/executions/")["executions"]
    for execution in (hers, his):
        assert execution.pop("created_datetime").endswith("Z")
    common = {
        "execution_id": "1",
        "market_id": market["id"],
        "contract_id": market["contracts"][0]["id"],
        "price": 5000,
        "quantity": 4_000,
    }
    assert hers == {**common, "order_id": bought, "reference_id": "b", "role": "maker", "side": "buy"}
    assert his == {**common, "order_id": sold, "reference_id": None, "role": "taker", "side": "sell"}


def test_executions_are_paged(world: World) -> None:
    market, ada, ben = world.market(), world.member("ada"), world.member("ben")
    ada.ok("POST", "/v3/orders/", order_in(market, quantity=5_000))
    for _ in range(5):
        ben.ok("POST", "/v3/orders/", order_in(market, side="sell", quantity=1_000))
    executions = all_pages(ada, "/v3/executions/", "?limit=2", "executions")
    assert [execution["execution_id"] for execution in executions] == ["1", "2", "3", "4", "5"]
    assert ada.get("/v3/executions/?sort=price").json["errors"][0]["field"] == "sort"


def test_a_position_tells_profit_or_loss_under_each_outcome(world: World) -> None:
    market, ada, ben = world.market(), world.member("ada"), world.member("ben")
    herons = market["contracts"][1]["id"]
    for contract, price, quantity in ((0, 5000, 10_000), (0, 4000, 10_000), (1, 3000, 6_000)):
        contract_id = market["contracts"][contract]["id"]
        order = order_in(market, contract_id=contract_id, price=price, quantity=quantity)
        ada.ok("POST", "/v3/orders/", order)
        ben.ok("POST", "/v3/orders/", order | {"side": "sell"})
    ada.ok("POST", "/v3/orders/", order_in(market, contract_id=herons, price=2000, quantity=6_000))
    positions = ada.ok("GET", "/v3/positions/")["positions"]
    common = {
        "market_id": market["id"],
        "realised_profit": "0.00",
        "contract_voided": False,
        "market_exposure": "0.48",
        "market_settled": False,
        "market_result": None,
        "market_commission": None,
    }
    assert positions == [
        {
            **common,
            "contract_id": market["contracts"][0]["id"],
            "quantity": 20_000,
            "average_price": "4500.00",
            "profit_or_loss": {"winner": "1.10", "loser": "-0.90"},
            "open_value": "-0.90",
        },
        {
            **common,
            "contract_id": herons,
            "quantity": 6_000,
            "average_price": "3000.00",
            "profit_or_loss": {"winner": "0.42", "loser": "-0.18"},
            "open_value": "-0.18",
        },
    ]
    assert ben.ok("GET", "/v3/positions/")["positions"][0]["quantity"] == -20_000


def test_each_outcome_of_a_market_is_shown_with_the_commission_that_it_would_cost(world: World) -> None:
    """30 at 40 % on the first, 10 sold at 20 % of the second: 0.10 + 3 x 0.60 if the first of them wins."""
    market, ada, ben = world.market("A", "B", "C", commission="0.1"), world.member("ada"), world.member("ben")
    ids = [contract["id"] for contract in market["contracts"]]
    for contract, price, quantity, side, other in (
        (0, 4000, 30_000, "buy", "sell"),
        (1, 2000, 10_000, "sell", "buy"),
    ):
        order = order_in(market, contract_id=ids[contract], price=price, quantity=quantity, side=side)
        ada.ok("POST", "/v3/orders/", order)
        ben.ok("POST", "/v3/orders/", order | {"side": other})
    (whole,) = ada.ok("GET", "/v3/positions/")["markets"]
    outcomes = [(each["contract_id"], each["lowest"], each["commission"]) for each in whole["outcomes"]]
    assert outcomes == [(ids[0], "2.00", "0.20"), (ids[1], "-2.00", "0.00"), (ids[2], "-1.00", "0.00")]
    assert [each["highest"] for each in whole["outcomes"]] == ["2.00", "-2.00", "-1.00"]
    assert (whole["exposure"], whole["commission_reserve"], whole["realised_profit"]) == (
        "2.00",
        "0.20",
        "0.00",
    )
    page = ada.get("/v3/positions/", accept="text/html").text
    assert "under each outcome" in page
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "closed"})
    verdict = {"winners": ids[:1], "reason": "They won."}
    world.staff.ok("PUT", f"/v3/markets/{market['id']}/settlement/", verdict)
    (whole,) = ada.ok("GET", "/v3/positions/")["markets"]
    assert (whole["settled"], whole["result"], whole["commission"]) == (True, "2.00", "0.20")
    assert (whole["outcomes"], whole["commission_reserve"]) == ([], "0.00")


def test_what_was_bought_and_sold_again_is_no_quantity_but_a_result(world: World) -> None:
    market, ada, ben = world.market(), world.member("ada"), world.member("ben")
    for price, hers, his in ((4000, "buy", "sell"), (6000, "sell", "buy")):
        ada.ok("POST", "/v3/orders/", order_in(market, price=price, side=hers))
        ben.ok("POST", "/v3/orders/", order_in(market, price=price, side=his))
    (position,) = ada.ok("GET", "/v3/positions/")["positions"]
    assert (position["quantity"], position["average_price"]) == (0, None)
    assert position["profit_or_loss"] == {"winner": "0.20", "loser": "0.20"}
    assert (position["realised_profit"], position["open_value"]) == ("0.20", "0.00")


def test_a_settled_position_tells_what_it_came_to(world: World) -> None:
    market = world.market(commission="0.1")
    ada, ben = world.member("ada"), world.member("ben")
    ada.ok("POST", "/v3/orders/", order_in(market))
    ben.ok("POST", "/v3/orders/", order_in(market, side="sell"))
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "closed"})
    winner = market["contracts"][0]["id"]
    world.staff.ok(
        "PUT", f"/v3/markets/{market['id']}/settlement/", {"winners": [winner], "reason": "They won."}
    )
    (position,) = ada.ok("GET", "/v3/positions/")["positions"]
    assert (position["market_settled"], position["market_exposure"]) == (True, "0.00")
    assert (position["market_result"], position["market_commission"]) == ("0.50", "0.05")


def test_nobody_sees_what_another_holds(world: World) -> None:
    for path in ("/v3/executions/", "/v3/positions/"):
        assert world.anyone.get(path).status_code == 401
    assert world.member("eve").ok("GET", "/v3/positions/")["positions"] == []
