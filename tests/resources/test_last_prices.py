"""Owns the tests of last executed prices over HTTP: as JSON, as a page, as a table, as a chart.

Never tests what a chart looks like: the charts' tests do.
Called by pytest.
"""

import csv
import io

from tests.resources.charts.drawn import parsed, texts
from tests.resources.world import Json, World, order_in


def traded(world: World) -> Json:
    """A market whose first contract traded at 49 %."""
    market = world.market()
    world.member("ada").ok("POST", "/v3/orders/", order_in(market, price=4_900))
    world.member("ben").ok("POST", "/v3/orders/", order_in(market, price=4_900, side="sell"))
    return market


def test_last_prices_are_told_for_each_contract(world: World) -> None:
    market = traded(world)
    prices = world.anyone.ok("GET", f"/v3/markets/{market['id']}/last_executed_prices/")
    gulls, herons = prices["last_executed_prices"][market["id"]]
    assert (gulls["contract_id"], gulls["last_executed_price"]) == (market["contracts"][0]["id"], 4_900)
    assert gulls["timestamp"].endswith("Z")
    assert (herons["last_executed_price"], herons["timestamp"]) == (None, None)


def test_the_table_has_a_line_for_each_contract(world: World) -> None:
    market, quiet = traded(world), world.market("Yes", name="Open?")
    path = f"/v3/markets/{quiet['id']},{market['id']}/last_executed_prices/"
    head, *lines = csv.reader(io.StringIO(world.anyone.get(path, accept="text/csv").text, newline=""))
    assert head == ["market_id", "market", "contract_id", "contract", "last_executed_price", "timestamp"]
    assert [line[:5] for line in lines] == [
        [quiet["id"], "Open?", quiet["contracts"][0]["id"], "Yes", ""],
        [market["id"], "Winner", market["contracts"][0]["id"], "Gulls", "4900"],
        [market["id"], "Winner", market["contracts"][1]["id"], "Herons", ""],
    ]
    assert [line[5][-1:] for line in lines] == ["", "Z", ""]


def test_the_chart_has_a_bar_for_each_contract(world: World) -> None:
    path = f"/v3/markets/{traded(world)['id']}/last_executed_prices/"
    drawn = texts(parsed(world.anyone.get(path, accept="image/svg+xml").content), "ink")
    assert drawn == ["Winner", "Gulls", "49%", "Herons"]


def test_the_page_names_contracts_and_shows_the_chart(world: World) -> None:
    path = f"/v3/markets/{traded(world)['id']}/last_executed_prices/"
    page = world.anyone.get(path, accept="text/html").text
    assert f'<img src="{path}?format=svg"' in page
    gulls, herons = page.split('<th scope="row">')[1:]
    assert gulls.startswith("Gulls</th>")
    assert '<data class="price" value="4900">' in gulls
    assert herons.startswith("Herons</th>")
    assert '<span class="none">never</span>' in herons


def test_an_unknown_market_has_no_prices(world: World) -> None:
    assert world.anyone.get("/v3/markets/99/last_executed_prices/").status_code == 404
