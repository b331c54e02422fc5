"""Owns the tests of badges over HTTP: what can be earned, what a member has, and who sees it.

Never tests what earns one.
Called by pytest.
"""

from typing import NamedTuple

import feedparser
import pytest

from actors.machines.stream.badge_declarations import BADGES
from tests.resources.world import Json, Visitor, World, order_in

MINUTE = ":00.000000Z"


class Club(NamedTuple):
    """Ada, whose order rested, and ben, who traded with it; ben is a long shot's winner."""

    world: World
    market: Json
    ada: Visitor
    ben: Visitor

    def badges(self, visitor: Visitor, username: str) -> dict[str, list[Json]]:
        found = visitor.ok("GET", f"/v3/members/{username}/badges/")["badges"]
        return {badge["name"]: badge["levels"] for badge in found}


@pytest.fixture
def club(world: World) -> Club:
    market, ada, ben = world.market(), world.member("ada"), world.member("ben")
    ada.ok("POST", "/v3/orders/", order_in(market, side="sell", price=900))
    ben.ok("POST", "/v3/orders/", order_in(market, price=900))
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "closed"})
    verdict = {"winners": [market["contracts"][0]["id"]], "reason": "They were first."}
    world.staff.ok("PUT", f"/v3/markets/{market['id']}/settlement/", verdict)
    return Club(world, market, ada, ben)


def test_all_that_can_be_earned(world: World) -> None:
    badges = world.anyone.ok("GET", "/v3/badges/")["badges"]
    assert [badge["name"] for badge in badges] == [badge.name for badge in BADGES]
    assert badges[0]["levels"][0] == {"level": 1, "title": "First trade", "needed": 1}
    assert (badges[0]["tells"], "holders" in badges[0]) == ("traded", False)


def test_one_s_own_badges_with_the_entries_that_earned_them(club: Club) -> None:
    own = club.badges(club.ben, "ben")
    assert list(own) == ["trader", "winner", "long-shot"]
    (first,) = own["trader"]
    assert (first["level"], first["title"]) == (1, "First trade")
    entries = {each["id"]: each for each in club.ben.ok("GET", "/v3/members/ben/activity/")["activity"]}
    assert entries[first["entry_id"]]["kind"] == "fill"
    assert entries[first["entry_id"]]["created_datetime"] == first["earned_datetime"]
    assert entries[own["winner"][0]["entry_id"]]["kind"] == "settlement"


def test_others_see_what_tells_of_no_side_and_no_money(club: Club) -> None:
    for visitor in (club.ada, club.world.anyone):
        seen = club.badges(visitor, "ben")
        assert list(seen) == ["trader"]
        assert seen["trader"][0]["earned_datetime"].endswith(MINUTE)
        assert seen["trader"][0]["entry_id"] is not None
    club.ben.ok("PATCH", "/v3/privacy/", {"badge": {"detail": "price"}, "fill": {"audience": "only_me"}})
    seen = club.badges(club.ada, "ben")
    assert list(seen) == ["trader", "winner", "long-shot"]
    assert {each["entry_id"] for levels in seen.values() for each in levels} == {None}
    club.ben.ok("PATCH", "/v3/privacy/", {"badge": {"detail": "amount"}})
    exact = club.badges(club.ada, "ben")["trader"][0]["earned_datetime"]
    assert exact == club.badges(club.ben, "ben")["trader"][0]["earned_datetime"]
    club.ben.ok("PATCH", "/v3/privacy/", {"badge": {"audience": "only_me"}})
    assert club.badges(club.ada, "ben") == {}
    assert len(club.badges(club.ben, "ben")) == 3


def test_who_is_blocked_sees_none(club: Club) -> None:
    club.ben.ok("PUT", "/v3/blocks/ada/")
    assert club.badges(club.ada, "ben") == {}


def test_entries_of_badges_show_no_more(club: Club) -> None:
    def told(visitor: Visitor) -> list[str]:
        entries = visitor.ok("GET", "/v3/exchange/activity/?limit=100")["activity"]
        return [each["badge"] for each in entries if each["kind"] == "badge"]

    assert set(told(club.world.anyone)) == {"trader", "market-maker"}
    assert set(told(club.ben)) == {"trader", "market-maker", "winner", "long-shot"}


def test_as_a_feed(club: Club) -> None:
    answer = club.ben.get("/v3/members/ben/badges/", Accept="application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert {entry.title for entry in feed.entries} == {
        "ben earned Trader: First trade",
        "ben earned Winner: First win",
        "ben earned Against the odds: Believer",
    }
    assert len({entry.id for entry in feed.entries}) == 3
    assert feed.entries[0].updated >= feed.entries[-1].updated


def test_pages_show_badges(club: Club) -> None:
    accept = "application/xhtml+xml"
    assert "First trade" in club.world.anyone.get("/v3/badges/", Accept=accept).text
    page = club.world.anyone.get("/v3/members/ben/badges/", Accept=accept).text
    assert "First trade" in page
    assert "Badges of ben" in page
    profile = club.world.anyone.get("/v3/members/ben/", Accept=accept).text
    assert "Trader: First trade" in profile
    assert "Against the odds" not in profile
    nobody = club.world.anyone.get("/v3/members/staff/badges/", Accept=accept).text
    assert "no badges to be seen" in nobody


def test_of_nobody_is_404(world: World) -> None:
    assert world.anyone.get("/v3/members/nobody/badges/").status_code == 404
