"""Owns the representation as an Atom feed (RFC 4287), with the pages and archives of RFC 5005.

Never decides what is an entry: the resource says so.
Called by resources, which declare feeds.

Where a page of the feed is an archive, which never changes, the resource links ``current`` beside it, and its
neighbours as ``prev-archive`` and ``next-archive``.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec

from resources.toolkit.media.xml_text import xml_text
from resources.toolkit.view import Link, View

ATOM: Final = "application/atom+xml"
_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_HISTORY: Final = "http://purl.org/syndication/history/1.0"
_PAGE: Final = "text/html"
_GENERATOR: Final = "Credence"
_BEFORE_ALL: Final = "1970-01-01T00:00:00Z"
"""When a feed that has nothing was changed last."""
_OF_FEEDS: Final = frozenset(
    {
        "self",
        "alternate",
        "first",
        "prev",
        "next",
        "last",
        "current",
        "prev-archive",
        "next-archive",
        "related",
        "up",
    }
)
_IN_FEEDS: Final = {"prev": "previous"}
"""What RFC 5005 calls a relation that HTML and HTTP call otherwise."""


class Entry(NamedTuple):
    """An entry, enough to be shown alone. ``identity`` is a URI that never changes; times are RFC 3339."""

    identity: str
    title: str
    updated: str
    text: str
    author: str = _GENERATOR
    published: str = ""
    links: Sequence[Link] = ()
    categories: Sequence[str] = ()


def by_path(view: View) -> str:
    """The identity of a feed that is at one place for ever: all its pages are of one feed."""
    return f"urn:credence:feed:{view.path}"


class Feed(msgspec.Struct, frozen=True):
    """The feed of what ``entries`` finds in a view, newest first."""

    entries: Callable[[View], Iterable[Entry]]
    identify: Callable[[View], str] = by_path
    name: str = "atom"
    media_type: str = ATOM
    title: str = "Feed"
    personal: bool = False

    def render(self, view: View) -> bytes:
        entries = list(self.entries(view))
        links = [link for link in view.links if _is_of_feed(link)]
        if any(link.rel == "next" for link in links) and not any(link.rel == "first" for link in links):
            links.append(next(link for link in links if link.rel == "self")._replace(rel="first"))
        root = Element("feed", {"xmlns": _NAMESPACE, "xmlns:fh": _HISTORY})
        _text(root, "id", self.identify(view))
        _text(root, "title", view.title)
        _text(root, "updated", max((entry.updated for entry in entries), default=_BEFORE_ALL))
        _text(root, "generator", _GENERATOR)
        if any(link.rel == "current" for link in links):
            SubElement(root, "fh:archive")
        _links(root, links)
        for entry in entries:
            _entry(SubElement(root, "entry"), entry)
        return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _is_of_feed(link: Link) -> bool:
    """Of what the same is shown as, the page alone: readers open whichever comes first, or last."""
    return link.rel in _OF_FEEDS and (link.rel != "alternate" or link.type == _PAGE)


def _entry(parent: Element, entry: Entry) -> None:
    _text(parent, "id", entry.identity)
    _text(parent, "title", entry.title)
    _text(parent, "updated", entry.updated)
    if entry.published:
        _text(parent, "published", entry.published)
    _text(SubElement(parent, "author"), "name", entry.author)
    for category in entry.categories:
        SubElement(parent, "category", {"term": xml_text(category)})
    _links(parent, entry.links)
    _text(parent, "content", entry.text).set("type", "text")


def _links(parent: Element, links: Iterable[Link]) -> None:
    for link in links:
        rel = _IN_FEEDS.get(link.rel, link.rel)
        given = {"rel": rel, "href": link.href, "type": link.type, "title": xml_text(link.title)}
        SubElement(parent, "link", {name: value for name, value in given.items() if value})


def _text(parent: Element, name: str, text: str) -> Element:
    child = SubElement(parent, name)
    child.text = xml_text(text)
    return child
