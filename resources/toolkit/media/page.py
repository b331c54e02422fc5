"""Owns the representation as a page: XHTML that is well-formed XML and good HTML5 at once, from templates.

Never trusts a text: everything is escaped, whatever the template is called.
Called by resources, which declare pages, and by the decisions for problems.

Both media types get the same bytes: no XML declaration, no named entities, every element closed.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

import msgspec
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template

from resources.toolkit.media import page_filters
from resources.toolkit.media.xml_text import xml_text
from resources.toolkit.view import Representation, View

XHTML: Final = "application/xhtml+xml"
HTML: Final = "text/html"
GENERIC: Final = "generic.xhtml"


class Page(msgspec.Struct, frozen=True):
    """A page made by this template, which is given the ``view``."""

    template: str
    name: str
    media_type: str
    title: str = "Page"
    personal: bool = True

    def render(self, view: View) -> bytes:
        return _template(self.template).render(view=view).encode()


def page(template: str = GENERIC) -> tuple[Representation, ...]:
    """The page for who reads HTML and for who reads XHTML. The generic one shows any content."""
    return (
        Page(template, "html", f"{HTML}; charset=utf-8"),
        Page(template, "xhtml", f"{XHTML}; charset=utf-8"),
    )


@cache
def _template(name: str) -> Template:
    return environment().get_template(name)


@cache
def environment() -> Environment:
    """Templates of the package around the toolkit come before the toolkit's own."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader("resources"), PackageLoader("resources.toolkit.media")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(page_filters.FILTERS)
    made.tests["mapping"] = lambda value: isinstance(value, Mapping)
    return made


def _finalized(value: object) -> object:
    """What stands in braces in a template: a text as XML may hold it; nothing for what isn't there."""
    if value is None:
        return ""
    return xml_text(value) if type(value) is str else value
