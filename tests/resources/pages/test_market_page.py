"""Owns the tests of what the page of one market shows beside it, and of the forms that its state allows.

Never tests how it looks.
Called by pytest.
"""

from typing import cast

import pytest

from couch_views.queries import catalogue
from resources.pages.market_page import cancel_form, market_forms, of_market, preset
from resources.representations import Json
from resources.toolkit.http import HttpRequest
from resources.toolkit.view import View
from tests.resources.pages.test_asides import Look, member_of
from tests.resources.world import World, order_in


def test_it_shows_the_book_and_to_each_their_own(world: World) -> None:
    market = world.market()
    ada = world.member("ada")
    world.member("ben").ok("POST", "/v3/orders/", order_in(market, side="sell", price=4000))
    ada.ok("POST", "/v3/orders/", order_in(market, price=4000))
    ada.ok("POST", "/v3/orders/", order_in(market, price=3900))
    (document,) = catalogue.markets(world.documents).items
    assert of_market(world.documents, Look(for_page=False), document) == {}
    public = of_market(world.documents, Look(), document)
    assert public.keys() == {"board", "names", "left", "executions", "comments", "settlement_reason"}
    (execution,) = cast("list[Json]", public["executions"])
    assert execution["price"] == 4000
    own = of_market(world.documents, Look(member_of(world, "ada")), document)
    assert [order["price"] for order in cast("list[Json]", own["orders"])] == [3900]
    assert [held["quantity"] for held in cast("list[Json]", own["positions"])] == [10_000]
    world.member("cleo")
    others = of_market(world.documents, Look(member_of(world, "cleo")), document)
    assert (others["orders"], others["positions"]) == ([], [])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("draft", ["POST", "PATCH"]),
        ("open", ["POST", "POST", "DELETE", "POST", "PATCH", "PATCH"]),
        ("halted", ["DELETE", "POST", "PATCH", "PATCH"]),
        ("closed", ["DELETE", "POST", "PUT"]),
        ("settled", ["DELETE", "POST", "PUT"]),
    ],
)
def test_its_state_says_which_forms_there_are(state: str, expected: list[str]) -> None:
    no_auctions = {"opening_auction_s": None, "closing_auction_s": None}
    market: dict[str, object] = {
        "id": "7",
        "state": state,
        "in_play": False,
        "winner_count": 1,
        **no_auctions,
    }
    orders = [] if state == "draft" else [{"id": "16"}]
    aside = {"board": {}, "names": {"1": "Gulls"}, "left": ["1"], "orders": orders}
    view = View(
        HttpRequest("GET", "/v3/markets/7"), "/v3/markets/7/", {}, None, 200, "", {"markets": [market]}, aside
    )
    assert [use.method for use in market_forms(view)] == expected
    assert list(market_forms(view._replace(aside={}))) == []
    assert list(market_forms(view._replace(content={"markets": [market, market]}))) == []


def test_who_follows_a_price_finds_it_in_the_form() -> None:
    assert preset("contract_id=2&side=sell&price=3900&other=x") == {
        "contract_id": "2",
        "side": "sell",
        "price": "39",
        "quantity": "10.00",
        "type": "good_til_cancelled",
    }
    assert preset("")["side"] == "buy"


def test_a_button_cancels_an_order() -> None:
    use = cancel_form({"id": "16"})
    assert (use.method, use.path, use.title) == ("DELETE", "/v3/orders/16/", "Cancel")
