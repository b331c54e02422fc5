"""Owns the tests of a market's history over HTTP: as JSON, as a page, as a table, as a chart.

Never tests how candles come about, or what a chart looks like: the projection's and the charts' tests do.
Called by pytest.
"""

import csv
import io
import re
from typing import Final

import pytest

from resources.charts.history import HEIGHT, WIDTH
from tests.resources.charts.drawn import parsed, texts
from tests.resources.world import Json, World, order_in

ANY_TIME: Final = "2026-05-17T14:00:00Z"


def traded(world: World, *names: str) -> Json:
    """A market in whose contracts 1.00 traded at 50 %, then 0.50 at 49 %."""
    market = world.market(*names)
    ada, ben = world.member("ada"), world.member("ben")
    for contract in market["contracts"]:
        for price, quantity in ((5_000, 10_000), (4_900, 5_000)):
            order = order_in(market, contract_id=contract["id"], price=price, quantity=quantity)
            ada.ok("POST", "/v3/orders/", order)
            ben.ok("POST", "/v3/orders/", {**order, "side": "sell"})
    return market


def history(world: World, market: Json, query: str = "") -> Json:
    return world.anyone.ok("GET", f"/v3/markets/{market['id']}/history/{query}")


def test_candles_are_told_for_each_contract(world: World) -> None:
    market = traded(world, "Gulls", "Herons")
    found = history(world, market)
    (candle,) = found["history"]["contracts"][0]["candles"]
    start = candle.pop("start_datetime")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:00:00\.000000Z", start)
    expected = {"open": 5_000, "high": 5_000, "low": 4_900, "close": 4_900, "volume": 15_000, "executions": 2}
    assert candle == expected
    assert found == {
        "history": {
            "market_id": market["id"],
            "name": "Winner",
            "interval": "1h",
            "contracts": [
                {
                    "contract_id": contract["id"],
                    "name": contract["name"],
                    "candles": [{**expected, "start_datetime": start}] if place else [candle],
                }
                for place, contract in enumerate(market["contracts"])
            ],
        },
        "pagination": {"next_page": None},
    }


@pytest.mark.parametrize("interval", ["1m", "5m", "1h", "1d"])
def test_each_interval_holds_every_execution(world: World, interval: str) -> None:
    found = history(world, traded(world, "Gulls"), f"?interval={interval}")
    candles = found["history"]["contracts"][0]["candles"]
    assert found["history"]["interval"] == interval
    assert sum(candle["volume"] for candle in candles) == 15_000


def test_contracts_are_chosen(world: World) -> None:
    market = traded(world, "Gulls", "Herons", "Terns")
    first, _, third = (contract["id"] for contract in market["contracts"])
    found = history(world, market, f"?contract_ids={third},{first}")
    assert [each["contract_id"] for each in found["history"]["contracts"]] == [third, first]


def test_bounds_leave_out_what_is_before_and_after(world: World) -> None:
    market = traded(world, "Gulls")
    (start,) = (
        candle["start_datetime"] for candle in history(world, market)["history"]["contracts"][0]["candles"]
    )
    for query, count in ((f"?from={start}", 1), (f"?to={start}", 0), ("?from=9999-01-01T00:00:00Z", 0)):
        found = history(world, market, query)
        assert len(found["history"]["contracts"][0]["candles"]) == count


def test_further_pages_go_back_in_time(world: World) -> None:
    market = traded(world, "Gulls")
    latest = history(world, market)["history"]["contracts"][0]["candles"]
    world.clock.now += 2 * 3_600 * 1_000_000
    ada, ben = world.sign_in("ada"), world.sign_in("ben")
    ada.ok("POST", "/v3/orders/", order_in(market, price=6_000))
    ben.ok("POST", "/v3/orders/", order_in(market, price=6_000, side="sell"))
    newest = history(world, market, "?limit=1")
    assert [candle["close"] for candle in newest["history"]["contracts"][0]["candles"]] == [6_000]
    older = history(world, market, newest["pagination"]["next_page"])
    assert older["history"]["contracts"][0]["candles"] == latest
    assert older["pagination"] == {"next_page": None}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("interval=2m", "interval"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("contract_ids=x", "contract_ids[0]"),
        ("from=yesterday", "from"),
        ("from=1969-12-31T23:59:59Z", "from"),
        ("to=1969-12-31T23:59:59Z", "to"),
        ("cursor=x", "cursor"),
    ],
)
def test_a_wrong_parameter_is_named(world: World, query: str, field: str) -> None:
    result = world.anyone.get(f"/v3/markets/{world.market()['id']}/history/?{query}")
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("market", ["99", "x", "0"])
def test_an_unknown_market_has_no_history(world: World, market: str) -> None:
    assert world.anyone.get(f"/v3/markets/{market}/history/").status_code == 404


def test_the_table_has_a_line_for_each_candle(world: World) -> None:
    market = traded(world, '=Gulls "1"', "Herons")
    result = world.anyone.get(f"/v3/markets/{market['id']}/history/", accept="text/csv")
    assert result.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    head, *lines = list(csv.reader(io.StringIO(result.text, newline="")))
    assert head == [
        "contract_id",
        "name",
        "start_datetime",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "executions",
    ]
    assert [[*line[:2], *line[3:]] for line in lines] == [
        [contract["id"], name, "5000", "5000", "4900", "4900", "15000", "2"]
        for contract, name in zip(market["contracts"], ('\'=Gulls "1"', "Herons"), strict=True)
    ]


def test_the_chart_is_a_picture_by_itself(world: World) -> None:
    market = traded(world, "Gulls", "<Herons>")
    result = world.anyone.get(f"/v3/markets/{market['id']}/history/", accept="image/svg+xml")
    assert result.headers["content-type"] == "image/svg+xml"
    assert texts(parsed(result.content), "full") == ["Gulls", "<Herons>"]


def test_a_browser_that_wants_a_picture_gets_one(world: World) -> None:
    wanted = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
    result = world.anyone.get(f"/v3/markets/{world.market()['id']}/history/", accept=wanted)
    assert "No executions in this time" in texts(parsed(result.content))


def test_the_page_shows_the_chart_with_the_same_parameters(world: World) -> None:
    market = traded(world, "Gulls", "Herons")
    path = f"/v3/markets/{market['id']}/history/"
    page = world.anyone.get(f"{path}?interval=5m", accept="application/xhtml+xml").text
    assert f'<img src="{path}?interval=5m&amp;format=svg" width="{WIDTH}" height="{HEIGHT}"' in page
    assert "<h1>Winner: history</h1>" in page
    assert page.count('<details class="panel">') == 2
    assert '<td class="figure"><data class="price" value="5000">50\N{NO-BREAK SPACE}%</data></td>' in page
    assert f'<a href="{path}?interval=5m" aria-current="true">Five minutes</a>' in page
    assert f'<link rel="up" href="/v3/markets/{market["id"]}/" title="Winner" />' in page


def test_the_page_of_one_contract_shows_its_figures_at_once(world: World) -> None:
    path = f"/v3/markets/{traded(world, 'Gulls')['id']}/history/"
    assert '<details class="panel" open="open">' in world.anyone.get(path, accept="text/html").text
    quiet = f"/v3/markets/{world.market()['id']}/history/"
    assert world.anyone.get(quiet, accept="text/html").text.count("Nothing has been executed") == 2
