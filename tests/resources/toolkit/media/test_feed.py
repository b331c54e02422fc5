"""Owns the tests of feeds: well-formed, whole, and read right by a feed reader.

Never tests what is an entry.
Called by pytest.
"""

from collections.abc import Iterator
from typing import Any, Final

import feedparser
from hypothesis import given
from hypothesis import strategies as st

from resources.toolkit.media.feed import Entry, Feed
from resources.toolkit.view import Link, View
from tests.resources.toolkit.views import parsed_xml, view

FIRST: Final = Entry(
    "urn:credence:thing:1",
    "One & <all>",
    "2026-01-01T00:00:00.000001Z",
    "It was <b>one</b>.",
    author="ada",
    published="2026-01-01T00:00:00Z",
    links=(Link("alternate", "/things/1/", "The thing", "text/html"),),
    categories=("one", "all"),
)
LINKS: Final = (
    Link("self", "/things/?format=atom"),
    Link("next", "/things/?cursor=x"),
    Link("help", "/help/"),
)
ATOM: Final = "{http://www.w3.org/2005/Atom}"


def feed_of(*entries: Entry, links: tuple[Link, ...] = LINKS) -> bytes:
    def found(_: View) -> Iterator[Entry]:
        return iter(entries)

    return Feed(found).render(view({}, links=links))


def parsed(document: bytes) -> Any:  # noqa: ANN401 (feedparser has no types)
    result = feedparser.parse(document)
    assert not result.bozo, result.get("bozo_exception")
    return result


def test_a_reader_understands_it() -> None:
    result = parsed(feed_of(FIRST))
    assert result.version == "atom10"
    assert (result.feed.id, result.feed.title) == ("urn:credence:feed:/things/", "Things")
    assert result.feed.updated == FIRST.updated
    (entry,) = result.entries
    assert (entry.id, entry.title, entry.updated) == (FIRST.identity, "One & <all>", FIRST.updated)
    assert (entry.author, entry.published, entry.content[0].value) == ("ada", FIRST.published, FIRST.text)
    assert [tag.term for tag in entry.tags] == ["one", "all"]
    assert [(link.rel, link.href) for link in entry.links] == [("alternate", "/things/1/")]


def test_links_that_mean_something_in_a_feed_are_in_it() -> None:
    links = parsed(feed_of(FIRST)).feed.links
    assert [(link.rel, link.href) for link in links] == [
        ("self", "/things/?format=atom"),
        ("next", "/things/?cursor=x"),
        ("first", "/things/?format=atom"),
    ]


def test_a_reader_opens_the_page_and_not_what_else_shows_the_same() -> None:
    types = ("application/json", "text/html", "application/atom+xml", "text/csv")
    links = tuple(Link("alternate", f"/things/?format={each}", "", each) for each in types)
    feed = parsed(feed_of(FIRST, links=links)).feed
    assert [link.href for link in feed.links] == ["/things/?format=text/html"]
    assert feed.link == "/things/?format=text/html"


def test_its_pages_are_linked_in_the_words_of_rfc_5005() -> None:
    links = tuple(Link(rel, f"/things/?cursor={rel}") for rel in ("self", "first", "prev", "next", "last"))
    found = parsed(feed_of(links=links)).feed.links
    assert [(link.rel, link.href.partition("=")[2]) for link in found] == [
        ("self", "self"),
        ("first", "first"),
        ("previous", "prev"),
        ("next", "next"),
        ("last", "last"),
    ]


def test_a_feed_of_nothing_is_whole() -> None:
    result = parsed(feed_of())
    assert (result.entries, result.feed.updated) == ([], "1970-01-01T00:00:00Z")


def test_an_archive_says_that_it_is_one() -> None:
    archive = "{http://purl.org/syndication/history/1.0}archive"
    links = (Link("current", "/things/"), Link("prev-archive", "/things/?archive=1"))
    assert parsed_xml(feed_of(FIRST, links=links)).find(archive) is not None
    assert parsed_xml(feed_of(FIRST)).find(archive) is None


@given(st.lists(st.text(), min_size=4, max_size=4))
def test_whatever_members_write_it_stays_well_formed(texts: list[str]) -> None:
    title, text, author, category = texts
    entry = FIRST._replace(title=title, text=text, author=author, categories=(category,))
    root = parsed_xml(feed_of(entry))
    assert len(root.findall(f"{ATOM}entry")) == 1


def test_a_feed_may_have_an_identity_of_its_own() -> None:
    def nothing(_: View) -> Iterator[Entry]:
        return iter(())

    named = Feed(nothing, lambda shown: f"urn:of:{shown.path}").render(view({}))
    assert parsed(named).feed.id == "urn:of:/things/"
