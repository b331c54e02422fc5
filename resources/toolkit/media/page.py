"""Owns the representation as a page: XHTML that is well-formed XML and good HTML5 at once, from templates.

Never trusts a text: everything is escaped, whatever the template is called.
Called by resources, which declare pages, and by the decisions for problems.

Both media types get the same bytes: no XML declaration, no named entities, every element closed.
"""

from collections.abc import Callable, Mapping
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
_READING: Final = frozenset({"GET", "HEAD"})
_PROBLEMS_FROM: Final = 400
_OWN: Final = "resources.toolkit.media"


class Page(msgspec.Struct, frozen=True):
    """A page made by this template, which is given the ``view``."""

    template: str
    name: str
    media_type: str
    title: str = "Page"
    personal: bool = True

    def render(self, view: View) -> bytes:
        # Templates are for what is read, and for problems; what a command came to looks otherwise.
        fits = view.request.method in _READING or view.status >= _PROBLEMS_FROM
        name = view.template or (self.template if fits else GENERIC)
        return _template(name).render(view=view).encode()


def page(template: str = GENERIC) -> tuple[Representation, ...]:
    """The page for who reads HTML and for who reads XHTML. The generic one shows any content."""
    return (
        Page(template, "html", f"{HTML}; charset=utf-8"),
        Page(template, "xhtml", f"{XHTML}; charset=utf-8"),
    )


@cache
def _template(name: str) -> Template:
    return environment().get_template(name)


def use_templates(
    package: str, filters: Mapping[str, Callable[..., object]], known: Mapping[str, object]
) -> None:
    """Templates of this package come before the toolkit's own; ``known`` is what they know beside the view.

    To be called once, before pages are made.
    """
    made = environment()
    made.loader = ChoiceLoader([PackageLoader(package), PackageLoader(_OWN)])
    made.filters.update(filters)
    made.globals.update(known)
    if made.cache is not None:
        made.cache.clear()
    _template.cache_clear()


@cache
def environment() -> Environment:
    """Who alone has no templates makes pages by the toolkit's own."""
    made = Environment(
        loader=PackageLoader(_OWN),
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
