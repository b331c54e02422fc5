"""Owns the tests of accounts: one's own money, deposits and withdrawals by staff.

Never tests the arithmetic of money.
Called by pytest.
"""

import csv
import io

import pytest

from tests.resources.world import World, all_pages, order_in


def test_an_account_shows_its_money(world: World) -> None:
    ada = world.member("ada", money="250.5")
    ada.ok("POST", "/v3/orders/", order_in(world.market(), price=2500, quantity=40_000))
    account = ada.ok("GET", "/v3/accounts/")["account"]
    assert account.pop("account_id").isdigit()
    assert account == {
        "username": "ada",
        "currency": "PLY",
        "balance": "250.50",
        "available_balance": "249.50",
        "exposure": "1.00",
    }


def test_an_account_does_not_wait_for_documents(world: World) -> None:
    world.follower.lags = True
    assert world.member("ada", money="7.00").ok("GET", "/v3/accounts/")["account"]["balance"] == "7.00"


def test_an_account_shows_what_was_last_known_while_its_stream_is_away(world: World) -> None:
    ada = world.member("ada", money="7.00")
    known = ada.ok("GET", "/v3/accounts/")
    for stream in world.exchange.streams.account_names:
        world.exchange.stop(stream)
    assert ada.ok("GET", "/v3/accounts/") == known


def test_an_account_of_which_nothing_is_known_yet_is_503_while_its_stream_is_away(world: World) -> None:
    world.follower.lags = True
    ada = world.member("ada", money=None)
    for stream in world.exchange.streams.account_names:
        world.exchange.stop(stream)
    assert ada.get("/v3/accounts/").status_code == 503


def test_staff_moves_money_in_and_out(world: World) -> None:
    world.member("ada", money=None)
    result = world.staff.post("/v3/accounts/ada/deposits/", {"amount": "100"})
    assert result.status_code == 201
    assert result.json["deposit"] == {"amount": "100.00"}
    assert result.json["account"]["balance"] == "100.00"
    result = world.staff.post("/v3/accounts/ada/withdrawals/", {"amount": "0.00000001"})
    assert result.status_code == 201
    assert result.json["withdrawal"] == {"amount": "0.00000001"}
    assert result.json["account"]["balance"] == "99.99999999"


def test_no_more_is_withdrawn_than_is_available(world: World) -> None:
    ada = world.member("ada", money="10.00")
    ada.ok("POST", "/v3/orders/", order_in(world.market(), quantity=100_000))
    result = world.staff.post("/v3/accounts/ada/withdrawals/", {"amount": "5.01"})
    assert (result.status_code, result.json["error_type"]) == (422, "INSUFFICIENT_FUNDS")
    assert world.staff.post("/v3/accounts/ada/withdrawals/", {"amount": "5.00"}).status_code == 201


@pytest.mark.parametrize(
    "amount",
    [
        "0",
        "-1.00",
        "0.000000001",
        "10000000.01",
        "1e5",
        "NaN",
        "",
        " 1",
        "1,000.00",
        "ten",
        100,
        1.5,
        None,
        True,
    ],
)
@pytest.mark.parametrize("move", ["deposits", "withdrawals"])
def test_what_an_amount_may_be(world: World, move: str, amount: object) -> None:
    world.member("ada")
    before = world.state_hashes()
    result = world.staff.post(f"/v3/accounts/ada/{move}/", {"amount": amount})
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "amount")
    assert world.state_hashes() == before


@pytest.mark.parametrize("username", ["nobody", "Not-one", "x"])
def test_money_for_nobody_is_404(world: World, username: str) -> None:
    assert world.staff.post(f"/v3/accounts/{username}/deposits/", {"amount": "1.00"}).status_code == 404


def test_only_staff_moves_money(world: World) -> None:
    ada = world.member("ada", money=None)
    for move in ("deposits", "withdrawals"):
        path = f"/v3/accounts/ada/{move}/"
        assert ada.post(path, {"amount": "1.00"}).status_code == 403
        assert world.anyone.post(path, {"amount": "1.00"}).status_code == 401


def test_a_deposit_with_a_key_is_made_once(world: World) -> None:
    ada = world.member("ada", money=None)
    for _ in range(3):
        result = world.staff.send(
            "POST", "/v3/accounts/ada/deposits/", {"amount": "5.00"}, {"Idempotency-Key": "once"}
        )
        assert (result.status_code, result.json["account"]["balance"]) == (201, "5.00")
    assert ada.ok("GET", "/v3/accounts/")["account"]["balance"] == "5.00"


def test_a_statement_tells_every_movement_and_the_balance_after_it(world: World) -> None:
    market = world.market(commission="0.1")
    ada, ben = world.member("ada", money="10.00"), world.member("ben")
    world.staff.ok("POST", "/v3/accounts/ada/withdrawals/", {"amount": "4.00"})
    ada.ok("POST", "/v3/orders/", order_in(market))
    ben.ok("POST", "/v3/orders/", order_in(market, side="sell"))
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "closed"})
    winners = [market["contracts"][0]["id"]]
    settlement = {"winners": winners, "reason": "They won."}
    world.staff.ok("PUT", f"/v3/markets/{market['id']}/settlement/", settlement)
    activity = all_pages(ada, "/v3/accounts/activity/", "?limit=2", "activity")
    movements = [(item["type"], item["amount"], item["balance"], item["market_id"]) for item in activity]
    assert movements == [
        ("deposit", "10.00", "10.00", None),
        ("withdrawal", "-4.00", "6.00", None),
        ("settlement", "0.50", "6.50", market["id"]),
        ("commission", "-0.05", "6.45", market["id"]),
    ]
    assert set(activity[0]) == {"id", "type", "amount", "balance", "market_id", "created_datetime"}
    newest = ada.ok("GET", "/v3/accounts/activity/?sort=-id&limit=1")["activity"]
    assert newest == activity[-1:]
    table = csv.DictReader(io.StringIO(ada.get("/v3/accounts/activity/", accept="text/csv").text, newline=""))
    assert list(table) == [{name: value or "" for name, value in item.items()} for item in activity]


def test_a_statement_is_for_its_member_alone(world: World) -> None:
    world.member("ada")
    assert world.anyone.get("/v3/accounts/activity/").status_code == 401
    assert world.member("ben", money=None).ok("GET", "/v3/accounts/activity/")["activity"] == []
    result = world.staff.get("/v3/accounts/activity/?sort=amount")
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "sort")
