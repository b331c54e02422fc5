"""Owns the tests of the comments on something: written, paged, shown in every form, whatever they say.

Never tests who sees them.
Called by pytest.
"""

import json
from typing import Final
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import feedparser
import pytest

from actors.machines import limits
from resources.toolkit.media.xml_text import xml_text
from tests.resources.browsing import Browser
from tests.resources.talking import texts, write
from tests.resources.test_forms import signed_in
from tests.resources.world import Json, Visitor, World, all_pages

XHTML: Final = "{http://www.w3.org/1999/xhtml}"
NASTY: Final = (
    "<script>alert('x')</script>",
    "</p></article></main><script src=//evil.example></script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)> <a href='javascript:alert(1)'>x</a> <style>*{display:none}</style>",
    "javascript:alert(1) http://a.example/\"onmouseover=alert(1) https://a.example/'><script>",
    "a & b &amp; c &nbsp; &#0; &#x202e; d",
    "]]> --> <!-- <![CDATA[ x ]]> <?php ?>",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7}",
    "\u202eright to left\u202c \u2066isolated\u2069 \u05d0\u05d1\u05d2 \u0627\u0644\u0639",
    "\u202eand left open, \u2067twice",
    "\U0001f6a3\u200d\u2640\ufe0f \u0301\u0301\u0301 Z\u0335\u0321\u034c \ufeff\u200b\u2028\u2029",
    "Donaudampfschifffahrtsgesellschaft" * 50,
    "x" * limits.COMMENT_LENGTH_MAX,
    "\n\n\n a \t b \n\n",
    "@ada @\u0430da @ada\u200d <@ada>",
    "\U0001ffff \U0010fffd \u00ad",
)
REFUSED: Final[tuple[tuple[object, str], ...]] = (
    ("", "text"),
    (" \n\t", "text"),
    ("x" * (limits.COMMENT_LENGTH_MAX + 1), "text"),
    ("a\0b", "text"),
    ("a\x08b", "text"),
    ("a\x1b[31mb", "text"),
    ("a\x85b", "text"),
    ("a\ufffeb", "text"),
    (7, "text"),
    (None, "text"),
    (["a"], "text"),
)


@pytest.fixture
def market(world: World) -> Json:
    return world.market(name="Who <wins>?")


@pytest.fixture
def ada(world: World) -> Visitor:
    return world.member("ada")


def path_of(market: Json) -> str:
    return f"/v3/markets/{market['id']}/comments/"


def parsed(answer: bytes) -> Element:
    return ET.fromstring(answer)  # noqa: S314 (our own)


def test_a_comment_is_written_and_listed(ada: Visitor, market: Json) -> None:
    result = ada.post(path_of(market), {"text": "Well, @ada."})
    made = result.json["comment"]
    assert (result.status_code, result.headers["location"]) == (201, f"/v3/comments/{made['id']}/")
    assert ada.ok("GET", path_of(market)) == {"comments": [made], "pagination": {"next_page": None}}
    assert {name: made[name] for name in ("market_id", "username", "text", "mentions", "state")} == {
        "market_id": market["id"],
        "username": "ada",
        "text": "Well, @ada.",
        "mentions": ["ada"],
        "state": "written",
    }


def test_newest_first_or_oldest_page_by_page(world: World, ada: Visitor, market: Json) -> None:
    for number in range(5):
        write(ada, market, f"text {number}")
    write(ada, world.market(), "elsewhere")
    listed = all_pages(ada, path_of(market), "?limit=2", "comments")
    assert [each["text"] for each in listed] == [f"text {number}" for number in (4, 3, 2, 1, 0)]
    oldest = all_pages(ada, path_of(market), "?limit=3&sort=created_datetime", "comments")
    assert oldest == listed[::-1]
    assert ada.get(f"{path_of(market)}?sort=username").json["errors"][0]["field"] == "sort"


def test_a_page_is_full_whatever_is_left_out(world: World, ada: Visitor, market: Json) -> None:
    for number in range(6):
        made = write(ada, market, f"text {number}")
        if number % 2:
            asked = {"state": "hidden", "reason": "odd"}
            world.staff.ok("PUT", f"/v3/comments/{made['id']}/visibility/", asked)
    first = world.anyone.ok("GET", f"{path_of(market)}?limit=2")
    assert [each["text"] for each in first["comments"]] == ["text 4", "text 2"]
    last = world.anyone.ok("GET", f"{path_of(market)}{first['pagination']['next_page']}")
    assert [each["text"] for each in last["comments"]] == ["text 0"]
    assert last["pagination"] == {"next_page": None}


def test_a_reply_answers_one_of_the_same_list(world: World, ada: Visitor, market: Json) -> None:
    first = write(ada, market)
    reply = write(world.member("ben"), market, "So.", in_reply_to=first["id"])
    assert reply["in_reply_to"] == first["id"]
    elsewhere = write(ada, world.market())
    for answered in ("987654321", elsewhere["id"]):
        result = ada.post(path_of(market), {"text": "Well?", "in_reply_to": answered})
        assert (result.status_code, result.json["error_type"]) == (422, "COMMENT_NOT_FOUND")
        assert result.json["errors"][0]["field"] == "in_reply_to"
    deeper = ada.post(path_of(market), {"text": "Well?", "in_reply_to": reply["id"]})
    assert (deeper.status_code, deeper.json["error_type"]) == (422, "LIMIT_EXCEEDED")


def test_what_is_hidden_from_somebody_is_not_answered_by_them(
    world: World, ada: Visitor, market: Json
) -> None:
    hidden, ben = write(ada, market), world.member("ben")
    asked = {"state": "hidden", "reason": "rude"}
    world.staff.ok("PUT", f"/v3/comments/{hidden['id']}/visibility/", asked)
    told = [
        ben.post(path_of(market), {"text": "Well?", "in_reply_to": answered}).json
        for answered in (hidden["id"], "987654321")
    ]
    assert told[0] == told[1]


def test_the_same_key_writes_once(ada: Visitor, market: Json) -> None:
    key = {"Idempotency-Key": "my-comment"}
    first = ada.send("POST", path_of(market), {"text": "Once."}, key)
    again = ada.send("POST", path_of(market), {"text": "Once."}, key)
    assert (first.status_code, again.status_code, first.json) == (201, 201, again.json)
    other = ada.send("POST", path_of(market), {"text": "Twice."}, key)
    assert (other.status_code, other.json["error_type"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert texts(ada, market) == ["Once."]


def test_who_writes_too_much_is_told_to_wait(world: World, ada: Visitor, market: Json) -> None:
    world.clock.step_us = 1
    for _ in range(limits.COMMENTS_BURST):
        write(ada, market)
    result = ada.post(path_of(market), {"text": "Well."})
    assert (result.status_code, result.json["error_type"]) == (429, "THROTTLE_EXCEEDED")
    assert "retry-after" in result.headers
    assert len(texts(ada, market)) == limits.COMMENTS_BURST


def test_who_was_told_to_wait_writes_later_with_the_same_key(
    world: World, ada: Visitor, market: Json
) -> None:
    world.clock.step_us = 1
    for _ in range(limits.COMMENTS_BURST):
        write(ada, market)
    key = {"Idempotency-Key": "patient"}
    statuses = [ada.send("POST", path_of(market), {"text": "At last."}, key).status_code for _ in range(2)]
    world.clock.step_us = limits.COMMENT_INTERVAL_US
    statuses += [ada.send("POST", path_of(market), {"text": "At last."}, key).status_code for _ in range(2)]
    assert statuses == [429, 429, 201, 201]
    assert texts(ada, market).count("At last.") == 1


def test_lines_end_in_one_way(ada: Visitor, market: Json) -> None:
    assert write(ada, market, "one\r\ntwo\rthree\nfour")["text"] == "one\ntwo\nthree\nfour"


@pytest.mark.parametrize(("text", "field"), REFUSED, ids=[repr(text)[:20] for text, _ in REFUSED])
def test_what_is_no_comment_is_refused_by_its_field(
    ada: Visitor, market: Json, text: object, field: str
) -> None:
    result = ada.post(path_of(market), {"text": text})
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)
    assert texts(ada, market) == []


def test_what_is_no_text_is_not_readable(ada: Visitor, market: Json) -> None:
    for raw in (b'{"text": "\\ud800"}', b'{"text": "\xff"}', b'{"text": "a\x01b"}', b'"text"'):
        assert ada.send("POST", path_of(market), raw=raw).status_code in {400, 422}
    assert texts(ada, market) == []


def test_nothing_is_said_of_what_is_not_there(world: World, ada: Visitor) -> None:
    for path in ("/v3/markets/99/comments/", "/v3/markets/1,2/comments/", "/v3/entries/99/comments/"):
        assert ada.get(path).status_code == 404
        assert ada.post(path, {"text": "Well."}).status_code == 404


@pytest.mark.parametrize("text", NASTY, ids=[text[:15] for text in NASTY])
def test_whatever_a_comment_says_is_but_text(world: World, ada: Visitor, market: Json, text: str) -> None:
    made = write(ada, market, text)
    assert made["text"] == text
    assert json.loads(world.anyone.get(path_of(market)).text)["comments"][0]["text"] == text
    feed = world.anyone.get(f"{path_of(market)}?format=atom").content
    (entry,) = parsed(feed).iterfind("{http://www.w3.org/2005/Atom}entry")
    assert entry.findtext("{http://www.w3.org/2005/Atom}content") == xml_text(text)
    for path in (path_of(market), f"/v3/comments/{made['id']}/", f"/v3/markets/{market['id']}/"):
        page = parsed(world.anyone.get(f"{path}?format=xhtml").content)
        (said,) = (each for each in page.iter(f"{XHTML}p") if "said" in each.get("class", "").split())
        assert "".join(said.itertext()) == xml_text(text)
        assert said.get("dir") == "auto"
        assert {each.tag for each in said} <= {f"{XHTML}a"}
        for link in said:
            assert set(link.attrib) <= {"href", "rel"}
            assert link.get("href", "").startswith(("http://", "https://", "/v3/members/"))
        assert not page.findall(f".//{XHTML}script")
        assert "onerror" not in {name for each in page.iter() for name in each.attrib}


def test_links_lead_away_without_a_word_of_ours(world: World, ada: Visitor, market: Json) -> None:
    write(ada, market, "https://a.example/?b=1&c=2 @ada")
    page = parsed(world.anyone.get(f"{path_of(market)}?format=xhtml").content)
    (said,) = (each for each in page.iter(f"{XHTML}p") if "said" in each.get("class", "").split())
    away, member = said
    assert (away.get("href"), away.get("rel")) == (
        "https://a.example/?b=1&c=2",
        "nofollow ugc noopener noreferrer",
    )
    assert (member.get("href"), member.get("rel")) == ("/v3/members/ada/", None)


def test_a_feed_reader_understands_it(world: World, ada: Visitor, market: Json) -> None:
    first = write(ada, market, "<b>Well</b> & good.")
    write(ada, market, "So.")
    edited = ada.ok("PATCH", f"/v3/comments/{first['id']}/", {"text": "Better."})["comment"]
    answer = world.anyone.get(path_of(market), Accept="application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.feed.title == "Comments on Who <wins>?"
    newest, oldest = feed.entries
    assert (newest.content[0].value, oldest.content[0].value) == ("So.", "Better.")
    assert (oldest.id, oldest.title) == (f"urn:credence:comment:{first['id']}", "ada on Who <wins>?")
    assert (oldest.updated, oldest.published) == (edited["edited_datetime"], first["created_datetime"])
    assert (oldest.author, oldest.link) == ("ada", f"/v3/comments/{first['id']}/")
    again = world.anyone.get(
        path_of(market), Accept="application/atom+xml", If_None_Match=answer.headers["etag"]
    )
    assert again.status_code == 304


def test_in_a_browser_without_scripts(world: World, ada: Visitor, market: Json) -> None:
    stranger = Browser(world.client).get(path_of(market))
    assert "sign in or join" in stranger.main
    browser = signed_in(world, "ada")
    for place in (path_of(market), f"/v3/markets/{market['id']}/"):
        page = browser.submit(browser.get(place).form("Write a comment"), {"text": f"One\r\n{place}"})
        assert (page.status, page.heading) == (200, "Comment of ada")
        assert f"One {place}" in " ".join(page.main.split())
        assert f"One {place}" in " ".join(browser.get(f"/v3/markets/{market['id']}/").main.split())
    refused = browser.submit(browser.get(path_of(market)).form("Write a comment"), {"text": " "})
    assert refused.status == 422
    assert refused.form("Write a comment").fields["text"]
    assert len(texts(ada, market)) == 2
