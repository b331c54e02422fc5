"""Owns the tests of what pages show beside a content: that it is there, and for whom.

Never tests how it looks.
Called by pytest.
"""

from typing import NamedTuple, cast

from couch_views.queries import catalogue
from couch_views.queries.orders import orders
from resources.pages import asides
from resources.representations import Json
from resources.toolkit.http import HttpRequest
from resources.toolkit.view import View
from resources.toolkit.visitor import Member
from tests.resources.world import World, order_in


class Look(NamedTuple):
    """Who looks, and whether at a page."""

    visitor: Member | None = None
    for_page: bool = True


def member_of(world: World, username: str) -> Member:
    account = world.sign_in(username).ok("GET", "/v3/accounts/")["account"]
    return Member(int(account["account_id"]), username, 1, staff=False)


def test_nothing_is_read_for_who_looks_at_no_page(world: World) -> None:
    world.market()
    world.member("ada")
    look = Look(member_of(world, "ada"), for_page=False)
    markets = catalogue.markets(world.documents).items
    events = catalogue.events(world.documents).items
    assert asides.purse(world.documents, look) == {}
    assert asides.of_markets(world.documents, look, markets) == {}
    assert asides.of_events(world.documents, look, events) == {}
    assert asides.of_home(world.documents, look) == {}
    assert asides.of_ids(world.documents, look, [{"market_id": "1"}]) == {}


def test_the_visitor_s_money_is_theirs_alone(world: World) -> None:
    world.member("ada", "12.00")
    world.member("ben", None)
    ada, ben, nobody = Look(member_of(world, "ada")), Look(member_of(world, "ben")), Look()
    shown = cast("Json", asides.purse(world.documents, ada)["account"])
    assert shown["available_balance"] == "12.00"
    shown = cast("Json", asides.purse(world.documents, ben)["account"])
    assert shown["available_balance"] == "0.00"
    assert asides.purse(world.documents, nobody) == {}
    assert asides.purse(world.documents, Look(Member(99, "new", 1, staff=False))) == {}


def test_markets_come_with_their_best_prices(world: World) -> None:
    market = world.market(*(f"Boat {number}" for number in range(7)))
    ada = world.member("ada")
    for price in (3900, 4000):
        ada.ok("POST", "/v3/orders/", order_in(market, price=price))
    world.member("ben").ok("POST", "/v3/orders/", order_in(market, side="sell", price=4000, quantity=4_000))
    (board,) = asides.boards(world.documents, catalogue.markets(world.documents).items)
    assert (board["name"], board["state"], board["volume"], board["more"]) == ("Winner", "open", 4_000, 2)
    first, second, *_ = cast("list[Json]", board["contracts"])
    assert (first["bids"], first["offers"], first["last"]) == ([[4000, 6_000]], [], 4000)
    assert (second["bids"], second["last"], second["volume"]) == ([], None, 0)


def test_the_home_shows_what_trades_event_by_event(world: World) -> None:
    for state in ("open", "draft", "halted", "closed"):
        world.market(state=state)
    groups = cast("list[list[Json]]", asides.of_home(world.documents, Look())["events"])
    assert [[board["id"] for board in boards] for boards in groups] == [["3"], ["1"]]


def test_an_event_comes_with_its_markets_and_several_without(world: World) -> None:
    world.market()
    world.market()
    events = catalogue.events(world.documents).items
    boards = cast("list[Json]", asides.of_events(world.documents, Look(), events[:1])["boards"])
    assert [board["id"] for board in boards] == ["1"]
    assert asides.of_events(world.documents, Look(), events) == {}


def test_ids_are_named(world: World) -> None:
    market = world.market()
    ada = world.member("ada")
    ada.ok("POST", "/v3/orders/", order_in(market))
    member = member_of(world, "ada")
    (order,) = orders(world.documents, member.account_id).items
    aside = asides.of_order(world.documents, Look(member), order)
    named = {"name": "Winner", "event": "Harbour Cup", "contracts": {"1": "Gulls", "2": "Herons"}}
    assert aside["names"] == {"1": named}
    assert aside["fills"] == []
    assert asides.of_order(world.documents, Look(member, for_page=False), order) == {}
    assert asides.of_ids(world.documents, Look(), [{"market_id": None}])["names"] == {}


def test_a_page_is_about_one_thing_or_a_list() -> None:
    def view(content: Json) -> View:
        return View(HttpRequest("GET", "/"), "/", {}, None, 200, "", content, {})

    thing = {"id": "1"}
    assert asides.only(view({"things": [thing]}), "things") == thing
    assert asides.only(view({"things": [thing, thing]}), "things") is None
    assert asides.only(view({"things": [thing], "pagination": {}}), "things") is None
    assert asides.only(view({"thing": thing}), "things") is None
