"""Owns the tests of search over HTTP: what is found, by whom, page by page, as JSON and on a page.

Never tests how words are found.
Called by pytest.
"""

import base64

import pytest

from tests.resources.world import Visitor, World, all_pages

FOUND = ["Harbour Cup", "Who wins the cup?", "cupid", "cupola", "cuppa"]


@pytest.fixture
def named(world: World) -> World:
    """A market of an event, and members who are called alike."""
    world.market(name="Who wins the cup?")
    for name in ("cupid", "cuppa", "cupola", "ada"):
        world.member(name, None)
    return world


def names(visitor: Visitor, query: str) -> list[str]:
    return [str(each["name"]) for each in visitor.ok("GET", f"/v3/search/{query}")["results"]]


def test_members_events_and_markets_are_found_by_their_names(named: World) -> None:
    event = named.anyone.ok("GET", "/v3/events/")["events"][0]
    (found,) = named.anyone.ok("GET", "/v3/search/?q=WINS+who")["results"]
    assert found == {
        "type": "market",
        "id": "1",
        "username": None,
        "name": "Who wins the cup?",
        "event": {"id": event["id"], "name": event["name"]},
        "state": "open",
        "path": "/v3/markets/1/",
    }
    (found,) = named.anyone.ok("GET", "/v3/search/?q=cupi")["results"]
    assert (found["type"], found["username"], found["path"]) == ("member", "cupid", "/v3/members/cupid/")
    assert [found["id"], found["event"], found["state"]] == [None, None, None]
    (found,) = named.anyone.ok("GET", f"/v3/search/?types=event&q={str(event['name']).split()[0]}")["results"]
    assert (found["id"], found["path"]) == (event["id"], f"/v3/events/{event['id']}/")
    assert names(named.anyone, "?q=cup") == FOUND


def test_pages_go_on_where_they_were(named: World) -> None:
    found = all_pages(named.anyone, "/v3/search/", "?q=cup&limit=1", "results")
    assert [each["name"] for each in found] == FOUND


def test_a_cursor_tells_nothing(named: World) -> None:
    page = named.anyone.ok("GET", "/v3/search/?q=cup&types=member&limit=1")
    plain = base64.urlsafe_b64decode(str(page["pagination"]["next_page"]).partition("cursor=")[2] + "==")
    assert b"search" not in plain
    answer = named.anyone.get("/v3/search/?q=cup&cursor=WyJzZWFyY2giXQ")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "cursor")


def test_who_has_blocked_whom_are_not_found_by_each_other(named: World) -> None:
    ada, cupid = named.sign_in("ada"), named.sign_in("cupid")
    ada.ok("PUT", "/v3/blocks/cupid/")
    ada.ok("PUT", "/v3/mutes/cuppa/")
    assert names(ada, "?q=cup&types=member") == ["cupola", "cuppa"]
    assert names(cupid, "?q=ada") == []
    assert names(named.anyone, "?q=ada") == ["ada"]
    assert names(named.sign_in("cuppa"), "?q=ada") == ["ada"]


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20-%20"])
def test_without_words_nothing_is_found(named: World, query: str) -> None:
    answer = named.anyone.ok("GET", f"/v3/search/{query}")
    assert answer == {"results": [], "pagination": {"next_page": None}}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (f"?q={'a' * 101}", "q"),
        ("?q=a+b+c+d+e+f+g+h+i", "q"),
        ("?q=a%00b", "q"),
        ("?q=a&types=order", "types"),
        ("?q=a&limit=0", "limit"),
    ],
)
def test_what_can_t_be_searched_for_is_refused(world: World, query: str, field: str) -> None:
    answer = world.anyone.get(f"/v3/search/{query}")
    assert answer.status_code == 422
    assert str(answer.json["errors"][0]["field"]).startswith(field)


def test_a_page_shows_what_was_found_and_every_other_leads_to_it(named: World) -> None:
    text = named.anyone.get("/v3/search/?q=cup&limit=3", Accept="text/html").text
    assert "<h1>Search: cup</h1>" in text
    for wanted in ('href="/v3/markets/1/"', 'href="/v3/members/cupid/"', 'value="cup"', "More</a>"):
        assert wanted in text
    assert "Nothing is called that" in named.anyone.get("/v3/search/?q=xyz", Accept="text/html").text
    elsewhere = named.anyone.get("/v3/markets/", Accept="text/html").text
    assert '<form class="search" role="search" action="/v3/search/" method="get">' in elsewhere


def test_a_name_is_escaped_wherever_it_is_shown(world: World) -> None:
    mallory = world.member("mallory", None)
    mallory.ok("PATCH", "/v3/members/mallory/", {"display_name": "<b>cup</b>"})
    text = world.anyone.get("/v3/search/?q=cup", Accept="text/html").text
    assert "<b>" not in text
    assert "&lt;b&gt;cup" in text
