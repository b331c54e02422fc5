"""Owns what all lists share: the parameters of a page, and the link to the next one.

Never reads a list.
Called by the resources that show lists.
"""

from typing import Annotated
from urllib.parse import parse_qsl, urlencode

import msgspec

from actors.machines import limits
from resources.toolkit.http import HttpRequest
from resources.toolkit.query import Query

SortKey = Annotated[
    str, msgspec.Meta(description="A field; with a minus sign the other way. Which ones, a refusal says.")
]
Cursor = Annotated[str, msgspec.Meta(description="Which page: only ever from `pagination`.")]


class OrderedPageQuery(Query, frozen=True):
    """The parameters of a list with one order; ``cursor`` only ever comes from ``next_page``."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=limits.PAGE_LIMIT_MAX)] = limits.PAGE_LIMIT_DEFAULT
    cursor: Cursor | None = None


class PageQuery(OrderedPageQuery, frozen=True):
    """The parameters of a list that sorts as it is told."""

    sort: tuple[SortKey, ...] = ()

    @property
    def sort_text(self) -> str | None:
        return ",".join(self.sort) or None


def pagination(request: HttpRequest, next_cursor: str | None) -> dict[str, str | None]:
    """The query string of the next page: the same one, further on."""
    return {"next_page": None if next_cursor is None else page_at(request, next_cursor)}


def page_at(request: HttpRequest, cursor: str) -> str:
    """The query string of the page at a cursor."""
    asked = [(name, value) for name, value in parse_qsl(request.query_string) if name != "cursor"]
    return f"?{urlencode([*asked, ('cursor', cursor)])}"
