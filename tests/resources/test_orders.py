"""Owns the tests of a member's orders over HTTP: placed, batched, cancelled, listed.

Never tests matching or funds: the machines' tests do.
Called by pytest.
"""

import pytest
from msgspec import structs

from actors.machines import limits
from actors.machines.messages.answers import Answer, CancelledResult, Refused, Reply
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    CancelReference,
    GetAccount,
    GetOrder,
    PlaceOrder,
)
from actors.machines.messages.parts import PLAIN
from actors.machines.messages.words import OrderState, Reason, SelfTrade, Side, TimeInForce
from actors.processes.gateway import OutcomeUnknownError, UnavailableError
from tests.resources.scripted import Stage, account_result, order_result
from tests.resources.world import Json, Visitor, World, all_pages, order_in

ASKED = {"market_id": "5", "contract_id": "6", "side": "buy", "price": 5000, "quantity": 10_000}
PLACE = PlaceOrder(5, 6, Side.BUY, 5000, 10_000)
AT = {"accounts-0": 3, "markets-1": 4}


def placing(time_in_force: TimeInForce = TimeInForce.GOOD_TIL_CANCELLED, **conditions: object) -> PlaceOrder:
    return structs.replace(
        PLACE, time_in_force=time_in_force, conditions=structs.replace(PLAIN, **conditions)
    )


def final(*results: object) -> Answer:
    return Answer(results, True, AT)  # type: ignore[arg-type] # as the test means it


def provisional(*results: object) -> Answer:
    return Answer(results, False, AT)  # type: ignore[arg-type] # as the test means it


# What the actors are asked, and what becomes of their answers.


@pytest.mark.parametrize(
    ("asked", "command"),
    [
        (ASKED, PLACE),
        (ASKED | {"market_id": 5, "contract_id": 6}, PLACE),
        (ASKED | {"side": "sell"}, PlaceOrder(5, 6, Side.SELL, 5000, 10_000)),
        (
            ASKED | {"type": "immediate_or_cancel"},
            PlaceOrder(5, 6, Side.BUY, 5000, 10_000, TimeInForce.IMMEDIATE_OR_CANCEL),
        ),
        (
            ASKED | {"reference_id": "mine"},
            PlaceOrder(5, 6, Side.BUY, 5000, 10_000, TimeInForce.GOOD_TIL_CANCELLED, "mine"),
        ),
        (
            ASKED | {"reference_id": 17},
            PlaceOrder(5, 6, Side.BUY, 5000, 10_000, TimeInForce.GOOD_TIL_CANCELLED, "17"),
        ),
        (ASKED | {"reference_id": None}, PLACE),
        (ASKED | {"type": "fill_or_kill"}, placing(TimeInForce.FILL_OR_KILL)),
        (ASKED | {"type": "good_til_halted", "post_only": False}, placing(TimeInForce.GOOD_TIL_HALTED)),
        (ASKED | {"type": "keep_in_play", "good_til": None}, placing(TimeInForce.KEEP_IN_PLAY)),
        (
            ASKED | {"type": "good_til_date", "good_til": "1970-01-01T01:00:00.000007+01:00"},
            placing(TimeInForce.GOOD_TIL_DATE, good_til=7),
        ),
        (ASKED | {"post_only": True}, placing(post_only=True)),
        (ASKED | {"self_trade": "cancel_maker"}, placing(self_trade=SelfTrade.CANCEL_MAKER)),
        (ASKED | {"market_version": 3}, placing(market_version=3)),
        (ASKED | {"market_version": None, "self_trade": "cancel_taker"}, PLACE),
    ],
)
def test_an_order_becomes_a_command(asked: dict[str, object], command: PlaceOrder) -> None:
    stage = Stage(final(order_result()))
    assert stage.visitor.post("/v3/orders/", asked).status_code == 200
    (request,) = stage.gateway.requests
    assert request.commands == (command,)
    assert (request.account_id, request.generation, request.scope) == (16, 1, "POST /v3/orders")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"type": "good_til_dawn"}, "type"),
        ({"type": "good_til_date"}, "good_til"),
        ({"type": "good_til_date", "good_til": "2026-05-17T14:00:00"}, "good_til"),
        ({"type": "good_til_date", "good_til": "1969-12-31T23:59:59Z"}, "good_til"),
        ({"good_til": "2026-05-17T14:00:00Z"}, "good_til"),
        ({"type": "good_til_halted", "good_til": "2026-05-17T14:00:00Z"}, "good_til"),
        ({"post_only": 1}, "post_only"),
        ({"post_only": True, "type": "fill_or_kill"}, "post_only"),
        ({"post_only": True, "type": "immediate_or_cancel"}, "post_only"),
        ({"self_trade": "cancel_both"}, "self_trade"),
        ({"market_version": 0}, "market_version"),
    ],
)
def test_conditions_that_do_not_go_together_are_named(fields: dict[str, object], field: str) -> None:
    stage = Stage()
    result = stage.visitor.post("/v3/orders/", ASKED | fields)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)
    assert stage.gateway.requests == []


def test_an_order_that_the_market_has_not_answered_is_202_and_pending() -> None:
    stage = Stage(provisional(order_result(state=OrderState.PENDING)))
    result = stage.visitor.post("/v3/orders/", ASKED)
    assert (result.status_code, result.json["state"]) == (202, "pending")


@pytest.mark.parametrize(
    ("error", "status", "error_type"),
    [
        (UnavailableError("the host can't be reached"), 503, "SERVICE_TEMPORARILY_UNAVAILABLE"),
        (OutcomeUnknownError("no answer in time"), 504, "OUTCOME_UNKNOWN"),
    ],
)
def test_actors_that_do_not_answer(
    error: UnavailableError | OutcomeUnknownError, status: int, error_type: str
) -> None:
    result = Stage(error).visitor.post("/v3/orders/", ASKED)
    assert (result.status_code, result.json["error_type"]) == (status, error_type)
    assert ("retry-after" in result.headers) == (status == 503)


def test_a_refused_order_is_never_200_and_names_the_field() -> None:
    refused = Refused(Reason.MARKET_NOT_FOUND, "There is no such market.", "market_id")
    result = Stage(final(refused)).visitor.post("/v3/orders/", ASKED)
    assert (result.status_code, result.json["error_type"]) == (422, "MARKET_NOT_FOUND")
    assert result.json["errors"] == [{"field": "market_id", "message": "There is no such market."}]


def test_a_batch_is_one_request_and_its_items_are_answered_in_order() -> None:
    waiting = order_result(order_id=64, state=OrderState.PENDING)
    gone = order_result(order_id=80, state=OrderState.CANCELLED, cancel_reason=Reason.MEMBER_REQUESTED)
    refused = Refused(Reason.NOT_FOUND, "There is no such order.", "order_id")
    stage = Stage(provisional(order_result(), waiting, gone, refused, order_result(order_id=96)))
    body = [
        ASKED,
        ASKED | {"price": 0},
        ASKED | {"price": 5001},
        {"cancel": "80"},
        {"cancel": 81},
        {"cancel": "80", "price": 1},
        {"cancel_reference_id": "mine"},
        "nonsense",
    ]
    result = stage.visitor.post("/v3/orders/", body)
    assert result.status_code == 200
    (request,) = stage.gateway.requests
    assert request.commands == (
        PLACE,
        PlaceOrder(5, 6, Side.BUY, 5001, 10_000),
        CancelOrder(80),
        CancelOrder(81),
        CancelReference("mine"),
    )
    items = result.json["results"]
    assert [item["status"] for item in items] == [200, 422, 202, 200, 404, 422, 202, 422]
    assert [item.get("order_id") for item in items] == ["48", None, "64", "80", None, None, "96", None]
    fields = [item["errors"][0]["field"] for item in items if "errors" in item]
    assert fields == ["price", "cancel", "price", "body"]
    assert items[3]["cancel_reason"] == "member-requested"


def test_what_is_filled_before_its_cancel_or_amendment_is_answered_is_not_done_with() -> None:
    filled = order_result(state=OrderState.FILLED)
    amended = order_result(order_id=64, price=5_100)
    body = [
        {"cancel": "48"},
        {"amend": "48", "quantity": 20_000},
        {"amend": "64", "quantity": amended.quantity, "price": 5_100},
    ]
    waiting = Stage(provisional(filled, filled, amended)).visitor.post("/v3/orders/", body)
    assert [item["status"] for item in waiting.json["results"]] == [202, 202, 200]
    heard = Stage(final(filled, filled, amended)).visitor.post("/v3/orders/", body)
    assert [item["status"] for item in heard.json["results"]] == [200, 200, 200]


def test_a_batch_without_a_valid_item_asks_the_actors_nothing() -> None:
    stage = Stage()
    result = stage.visitor.post("/v3/orders/", [{}, 5])
    assert [item["status"] for item in result.json["results"]] == [422, 422]
    assert stage.gateway.asked == []


@pytest.mark.parametrize("count", [0, limits.BATCH_OPERATIONS_MAX + 1])
def test_a_batch_has_a_size(count: int) -> None:
    result = Stage().visitor.post("/v3/orders/", [ASKED] * count)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "body")


@pytest.mark.parametrize("reason", [Reason.NOT_SIGNED_IN, Reason.KEY_REUSED])
def test_a_batch_that_is_refused_as_a_whole_is_answered_as_a_whole(reason: Reason) -> None:
    result = Stage(final(Refused(reason), Refused(reason))).visitor.post("/v3/orders/", [ASKED, ASKED])
    assert result.status_code == (401 if reason is Reason.NOT_SIGNED_IN else 422)


def test_a_cancel_asks_for_its_order_and_is_answered_with_it() -> None:
    stage = Stage(final(order_result(state=OrderState.CANCELLED, cancel_reason=Reason.MEMBER_REQUESTED)))
    result = stage.visitor.send("DELETE", "/v3/orders/48/")
    assert (result.status_code, result.json["state"]) == (200, "cancelled")
    assert stage.gateway.requests[0].commands == (CancelOrder(48),)


def test_a_cancel_that_the_market_has_not_answered_is_202() -> None:
    assert Stage(provisional(order_result())).visitor.send("DELETE", "/v3/orders/48/").status_code == 202


@pytest.mark.parametrize(
    ("reason", "status"), [(Reason.NOT_FOUND, 404), (Reason.NOT_LIVE, 409), (Reason.TOO_LATE, 409)]
)
def test_a_cancel_that_is_refused(reason: Reason, status: int) -> None:
    assert Stage(final(Refused(reason))).visitor.send("DELETE", "/v3/orders/48/").status_code == status


@pytest.mark.parametrize(
    ("query", "command"), [("", CancelAll()), ("?market_id=5", CancelAll(5)), ("?market_id=", CancelAll())]
)
def test_cancel_all_of_a_member_or_of_a_market(query: str, command: CancelAll) -> None:
    stage = Stage(final(CancelledResult((48, 64))))
    result = stage.visitor.send("DELETE", f"/v3/orders/{query}")
    assert (result.status_code, result.json) == (200, {"cancelled": ["48", "64"]})
    assert stage.gateway.requests[0].commands == (command,)


def test_an_order_whose_document_is_not_there_yet_is_asked_of_its_actor() -> None:
    stage = Stage(Reply(account_result(), {}), Reply(order_result(), AT))
    result = stage.visitor.get("/v3/orders/48/")
    assert (result.json["order"]["id"], result.json["order"]["state"]) == ("48", "created")
    assert stage.gateway.asked == [GetAccount(16), GetOrder(16, 48)]
    assert result.headers["x-credence-position"] == "accounts-0:3,markets-1:4"


# With actors that decide.


def test_an_order_that_rests_is_answered_flat_with_the_accounts_money(world: World) -> None:
    market = world.market()
    answer = world.member("ada").ok("POST", "/v3/orders/", order_in(market, reference_id="mine"))
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
        "post_only": False,
        "self_trade": "cancel_taker",
        "good_til": None,
        "challenge_id": None,
    }


def test_an_order_that_trades_tells_its_executions(world: World) -> None:
    market = world.market()
    ada, ben = world.member("ada"), world.member("ben")
    ada.ok("POST", "/v3/orders/", order_in(market, price=5000))
    ada.ok("POST", "/v3/orders/", order_in(market, price=4999))
    answer = ben.ok("POST", "/v3/orders/", order_in(market, side="sell", price=4900, quantity=25_000))
    assert (answer["state"], answer["total_executed_quantity"]) == ("partial", 20_000)
    assert answer["available_quantity"] == 5_000
    assert answer["average_price"] == "4999.50"
    assert answer["executions"] == [
        {"execution_id": "1", "price": 5000, "quantity": 10_000},
        {"execution_id": "2", "price": 4999, "quantity": 10_000},
    ]


def test_an_immediate_order_that_finds_nothing_is_200_and_cancelled(world: World) -> None:
    order = order_in(world.market(), type="immediate_or_cancel")
    result = world.member("ada").post("/v3/orders/", order)
    assert (result.status_code, result.json["state"]) == (200, "cancelled")
    assert result.json["cancel_reason"] == "insufficient-liquidity"
    assert result.json["available_balance"] == "1000.00"


def test_all_of_it_or_nothing(world: World) -> None:
    market = world.market()
    ada, ben = world.member("ada"), world.member("ben")
    ada.ok("POST", "/v3/orders/", order_in(market, side="sell"))
    killed = ben.ok("POST", "/v3/orders/", order_in(market, type="fill_or_kill", quantity=10_001))
    assert (killed["state"], killed["cancel_reason"]) == ("cancelled", "insufficient-liquidity")
    assert killed["total_executed_quantity"] == 0
    filled = ben.ok("POST", "/v3/orders/", order_in(market, type="fill_or_kill"))
    assert (filled["state"], filled["type"]) == ("filled", "fill_or_kill")


def test_a_post_only_order_that_would_trade_is_409(world: World) -> None:
    market = world.market()
    ada, ben = world.member("ada"), world.member("ben")
    ada.ok("POST", "/v3/orders/", order_in(market, side="sell"))
    result = ben.post("/v3/orders/", order_in(market, post_only=True))
    assert (result.status_code, result.json["error_type"]) == (409, "POST_ONLY_WOULD_TRADE")
    rests = ben.ok("POST", "/v3/orders/", order_in(market, post_only=True, price=4_999))
    assert (rests["state"], rests["post_only"]) == ("created", True)


def test_an_order_goes_past_ones_own_if_it_is_to(world: World) -> None:
    market = world.market()
    ada, ben = world.member("ada"), world.member("ben")
    own = ada.ok("POST", "/v3/orders/", order_in(market, side="sell", price=4_000))["order_id"]
    ben.ok("POST", "/v3/orders/", order_in(market, side="sell"))
    stopped = ada.ok("POST", "/v3/orders/", order_in(market))
    assert (stopped["state"], stopped["cancel_reason"]) == ("cancelled", "self-trade")
    passed = ada.ok("POST", "/v3/orders/", order_in(market, self_trade="cancel_maker"))
    assert (passed["state"], passed["exposure"]) == ("filled", "0.50")
    assert ada.ok("GET", f"/v3/orders/{own}/")["order"]["cancel_reason"] == "self-trade"
    (quotes,) = [
        each
        for contract, each in world.anyone.ok("GET", f"/v3/markets/{market['id']}/quotes/").items()
        if contract == market["contracts"][0]["id"]
    ]
    assert quotes == {"bids": [], "offers": []}


def test_an_order_for_a_market_as_it_was_is_409(world: World) -> None:
    market, ada = world.market(), world.member("ada")
    version = world.anyone.ok("GET", f"/v3/markets/{market['id']}/")["markets"][0]["version"]
    ada.ok("POST", "/v3/orders/", order_in(market, market_version=version))
    for state in ("halted", "open"):
        world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": state})
    result = ada.post("/v3/orders/", order_in(market, market_version=version))
    assert (result.status_code, result.json["error_type"]) == (409, "MARKET_CHANGED")
    ada.ok("POST", "/v3/orders/", order_in(market, market_version=version + 2))


def test_an_order_ends_at_its_time(world: World) -> None:
    market, ada = world.market(), world.member("ada")
    timed = order_in(market, type="good_til_date", good_til="2026-06-01T00:00:00Z")
    order_id = ada.ok("POST", "/v3/orders/", timed)["order_id"]
    world.clock.now = 1_780_272_000_000_000
    world.exchange.tick()
    ada = world.sign_in("ada")
    ended = ada.ok("GET", f"/v3/orders/{order_id}/")["order"]
    assert (ended["state"], ended["cancel_reason"]) == ("cancelled", "expired")
    assert ended["good_til"] == "2026-06-01T00:00:00.000000Z"
    past = ada.post("/v3/orders/", timed)
    assert (past.status_code, past.json["error_type"]) == (422, "INVALID_EXPIRY")
    assert past.json["errors"][0]["field"] == "good_til"


def test_in_play_an_order_waits_and_a_cancel_does_not(world: World) -> None:
    market = world.market(in_play_delay_ms=5_000)
    ada, path = world.member("ada"), f"/v3/markets/{market['id']}/"
    plain = ada.ok("POST", "/v3/orders/", order_in(market))["order_id"]
    kept = ada.ok("POST", "/v3/orders/", order_in(market, type="keep_in_play"))["order_id"]
    turned = world.staff.ok("PATCH", path, {"in_play": True})["market"]
    assert (turned["in_play"], turned["in_play_delay_ms"], turned["version"]) == (True, 5_000, 3)
    assert world.anyone.ok("GET", path)["markets"][0]["in_play"] is True
    states = {order["id"]: order["state"] for order in ada.ok("GET", "/v3/orders/")["orders"]}
    assert states == {plain: "cancelled", kept: "created"}
    waiting = [ada.post("/v3/orders/", order_in(market, price=price)) for price in (4_000, 4_100)]
    assert [(each.status_code, each.json["state"]) for each in waiting] == [(202, "pending")] * 2
    cancelled = ada.ok("DELETE", f"/v3/orders/{waiting[0].json['order_id']}/")
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", "member-requested")
    world.clock.now += 5_000_000
    world.exchange.tick()
    order = ada.ok("GET", f"/v3/orders/{waiting[1].json['order_id']}/")["order"]
    assert order["state"] == "created"


def test_an_order_that_waits_can_be_made_less_and_is_in_no_quotes_yet(world: World) -> None:
    market = world.market(in_play_delay_ms=5_000)
    ada, path = world.member("ada"), f"/v3/markets/{market['id']}/"
    world.staff.ok("PATCH", path, {"in_play": True})
    waiting = ada.post("/v3/orders/", order_in(market, quantity=10_000)).json["order_id"]
    less = ada.send("PATCH", f"/v3/orders/{waiting}/", {"quantity": 4_000})
    assert (less.status_code, less.json["state"], less.json["exposure"]) == (200, "pending", "0.20")
    assert [each["bids"] for each in world.anyone.ok("GET", f"{path}quotes/").values()] == [[], []]
    world.clock.now += 5_000_000
    world.exchange.tick()
    order = ada.ok("GET", f"/v3/orders/{waiting}/")["order"]
    assert (order["state"], order["quantity"]) == ("created", 4_000)
    quotes = world.anyone.ok("GET", f"{path}quotes/")[market["contracts"][0]["id"]]
    assert quotes["bids"] == [{"price": 5_000, "quantity": 4_000}]


def test_actor_and_document_show_an_order_alike(world: World) -> None:
    ada = world.member("ada")
    market = world.market()
    ada.ok("POST", "/v3/orders/", order_in(market, side="sell", quantity=4_000))
    world.follower.lags = True
    ben = world.member("ben", money=None)
    world.staff.ok("POST", "/v3/accounts/ben/deposits/", {"amount": "10.00"})
    order_id = ben.ok("POST", "/v3/orders/", order_in(market, reference_id="r"))["order_id"]
    told_by_actor = ben.ok("GET", f"/v3/orders/{order_id}/")
    world.follower.lags = False
    world.exchange.settle()
    assert ben.ok("GET", f"/v3/orders/{order_id}/") == told_by_actor


def test_cancel_all_tells_what_it_cancelled(world: World) -> None:
    ada = world.member("ada")
    first, second = world.market(), world.market()
    batch = [order_in(first), order_in(first, price=4000), order_in(second)]
    placed = [item["order_id"] for item in ada.ok("POST", "/v3/orders/", batch)["results"]]
    assert ada.ok("DELETE", f"/v3/orders/?market_id={first['id']}") == {"cancelled": placed[:2]}
    assert ada.ok("DELETE", "/v3/orders/") == {"cancelled": placed[2:]}
    assert ada.ok("DELETE", "/v3/orders/") == {"cancelled": []}


def placed_ids(visitor: Visitor, market: Json, count: int) -> list[str]:
    batch = [order_in(market, price=1_000 + place, reference_id=place % 3) for place in range(count)]
    return [item["order_id"] for item in visitor.ok("POST", "/v3/orders/", batch)["results"]]


def test_a_list_is_paged_newest_first_and_stays_right_while_it_grows(world: World) -> None:
    ada, market = world.member("ada"), world.market()
    placed = placed_ids(ada, market, 7)
    page = ada.ok("GET", "/v3/orders/?limit=3")
    placed_ids(ada, market, 2)
    rest = all_pages(ada, "/v3/orders/", page["pagination"]["next_page"], "orders")
    assert [order["id"] for order in page["orders"] + rest] == placed[::-1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [4, 3, 2, 1, 0]),
        ("?sort=id", [0, 1, 2, 3, 4]),
        ("?sort=-created&limit=2", [4, 3]),
        ("?states=cancelled", [2, 0]),
        ("?states=created&states=filled", [4, 3, 1]),
        ("?states=created,cancelled&sort=id", [0, 1, 2, 3, 4]),
        ("?reference_ids=1", [4, 1]),
        ("?reference_ids=1,2&sort=id", [1, 2, 4]),
        ("?market_ids=1&contract_ids=1&limit=1", [4]),
        ("?market_ids=2", []),
        ("?states=open_nothing=1", None),
        ("?sort=price", None),
        ("?limit=0", None),
        ("?market_ids=x", None),
        ("?cursor=nonsense", None),
    ],
)
def test_the_list_is_filtered_and_sorted(world: World, query: str, expected: list[int] | None) -> None:
    ada = world.member("ada")
    placed = placed_ids(ada, world.market(), 5)
    for place in (0, 2):
        ada.ok("DELETE", f"/v3/orders/{placed[place]}/")
    result = ada.get(f"/v3/orders/{query}")
    if expected is None:
        assert (result.status_code, len(result.json["errors"])) == (422, 1)
    else:
        assert [order["id"] for order in result.json["orders"]] == [placed[place] for place in expected]


# Idempotency keys.


def test_the_same_key_and_body_is_the_stored_answer_and_acts_once(world: World) -> None:
    ada, order = world.member("ada"), order_in(world.market())
    first = ada.send("POST", "/v3/orders/", order, {"Idempotency-Key": "k"})
    again = ada.send("POST", "/v3/orders/", dict(reversed(order.items())), {"Idempotency-Key": "k"})
    assert (first.status_code, again.json) == (200, first.json)
    assert len(ada.ok("GET", "/v3/orders/")["orders"]) == 1


def test_the_same_key_with_another_body_is_422(world: World) -> None:
    ada, order = world.member("ada"), order_in(world.market())
    ada.send("POST", "/v3/orders/", order, {"Idempotency-Key": "k"})
    result = ada.send("POST", "/v3/orders/", order | {"price": 1}, {"Idempotency-Key": "k"})
    assert (result.status_code, result.json["error_type"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert result.json["errors"][0]["field"] == "Idempotency-Key"


def test_a_refusal_is_stored_under_its_key_too(world: World) -> None:
    market = world.market()
    ada = world.member("ada", money=None)
    first = ada.send("POST", "/v3/orders/", order_in(market), {"Idempotency-Key": "k"})
    world.staff.ok("POST", "/v3/accounts/ada/deposits/", {"amount": "10.00"})
    again = ada.send("POST", "/v3/orders/", order_in(market), {"Idempotency-Key": "k"})
    assert first.json["error_type"] == "INSUFFICIENT_FUNDS"
    assert (again.status_code, again.json) == (first.status_code, first.json)


def test_without_a_key_every_order_is_a_new_one(world: World) -> None:
    ada, market = world.member("ada"), world.market()
    assert len({ada.ok("POST", "/v3/orders/", order_in(market))["order_id"] for _ in range(3)}) == 3
