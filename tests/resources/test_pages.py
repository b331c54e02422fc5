"""Owns the tests of pages: every page, for everybody, in every state, as XML and as HTML.

Never sends a form: the tests of forms do.
Called by pytest.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from tests.resources.browsing import Browser, Page, words
from tests.resources.security.story import entry_of
from tests.resources.talking import write
from tests.resources.world import PASSWORD, STAFF_PASSWORD, Json, World, challenge_in, order_in

NASTY: Final = (
    "<script>alert('x')</script>",
    '"><img src=x onerror=alert(1)>',
    "a & b &amp; c &nbsp; d",
    "]]> --> <!-- <![CDATA[",
    "{{ 7 * 7 }} {% raw %}",
    "\u202eright to left\u202c \u05d0\u05d1\u05d2 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "Donaudampfschifffahrtsgesellschaft" * 3,
    "\U0001f6a3\u200d\u2640\ufe0f \u0301\u0301\u0301",
)
YARDSTICKS_MAX: Final = 2.5
"""What a page may take, by how long this machine takes to add a hundred thousand squares: some 5 ms."""
READS: Final = 40
VISITORS: Final = ("anyone", "ada", "staff")
Place = tuple[str, str]


class Exhibition(World):
    """A world in which there is something on every page, and browsers of who looks at it."""

    def __init__(self, var: Path) -> None:
        super().__init__(var)
        self.open_market = self.market("Gulls", "Herons", "Terns", rules="First past the post.\n\nTwice.")
        ada, ben = self.member("ada"), self.member("ben")
        for step in range(6):
            ada.post("/v3/orders/", order_in(self.open_market, price=4000 + 100 * step))
            sold = order_in(self.open_market, side="sell", price=4400 + 100 * step, quantity=25_000)
            ben.post("/v3/orders/", sold)
        self.order_id = ada.ok("GET", "/v3/orders/?states=created")["orders"][0]["id"]
        dared = challenge_in(self.open_market, opponent="ben", message="I dare you.")
        self.challenge_id = ada.ok("POST", "/v3/challenges/", dared)["challenge"]["id"]
        ada.ok("POST", "/v3/challenges/", challenge_in(self.open_market))
        self.comments = [write(ada, self.open_market, text)["id"] for text in NASTY]
        write(ben, self.open_market, "So.", in_reply_to=self.comments[0])
        for reporter in (ben, self.member("cyd"), self.staff):
            reporter.ok("POST", f"/v3/comments/{self.comments[0]}/reports/", {"reason": NASTY[0]})
        for state in ("draft", "halted", "closed"):
            self.market(state=state)
        settled, void = self.market(), self.market()
        for visitor, side in ((ada, "buy"), (ben, "sell")):
            visitor.post("/v3/orders/", order_in(settled, side=side))
        for market, verdict in (
            (settled, {"winners": [settled["contracts"][0]["id"]]}),
            (void, {"void": True}),
        ):
            place = f"/v3/markets/{market['id']}/"
            self.staff.ok("PATCH", place, {"state": "closed"})
            self.staff.ok("PUT", f"{place}settlement/", {"reason": "The race was sailed.", **verdict})
        self.settled, self.void = settled, void
        self.browsers = {name: Browser(self.client) for name in VISITORS}
        for name, password in (("ada", PASSWORD), ("staff", STAFF_PASSWORD)):
            sign_in(self.browsers[name], name, password)

    def places(self) -> list[str]:
        """The path of every page, as the description of the API knows them, for one and for several ids."""
        examples = {
            "order_id": self.order_id,
            "challenge_id": self.challenge_id,
            "username": "ada",
            "comment_id": self.comments[0],
            "entry_id": entry_of(self, "ada"),
        }
        paths: list[str] = []
        for path, item in self.anyone.ok("GET", "/v3/openapi.json")["paths"].items():
            answer = item.get("get", {}).get("responses", {}).get("200", {})
            if "text/html" not in answer.get("content", {}):
                continue
            names = re.findall(r"{(\w+)}", path)
            paths += [
                path.format(**{name: examples.get(name, ids) for name in names})
                for ids in (("1", "1,2,3", "4", "5", "6") if "ids" in names else ("1",))
            ]
        return paths


def sign_in(browser: Browser, name: str, password: str) -> None:
    form = browser.get("/v3/sessions/").form("Sign in")
    assert browser.submit(form, {"username": name, "password": password}).status == 200


@pytest.fixture(scope="module")
def exhibition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exhibition]:
    """One for all these tests: they only look."""
    made = Exhibition(tmp_path_factory.mktemp("exhibition"))
    yield made
    made.close()


def problems_of(page: Page) -> Iterator[str]:
    """What is wrong with a page, whatever it shows."""
    if page.html_tree() != page.xml_tree():
        yield "an HTML parser sees another page than an XML parser"
    if len(list(page.root.iter("h1"))) != 1:
        yield "there isn't one h1"
    levels = [int(each.tag[1]) for each in page.root.iter() if re.fullmatch("h[1-6]", str(each.tag))]
    if any(later > former + 1 for former, later in pairwise(levels)):
        yield f"headings skip a level: {levels}"
    names = [name for each in page.root.iter() if (name := each.get("id"))]
    if len(set(names)) != len(names):
        yield f"an id stands twice: {sorted(names)}"
    if "/docs/" not in page.path and next(page.root.iter("script"), None) is not None:
        yield "there is a script"
    for element in page.root.iter():
        if element.tag == "style" or any(name == "style" or name.startswith("on") for name in element.attrib):
            yield f"a {element.tag} has a style or a handler in it"
        if element.tag == "img" and element.get("alt") is None:
            yield "a picture has no text beside it"
        if (
            element.tag == "a"
            and not words(element)
            and not any(img.get("alt") for img in element.iter("img"))
        ):
            yield f"a link to {element.get('href')} says nothing"
        for name in ("aria-describedby", "aria-labelledby", "for"):
            if missing := [each for each in (element.get(name) or "").split() if each not in names]:
                yield f"{name} leads nowhere: {missing}"
    yield from unlabelled(page)
    yield from uncaptioned(page)


def unlabelled(page: Page) -> Iterator[str]:
    """Inputs that nobody knows the name of."""
    labelled = {label.get("for") for label in page.root.iter("label")}
    within = {id(each) for label in page.root.iter("label") for each in label.iter()}
    for tag in ("input", "select", "textarea"):
        for each in page.root.iter(tag):
            hidden = each.get("type") == "hidden"
            if not hidden and each.get("id", "-") not in labelled and id(each) not in within:
                yield f"{each.get('name')} has no label"


def uncaptioned(page: Page) -> Iterator[str]:
    for table in page.root.iter("table"):
        if not [words(caption) for caption in table.iter("caption")]:
            yield "a table has no caption"
        if any(head.get("scope") not in {"col", "row"} for head in table.iter("th")):
            yield "a head of a table doesn't say of what"


@pytest.mark.parametrize("name", VISITORS)
def test_every_page_is_sound_for_everybody(exhibition: Exhibition, name: str) -> None:
    seen: dict[str, int] = {}
    for path in exhibition.places():
        page = exhibition.browsers[name].get(path)
        assert list(problems_of(page)) == [], path
        seen[path] = page.status
    refused = {path for path, status in seen.items() if status != 200}
    assert len(seen) - len(refused) > 20
    # Of several ids some resources take one.
    assert {seen[path] for path in refused} <= {404, 401 if name == "anyone" else 403}, seen


@pytest.mark.parametrize("name", VISITORS)
def test_every_page_is_sound_where_there_is_nothing_yet(tmp_path: Path, name: str) -> None:
    world = World(tmp_path)
    browser = Browser(world.client)
    if name != "anyone":
        world.member("ada", None)
        sign_in(browser, name, STAFF_PASSWORD if name == "staff" else PASSWORD)
    for path in (
        "/v3/",
        "/v3/events/",
        "/v3/markets/",
        "/v3/orders/",
        "/v3/executions/",
        "/v3/positions/",
        "/v3/accounts/",
        "/v3/accounts/activity/",
        "/v3/events/?states=live&limit=5",
    ):
        page = browser.get(path)
        assert page.status in {200, 401}
        assert list(problems_of(page)) == [], path
    world.close()


def test_both_types_get_the_same_bytes(exhibition: Exhibition) -> None:
    pages = {
        accept: exhibition.anyone.get("/v3/markets/1/", accept=accept)
        for accept in ("text/html", "application/xhtml+xml")
    }
    assert [page.headers["content-type"] for page in pages.values()] == [
        "text/html; charset=utf-8",
        "application/xhtml+xml; charset=utf-8",
    ]
    assert len({page.content for page in pages.values()}) == 1


def test_the_style_comes_from_here_and_stays(exhibition: Exhibition) -> None:
    page = exhibition.browsers["anyone"].get("/v3/")
    (style,) = [each.get("href", "") for each in page.root.iter("link") if each.get("rel") == "stylesheet"]
    result = exhibition.anyone.get(style)
    assert result.status_code == 200
    assert result.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in result.headers["cache-control"]
    assert "prefers-color-scheme: dark" in result.text


def test_pages_have_the_links_of_the_header(exhibition: Exhibition) -> None:
    for path in ("/v3/markets/1/", "/v3/events/?limit=2", "/v3/markets/1/executions/?limit=2"):
        page = exhibition.browsers["anyone"].get(path)
        header = set(re.findall(r'<([^>]*)>; rel="([^"]*)"', page.result.headers["link"]))
        shown = {(each.get("href"), each.get("rel")) for each in page.root.iter("link")}
        assert header <= shown, path


def test_things_lead_to_what_belongs_to_them(exhibition: Exhibition) -> None:
    for path, expected in (
        ("/v3/markets/1/", {"up": 1, "related": 9}),
        ("/v3/markets/1,2/", {}),
        ("/v3/events/1/", {"related": 2}),
        ("/v3/events/1,2/", {}),
        (f"/v3/orders/{exhibition.order_id}/", {"up": 1, "related": 1}),
    ):
        result = exhibition.sign_in("ada").get(path)
        links = re.findall(r'<([^>]*)>; rel="(up|related)"', result.headers["link"])
        assert Counter(rel for _, rel in links) == expected, path
        for href, _ in links:
            assert exhibition.sign_in("ada").get(href).status_code == 200, href


MARKET_STATES: Final = (
    ("1", "Open", ("Sell Gulls", "Place an order")),
    ("2", "Draft", ("Nothing can be ordered here now",)),
    ("3", "Halted", ("Nothing can be ordered here now",)),
    ("4", "Closed", ("Nothing can be ordered here now",)),
    ("5", "Settled", ("The race was sailed.", "Winner", "Loser")),
    ("6", "Voided", ("The race was sailed.",)),
)


@pytest.mark.parametrize(("market_id", "state", "texts"), MARKET_STATES)
def test_a_market_says_what_can_be_done(
    exhibition: Exhibition, market_id: str, state: str, texts: tuple[str, ...]
) -> None:
    page = exhibition.browsers["ada"].get(f"/v3/markets/{market_id}/")
    assert page.heading == "Winner"
    assert state in page.main.split()
    titles = " ".join(each.get("title", "") for each in page.root.iter("a"))
    for text in texts:
        assert text in page.main or text in titles


def test_a_market_shows_its_book_what_traded_and_what_is_ones_own(exhibition: Exhibition) -> None:
    page = exhibition.browsers["ada"].get("/v3/markets/1/")
    assert "Gulls 43\N{NO-BREAK SPACE}%".replace("\N{NO-BREAK SPACE}", " ") in page.main
    for text in ("Order book", "Executions", "Rules", "Your open orders", "Your position", "commission 0 %"):
        assert text in page.main
    prices = {
        each.get("value"): words(each) for each in page.root.iter("data") if each.get("class") == "price"
    }
    assert prices["4400"] == "44 %"
    (time_of_event,) = [each for each in page.root.iter("time") if words(each).startswith("17 May 2026")]
    assert time_of_event.get("datetime") == "2026-05-17T14:00:00.000Z"
    assert words(time_of_event) == "17 May 2026, 14:00 UTC"
    others = exhibition.browsers["anyone"].get("/v3/markets/1/")
    assert "Your open orders" not in others.main
    assert "sign in or join" in others.main


def test_a_price_leads_to_an_order_at_it(exhibition: Exhibition) -> None:
    page = exhibition.browsers["ada"].get("/v3/markets/1/")
    (best,) = [
        each.get("href", "") for each in page.root.iter("a") if each.get("title", "").startswith("Buy Gulls")
    ]
    form = exhibition.browsers["ada"].get(best.partition("#")[0]).form("Place an order")
    assert form.fields["side"] == ["buy"]
    assert form.fields["contract_id"] == ["1"]
    assert form.fields["market_id"] == ["1"]
    assert form.fields["price"] == ["44"]
    assert form.fields["quantity"][0].endswith(".50")


def test_several_markets_are_a_list(exhibition: Exhibition) -> None:
    page = exhibition.browsers["ada"].get("/v3/markets/1,2/")
    assert page.heading == "Markets"
    assert len([each for each in page.root.iter("article") if "market" in each.get("class", "")]) == 2


def test_who_is_signed_in_sees_their_money_in_the_head_of_the_page(exhibition: Exhibition) -> None:
    available = exhibition.sign_in("ada").ok("GET", "/v3/accounts/")["account"]["available_balance"]
    for path in ("/v3/", "/v3/events/", "/v3/markets/", "/v3/orders/", "/v3/positions/"):
        (header,) = [
            each
            for each in exhibition.browsers["ada"].get(path).root.iter("header")
            if each.get("class") == "site"
        ]
        assert f"Available {float(available):,.2f}" in words(header)
    assert "Available" not in exhibition.browsers["anyone"].get("/v3/").text


def test_texts_are_shown_as_they_are(tmp_path: Path) -> None:
    world = World(tmp_path)
    market = nasty_market(world)
    ada = world.member("ada")
    ada.ok("PATCH", "/v3/members/ada/", {"display_name": NASTY[0][:30], "bio": "\n".join(NASTY)})
    ada.ok("POST", "/v3/orders/", order_in(market, reference_id=NASTY[1]))
    world.staff.ok(
        "PUT", "/v3/exchange/state/", {"state": "halted", "cancel_orders": False, "reason": NASTY[0]}
    )
    browser = Browser(world.client)
    sign_in(browser, "ada", PASSWORD)
    for path, expected in (
        ("/v3/", (NASTY[0],)),
        ("/v3/events/", NASTY[:1]),
        ("/v3/events/1/", NASTY),
        ("/v3/markets/", NASTY[:5]),
        ("/v3/markets/1/", NASTY),
        ("/v3/markets/1/contracts/", NASTY),
        ("/v3/markets/1/quotes/", NASTY),
        ("/v3/orders/", NASTY[:2]),
        ("/v3/members/ada/", NASTY),
        ("/v3/exchange/state/", NASTY[:1]),
    ):
        page = browser.get(path)
        assert list(problems_of(page)) == [], path
        for text in expected:
            assert words_of(text) in page.main, path
        for each in page.root.iter("img"):
            assert each.get("src", "").startswith("/v3/"), path
    world.close()


def words_of(text: str) -> str:
    return " ".join(text.split())


def nasty_market(world: World) -> Json:
    """An open market of an event, all of whose texts try to break out."""
    event = {
        "name": NASTY[0],
        "type": NASTY[0],
        "start_datetime": "2026-05-17T14:00:00Z",
        "description": "\n".join(NASTY),
    }
    event_id = world.staff.ok("POST", "/v3/events/", event)["event"]["id"]
    asked = {
        "event_id": event_id,
        "name": NASTY[0],
        "rules": "\n".join(NASTY),
        "contracts": [{"name": text} for text in NASTY],
    }
    market = world.staff.ok("POST", "/v3/markets/", asked)["market"]
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "open"})
    return market


PROBLEMS: Final = (
    ("/v3/nothing/", 404, "Not found"),
    ("/v3/markets/99/", 404, "Not found"),
    ("/v3/markets/?limit=0", 422, "Limit"),
    ("/v3/markets/?cursor=%3Cscript%3E", 422, "cursor"),
    ("/v3/members/", 405, "POST"),
    ("/v3/orders/", 401, "Sign in to go on"),
    ("/v3/markets/1/?format=svg", 406, "application/json"),
    (f"/v3/events/?types={'a' * 9000}", 414, "URL"),
)


@pytest.mark.parametrize(("path", "status", "text"), PROBLEMS)
def test_problems_are_pages_too(exhibition: Exhibition, path: str, status: int, text: str) -> None:
    page = exhibition.browsers["anyone"].get(path)
    assert page.status == status
    assert text in page.main
    assert "Done." not in page.main
    assert list(problems_of(page)) == []


COMMANDS: Final = (
    ("staff", "POST", "/v3/events/", {"name": "x", "type": "x", "start_datetime": "2026-05-17T14:00:00Z"}),
    ("staff", "PATCH", "/v3/events/1/", {"name": "y"}),
    ("staff", "POST", "/v3/markets/", {"event_id": "1", "name": "x", "contracts": [{"name": "x"}]}),
    ("staff", "PATCH", "/v3/markets/1/", {"state": "halted"}),
    ("staff", "PATCH", "/v3/markets/1/", {"state": "closed"}),
    ("staff", "PUT", "/v3/markets/1/settlement/", {"void": True, "reason": "x"}),
    ("staff", "PUT", "/v3/exchange/state/", {"state": "open"}),
    ("staff", "POST", "/v3/accounts/ada/deposits/", {"amount": "1.00"}),
    ("ada", "PATCH", "/v3/members/ada/", {"bio": "x"}),
    ("ada", "POST", "/v3/orders/", {"price": "x"}),
    ("ada", "DELETE", "/v3/orders/", None),
    ("anyone", "POST", "/v3/members/", {"username": "new", "password": PASSWORD}),
    ("anyone", "POST", "/v3/sessions/", {"username": "ada", "password": PASSWORD}),
)


def test_what_commands_come_to_is_a_page_for_who_asks_for_one(world: World) -> None:
    market = world.market()
    visitors = {"anyone": world.anyone, "ada": world.member("ada"), "staff": world.staff}
    asks = {"Accept": "text/html"}
    placed = visitors["ada"].send("POST", "/v3/orders/", order_in(market), headers=asks)
    assert list(problems_of(Page("/v3/orders/", placed))) == []
    for name, method, path, body in COMMANDS:
        result = visitors[name].send(method, path, body, headers=asks)
        assert result.status_code in {200, 201, 422}, (method, path, result.text)
        assert result.headers["content-type"] == "text/html; charset=utf-8"
        assert list(problems_of(Page(path, result))) == [], (method, path)


def test_a_market_page_is_made_quickly(exhibition: Exhibition) -> None:
    """Reading it back included; in processor time, by the quickest: whatever else the machine does."""
    browser = exhibition.browsers["ada"]
    page_s = quickest_s(lambda: browser.get("/v3/markets/1/"))
    yardstick_s = quickest_s(lambda: sum(number * number for number in range(100_000)))
    assert page_s < YARDSTICKS_MAX * yardstick_s


def quickest_s(deed: Callable[[], object]) -> float:
    taken: list[float] = []
    for _ in range(READS):
        begun = time.process_time()
        deed()
        taken.append(time.process_time() - begun)
    return min(taken)
