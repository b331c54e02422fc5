"""Owns the tests of previews on pages: what the button shows in words, and that just this can be placed.

Never repeats what a preview is answered with.
Called by pytest.
"""

import pytest

from tests.resources.browsing import Browser, Page
from tests.resources.test_forms import signed_in
from tests.resources.world import Json, World, order_in


@pytest.fixture
def market(world: World) -> Json:
    """Where 8 is offered at 50 % and 4 at 51 %."""
    made = world.market(commission="0.02")
    ben = world.member("ben")
    for price, quantity in ((5_000, 80_000), (5_100, 40_000)):
        ben.ok("POST", "/v3/orders/", order_in(made, side="sell", price=price, quantity=quantity))
    return made


@pytest.fixture
def ada(world: World) -> Browser:
    world.member("ada")
    return signed_in(world, "ada")


def previewed(browser: Browser, market: Json, **given: str) -> Page:
    form = browser.get(f"/v3/markets/{market['id']}/").form("Place an order").by("Preview")
    contract_id = market["contracts"][0]["id"]
    standard = {"contract_id": contract_id, "side": "buy", "price": "52", "quantity": "20"}
    return browser.submit(form, standard | given)


def figures(page: Page) -> dict[str, str]:
    return {
        " ".join("".join(div[0].itertext()).split()): " ".join("".join(div[1].itertext()).split())
        for div in page.root.iter("div")
        if len(div) == 2 and div[0].tag == "dt"
    }


def test_the_page_says_in_words_what_would_become_of_the_order(
    world: World, ada: Browser, market: Json
) -> None:
    before = world.substance()
    page = previewed(ada, market)
    assert (page.status, page.heading) == (200, "Preview of an order")
    assert page.html_tree() == page.xml_tree()
    for sentence in (
        "Nothing has happened yet.",
        "8.00 would fill at 50\N{NO-BREAK SPACE}%.",
        "4.00 would fill at 51\N{NO-BREAK SPACE}%.",
        "8.00 would rest at 52\N{NO-BREAK SPACE}%.",
    ):
        assert " ".join(sentence.split()) in page.main
    shown = figures(page)
    assert shown["Exposure"] == "10.20 before 0.00"
    assert shown["Exposure in this market"] == "10.20 before 0.00"
    assert shown["Available then"] == "989.80"
    name = market["contracts"][0]["name"]
    assert shown[f"Profit if {name} wins"] == "+9.80 if all of it fills"
    assert shown["Commission on that"] == "0.20"
    assert world.substance() == before


def test_what_is_shown_can_be_placed_once(world: World, ada: Browser, market: Json) -> None:
    page = previewed(ada, market, reference_id="mine", self_trade="cancel_maker", market_version="2")
    form = page.form("Place this order")
    placed = ada.submit(form)
    assert placed.status == 200
    assert ada.submit(form).path == placed.path
    (order,) = world.sign_in("ada").ok("GET", "/v3/orders/")["orders"]
    assert placed.path == f"/v3/orders/{order['id']}/"
    asked = ("price", "quantity", "reference_id", "self_trade", "type", "total_executed_quantity")
    assert [order[field] for field in asked] == [
        5_200,
        200_000,
        "mine",
        "cancel_maker",
        "good_til_cancelled",
        120_000,
    ]


def test_a_timed_order_that_only_rests_is_placed_as_previewed(
    world: World, ada: Browser, market: Json
) -> None:
    given = {"type": "good_til_date", "good_til": "2029-01-01T12:00", "post_only": "true"}
    page = previewed(ada, market, price="49.5", **given)
    assert "Nothing would fill at once." in page.main
    ada.submit(page.form("Place this order"))
    (order,) = world.sign_in("ada").ok("GET", "/v3/orders/")["orders"]
    assert (order["price"], order["post_only"], order["good_til"]) == (
        4_950,
        True,
        "2029-01-01T12:00:00.000000Z",
    )


def test_what_would_be_cancelled_and_what_a_sale_wins(world: World, ada: Browser, market: Json) -> None:
    page = previewed(ada, market, side="sell", type="immediate_or_cancel")
    assert "20.00 would be cancelled: insufficient liquidity." in page.main
    name = market["contracts"][0]["name"]
    assert figures(page)[f"Profit if {name} does not win"] == "0.00"
    own = world.sign_in("ada").ok("POST", "/v3/orders/", order_in(market, price=4_000))["order_id"]
    page = previewed(ada, market, side="sell", price="40", self_trade="cancel_maker")
    assert f"order {own} would be cancelled on the way." in page.main


def test_a_preview_that_is_refused_can_be_put_right_and_placed(
    world: World, ada: Browser, market: Json
) -> None:
    page = previewed(ada, market, quantity="100000")
    assert page.status == 422
    form = page.form("Place an order")
    assert form.action == "/v3/orders/"
    again = ada.submit(form.by("Preview"), {"quantity": "1"})
    assert again.heading == "Preview of an order"
    assert world.sign_in("ada").ok("GET", "/v3/orders/")["orders"] == []
    placed = ada.submit(form, {"quantity": "1"})
    assert placed.path.startswith("/v3/orders/")


def test_orders_are_previewed_from_their_list_too(world: World, ada: Browser, market: Json) -> None:
    form = ada.get("/v3/orders/").form("Place an order").by("Preview")
    contract_id = market["contracts"][0]["id"]
    given = {"market_id": market["id"], "contract_id": contract_id, "price": "12", "quantity": "5"}
    page = ada.submit(form, given)
    assert "5.00 would rest at 12" in page.main


def test_a_market_that_collects_says_so(world: World, ada: Browser) -> None:
    made = world.market(opening_auction_s=0, state="draft")
    world.staff.ok("PATCH", f"/v3/markets/{made['id']}/", {"state": "auction"})
    page = previewed(ada, made)
    assert "The market collects orders" in page.main
