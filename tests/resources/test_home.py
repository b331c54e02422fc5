"""Owns the tests of the home of the API.

Never starts a process: what isn't ready is a stopped host, a missing document store or a missing marker.
Called by pytest.
"""

import pytest

from tests.resources.browsing import Browser
from tests.resources.world import PASSWORD, STAFF_PASSWORD, World


@pytest.mark.parametrize("path", ["/", "/v3", "/v3/"])
def test_home_links_to_resources_that_are_there(world: World, path: str) -> None:
    home = world.anyone.ok("GET", path)
    assert home["name"] == "Credence"
    for link in home["links"].values():
        result = world.staff.send("OPTIONS", link)
        assert result.status_code == 204
        assert link.endswith(("/", ".json"))


def test_a_page_leads_everybody_only_to_where_they_may_go(world: World) -> None:
    world.member("ada")
    led = {}
    for name, password in (("", ""), ("ada", PASSWORD), ("staff", STAFF_PASSWORD)):
        browser = Browser(world.client)
        if name:
            given = {"username": name, "password": password}
            browser.submit(browser.get("/v3/sessions/").form("Sign in"), given)
        led[name] = {str(each.get("href")) for each in browser.get("/v3/").root.iter("a")}
    for path, who in (
        ("/v3/leaderboards/", ["", "ada", "staff"]),
        ("/v3/privacy/", ["ada", "staff"]),
        ("/v3/staff/actions/", ["staff"]),
    ):
        assert [name for name in led if path in led[name]] == who


def test_home_waits_for_the_first_start(world: World) -> None:
    world.settings.first_start_marker.unlink()
    result = world.anyone.get("/")
    assert (result.status_code, result.headers["retry-after"]) == (503, "1")
    world.settings.first_start_marker.touch()
    assert world.anyone.get("/").status_code == 200


@pytest.mark.parametrize("stream", ["accounts-0", "accounts-1"])
def test_without_its_account_hosts_the_exchange_is_not_ready(world: World, stream: str) -> None:
    world.exchange.stop(stream)
    assert world.anyone.get("/").status_code == 503
    world.exchange.restart(stream)
    assert world.anyone.get("/").status_code == 200
