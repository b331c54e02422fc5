"""Owns the tests of leaderboards as they are served: in every form, in every period, to whom they are shown.

Never tests what a score is made of.
Called by pytest.
"""

import re

import feedparser
import pytest

from actors.processes.social_rederive import rederive
from couch_views.leaderboards import BOARDS, RULE
from tests.resources.world import Json, Visitor, World, all_pages, challenge_in, order_in

ATOM = "application/atom+xml"
OPEN = {"leaderboards": {"audience": "everyone", "detail": "profit"}}
NAMES = ("ada", "ben", "cleo", "dan")


class Season:
    """Ada, ben, cleo and dan, of whom all but dan let everybody see how they do."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.of = {name: world.member(name) for name in NAMES}
        for name in NAMES[:-1]:
            self.of[name].ok("PATCH", "/v3/privacy/", OPEN)
        self.markets: list[Json] = []

    def play(self, buyer: str, seller: str, price: int = 4_000, quantity: int = 500_000) -> str:
        """A market of an event of its own that the buyer wins; its id."""
        market = self.world.market(commission="0.01")
        self.markets.append(market)
        self.trade(buyer, seller, price, quantity)
        self.world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "closed"})
        self.settle({"winners": [market["contracts"][0]["id"]], "reason": "first"})
        return str(market["id"])

    def trade(self, buyer: str, seller: str, price: int, quantity: int) -> None:
        for name, side in ((buyer, "buy"), (seller, "sell")):
            order = order_in(self.markets[-1], side=side, price=price, quantity=quantity)
            self.of[name].ok("POST", "/v3/orders/", order)

    def settle(self, verdict: Json) -> None:
        self.world.staff.ok("PUT", f"/v3/markets/{self.markets[-1]['id']}/settlement/", verdict)

    def correct(self, winner: int) -> None:
        self.settle({"winners": [self.markets[-1]["contracts"][winner]["id"]], "reason": "a mistake"})


@pytest.fixture
def season(world: World) -> Season:
    return Season(world)


def table(visitor: Visitor, path: str) -> list[tuple[int, str, str]]:
    found = visitor.ok("GET", f"/v3/leaderboards/{path}")
    return [(each["rank"], each["username"], each["value"]) for each in found["standings"]]


def test_what_there_is_is_described_with_the_rule(world: World) -> None:
    found = world.anyone.ok("GET", "/v3/leaderboards/")
    assert [each["board"] for each in found["leaderboards"]] == list(BOARDS)
    assert found["rule"] == list(RULE)
    assert found["leaderboards"][0] == {
        "board": "profit",
        "title": "Profit",
        "description": BOARDS["profit"].description,
        "unit": "money",
        "scopes": ["exchange", "category", "event", "market"],
        "periods": ["all", "season", "month", "week"],
        "detail": "profit",
    }
    assert world.anyone.ok("GET", "/v3/")["links"]["leaderboards"] == "/v3/leaderboards/"
    page = world.anyone.get("/v3/leaderboards/", accept="text/html").text
    assert all(f"/v3/leaderboards/{name}/" in page for name in BOARDS)


def test_all_boards_of_a_market_that_was_settled(season: Season) -> None:
    market = season.play("ada", "ben")
    for scope in (
        "exchange",
        "category:sailing",
        f"event:{season.markets[0]['event_id']}",
        f"market:{market}",
    ):
        for board, expected in (
            ("profit", [(1, "ada", "29.70"), (2, "ben", "-30.00")]),
            ("return", [(1, "ada", "1.4850"), (2, "ben", "-1.0000")]),
            ("volume", [(1, "ada", "500000"), (1, "ben", "500000")]),
        ):
            assert sorted(table(season.world.anyone, f"{board}/?scope={scope}")) == expected
    assert table(season.world.anyone, "streak/") == [(1, "ada", "1")]
    assert table(season.world.anyone, f"calibration/?scope=market:{market}") == [
        (1, "ada", "0.0900"),
        (2, "ben", "0.6400"),
    ]
    assert table(season.world.anyone, "calibration/") == [], "one market doesn't calibrate"


def test_an_answer_says_what_it_is_about_and_how_current_it_is(season: Season) -> None:
    season.play("ada", "ben")
    found = season.world.anyone.ok("GET", "/v3/leaderboards/streak/")
    assert found["leaderboard"] == {
        "board": "streak",
        "title": "Win streak",
        "description": BOARDS["streak"].description,
        "unit": "markets",
        "scope": "exchange",
        "period": "all",
        "of": None,
        "among": None,
    }
    assert found["standings"] == [
        {"rank": 1, "username": "ada", "value": "1", "settled_markets": 1, "current_streak": 1}
    ]
    assert found["sequences"].keys() == {"social-0"}
    assert found["sequences"]["social-0"] > 0


def test_a_correction_turns_the_table_and_a_void_empties_it(season: Season) -> None:
    season.play("ada", "ben")
    season.correct(1)
    assert table(season.world.anyone, "profit/") == [(1, "ben", "19.80"), (2, "ada", "-20.00")]
    assert table(season.world.anyone, "streak/") == [(1, "ben", "1")]
    season.settle({"void": True, "reason": "nobody sailed"})
    for board in BOARDS:
        assert table(season.world.anyone, f"{board}/") == []
    assert rederive(season.world.log, "social-0").difference is None


def test_a_result_is_of_the_periods_in_which_its_market_was_settled_first(season: Season) -> None:
    season.play("ada", "ben")
    now = {
        period: season.world.anyone.ok("GET", f"/v3/leaderboards/profit/?period={period}")
        for period in ("season", "month", "week")
    }
    for period, found in now.items():
        of = found["leaderboard"]["of"]
        assert [each["username"] for each in found["standings"]] == ["ada", "ben"], period
        assert table(season.world.anyone, f"profit/?period={period}&of={of}")[0] == (1, "ada", "29.70")
        assert table(season.world.anyone, f"profit/?period={period}&of=1999{of[4:]}") == []


def test_trades_of_who_challenged_each_other_don_t_count(season: Season) -> None:
    market = season.world.market()
    season.markets.append(market)
    challenge = season.of["ada"].ok("POST", "/v3/challenges/", challenge_in(market, opponent="ben"))[
        "challenge"
    ]
    season.of["ben"].ok("PATCH", f"/v3/challenges/{challenge['id']}/", {"state": "accepted"})
    season.play("ada", "ben")
    assert table(season.world.anyone, "profit/") == []
    season.play("ada", "cleo")
    assert table(season.world.anyone, "profit/") == [(1, "ada", "29.70"), (2, "cleo", "-30.00")]


def test_who_hides_leaves_no_gap_and_no_trace(season: Season) -> None:
    for seller in ("ben", "cleo", "dan"):
        season.play("ada", seller)
    season.play("cleo", "ada", 9_000)
    before = table(season.world.anyone, "volume/")
    assert before == [(1, "ada", "2000000"), (2, "cleo", "1000000"), (3, "ben", "500000")]
    season.of["cleo"].ok("PATCH", "/v3/privacy/", {"leaderboards": {"audience": "only_me"}})
    assert table(season.world.anyone, "volume/") == [(1, "ada", "2000000"), (2, "ben", "500000")]
    for name in ("json", "html", "xhtml", "atom", "csv"):
        for board in BOARDS:
            shown = season.world.anyone.get(f"/v3/leaderboards/{board}/?format={name}&limit=1")
            assert "cleo" not in shown.text
            assert not (board in {"profit", "volume"} and "dan" in shown.text)
    season.of["cleo"].ok("PATCH", "/v3/privacy/", {"leaderboards": {"audience": "members"}})
    assert table(season.world.anyone, "volume/") == [(1, "ada", "2000000"), (2, "ben", "500000")]
    assert table(season.of["dan"], "volume/") == before


def test_nobody_finds_who_has_blocked_them(season: Season) -> None:
    season.play("ada", "ben")
    season.of["ada"].ok("PUT", "/v3/blocks/cleo/")
    assert table(season.of["cleo"], "profit/") == [(1, "ben", "-30.00")]
    assert table(season.of["dan"], "profit/") == [(1, "ada", "29.70"), (2, "ben", "-30.00")]


def test_among_those_one_follows_one_stands_oneself(season: Season) -> None:
    season.play("ada", "ben")
    season.play("cleo", "dan")
    dan = season.of["dan"]
    assert table(dan, "profit/?among=following") == [(1, "dan", "-30.00")]
    dan.ok("PUT", "/v3/following/members/cleo/")
    season.of["cleo"].ok("PATCH", "/v3/privacy/", {"leaderboards": {"audience": "followers"}})
    assert table(dan, "profit/?among=following") == [(1, "cleo", "29.70"), (2, "dan", "-30.00")]
    assert table(dan, "profit/") == [(1, "ada", "29.70"), (2, "ben", "-30.00")]
    refused = season.world.anyone.get("/v3/leaderboards/profit/?among=following")
    assert refused.status_code == 401


def test_page_by_page_ranks_go_on(season: Season) -> None:
    for seller in ("ben", "cleo"):
        season.play("ada", seller)
    for among in ("", "&among=following"):
        visitor = season.of["dan"]
        for name in NAMES[:-1]:
            visitor.ok("PUT", f"/v3/following/members/{name}/")
        whole = visitor.ok("GET", f"/v3/leaderboards/profit/?limit=20{among}")["standings"]
        assert [each["rank"] for each in whole][:3] == [1, 2, 2]
        pages = all_pages(visitor, "/v3/leaderboards/profit/", f"?limit=1{among}", "standings")
        assert pages == whole


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("luck/", 404, None),
        ("streak/?scope=market:1", 422, "scope"),
        ("profit/?scope=nobody", 422, "scope"),
        ("profit/?scope=market:999", 422, "scope"),
        ("profit/?scope=event:999", 422, "scope"),
        ("profit/?scope=market:1&period=week", 422, "period"),
        ("profit/?period=day", 422, "period"),
        ("profit/?of=2026-W47", 422, "of"),
        ("profit/?period=week&of=2026-11", 422, "of"),
        ("profit/?period=month&of=2026-13", 422, "of"),
        ("profit/?among=all", 422, "among"),
        ("profit/?cursor=x", 422, "cursor"),
    ],
)
def test_what_there_is_not_is_named(world: World, path: str, status: int, field: str | None) -> None:
    world.market()
    refused = world.anyone.get(f"/v3/leaderboards/{path}")
    assert refused.status_code == status, refused.text
    assert field is None or refused.json["errors"][0]["field"] == field


def test_as_a_table_a_feed_and_a_page(season: Season) -> None:
    market = season.play("ada", "ben")
    rows = season.world.anyone.get("/v3/leaderboards/profit/?format=csv").text.splitlines()
    assert rows == ["rank,username,value,settled_markets,current_streak", "1,ada,29.70,1,", "2,ben,-30.00,1,"]
    feed = feedparser.parse(season.world.anyone.get("/v3/leaderboards/profit/", accept=ATOM).text)
    assert not feed.bozo
    assert sorted(entry.title for entry in feed.entries) == ["ada: 29.70", "ben: -30.00"]
    ids = {entry.id for entry in feed.entries}
    season.play("ada", "cleo")
    later = feedparser.parse(season.world.anyone.get("/v3/leaderboards/profit/", accept=ATOM).text)
    assert len({entry.id for entry in later.entries} & ids) == 1, "who changed is a new entry"
    path = f"/v3/leaderboards/profit/?scope=market:{market}"
    page = season.world.anyone.get(path, accept="text/html").text
    assert re.search(r"<h1>Profit: Winner</h1>", page)
    assert f'<option value="market:{market}" selected="selected">' in page
    assert '<option value="category:sailing">sailing</option>' in page
    assert f"/v3/leaderboards/volume/?scope=market%3A{market}" in page
    first = season.world.anyone.ok("GET", "/v3/leaderboards/profit/?limit=1&period=week")
    second = season.world.anyone.get(
        f"/v3/leaderboards/profit/{first['pagination']['next_page']}", accept="text/html"
    )
    assert '"/v3/leaderboards/volume/?limit=1&amp;period=week"' in second.text, "another board's first page"
    for board in BOARDS:
        for query in ("", "?period=week", "?scope=category:sailing"):
            shown = season.of["dan"].get(f"/v3/leaderboards/{board}/{query}", accept="application/xhtml+xml")
            assert '<select id="among"' in shown.text


def test_events_and_markets_lead_to_their_boards(season: Season) -> None:
    market = season.play("ada", "ben")
    event = season.markets[0]["event_id"]
    for path, scope in (
        (f"/v3/markets/{market}/", f"market:{market}"),
        (f"/v3/events/{event}/", f"event:{event}"),
    ):
        assert (
            f"/v3/leaderboards/calibration/?scope={scope}"
            in season.world.anyone.get(path, accept="text/html").text
        )
