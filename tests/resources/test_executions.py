"""Owns the tests of public executions: as JSON, as a feed, and in archives that never change.

Never tests matching.
Called by pytest.
"""

import feedparser
import pytest

from resources import executions
from tests.resources.world import Json, World, order_in


@pytest.fixture
def market(world: World, monkeypatch: pytest.MonkeyPatch) -> Json:
    """A market with five executions, of which two are an archive."""
    monkeypatch.setattr(executions, "ARCHIVE_SIZE", 2)
    market = world.market("Gulls", "Herons", name="Who wins?")
    maker, taker = world.member("maker"), world.member("taker")
    for number in range(5):
        maker.ok("POST", "/v3/orders/", order_in(market, price=4000 + number))
        taker.ok("POST", "/v3/orders/", order_in(market, price=4000 + number, side="sell"))
    return market


def numbers(world: World, path: str) -> list[str]:
    return [each["execution_id"] for each in world.anyone.ok("GET", path)["executions"]]


def test_newest_first_and_in_archives(world: World, market: Json) -> None:
    path = f"/v3/markets/{market['id']}/executions/"
    assert numbers(world, path) == ["5", "4", "3", "2", "1"]
    assert numbers(world, f"{path}?archive=1") == ["2", "1"]
    assert numbers(world, f"{path}?archive=2") == ["4", "3"]


def test_an_archive_that_is_not_full_is_not_there_yet(world: World, market: Json) -> None:
    path = f"/v3/markets/{market['id']}/executions/"
    assert world.anyone.get(f"{path}?archive=3").status_code == 404
    for wrong in ("0", "-1", "x", "9" * 30):
        assert world.anyone.get(f"{path}?archive={wrong}").status_code == 422


def test_an_archive_is_of_one_market(world: World, market: Json) -> None:
    result = world.anyone.get(f"/v3/markets/{market['id']},2/executions/?archive=1")
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "archive")


def test_an_archive_may_be_kept_for_ever(world: World, market: Json) -> None:
    path = f"/v3/markets/{market['id']}/executions/"
    assert "immutable" in world.anyone.get(f"{path}?archive=1").headers["cache-control"]
    assert world.anyone.get(path).headers["cache-control"] == "no-cache"


def test_a_reader_finds_everything_by_going_back_through_the_archives(world: World, market: Json) -> None:
    url = f"/v3/markets/{market['id']}/executions/?format=atom&limit=3"
    seen: dict[str, str] = {}
    for _ in range(5):
        feed = feedparser.parse(world.anyone.get(url, Accept="application/atom+xml").content)
        assert not feed.bozo
        for entry in feed.entries:
            assert seen.setdefault(entry.id, entry.title) == entry.title
        links = {link.rel: link.href for link in feed.feed.links}
        if "prev-archive" not in links:
            break
        url = links["prev-archive"]
    assert len(seen) == 5
    assert "Gulls at 40.04 %" in seen.values()


def test_several_markets_have_pages_and_no_archives(world: World, market: Json) -> None:
    other = world.market()
    answer = world.anyone.get(f"/v3/markets/{market['id']},{other['id']}/executions/?limit=2")
    assert 'rel="next"' in answer.headers["link"]
    assert "archive" not in answer.headers["link"]
