"""Owns the tests of following: members, markets and events, by JSON and by forms.

Never tests what is shown of what is followed.
Called by pytest.
"""

import pytest

from resources.following import TARGETS
from tests.resources.browsing import Browser, words
from tests.resources.test_forms import signed_in
from tests.resources.world import World, all_pages


@pytest.fixture
def ben(world: World) -> Browser:
    world.member("ada")
    world.member("ben")
    return signed_in(world, "ben")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("members/ada", {"type": "member", "username": "ada"}),
        ("markets/1", {"type": "market", "market_id": "1"}),
        ("events/1", {"type": "event", "event_id": "1"}),
    ],
)
def test_what_is_put_is_there_until_it_is_deleted(world: World, path: str, shown: dict[str, str]) -> None:
    world.market()
    world.member("ada")
    ben, place = world.member("ben"), f"/v3/following/{path}/"
    assert ben.get(place).status_code == 404
    assert ben.ok("PUT", place) == {"follow": shown}
    assert ben.ok("PUT", place) == {"follow": shown}
    followed = ben.ok("GET", place)["follow"]
    assert followed == {**shown, "created_datetime": followed["created_datetime"]}
    assert ben.ok("GET", "/v3/following/")["following"] == [followed]
    for _ in range(2):
        assert ben.send("DELETE", place).status_code == 204
    assert ben.get(place).status_code == 404
    assert ben.ok("GET", "/v3/following/") == {"following": [], "pagination": {"next_page": None}}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("target", TARGETS)
def test_what_is_not_there_cannot_be_followed(world: World, method: str, target: object) -> None:
    path = next(each for each in TARGETS if each is target).pattern.partition("{")[0]
    for name in ("99", "nobody"):
        assert world.member(f"ben{name}").send(method, f"{path}{name}/").status_code == 404


def test_nobody_follows_themselves(world: World) -> None:
    result = world.member("ada").send("PUT", "/v3/following/members/ada/")
    assert (result.status_code, result.json["error_type"]) == (403, "NOT_ALLOWED")


def test_the_list_is_newest_first_by_type_and_page_by_page(world: World) -> None:
    world.market()
    ben = world.member("ben")
    for name in ("ada", "cleo"):
        world.member(name)
    paths = ("members/ada", "events/1", "members/cleo", "markets/1")
    for path in paths:
        ben.ok("PUT", f"/v3/following/{path}/")
    listed = all_pages(ben, "/v3/following/", "?limit=1", "following")
    assert [each["type"] for each in listed] == ["market", "member", "event", "member"]
    members = all_pages(ben, "/v3/following/", "?limit=1&type=member", "following")
    assert [each["username"] for each in members] == ["cleo", "ada"]
    assert ben.get("/v3/following/?type=word").status_code == 422


def test_the_page_of_the_list_calls_things_by_their_names(world: World, ben: Browser) -> None:
    market = world.market()
    visitor = world.sign_in("ben")
    for path in ("members/ada", "events/1", "markets/1"):
        visitor.ok("PUT", f"/v3/following/{path}/")
    shown = {each.get("href"): words(each) for each in ben.get("/v3/following/").root.iter("a")}
    assert shown["/v3/markets/1/"] == market["name"]
    assert shown["/v3/events/1/"] == "Harbour Cup"
    assert shown["/v3/members/ada/"] == "ada"
    visitor.ok("PATCH", "/v3/privacy/", {"follow": {"audience": "everyone"}})
    assert market["name"] in ben.get("/v3/members/ben/following/").main


@pytest.mark.parametrize("place", ["/v3/members/ada/", "/v3/markets/1/", "/v3/events/1/"])
def test_a_page_has_a_form_to_follow_what_it_is_about_and_then_one_to_end_that(
    world: World, ben: Browser, place: str
) -> None:
    world.market()
    page = ben.submit(ben.get(place).form("Follow"))
    assert (page.path, page.status) == (place, 200)
    assert len(world.sign_in("ben").ok("GET", "/v3/following/")["following"]) == 1
    page = ben.submit(page.form("Unfollow"))
    assert page.path == place
    assert page.form("Follow").fields


def test_the_page_of_what_is_followed_ends_it(world: World, ben: Browser) -> None:
    ben.submit(ben.get("/v3/members/ada/").form("Follow"))
    page = ben.submit(ben.get("/v3/following/members/ada/").form("Unfollow"))
    assert page.path == "/v3/members/ada/"
    assert "Follow" in [form.title for form in page.forms]
    own = ben.get("/v3/members/ben/")
    assert {form.title for form in own.forms}.isdisjoint({"Follow", "Block", "Mute"})
