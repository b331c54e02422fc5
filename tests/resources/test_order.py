"""Owns the tests of one order over HTTP: whose it is, amended in its place or replaced, on its page.

Never tests matching or funds: the machines' tests do.
Called by pytest.
"""

import pytest

from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import Answer, Refused
from actors.machines.messages.commands import CancelOrder
from actors.machines.messages.words import OrderState, Reason
from tests.resources.scripted import Stage, order_result
from tests.resources.world import Json, Visitor, World, order_in

AT = {"accounts-0": 3}


def answered(*results: object, final: bool = True) -> Answer:
    return Answer(results, final, AT)  # type: ignore[arg-type] # as the test means it


def placed(visitor: Visitor, market: Json, **fields: object) -> str:
    return str(visitor.ok("POST", "/v3/orders/", order_in(market, **fields))["order_id"])


def patch(visitor: Visitor, order_id: str, **fields: object) -> Json:
    return visitor.ok("PATCH", f"/v3/orders/{order_id}/", fields)


# What the actors are asked, and what becomes of their answers.


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ({"quantity": 5_000}, AmendOrder(48, 5_000)),
        ({"quantity": 5_000, "price": None}, AmendOrder(48, 5_000)),
        ({"quantity": 20_000, "price": 4_900}, AmendOrder(48, 20_000, 4_900)),
    ],
)
def test_an_amendment_becomes_a_command(body: dict[str, object], command: AmendOrder) -> None:
    stage = Stage(answered(order_result()))
    assert stage.visitor.send("PATCH", "/v3/orders/48/", body).status_code == 200
    assert stage.gateway.requests[0].commands == (command,)


@pytest.mark.parametrize(
    ("body", "field", "error_type"),
    [
        ({}, "quantity", "INVALID_QUANTITY"),
        ({"quantity": 0}, "quantity", "INVALID_QUANTITY"),
        ({"quantity": "1"}, "quantity", "INVALID_QUANTITY"),
        ({"quantity": 1, "price": 10_000}, "price", "INVALID_PRICE"),
        ({"quantity": 1, "side": "sell"}, "side", "INVALID_FIELD"),
    ],
)
def test_a_field_that_is_not_right_is_named(body: dict[str, object], field: str, error_type: str) -> None:
    stage = Stage()
    result = stage.visitor.send("PATCH", "/v3/orders/48/", body)
    assert (result.status_code, result.json["error_type"]) == (422, error_type)
    assert result.json["errors"][0]["field"] == field
    assert stage.gateway.asked == []


def test_an_amendment_that_the_market_has_not_answered_is_202() -> None:
    stage = Stage(answered(order_result(), final=False))
    assert stage.visitor.send("PATCH", "/v3/orders/48/", {"quantity": 5_000}).status_code == 202


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.NOT_FOUND, 404),
        (Reason.NOT_LIVE, 409),
        (Reason.TOO_LATE, 409),
        (Reason.AMENDMENT_PENDING, 409),
        (Reason.INSUFFICIENT_FUNDS, 422),
    ],
)
def test_an_amendment_that_is_refused(reason: Reason, status: int) -> None:
    stage = Stage(answered(Refused(reason)))
    assert stage.visitor.send("PATCH", "/v3/orders/48/", {"quantity": 5_000}).status_code == status


def test_amendments_are_items_of_a_batch() -> None:
    waiting = order_result(order_id=64, state=OrderState.CREATED)
    done = order_result(order_id=80, state=OrderState.FILLED, quantity=3_000)
    late = Refused(Reason.TOO_LATE, "The order stays as it was.", "order_id")
    poor = Refused(Reason.INSUFFICIENT_FUNDS, "The order would risk more than is available.")
    stage = Stage(answered(order_result(), waiting, done, late, poor, order_result(), final=False))
    body = [
        {"amend": "48", "quantity": 10_000},
        {"amend": 64, "quantity": 5_000, "price": 4_900},
        {"amend": "80", "quantity": 2_000},
        {"amend": "96", "quantity": 2_000},
        {"amend": "96", "quantity": 10**9},
        {"amend": "96"},
        {"cancel": "48"},
    ]
    items = stage.visitor.post("/v3/orders/", body).json["results"]
    assert stage.gateway.requests[0].commands == (
        AmendOrder(48, 10_000),
        AmendOrder(64, 5_000, 4_900),
        AmendOrder(80, 2_000),
        AmendOrder(96, 2_000),
        AmendOrder(96, 10**9),
        CancelOrder(48),
    )
    assert [item["status"] for item in items] == [200, 202, 202, 409, 422, 422, 202]
    fields = [item["errors"][0]["field"] for item in items if "errors" in item]
    assert fields == ["amend", "quantity"]


# With actors that decide.


def test_less_of_an_order_keeps_its_place_in_the_book(world: World) -> None:
    ada, ben, cleo = (world.member(name) for name in ("ada", "ben", "cleo"))
    market = world.market()
    first = placed(ada, market)
    placed(ben, market)
    answer = patch(ada, first, quantity=6_000)
    assert (answer["state"], answer["quantity"], answer["available_quantity"]) == ("created", 6_000, 6_000)
    assert answer["exposure"] == "0.30"
    assert patch(ada, first, quantity=6_000) == answer, "nothing changes, and that is no error"
    sold = cleo.ok("POST", "/v3/orders/", order_in(market, side="sell", quantity=6_000))
    assert sold["state"] == "filled"
    assert ada.ok("GET", f"/v3/orders/{first}/")["order"]["state"] == "filled"


def test_another_price_replaces_the_order_under_its_own_id(world: World) -> None:
    ada, ben = world.member("ada"), world.member("ben")
    market = world.market()
    order_id = placed(ada, market)
    placed(ben, market, side="sell", price=5_200, quantity=4_000)
    answer = patch(ada, order_id, price=5_300, quantity=10_000)
    assert (answer["order_id"], answer["state"], answer["price"]) == (order_id, "partial", 5_300)
    assert answer["executions"] == [{"execution_id": "1", "price": 5_200, "quantity": 4_000}]
    shown = ada.ok("GET", f"/v3/orders/{order_id}/")["order"]
    assert (shown["price"], shown["quantity"], shown["total_executed_quantity"]) == (5_300, 10_000, 4_000)
    quotes = world.anyone.ok("GET", f"/v3/markets/{market['id']}/quotes/")
    assert quotes[market["contracts"][0]["id"]]["bids"] == [{"price": 5_300, "quantity": 6_000}]
    fills = ada.ok("GET", "/v3/executions/")["executions"]
    assert [(fill["role"], fill["price"]) for fill in fills] == [("taker", 5_200)]


def test_an_order_of_somebody_else_is_not_there(world: World) -> None:
    ada, ben = world.member("ada"), world.member("ben")
    order_id = placed(ada, world.market())
    result = ben.send("PATCH", f"/v3/orders/{order_id}/", {"quantity": 1})
    assert (result.status_code, result.json["error_type"]) == (404, "NOT_FOUND")


def test_an_order_is_not_larger_than_its_market_says(world: World) -> None:
    ada = world.member("ada")
    market = world.market(quantity_max=10_000)
    assert market["quantity_max"] == 10_000
    assert world.anyone.ok("GET", f"/v3/markets/{market['id']}/")["markets"][0]["quantity_max"] == 10_000
    order_id = placed(ada, market)
    for result in (
        ada.post("/v3/orders/", order_in(market, quantity=10_001)),
        ada.send("PATCH", f"/v3/orders/{order_id}/", {"quantity": 10_001}),
    ):
        assert (result.status_code, result.json["error_type"]) == (422, "LIMIT_EXCEEDED")
        assert result.json["errors"][0]["field"] == "quantity"


def test_the_page_of_a_live_order_has_a_form_that_amends_it(world: World) -> None:
    ada = world.member("ada")
    order_id = placed(ada, world.market())
    page = ada.send("GET", f"/v3/orders/{order_id}/", headers={"Accept": "text/html"}).text
    assert 'name="quantity"' in page
    assert 'value="1.00"' in page
    assert 'value="50"' in page
    ada.ok("DELETE", f"/v3/orders/{order_id}/")
    assert (
        'name="quantity"'
        not in ada.send("GET", f"/v3/orders/{order_id}/", headers={"Accept": "text/html"}).text
    )


def test_one_order_is_seen_by_its_member_alone(world: World) -> None:
    ada, ben = world.member("ada"), world.member("ben")
    order_id = ada.ok("POST", "/v3/orders/", order_in(world.market()))["order_id"]
    order = ada.ok("GET", f"/v3/orders/{order_id}/")["order"]
    assert (order["id"], order["state"], order["cancel_reason"]) == (order_id, "created", None)
    for method in ("GET", "DELETE"):
        result = ben.send(method, f"/v3/orders/{order_id}/")
        assert (result.status_code, result.json["error_type"]) == (404, "NOT_FOUND")
    assert world.anyone.get(f"/v3/orders/{order_id}/").status_code == 401
    assert ben.ok("GET", "/v3/orders/")["orders"] == []


@pytest.mark.parametrize("order_id", ["0", "x", "99999999999999999999", "1,2", "16"])
def test_an_order_that_nobody_has_is_404(world: World, order_id: str) -> None:
    ada = world.member("ada")
    for method in ("GET", "DELETE"):
        assert ada.send(method, f"/v3/orders/{order_id}/").status_code == 404


def test_a_cancelled_order_can_not_be_cancelled_again(world: World) -> None:
    ada = world.member("ada")
    order_id = ada.ok("POST", "/v3/orders/", order_in(world.market()))["order_id"]
    assert ada.ok("DELETE", f"/v3/orders/{order_id}/")["state"] == "cancelled"
    result = ada.send("DELETE", f"/v3/orders/{order_id}/")
    assert (result.status_code, result.json["error_type"]) == (409, "NOT_LIVE")
