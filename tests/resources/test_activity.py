"""Owns the tests of streams of activity as they are served: whose they are, page by page, as feeds.

Never tests who may see what of a kind: the tests of the filter do.
Called by pytest.
"""

import re

import feedparser
import pytest

from resources.entry_ids import EntryIds
from tests.resources.world import Json, Visitor, World, all_pages, order_in

ATOM = "application/atom+xml"


def told(visitor: Visitor, path: str) -> list[str]:
    """The sentences of a stream, in plain spaces."""
    return [plain(each["sentence"]) for each in visitor.ok("GET", path)["activity"]]


def plain(sentence: str) -> str:
    return sentence.replace("\N{NO-BREAK SPACE}", " ")


def kinds(visitor: Visitor, path: str) -> list[str]:
    return [each["kind"] for each in visitor.ok("GET", path)["activity"]]


def traded(world: World) -> Json:
    """A market where ada has bought from ben."""
    market = world.market("Gulls <&>", "Herons", name="Who wins?")
    ada, ben = world.member("ada"), world.member("ben")
    ada.ok("PATCH", "/v3/members/ada/", {"display_name": "Ada <&>"})
    ada.ok("POST", "/v3/orders/", order_in(market, quantity=40_000))
    ben.ok("POST", "/v3/orders/", order_in(market, side="sell"))
    return market


@pytest.fixture
def market(world: World) -> Json:
    return traded(world)


def test_a_member_s_stream_tells_others_less_than_the_member(world: World, market: Json) -> None:
    ada = world.sign_in("ada")
    assert [sentence for sentence in told(ada, "/v3/members/ada/activity/") if "badge" not in sentence] == [
        "Ada <&> opened a position for Gulls <&> in Who wins? at 50 % for 1.00.",
        "Ada <&> bought Gulls <&> in Who wins? at 50 % for 1.00.",
        "Ada <&> asks to buy Gulls <&> in Who wins? at 50 % for 4.00.",
        "Ada <&> joined Credence.",
    ]
    for other in (world.anyone, world.sign_in("ben")):
        sentences = told(other, "/v3/members/ada/activity/")
        assert [sentence for sentence in sentences if "badge" not in sentence] == [
            "Ada <&> opened a position in Who wins?",
            "Ada <&> traded in Who wins?",
            "Ada <&> joined Credence.",
        ]


def test_an_entry_can_be_shown_alone(world: World, market: Json) -> None:
    newest, *_ = world.anyone.ok("GET", f"/v3/markets/{market['id']}/activity/")["activity"]
    assert newest.pop("created_datetime").endswith("Z")
    assert len(newest.pop("id")) == len(EntryIds(b"any").shown(1))
    assert newest == {
        "kind": "position",
        "sentence": "Ada <&> opened a position in Who wins?",
        "member": {"username": "ada", "display_name": "Ada <&>"},
        "market": {"id": market["id"], "name": "Who wins?"},
        "event": {"id": market["event_id"], "name": "Harbour Cup"},
        "step": "opened",
    }


def test_a_market_s_stream_an_event_s_and_the_exchange_s(world: World, market: Json) -> None:
    path = f"/v3/markets/{market['id']}/"
    world.staff.ok("PATCH", path, {"state": "closed"})
    winner = market["contracts"][0]["id"]
    world.staff.ok("PUT", f"{path}settlement/", {"winners": [winner], "reason": "They were first."})
    news = ["Who wins? Settled. Won by Gulls <&>. They were first.", "Who wins? Closed."]
    assert told(world.anyone, f"{path}activity/")[:2] == news
    assert told(world.anyone, f"/v3/events/{market['event_id']}/activity/") == told(
        world.anyone, f"{path}activity/"
    )
    assert told(world.anyone, "/v3/exchange/activity/")[:2] == news
    assert "position" not in kinds(world.anyone, "/v3/exchange/activity/")


@pytest.mark.parametrize(
    "path",
    [
        "/v3/members/nobody/activity/",
        "/v3/markets/99/activity/",
        "/v3/events/99/activity/",
        "/v3/markets/1,2/activity/",
    ],
)
def test_what_is_not_there_has_no_stream(world: World, path: str) -> None:
    world.market()
    assert world.anyone.get(path).status_code == 404


def test_pages_go_on_where_they_were_whatever_comes(world: World, market: Json) -> None:
    whole = told(world.anyone, "/v3/members/ada/activity/")
    first = world.anyone.ok("GET", "/v3/members/ada/activity/?limit=1")
    assert [plain(each["sentence"]) for each in first["activity"]] == whole[:1]
    world.sign_in("ben").ok("POST", "/v3/orders/", order_in(market, side="sell"))
    rest = all_pages(
        world.anyone, "/v3/members/ada/activity/", f"{first['pagination']['next_page']}&limit=2", "activity"
    )
    assert [plain(each["sentence"]) for each in rest] == whole[1:]


def test_a_cursor_of_somebody_else_s_making_is_refused(world: World) -> None:
    world.member("ada")
    result = world.anyone.get("/v3/members/ada/activity/?cursor=WyJhY3Rpdml0eSJd")
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "cursor")


def test_a_feed_reader_understands_every_stream(world: World, market: Json) -> None:
    for path in (
        "/v3/members/ada/activity/",
        f"/v3/markets/{market['id']}/activity/",
        f"/v3/events/{market['event_id']}/activity/",
        "/v3/exchange/activity/",
    ):
        answer = world.anyone.get(f"{path}?limit=2", Accept=ATOM)
        assert answer.headers["content-type"] == ATOM
        feed = feedparser.parse(answer.content)
        assert not feed.bozo
        assert len({entry.id for entry in feed.entries}) == 2
        assert feed.feed.updated == max(entry.updated for entry in feed.entries)
        links = {link.rel: link.href for link in feed.feed.links}
        assert links["next"].startswith(f"{path}?")
        second = feedparser.parse(world.anyone.get(links["next"], Accept=ATOM).content)
        assert second.feed.id == feed.feed.id
        assert {link.rel: link.href for link in second.feed.links}["first"] == f"{path}?limit=2"
        assert not {entry.id for entry in second.entries} & {entry.id for entry in feed.entries}


def test_a_paged_feed_leads_to_all_of_its_documents_whatever_comes_meanwhile(
    world: World, market: Json
) -> None:
    """RFC 5005: first, next, previous and last; who goes back sees what has come since."""
    path = f"/v3/markets/{market['id']}/activity/"

    def document(href: str) -> tuple[list[str], dict[str, str]]:
        feed = feedparser.parse(world.anyone.get(href, Accept=ATOM).content)
        assert not feed.bozo
        return [entry.id for entry in feed.entries], {link.rel: link.href for link in feed.feed.links}

    entries, links = document(f"{path}?limit=2")
    assert links["first"] == links["self"] == f"{path}?limit=2"
    assert "previous" not in links
    told, last = entries, links["last"]
    while "next" in links:
        entries, links = document(links["next"])
        told += entries
        assert links["first"] == f"{path}?limit=2"
    whole, alone = document(path)
    assert told == whole
    assert not {"first", "previous", "next", "last"} & alone.keys()
    assert document(last)[0] == whole[-2:]
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "halted"})
    back = entries
    while "previous" in links:
        entries, links = document(links["previous"])
        back = entries + back
    now, _ = document(path)
    assert back == now
    assert now[1:] == whole


def test_a_page_links_the_pages_beside_it(world: World, market: Json) -> None:
    path = f"/v3/markets/{market['id']}/activity/"
    second = world.anyone.ok("GET", f"{path}?limit=1")["pagination"]["next_page"]
    text = world.anyone.get(f"{path}{second}", Accept="text/html").text
    for rel, words in (("first", "First page"), ("prev", "Back"), ("next", "More"), ("last", "Last page")):
        assert re.search(f'<a rel="{rel}" href="[^"]+">{words}</a>', text)


def test_an_entry_of_a_feed_tells_who_and_what(world: World, market: Json) -> None:
    feed = feedparser.parse(world.anyone.get(f"/v3/markets/{market['id']}/activity/", Accept=ATOM).content)
    assert feed.feed.title == "Activity in Who wins?"
    entry = feed.entries[0]
    assert (entry.title, entry.author) == ("Ada <&> opened a position in Who wins?", "Ada <&>")
    assert (entry.link, entry.tags[0].term) == (f"/v3/markets/{market['id']}/", "position")
    assert entry.id.startswith("urn:credence:entry:")


def test_who_has_a_feed_is_told_so(world: World, market: Json) -> None:
    path = f"/v3/markets/{market['id']}/activity/"
    tag = world.anyone.get(path, Accept=ATOM).headers["etag"]
    assert world.anyone.get(path, Accept=ATOM, If_None_Match=tag).status_code == 304
    world.sign_in("ben").ok("POST", "/v3/orders/", order_in(market, side="sell"))
    assert world.anyone.get(path, Accept=ATOM, If_None_Match=tag).status_code == 304, "nothing was opened"
    world.member("cleo").ok("POST", "/v3/orders/", order_in(market, side="sell"))
    assert world.anyone.get(path, Accept=ATOM, If_None_Match=tag).status_code == 200


def test_nobody_keeps_what_somebody_sees_of_their_own(world: World, market: Json) -> None:
    assert world.anyone.get("/v3/members/ada/activity/").headers["cache-control"] == "no-cache"
    own = world.sign_in("ada").get("/v3/members/ada/activity/")
    assert own.headers["cache-control"] == "private, no-cache"


def test_it_is_a_page(world: World, market: Json) -> None:
    page = world.anyone.get(f"/v3/markets/{market['id']}/activity/?format=xhtml").text
    assert "<p>Ada &lt;&amp;&gt; opened a position in Who wins?</p>" in page
    assert '<a href="/v3/members/ada/">Ada &lt;&amp;&gt;</a>' in page
    assert "Nothing yet." in world.sign_in("ada").get("/v3/activity/?format=xhtml").text


def test_a_stream_in_which_nothing_is_shown(world: World) -> None:
    assert "Nothing has happened yet" in world.anyone.get("/v3/exchange/activity/?format=xhtml").text


def test_the_home_stream_is_what_one_follows(world: World, market: Json) -> None:
    cleo = world.member("cleo")
    assert told(cleo, "/v3/activity/") == []
    cleo.ok("PUT", "/v3/following/members/ada/")
    assert told(cleo, "/v3/activity/") == told(cleo, "/v3/members/ada/activity/")
    cleo.ok("PUT", f"/v3/following/markets/{market['id']}/")
    both = cleo.ok("GET", "/v3/activity/")["activity"]
    assert len({each["id"] for each in both}) == len(both), "what stands in both is shown once"
    assert {each["member"]["username"] for each in both if each["member"]} == {"ada", "ben"}
    paged = all_pages(cleo, "/v3/activity/", "?limit=2", "activity")
    assert paged == both


def test_whom_one_does_not_want_to_hear_of_is_left_out_at_home(world: World, market: Json) -> None:
    cleo = world.member("cleo")
    cleo.ok("PUT", "/v3/following/members/ada/")
    cleo.ok("PUT", f"/v3/following/markets/{market['id']}/")
    cleo.ok("PUT", "/v3/mutes/ada/")
    home = cleo.ok("GET", "/v3/activity/")["activity"]
    assert {each["member"]["username"] for each in home if each["member"]} == {"ben"}
    assert kinds(cleo, "/v3/members/ada/activity/"), "who looks for them sees them"


def test_orders_are_at_home_of_whom_shows_them(world: World, market: Json) -> None:
    cleo = world.member("cleo")
    cleo.ok("PUT", "/v3/following/members/ada/")
    assert "order" not in kinds(cleo, "/v3/activity/")
    ada = world.sign_in("ada")
    ada.ok("PATCH", "/v3/privacy/", {"order": {"audience": "followers", "detail": "side"}})
    assert "order" in kinds(cleo, "/v3/activity/")
    assert "order" in kinds(cleo, "/v3/members/ada/activity/")
    assert "order" not in kinds(world.anyone, "/v3/members/ada/activity/")
