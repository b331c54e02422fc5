"""Owns the tests of private feeds: who has the address reads, and no longer than its member wants.

Never tests what stands in a stream.
Called by pytest.
"""

import logging

import feedparser
import pytest
from structlog.testing import capture_logs

from actors.machines import limits
from resources.app import SECRET_PLACES, note_failure
from resources.toolkit.http import HttpRequest
from tests.resources.test_activity import told, traded
from tests.resources.world import Visitor, World


def renewed(visitor: Visitor) -> str:
    """The address of a new private feed."""
    return str(visitor.ok("POST", "/v3/feeds/")["feed"]["path"])


def test_a_feed_reader_sees_what_its_member_sees(world: World) -> None:
    traded(world)
    ada = world.sign_in("ada")
    ada.ok("PUT", "/v3/following/members/ben/")
    path = renewed(ada)
    feed = feedparser.parse(world.anyone.get(path).content)
    assert not feed.bozo
    assert feed.feed.title == "What you follow"
    assert [entry.title.replace("\N{NO-BREAK SPACE}", " ") for entry in feed.entries] == told(
        ada, "/v3/activity/"
    )
    own = world.anyone.ok("GET", f"{path}?stream=own&format=json")["activity"]
    assert own == ada.ok("GET", "/v3/members/ada/activity/")["activity"]
    assert "asks to buy" in str(own), "what others don't see"


def test_its_pages_are_of_one_feed_whatever_its_address(world: World) -> None:
    traded(world)
    ada = world.sign_in("ada")
    path = renewed(ada)
    first = feedparser.parse(world.anyone.get(f"{path}?stream=own&limit=2").content)
    links = {link.rel: link.href for link in first.feed.links}
    assert links["next"].startswith(f"{path}?stream=own&limit=2&cursor=")
    second = feedparser.parse(world.anyone.get(links["next"]).content)
    newer = feedparser.parse(world.anyone.get(f"{renewed(ada)}?stream=own").content)
    assert first.feed.id == second.feed.id == newer.feed.id
    assert path not in first.feed.id
    assert not {entry.id for entry in first.entries} & {entry.id for entry in second.entries}


def test_only_its_member_is_shown_the_address(world: World) -> None:
    ada, ben = world.member("ada"), world.member("ben")
    assert ada.ok("GET", "/v3/feeds/") == {"feed": None}
    path = renewed(ada)
    assert ada.ok("GET", "/v3/feeds/") == {"feed": {"path": path}}
    assert ben.ok("GET", "/v3/feeds/") == {"feed": None}
    assert world.anyone.get("/v3/feeds/").status_code == 401
    assert ada.get("/v3/feeds/").headers["cache-control"] == "no-store"
    key = ada.ok("POST", "/v3/api_keys/", {"name": "k", "scope": "read"})["key"]
    assert Visitor(world.client, key).get("/v3/feeds/").status_code == 403


def test_another_address_revokes_the_one_before(world: World) -> None:
    ada = world.member("ada")
    first = renewed(ada)
    second = renewed(ada)
    assert first != second
    assert (world.anyone.get(first).status_code, world.anyone.get(second).status_code) == (404, 200)
    assert ada.send("DELETE", "/v3/feeds/").status_code == 204
    assert world.anyone.get(second).status_code == 404
    assert ada.ok("GET", "/v3/feeds/") == {"feed": None}
    third = renewed(ada)
    assert third not in (first, second)


def test_nobody_else_keeps_it_or_lists_it(world: World) -> None:
    path = renewed(world.member("ada"))
    answer = world.anyone.get(path)
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-robots-tag"] == "noindex"
    tag = answer.headers["etag"]
    assert world.anyone.get(path, If_None_Match=tag).status_code == 304


@pytest.mark.parametrize("secret", ["16-x", "x", "99999-AAAA", "16-" + "A" * 43])
def test_a_wrong_address_is_as_none(world: World, secret: str) -> None:
    renewed(world.member("ada"))
    result = world.anyone.get(f"/v3/feeds/{secret}/?format=json")
    assert (result.status_code, result.json["detail"]) == (404, "There is no such feed.")


def test_who_guesses_is_soon_refused(world: World) -> None:
    path = renewed(world.member("ada"))

    def ask(where: str) -> int:
        return world.client.simulate_get(where, remote_addr="203.0.113.9").status_code

    statuses = [ask("/v3/feeds/16-x/") for _ in range(limits.WRONG_PASSWORDS_PER_ADDRESS + 1)]
    assert statuses == [404] * limits.WRONG_PASSWORDS_PER_ADDRESS + [429]
    assert ask(path) == 429, "also when it is right at last"
    assert world.anyone.get(path).status_code == 200, "elsewhere it is as before"


def test_it_is_made_and_revoked_on_a_page(world: World) -> None:
    ada = world.member("ada")
    assert "Make an address" in ada.get("/v3/feeds/?format=html").text
    path = renewed(ada)
    page = ada.get("/v3/feeds/?format=html").text
    assert f'href="{path}"' in page
    assert "Revoke it" in page


def test_no_log_has_it(world: World, caplog: pytest.LogCaptureFixture) -> None:
    path = renewed(world.member("ada"))
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        note_failure(HttpRequest("GET", path.rstrip("/"), "", {}), ValueError())
        world.anyone.get(path)
    assert path.removeprefix(SECRET_PLACES[0]).strip("/") not in f"{lines}{caplog.text}"
    assert lines[0]["path"] == "/v3/feeds/..."
