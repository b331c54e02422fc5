"""Owns the resource of search: members, events and markets, by the beginnings of the words they are named by.

Never shows a member to whom they have blocked, or who has blocked them.
Called by resources/app.py.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final, Literal, cast

import msgspec

from actors.machines import limits
from couch_views.json_values import JsonObject
from couch_views.queries import search as queries
from couch_views.queries.lists import distinct, read_known
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.queries.search import Hit
from couch_views.shapes import document_id
from resources.answers import search as answers
from resources.pages.asides import purse
from resources.paging import OrderedPageQuery, pagination
from resources.privacy import Viewer, load, viewer_of
from resources.reading import Reader
from resources.representations import Json
from resources.seals import Seal
from resources.texts import SearchText
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import invalid
from resources.toolkit.query import query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, done, read
from resources.toolkit.view import View
from resources.toolkit.visitor import Who

_NOTHING: Final[Page[Json]] = Page([], None)


class SearchQuery(OrderedPageQuery, frozen=True):
    """``q``: words, of which the beginnings do; without any, nothing is found."""

    q: Annotated[
        SearchText,
        msgspec.Meta(
            title="Search for", description="Beginnings of words, in any case.", examples=["harbour cu"]
        ),
    ] = ""
    types: tuple[Literal["member", "event", "market"], ...] = ()


class Search(Resource):
    """``/v3/search/``."""

    pattern = "/v3/search"
    title = "Search"
    representations = (JSON, *page("search.xhtml"))

    def __init__(self, reader: Reader, seal: Seal) -> None:
        self._reader = reader
        self._seal = seal
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(SearchQuery),
                self.show,
                summary="Members, events and markets by their names",
                answers={200: answers.SearchResults},
                personal=True,
            )
        }

    async def show(self, call: Call[None, SearchQuery]) -> Outcome:
        viewer, query = viewer_of(call), call.query
        words = queries.words_of(query.q)
        if len(words) > limits.SEARCH_WORDS_MAX:
            raise invalid("q", f"at most {limits.SEARCH_WORDS_MAX} words")

        def find(documents: Reads) -> tuple[Page[Json], Json]:
            return self._find(documents, viewer, words, query), purse(documents, call)

        (found, aside), position = await self._reader.read(call, find)
        # A cursor holds an account's id, which nobody is shown.
        cursor = None if found.next_cursor is None else self._seal.close(found.next_cursor)
        content = {"results": found.items, "pagination": pagination(call.request, cursor)}
        return done(content, position, aside={**aside, "q": query.q})

    def heading(self, view: View, /) -> str:
        asked = view.aside.get("q")
        return f"{self.title}: {asked}" if asked else self.title

    def _find(self, documents: Reads, viewer: Viewer, words: Sequence[str], query: SearchQuery) -> Page[Json]:
        cursor = None if query.cursor is None else self._seal.open(query.cursor)
        if not words:
            return _NOTHING
        listing = queries.search(words, query.types)
        found = listing.page_of_shown(documents, query.limit, cursor, _shown(documents, viewer, words))
        return found._replace(items=_with_events(documents, found.items))


def _shown(
    documents: Reads, viewer: Viewer, words: Sequence[str]
) -> Callable[[Sequence[JsonObject]], list[Json | None]]:
    """What makes of what was found what is shown of it; ``None``: not at all."""

    def show(found: Sequence[JsonObject]) -> list[Json | None]:
        hits = [queries.hit(document) for document in found]
        relations = load(documents, viewer, [each.account_id for each in hits if each.account_id is not None])
        return [
            _represent(each)
            if each.has(words) and (each.account_id is None or not relations.blocked(each.account_id))
            else None
            for each in hits
        ]

    return show


def _represent(hit: Hit) -> Json:
    """Of a market the event has no name yet."""
    is_member = hit.kind == "member"
    return {
        "type": hit.kind,
        "id": None if is_member else hit.identity,
        "username": hit.identity if is_member else None,
        "name": hit.name,
        "event": None if hit.event_id is None else {"id": hit.event_id, "name": ""},
        "state": hit.state,
        "path": f"/v3/{hit.kind}s/{hit.identity}/",
    }


def _with_events(documents: Reads, results: Sequence[Json]) -> list[Json]:
    """One read for the names of all events that markets are about."""
    about = [cast("Mapping[str, str] | None", each["event"]) for each in results]
    wanted = distinct(document_id("event", event["id"]) for event in about if event is not None)
    names = {str(event["id"]): event["name"] for event in read_known(documents, wanted)}
    return [
        each if event is None else {**each, "event": {"id": event["id"], "name": names.get(event["id"], "")}}
        for each, event in zip(results, about, strict=True)
    ]
