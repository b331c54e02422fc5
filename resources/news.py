"""Owns the resources of the news of markets: of some, and of all; month by month in archives.

Never tells who trades, or who of the staff did what.
Called by resources/app.py.

An archive (RFC 5005) is a month that is over: who has read it needs it no more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, NamedTuple, cast

import msgspec

from actors.machines import limits
from couch_views.classes import DocumentClass
from couch_views.queries import news as queries
from couch_views.queries.catalogue import markets_by_id
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.shapes import MarketDocument, NewsDocument, fields_of
from resources.answers import news as answers
from resources.paging import OrderedPageQuery, pagination
from resources.reading import Reader
from resources.representations import shown
from resources.toolkit.identities import Several
from resources.toolkit.media.feed import Entry, Feed
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.query import query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, done, read
from resources.toolkit.view import Link, View
from resources.toolkit.visitor import Who

NEWS_FIELDS: Final = fields_of(NewsDocument, hidden=("contract_id",))
_SECOND_US: Final = 1_000_000
_ALL: Final = Several([], single=False)


class NewsQuery(OrderedPageQuery, frozen=True):
    """``archive``: the month, in UTC."""

    archive: (
        Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$", examples=["2026-10"])] | None
    ) = None


class Found(NamedTuple):
    page: Page[NewsDocument]
    beside: queries.Months
    markets: dict[str, MarketDocument]


def entries(view: View) -> Iterator[Entry]:
    """The news as entries of a feed."""
    markets = cast("Mapping[str, MarketDocument]", view.aside["markets"])
    for each in cast("Iterable[NewsDocument]", view.content["news"]):
        market = markets[each["market_id"]]
        names = {contract["id"]: contract["name"] for contract in market["contracts"]}
        winners = ", ".join(names[winner] for winner in each["winners"])
        title = f"{market['name']}: {each['type'].replace('_', ' ')}"
        voided = names.get(each.get("contract_id", ""), "")
        sentences = (title, voided, winners and f"Won by {winners}", each["reason"])
        yield Entry(
            f"urn:credence:news:{each['market_id']}:{each['id']}",
            title,
            each["created_datetime"],
            ". ".join(sentence for sentence in sentences if sentence),
            published=each["created_datetime"],
            links=(Link("alternate", f"/v3/markets/{each['market_id']}/", market["name"], "text/html"),),
            categories=(each["type"],),
        )


class News(Resource):
    """``/v3/markets/{ids}/news/`` and ``/v3/news/``: newest first."""

    title = "News"
    representations = (JSON, *page("news.xhtml"), Feed(entries))

    def __init__(self, pattern: str, reader: Reader, clock: Callable[[], int]) -> None:
        """``pattern`` has the field ``ids``, or none: then it is about all markets."""
        self.pattern = pattern
        self._reader = reader
        self._clock = clock
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(NewsQuery),
                self.show,
                summary="News of markets, newest first",
                answers={200: answers.News},
            )
        }

    async def show(self, call: Call[None, NewsQuery]) -> Outcome:
        asked, query = self._asked(call), call.query
        this_month = datetime.fromtimestamp(self._clock() // _SECOND_US, UTC).strftime("%Y-%m")
        month = query.archive

        def find(documents: Reads) -> Found:
            if asked is not _ALL:
                asked.require_known(markets_by_id(documents, asked.numbers))
            limit = query.limit if month is None else limits.PAGE_LIMIT_MAX
            page = queries.news(documents, asked.numbers, limit, query.cursor, month)
            beside = queries.months_beside(documents, asked.numbers, month or this_month)
            return Found(page, beside, _markets(documents, page.items))

        (page, beside, markets), position = await self._reader.read(call, find, DocumentClass.HISTORY)
        content = {
            "news": [shown(each, NEWS_FIELDS) | _contract(each) for each in page.items],
            "pagination": pagination(call.request, page.next_cursor),
        }
        links = _links(self.parsed_pattern.path(**call.fields), month, beside, this_month)
        return done(content, position, aside={"markets": markets}, links=links)

    def _asked(self, call: Call[None, NewsQuery]) -> Several:
        return call.identities("ids") if call.fields else _ALL


def _contract(news: NewsDocument) -> dict[str, object]:
    """The contract that it is about, if it is about one."""
    return {"contract_id": news["contract_id"]} if "contract_id" in news else {}


def _markets(documents: Reads, found: Sequence[NewsDocument]) -> dict[str, MarketDocument]:
    numbers = [int(each["market_id"]) for each in found]
    return {market["id"]: market for market in markets_by_id(documents, numbers)}


def _links(path: str, month: str | None, beside: queries.Months, this_month: str) -> list[Link]:
    """What RFC 5005 links a feed's documents by. The month that isn't over yet is no archive."""
    links = [] if month is None else [Link("current", path)]
    if beside.before is not None:
        links.append(Link("prev-archive", f"{path}?archive={beside.before}"))
    if month is not None and beside.after is not None and beside.after < this_month:
        links.append(Link("next-archive", f"{path}?archive={beside.after}"))
    return links
