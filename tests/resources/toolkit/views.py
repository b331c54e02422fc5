"""Owns made-up views, to try representations on.

Never asks a resource.
Called by the tests of representations.
"""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, fromstring

from resources.toolkit.http import HttpRequest
from resources.toolkit.view import Form, Link, View
from resources.toolkit.visitor import Member


def view(
    content: Mapping[str, object],
    *,
    aside: Mapping[str, object] | None = None,
    links: Sequence[Link] = (),
    forms: Sequence[Form] = (),
    visitor: Member | None = None,
    title: str = "Things",
) -> View:
    """The view of a GET of ``/things/``."""
    return View(
        HttpRequest("GET", "/things"), "/things/", {}, visitor, 200, title, content, aside or {}, links, forms
    )


def parsed_xml(document: bytes) -> Element:
    """The root of a document; raises if it isn't well-formed."""
    return fromstring(document)  # noqa: S314 (our own)
