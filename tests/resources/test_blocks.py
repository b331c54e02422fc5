"""Owns the tests of blocking and muting, by JSON and by forms.

Never tests what is hidden by it: the tests of the filter do.
Called by pytest.
"""

import pytest

from tests.resources.test_forms import signed_in
from tests.resources.world import World, all_pages


@pytest.mark.parametrize("name", ["block", "mute"])
def test_what_is_put_is_there_until_it_is_deleted(world: World, name: str) -> None:
    ada, ben = world.member("ada"), world.member("ben")
    place = f"/v3/{name}s/ben/"
    assert ada.get(place).status_code == 404
    for _ in range(2):
        assert ada.ok("PUT", place) == {name: {"username": "ben"}}
    since = ada.ok("GET", place)[name]["created_datetime"]
    assert ada.ok("GET", f"/v3/{name}s/")[f"{name}s"] == [{"username": "ben", "created_datetime": since}]
    assert ben.ok("GET", f"/v3/{name}s/")[f"{name}s"] == []
    assert ben.get(f"/v3/{name}s/ada/").status_code == 404
    for _ in range(2):
        assert ada.send("DELETE", place).status_code == 204
    assert ada.ok("GET", f"/v3/{name}s/")[f"{name}s"] == []


@pytest.mark.parametrize("name", ["block", "mute"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_there_must_be_somebody_and_it_must_be_somebody_else(world: World, name: str, method: str) -> None:
    ada = world.member("ada")
    assert ada.send(method, f"/v3/{name}s/nobody/").status_code == 404
    if method == "PUT":
        assert ada.send(method, f"/v3/{name}s/ada/").status_code == 403


def test_a_block_ends_both_follows_and_forbids_new_ones(world: World) -> None:
    ada, ben = world.member("ada"), world.member("ben")
    ada.ok("PUT", "/v3/following/members/ben/")
    ben.ok("PUT", "/v3/following/members/ada/")
    ada.ok("PUT", "/v3/blocks/ben/")
    for visitor, other in ((ada, "ben"), (ben, "ada")):
        assert visitor.ok("GET", "/v3/following/")["following"] == []
        assert visitor.send("PUT", f"/v3/following/members/{other}/").status_code == 403
    assert ada.send("DELETE", "/v3/blocks/ben/").status_code == 204
    assert ben.send("PUT", "/v3/following/members/ada/").status_code == 200


def test_lists_go_page_by_page(world: World) -> None:
    ada = world.member("ada")
    for name in ("ben", "cleo", "dan"):
        world.member(name, money=None)
        ada.ok("PUT", f"/v3/mutes/{name}/")
    listed = all_pages(ada, "/v3/mutes/", "?limit=2", "mutes")
    assert sorted(each["username"] for each in listed) == ["ben", "cleo", "dan"]


@pytest.mark.parametrize("name", ["Block", "Mute"])
def test_the_page_of_a_member_has_the_forms(world: World, name: str) -> None:
    world.member("ada")
    world.member("ben")
    browser = signed_in(world, "ada")
    page = browser.submit(browser.get("/v3/members/ben/").form(name))
    assert page.path == "/v3/members/ben/"
    ended = f"Un{name.lower()}"
    assert browser.get(f"/v3/{name.lower()}s/ben/").form(ended).fields
    page = browser.submit(page.form(ended))
    assert page.form(name).fields
