"""Owns the tests of the news of markets: as JSON, as a feed, month by month.

Never tests what is news.
Called by pytest.
"""

import feedparser
import pytest

from tests.resources.world import STAFF_PASSWORD, World

DAY_US = 24 * 3600 * 1_000_000


def types(world: World, path: str) -> list[str]:
    return [each["type"] for each in world.anyone.ok("GET", path)["news"]]


def test_the_life_of_a_market(world: World) -> None:
    market = world.market()
    path = f"/v3/markets/{market['id']}/"
    world.staff.ok("PATCH", path, {"state": "closed"})
    winner = market["contracts"][1]
    body = {"winners": [winner["id"]], "reason": "They were first."}
    world.staff.ok("PUT", f"{path}settlement/", body)
    newest, *_ = world.anyone.ok("GET", f"{path}news/")["news"]
    assert (newest["type"], newest["reason"], newest["winners"]) == (
        "settled",
        "They were first.",
        [winner["id"]],
    )
    assert types(world, f"{path}news/") == ["settled", "closed", "opened", "created"]


def test_the_news_of_all_markets(world: World) -> None:
    first, second = world.market(), world.market(state="draft")
    assert types(world, "/v3/news/") == ["created", "opened", "created"]
    assert types(world, f"/v3/markets/{first['id']},{second['id']}/news/?limit=2") == ["created", "opened"]


def test_a_feed_reader_understands_it(world: World) -> None:
    market = world.market("Gulls <&>", "Herons", name="Who wins?")
    path = f"/v3/markets/{market['id']}/"
    world.staff.ok("PATCH", path, {"state": "closed"})
    body = {"winners": [market["contracts"][0]["id"]], "reason": "First."}
    world.staff.ok("PUT", f"{path}settlement/", body)
    answer = world.anyone.get(f"{path}news/", Accept="application/atom+xml")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.entries[0].title == "Who wins?: settled"
    assert feed.entries[0].content[0].value == "Who wins?: settled. Won by Gulls <&>. First."
    assert len({entry.id for entry in feed.entries}) == 4
    assert feed.entries[0].link == path


def test_months_that_are_over_are_archives(world: World) -> None:
    market = world.market(state="draft")
    for state in ("open", "halted"):
        world.clock.now += 40 * DAY_US
        staff = world.sign_in("staff", STAFF_PASSWORD)
        staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": state})

    def links(query: str) -> dict[str, str]:
        feed = feedparser.parse(world.anyone.get(f"/v3/news/?format=atom&{query}").content)
        return {link.rel: link.href for link in feed.feed.links}

    assert links("")["prev-archive"] == "/v3/news/?archive=2026-02"
    february = links("archive=2026-02")
    assert (february["current"], february["prev-archive"]) == ("/v3/news/", "/v3/news/?archive=2026-01")
    assert "next-archive" not in february, "March is not over yet"
    assert links("archive=2026-01")["next-archive"] == "/v3/news/?archive=2026-02"
    assert types(world, "/v3/news/?archive=2026-02") == ["opened"]


@pytest.mark.parametrize("archive", ["2026", "2026-13", "2026-1", "x", "2026-01-01"])
def test_what_is_no_month_is_named(world: World, archive: str) -> None:
    result = world.anyone.get(f"/v3/news/?archive={archive}")
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "archive")


def test_news_of_no_market_is_404(world: World) -> None:
    assert world.anyone.get("/v3/markets/99/news/").status_code == 404
