"""Owns the resources that describe the API: the OpenAPI document, the page to try it, the one for authors.

Never describes anything itself: what is generated from the declarations is shown.
Called by resources/app.py.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from markupsafe import Markup
from msgspec import Raw

from resources.openapi.assets import Assets
from resources.openapi.client_page import Markdown, as_html, client_page
from resources.openapi.declarations import declarations, tags
from resources.openapi.document import document
from resources.openapi.schemas import Schema
from resources.toolkit.media.json import JSON, Json
from resources.toolkit.media.page import page
from resources.toolkit.query import Query
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, Resource, done, read
from resources.toolkit.view import Link, View
from resources.toolkit.visitor import Who

ASSETS_PREFIX: Final = "/v3/docs/assets/"
_FOLDER: Final = Path(__file__).parent / "static"
_PACKAGE: Final = Path(__file__).parents[2] / "node_modules" / "swagger-ui-dist"
_FILES: Final = (
    _PACKAGE / "swagger-ui-bundle.js",
    _PACKAGE / "swagger-ui.css",
    _FOLDER / "docs.js",
    _FOLDER / "docs.css",
)
_LINKS: Final = (
    Link("service-desc", "/v3/openapi.json", "The description of the API (OpenAPI)"),
    Link("service-doc", "/v3/docs/client/", "Write a client in ten minutes"),
)


def load_assets() -> Assets:
    """What the pages need in a browser, as far as it is installed."""
    return Assets(ASSETS_PREFIX, _FILES)


class Description(Resource):
    """``/v3/openapi.json``: everything that the resources declare."""

    pattern = "/v3/openapi.json"
    title = "The description of the API"
    representations = (JSON, Json("openapi", "application/vnd.oai.openapi+json", "OpenAPI"))

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._resources = (*resources, self)
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="The description of the API: OpenAPI 3.1",
                answers={200: dict[str, Raw]},
            )
        }

    @cached_property
    def document(self) -> Schema:
        """Made when it is asked for first: that takes a moment, and a start is not to take longer for it."""
        return document(list(declarations(self._resources)), tags(self._resources))

    async def show(self, _call: Call[None, Query]) -> Outcome:
        return done(self.document, {})


class Docs(Resource):
    """``/v3/docs/``: a page to read the description, and to try what it describes."""

    pattern = "/v3/docs"
    title = "The API"
    # As HTML only: its script writes HTML into the page.
    representations = page("docs.xhtml")[:1]

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self.methods: Mapping[str, Method] = {
            "GET": read(Who.ANYONE, NO_QUERY, self.show, summary="A page to read and try the API")
        }

    async def show(self, _call: Call[None, Query]) -> Outcome:
        return done({"assets": self._assets.paths, "description": Description.pattern}, {})

    def links(self, _view: View, /) -> Sequence[Link]:
        return _LINKS


class ClientPage(Resource):
    """``/v3/docs/client/``: how to write a client, for people and for what they paste it into."""

    pattern = "/v3/docs/client"
    title = "Write a client in ten minutes"
    representations = (Markdown(), *page("client.xhtml"))

    def __init__(self, description: Description, assets: Assets) -> None:
        self._description = description
        self._assets = assets
        self.methods: Mapping[str, Method] = {
            "GET": read(Who.ANYONE, NO_QUERY, self.show, summary="How to write a client")
        }

    @cached_property
    def text(self) -> str:
        return client_page(self._description.document)

    @cached_property
    def _html(self) -> Markup:
        return as_html(self.text)

    async def show(self, call: Call[None, Query]) -> Outcome:
        aside = {} if call.format == Markdown.name else {"html": self._html, "assets": self._assets.paths}
        return done({"text": self.text}, {}, aside=aside)

    def links(self, _view: View, /) -> Sequence[Link]:
        return _LINKS[:1]
