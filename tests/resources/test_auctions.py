"""Owns the tests of auctions over HTTP: a market that collects orders, what it shows meanwhile, and after.

Never repeats which price is found.
Called by pytest.
"""

from pathlib import Path

import pytest

from tests.resources.world import Json, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def order(market: Json, **fields: object) -> Json:
    contract = market["contracts"][0]["id"]
    return {"market_id": market["id"], "contract_id": contract, "quantity": 100_000, **fields}


def collecting(world: World, names: tuple[str, ...] = (), **fields: object) -> Json:
    market = world.market(*names, state="draft", opening_auction_s=0, closing_auction_s=60, **fields)
    changed = world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "auction"})["market"]
    assert changed["state"] == "auction"
    return market


def test_a_market_by_auctions_from_its_making_to_its_end(world: World) -> None:
    ada, grace = world.member("ada"), world.member("grace")
    market = collecting(world)
    path = f"/v3/markets/{market['id']}/"
    assert (market["opening_auction_s"], market["closing_auction_s"]) == (0, 60)
    (shown,) = world.anyone.ok("GET", path)["markets"]
    assert shown["auction"] == {"kind": "opening", "ends_datetime": None}
    assert (shown["state"], shown["version"]) == ("auction", 2)
    assert [each["state"] for each in world.anyone.ok("GET", "/v3/markets/?states=auction")["markets"]] == [
        "auction"
    ]
    first, second = (contract["id"] for contract in market["contracts"])
    assert world.anyone.ok("GET", f"{path}quotes/")[first] == {
        "bids": [],
        "offers": [],
        "indicative": {"price": None, "volume": 0, "imbalance": 0},
    }
    bid = ada.ok("POST", "/v3/orders/", order(market, side="buy", price=6000, quantity=150_000))
    assert (bid["state"], bid["executions"]) == ("created", [])
    sold = grace.ok("POST", "/v3/orders/", order(market, side="sell", type="market"))
    assert (sold["type"], sold["price"], sold["exposure"]) == ("market", None, "9.999")
    quotes = world.anyone.ok("GET", f"{path}quotes/")
    assert quotes[first]["indicative"] == {"price": 5000, "volume": 100_000, "imbalance": 50_000}
    assert quotes[first]["bids"] == [{"price": 6000, "quantity": 150_000}]
    assert quotes[first]["offers"] == [{"price": 1, "quantity": 100_000}]
    world.staff.ok("PATCH", path, {"state": "open"})
    (execution,) = world.anyone.ok("GET", f"{path}executions/")["executions"]
    assert (execution["price"], execution["quantity"], execution["taker_side"]) == (5000, 100_000, None)
    quotes = world.anyone.ok("GET", f"{path}quotes/")
    assert quotes == {
        first: {"bids": [{"price": 6000, "quantity": 50_000}], "offers": []},
        second: {"bids": [], "offers": []},
    }
    (shown,) = world.anyone.ok("GET", f"{path}?with_volumes=true")["markets"]
    assert (shown["state"], shown["volume"], "auction" in shown) == ("open", 100_000, False)
    filled = grace.ok("GET", f"/v3/orders/{sold['order_id']}/")["order"]
    assert (filled["state"], filled["average_price"]) == ("filled", "5000.00")
    assert (
        world.anyone.ok("GET", f"{path}last_executed_prices/")["last_executed_prices"][market["id"]][0][
            "last_executed_price"
        ]
        == 5000
    )
    world.staff.ok("PATCH", path, {"state": "auction"})
    (shown,) = world.anyone.ok("GET", path)["markets"]
    assert shown["auction"]["kind"] == "closing"
    assert shown["auction"]["ends_datetime"] is not None
    world.staff.ok("PATCH", path, {"state": "closed"})
    assert [each["type"] for each in world.anyone.ok("GET", f"{path}news/")["news"]] == [
        "closed",
        "auction",
        "opened",
        "auction",
        "created",
    ]


def test_a_market_order_shows_no_price_whatever_is_reserved_for_it(world: World) -> None:
    """9999 for a buy, which nobody who reads it would take for what it is."""
    ada = world.member("ada")
    ada.ok("PATCH", "/v3/privacy/", {"order": {"audience": "everyone", "detail": "amount"}})
    market = collecting(world)
    asked = order(market, side="buy", type="market")
    previewed = ada.ok("POST", "/v3/orders/?preview=true", asked)
    placed = ada.ok("POST", "/v3/orders/", asked)
    path = f"/v3/orders/{placed['order_id']}/"
    less = ada.ok("PATCH", path, {"quantity": 40_000})
    (listed,) = ada.ok("GET", "/v3/orders/")["orders"]
    shown = (previewed, placed, less, listed, ada.ok("GET", path)["order"])
    assert [(each["type"], each["price"]) for each in shown] == [("market", None)] * len(shown)
    entries = world.anyone.ok("GET", "/v3/members/ada/activity/")["activity"]
    (entry,) = [each for each in entries if each["kind"] == "order"]
    assert (entry["price"], entry["sentence"]) == (None, "ada asks to buy Gulls in Winner for 10.00.")
    pages = [ada.send("GET", each, headers={"Accept": "text/html"}).text for each in (path, "/v3/orders/")]
    assert "<dt>Price</dt> <dd>Any</dd>" in pages[0]
    assert all('class="price"' not in page for page in pages)


def test_a_price_belongs_to_all_orders_but_market_orders(world: World) -> None:
    ada = world.member("ada")
    market = collecting(world)
    for asked, kind, said in (
        (order(market, side="buy"), "invalid-price", "price: is missing"),
        (
            order(market, side="buy", type="market", price=5000),
            "invalid-price",
            "price: a market order has none",
        ),
    ):
        refused = ada.send("POST", "/v3/orders/", asked)
        assert refused.status_code == 422
        assert (refused.json["type"].rpartition(":")[2], refused.json["detail"]) == (kind, said)
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "open"})
    refused = ada.send("POST", "/v3/orders/", order(market, side="buy", type="market"))
    assert refused.status_code == 409
    assert refused.json["type"].endswith("not-in-auction")


@pytest.mark.parametrize("field", ["opening_auction_s", "closing_auction_s"])
def test_an_auction_lasts_a_week_at_most(world: World, field: str) -> None:
    body = {
        "event_id": world.event()["id"],
        "name": "Winner",
        "contracts": [{"name": "Gulls"}, {"name": "Herons"}],
    }
    too_long = world.staff.send("POST", "/v3/markets/", {**body, field: 7 * 24 * 3600 + 1})
    assert field in too_long.json["detail"]
    assert too_long.status_code == 422


def test_contracts_that_may_meet_do_so_as_the_auction_ends(world: World) -> None:
    members = [world.member(name) for name in ("ada", "ben", "cleo")]
    market = collecting(world, names=("Gulls", "Herons", "Terns"), cross_matching=True)
    path = f"/v3/markets/{market['id']}/"
    contracts = [contract["id"] for contract in market["contracts"]]
    placed = [
        member.ok("POST", "/v3/orders/", order(market, contract_id=contract, side="buy", price=price))
        for member, contract, price in zip(members, contracts, (5000, 3000, 2500), strict=True)
    ]
    assert [each["state"] for each in placed] == ["created"] * 3
    nothing = {"price": None, "volume": 0, "imbalance": 0}
    quotes = world.anyone.ok("GET", f"{path}quotes/")
    assert [quotes[each]["indicative"] for each in contracts] == [nothing] * 3
    assert [quotes[each]["offers"] for each in contracts] == [[]] * 3
    page = world.anyone.get(path, accept="text/html").text
    assert "by which the market opens; then buys, or sells, of all contracts may meet." in page
    assert "what orders for all others imply" not in page
    world.staff.ok("PATCH", path, {"state": "open"})
    executions = world.anyone.ok("GET", f"{path}executions/?sort=created")["executions"]
    assert [(each["contract_id"], each["price"], each["taker_side"]) for each in executions] == [
        (contracts[2], 2000, "buy"),
        (contracts[0], 5000, "sell"),
        (contracts[1], 3000, "sell"),
    ]
    orders = [
        member.ok("GET", f"/v3/orders/{each['order_id']}/")["order"]
        for member, each in zip(members, placed, strict=True)
    ]
    assert [(each["state"], each["average_price"]) for each in orders] == [
        ("filled", "5000.00"),
        ("filled", "3000.00"),
        ("filled", "2000.00"),
    ]
    world.staff.ok("PATCH", path, {"state": "auction"})
    world.staff.ok("PATCH", path, {"state": "closed"})
    world.staff.ok("PUT", f"{path}settlement/", {"winners": [contracts[1]], "reason": "first"})
    balances = [each.ok("GET", "/v3/accounts/")["account"]["balance"] for each in members]
    assert balances == ["995.00", "1007.00", "998.00"]
    assert world.staff.ok("GET", "/v3/ledger/reconciliation/")["reconciliation"]["ok"]


def test_what_a_market_s_page_says_it_would_trade_at_counts_every_level(world: World) -> None:
    """However few levels of the books it shows."""
    ada, grace = world.member("ada"), world.member("grace")
    market = collecting(world)
    for price in range(5100, 6100, 100):
        ada.ok("POST", "/v3/orders/", order(market, side="buy", price=price))
    grace.ok("POST", "/v3/orders/", order(market, side="sell", price=5000, quantity=1_000_000))
    contract = market["contracts"][0]["id"]
    told = world.anyone.ok("GET", f"/v3/markets/{market['id']}/quotes/")[contract]["indicative"]
    assert (told["price"], told["volume"], told["imbalance"]) == (5000, 1_000_000, 0)
    page = world.anyone.get(f"/v3/markets/{market['id']}/", accept="text/html").text
    assert '<data class="quantity" value="1000000">100.00</data> would trade at' in page
    assert "more is" not in page


def test_the_page_of_a_market_shows_its_auction_and_lets_staff_end_it(world: World) -> None:
    ada, grace = world.member("ada"), world.member("grace")
    market = collecting(world)
    ada.ok("POST", "/v3/orders/", order(market, side="buy", price=6000, quantity=150_000))
    grace.ok("POST", "/v3/orders/", order(market, side="sell", price=4000))
    path = f"/v3/markets/{market['id']}/"
    page = world.staff.get(path, accept="text/html").text
    assert "Orders are collected and trade at one price, by which the market opens." in page
    assert "would trade at" in page
    for choice in ("Open", "Halt", "Close"):
        assert f">{choice}</option>" in page
    assert ">Collect orders</option>" not in page
    assert "Auction" in world.anyone.get(f"{path}quotes/", accept="text/html").text
    world.staff.ok("PATCH", path, {"state": "open"})
    page = world.staff.get(path, accept="text/html").text
    assert ">Collect orders</option>" in page
    assert "Auction</td>" in page
    feed = world.anyone.get(f"{path}executions/", accept="application/atom+xml").text
    assert "in an auction" in feed
    assert ",,2" in world.anyone.get(f"{path}executions/", accept="text/csv").text
