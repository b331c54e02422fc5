"""Owns the tests of what everybody sees of trading: quotes, executions, volumes.

Never tests how documents come about: the projection's tests do.
Called by pytest.
"""

import csv
import io

import pytest

from tests.resources.world import Json, World, all_pages, order_in


def traded(world: World) -> Json:
    """A market where 1.00 and then 0.50 traded, and where something rests on both sides."""
    market = world.market()
    ada, ben = world.member("ada"), world.member("ben")
    for price, quantity in ((5000, 10_000), (4900, 20_000), (4900, 5_000), (4000, 1_000)):
        ada.ok("POST", "/v3/orders/", order_in(market, price=price, quantity=quantity))
    ben.ok("POST", "/v3/orders/", order_in(market, side="sell", price=4900, quantity=15_000))
    ben.ok("POST", "/v3/orders/", order_in(market, side="sell", price=6000, quantity=7_000))
    return market


def test_quotes_are_flat_and_best_first(world: World) -> None:
    market = traded(world)
    gulls, herons = (contract["id"] for contract in market["contracts"])
    assert world.anyone.ok("GET", f"/v3/markets/{market['id']}/quotes/") == {
        gulls: {
            "bids": [{"price": 4900, "quantity": 20_000}, {"price": 4000, "quantity": 1_000}],
            "offers": [{"price": 6000, "quantity": 7_000}],
        },
        herons: {"bids": [], "offers": []},
    }


def test_quotes_have_a_depth(world: World) -> None:
    market = traded(world)
    path = f"/v3/markets/{market['id']}/quotes/"
    quotes = world.anyone.ok("GET", f"{path}?depth=1")
    assert quotes[market["contracts"][0]["id"]]["bids"] == [{"price": 4900, "quantity": 20_000}]
    for depth in ("0", "1001", "deep"):
        result = world.anyone.get(f"{path}?depth={depth}")
        assert (result.status_code, result.json["errors"][0]["field"]) == (422, "depth")


def test_the_quotes_of_several_markets_come_together(world: World) -> None:
    first, second = world.market(), world.market()
    quotes = world.anyone.ok("GET", f"/v3/markets/{first['id']},{second['id']}/quotes/")
    assert len(quotes) == 4


def test_executions_are_newest_first_and_tell_nobody(world: World) -> None:
    market = traded(world)
    executions = world.anyone.ok("GET", f"/v3/markets/{market['id']}/executions/")["executions"]
    for execution in executions:
        assert execution.pop("created_datetime").endswith("Z")
    common = {"market_id": market["id"], "contract_id": market["contracts"][0]["id"], "taker_side": "sell"}
    assert executions == [
        {**common, "execution_id": "2", "price": 4900, "quantity": 5_000},
        {**common, "execution_id": "1", "price": 5000, "quantity": 10_000},
    ]


def test_executions_are_paged(world: World) -> None:
    path = f"/v3/markets/{traded(world)['id']}/executions/"
    executions = all_pages(world.anyone, path, "?limit=1", "executions")
    assert [execution["execution_id"] for execution in executions] == ["2", "1"]
    assert world.anyone.ok("GET", f"{path}?sort=created&limit=1")["executions"][0]["execution_id"] == "1"


@pytest.mark.parametrize("query", ["sort=price", "limit=0", "cursor=x"])
def test_a_wrong_parameter_of_executions_is_named(world: World, query: str) -> None:
    result = world.anyone.get(f"/v3/markets/{world.market()['id']}/executions/?{query}")
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, query.partition("=")[0])


def test_executions_are_a_table_too(world: World) -> None:
    path = f"/v3/markets/{traded(world)['id']}/executions/"
    executions = world.anyone.ok("GET", path)["executions"]
    rows = csv.DictReader(io.StringIO(world.anyone.get(path, accept="text/csv").text, newline=""))
    assert list(rows) == [{name: str(value) for name, value in each.items()} for each in executions]


def test_a_volume_counts_each_execution_once(world: World) -> None:
    market, quiet = traded(world), world.market()
    assert world.anyone.ok("GET", f"/v3/markets/{quiet['id']},{market['id']}/volumes/") == {
        "volumes": [
            {"market_id": quiet["id"], "volume": 0},
            {"market_id": market["id"], "volume": 15_000},
        ]
    }
