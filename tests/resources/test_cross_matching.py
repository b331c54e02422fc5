"""Owns the tests of complementary contracts over HTTP: made, quoted, traded, shown, settled.

Never repeats which trade is the best.
Called by pytest.
"""

import pytest

from tests.resources.browsing import Browser
from tests.resources.world import STAFF_PASSWORD, Json, Visitor, World

LOT = 10_000


def order(market: Json, at: int, price: int, lots: int = 1, side: str = "buy", **fields: object) -> Json:
    contract_id = market["contracts"][at]["id"]
    asked = {"market_id": market["id"], "contract_id": contract_id, "side": side}
    return {**asked, "price": price, "quantity": lots * LOT, **fields}


Side = list[tuple[int, int]]


def best(world: World, market: Json, query: str = "") -> list[tuple[Side, Side]]:
    """Bids and offers of each contract, in lots."""
    quotes = world.anyone.ok("GET", f"/v3/markets/{market['id']}/quotes/{query}")
    of_contracts = [quotes[contract["id"]] for contract in market["contracts"]]
    return [(levels(each["bids"]), levels(each["offers"])) for each in of_contracts]


def levels(side: Json) -> Side:
    return [(level["price"], level["quantity"] // LOT) for level in side]


@pytest.fixture
def race(world: World) -> Json:
    return world.market("Gulls", "Herons", "Terns", cross_matching=True)


@pytest.fixture
def members(world: World) -> tuple[Visitor, Visitor, Visitor]:
    return world.member("ada"), world.member("ben"), world.member("cleo")


def test_a_market_says_that_its_contracts_may_meet(world: World, race: Json) -> None:
    (shown,) = world.anyone.ok("GET", f"/v3/markets/{race['id']}/")["markets"]
    assert (race["cross_matching"], shown["cross_matching"]) == (True, True)
    assert world.market()["cross_matching"] is False


@pytest.mark.parametrize("fields", [{"winner_count": 2}, {"contracts": [{"name": "Gulls"}]}])
def test_they_may_where_exactly_one_of_several_wins(world: World, fields: Json) -> None:
    asked = {"event_id": world.event()["id"], "name": "Winner", "cross_matching": True}
    contracts = [{"name": name} for name in ("Gulls", "Herons", "Terns")]
    result = world.staff.post("/v3/markets/", {**asked, "contracts": contracts, **fields})
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "cross_matching")


def test_quotes_have_what_other_contracts_imply_and_raw_ones_what_rests(
    world: World, race: Json, members: tuple[Visitor, ...]
) -> None:
    ada, ben, _ = members
    ada.ok("POST", "/v3/orders/", order(race, 0, 5_000, 3))
    ben.ok("POST", "/v3/orders/", order(race, 1, 3_000, 2))
    ben.ok("POST", "/v3/orders/", order(race, 1, 2_900, 9))
    ben.ok("POST", "/v3/orders/", order(race, 2, 2_200, 1, "sell"))
    implied = [(2_000, 2), (2_100, 1), (2_200, 1)]
    own = [([(5_000, 3)], []), ([(3_000, 2), (2_900, 9)], []), ([], [(2_200, 1)])]
    assert best(world, race) == [*own[:2], ([], implied)]
    assert best(world, race, "?depth=1")[2] == ([], implied[:1])
    assert best(world, race, "?raw=true") == own
    page = world.anyone.get(f"/v3/markets/{race['id']}/", accept="application/xhtml+xml").text
    assert 'title="Buy Terns at 20\u00a0%"' in page
    assert "what orders for all others imply" in page
    page = world.anyone.get(f"/v3/markets/{race['id']}/quotes/", accept="application/xhtml+xml").text
    assert 'name="raw"' in page


def test_a_set_is_traded_shown_and_settled(world: World, race: Json, members: tuple[Visitor, ...]) -> None:
    ada, ben, cleo = members
    ada.ok("POST", "/v3/orders/", order(race, 0, 5_000))
    ben.ok("POST", "/v3/orders/", order(race, 1, 3_000))
    asked = order(race, 2, 2_500, reference_id="mine")
    preview = cleo.ok("POST", "/v3/orders/?preview=true", asked)
    taken = cleo.ok("POST", "/v3/orders/", asked)
    fill = {"execution_id": "1", "price": 2_000, "quantity": LOT}
    assert (taken["state"], taken["executions"], taken["average_price"]) == ("filled", [fill], "2000.00")
    assert preview["executions"] == [{"price": 2_000, "quantity": LOT}]
    path = f"/v3/markets/{race['id']}/"
    executions = world.anyone.ok("GET", f"{path}executions/?sort=created")["executions"]
    contracts = [contract["id"] for contract in race["contracts"]]
    assert [(each["contract_id"], each["price"], each["taker_side"]) for each in executions] == [
        (contracts[2], 2_000, "buy"),
        (contracts[0], 5_000, "sell"),
        (contracts[1], 3_000, "sell"),
    ]
    assert world.anyone.ok("GET", f"{path}volumes/")["volumes"][0]["volume"] == 3 * LOT
    last = world.anyone.ok("GET", f"{path}last_executed_prices/")["last_executed_prices"][race["id"]]
    assert [each["last_executed_price"] for each in last] == [5_000, 3_000, 2_000]
    assert world.anyone.ok("GET", f"{path}history/?interval=1m")["history"]
    assert [each["role"] for each in ada.ok("GET", "/v3/executions/")["executions"]] == ["maker"]
    world.staff.ok("PATCH", path, {"state": "closed"})
    world.staff.ok("PUT", f"{path}settlement/", {"winners": [contracts[1]], "reason": "first"})
    balances = [each.ok("GET", "/v3/accounts/")["account"]["balance"] for each in members]
    assert balances == ["999.50", "1000.70", "999.80"]
    report = world.staff.ok("GET", "/v3/ledger/reconciliation/")
    assert report["reconciliation"]["ok"]


def test_no_contract_of_them_is_voided_alone(world: World, race: Json) -> None:
    path = f"/v3/markets/{race['id']}/contracts/{race['contracts'][0]['id']}/void/"
    result = world.staff.send("PUT", path, {"reason": "withdrawn"})
    assert result.status_code == 409


def test_staff_makes_such_a_market_by_a_form(world: World) -> None:
    world.event()
    browser = Browser(world.client)
    browser.submit(
        browser.get("/v3/sessions/").form("Sign in"), {"username": "staff", "password": STAFF_PASSWORD}
    )
    form = browser.get("/v3/events/1/").form("Make a market")
    names = {"name": "Winner", "contracts[0].name": "Gulls", "contracts[1].name": "Herons"}
    page = browser.submit(form, {**names, "cross_matching": "true"})
    assert (page.path, page.heading) == ("/v3/markets/1/", "Winner"), page.source
    assert "a buy of one may meet buys of all others" in page.main
