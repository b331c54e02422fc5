"""Owns the tests of notifications over HTTP: told, read, chosen, and never more than the filter leaves.

Never tests what leads to one.
Called by pytest.
"""

from typing import NamedTuple

import feedparser
import pytest

from tests.resources.test_forms import signed_in
from tests.resources.world import Json, Visitor, World, all_pages, challenge_in, order_in

INBOX = "/v3/notifications/"


class Town(NamedTuple):
    world: World
    market: Json
    ada: Visitor
    ben: Visitor

    def told(self, visitor: Visitor, query: str = "") -> list[Json]:
        """Without those of badges."""
        found = visitor.ok("GET", f"{INBOX}{query}")["notifications"]
        return [each for each in found if each["type"] != "badge"]

    def sentences(self, visitor: Visitor) -> list[str]:
        return [each["sentence"] for each in self.told(visitor)]


@pytest.fixture
def town(world: World) -> Town:
    return Town(world, world.market(), world.member("ada"), world.member("ben"))


def test_what_a_member_is_told(town: Town) -> None:
    town.ada.ok("POST", "/v3/orders/", order_in(town.market, side="sell", quantity=30_000))
    for _ in range(2):
        town.ben.ok("POST", "/v3/orders/", order_in(town.market))
    town.ben.ok("PUT", "/v3/following/members/ada/")
    town.ben.ok("POST", "/v3/challenges/", challenge_in(town.market, opponent="ada"))
    assert town.sentences(town.ada) == [
        "ben challenges you in Winner.",
        "ben follows you.",
        "Your orders in Winner were filled 2 times.",
    ]
    challenged, followed, filled = town.told(town.ada)
    assert (challenged["link"], challenged["step"]) == (
        f"/v3/challenges/{challenged['challenge_id']}/",
        "offered",
    )
    assert (followed["link"], followed["actors"]) == ("/v3/members/ben/", ["ben"])
    assert filled["market"] == {"id": town.market["id"], "name": "Winner"}
    assert (filled["link"], filled["count"], filled["read"]) == (
        f"/v3/markets/{town.market['id']}/",
        2,
        False,
    )
    assert filled["created_datetime"] < filled["updated_datetime"]
    assert town.told(town.ben) == []
    badges = [each["sentence"] for each in town.ben.ok("GET", INBOX)["notifications"]]
    assert badges == ["You earned Trader: First trade."]


def test_a_settlement_is_told(town: Town) -> None:
    town.ada.ok("POST", "/v3/orders/", order_in(town.market, side="sell"))
    town.ben.ok("POST", "/v3/orders/", order_in(town.market))
    place = f"/v3/markets/{town.market['id']}/"
    town.world.staff.ok("PATCH", place, {"state": "closed"})
    verdict = {"winners": [town.market["contracts"][0]["id"]], "reason": "They were first."}
    town.world.staff.ok("PUT", f"{place}settlement/", verdict)
    assert town.sentences(town.ben) == ["Winner is settled: you won."]
    assert town.sentences(town.ada)[0] == "Winner is settled: you lost."


# Read and unread.


def test_reading_is_seen_at_once(town: Town) -> None:
    town.ben.ok("PUT", "/v3/following/members/ada/")
    town.ben.ok("POST", "/v3/challenges/", challenge_in(town.market, opponent="ada"))
    newest, older = town.told(town.ada, "?unread=true")
    assert town.ada.ok("PATCH", INBOX, {"read_to": older["id"]}) == {"read_to": older["id"]}
    assert [each["id"] for each in town.told(town.ada, "?unread=true")] == [newest["id"]]
    assert [each["read"] for each in town.told(town.ada)] == [False, True]
    place = f"{INBOX}{older['id']}/"
    assert town.ada.ok("PATCH", place, {"read": False})["notification"] == {**older, "read": False}
    assert town.ada.ok("GET", place)["notification"] == older
    assert town.ada.ok("PATCH", place, {"read": True})["notification"]["read"] is True
    assert len(town.told(town.ada, "?unread=true")) == 1


def test_nobody_reads_or_marks_another_s(town: Town) -> None:
    town.ben.ok("PUT", "/v3/following/members/ada/")
    (notification,) = town.told(town.ada)
    place = f"{INBOX}{notification['id']}/"
    assert town.ben.get(place).status_code == 404
    assert town.ben.send("PATCH", place, {"read": True}).status_code == 404
    assert town.ben.ok("PATCH", INBOX, {"read_to": notification["id"]})
    assert town.told(town.ada, "?unread=true") != []
    assert town.world.anyone.get(INBOX).status_code == 401


def test_page_by_page(town: Town) -> None:
    for market in (town.market, town.world.market(), town.world.market()):
        town.ben.ok("POST", "/v3/challenges/", challenge_in(market, opponent="ada"))
    town.ben.ok("PUT", "/v3/following/members/ada/")
    paged = all_pages(town.ada, INBOX, "?limit=1", "notifications")
    assert paged == town.ada.ok("GET", INBOX)["notifications"]
    assert len(paged) == 5


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PATCH", "", {}, "read_to"),
        ("PATCH", "", {"read_to": "none"}, "read_to"),
        ("PATCH", "1/", {"read": "yes"}, "read"),
        ("PATCH", "settings/", {"filled": None}, "filled"),
        ("PATCH", "settings/", {"everything": False}, "everything"),
        ("GET", "?unread=perhaps", None, "unread"),
    ],
)
def test_a_bad_field_is_named(town: Town, method: str, path: str, body: object, field: str) -> None:
    result = town.ada.send(method, f"{INBOX}{path}", body)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)


# Choices.


def test_what_is_turned_off_is_not_told(town: Town) -> None:
    everything = town.ada.ok("GET", f"{INBOX}settings/")["settings"]
    assert set(everything.values()) == {True}
    changed = town.ada.ok("PATCH", f"{INBOX}settings/", {"followed": False})["settings"]
    assert changed == {**everything, "followed": False} == town.ada.ok("GET", f"{INBOX}settings/")["settings"]
    town.ben.ok("PUT", "/v3/following/members/ada/")
    assert town.told(town.ada) == []


# Shown otherwise.


def test_as_a_feed(town: Town) -> None:
    town.ben.ok("PUT", "/v3/following/members/ada/")
    feed = feedparser.parse(town.ada.get(INBOX, Accept="application/atom+xml").content)
    assert not feed.bozo
    assert "ben follows you." in [entry.title for entry in feed.entries]
    assert town.world.anyone.get(INBOX, Accept="application/atom+xml").status_code == 401


def test_in_a_browser(town: Town) -> None:
    town.ben.ok("PUT", "/v3/following/members/ada/")
    town.ben.ok("POST", "/v3/challenges/", challenge_in(town.market, opponent="ada"))
    browser = signed_in(town.world, "ada")
    home = browser.get("/v3/")
    assert "unread" in home.text
    page = browser.get(INBOX)
    assert "ben follows you." in page.text
    browser.submit(page.form("Mark all as read"), {})
    assert town.told(town.ada, "?unread=true") == []
    settings = browser.get(f"{INBOX}settings/")
    browser.submit(settings.form("Save"), {"badge": "false"})
    assert town.ada.ok("GET", f"{INBOX}settings/")["settings"]["badge"] is False
