"""Owns the resource of what was executed in markets, newest first: pages, a table, a feed with archives.

Never shows who trades.
Called by resources/app.py.

An archive (RFC 5005) is a block of a hundred executions of one market: they are numbered without gaps and
never change, so a full block never does.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Final, NamedTuple, cast

import msgspec

from couch_views.classes import DocumentClass
from couch_views.queries import prices
from couch_views.queries.catalogue import markets_by_id
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.shapes import ExecutionDocument
from resources.answers import trading as answers
from resources.pages.asides import of_ids
from resources.paging import PageQuery, pagination
from resources.reading import Reader
from resources.representations import EXECUTION_FIELDS, Json, shown
from resources.toolkit.identities import Several
from resources.toolkit.media.feed import Entry, Feed
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.media.table import table_of
from resources.toolkit.problems import invalid, not_found
from resources.toolkit.query import query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, done, read
from resources.toolkit.view import Link, View
from resources.toolkit.visitor import Who

ARCHIVE_SIZE: Final = 100
_NUMBER_MAX: Final = 10**12
_PERCENT: Final = 100
_UNITS: Final = 10_000


class ExecutionsQuery(PageQuery, frozen=True):
    """``archive``: the number of a full block of executions of one market, from 1 on."""

    archive: Annotated[int, msgspec.Meta(ge=1, le=_NUMBER_MAX)] | None = None


class Found(NamedTuple):
    """``names`` are those of markets and contracts, each by its kind and id."""

    page: Page[ExecutionDocument]
    names: Mapping[str, str]
    aside: Json


def entries(view: View) -> Iterator[Entry]:
    """Executions as entries of a feed."""
    names = cast("Mapping[str, str]", view.aside["names"])
    for each in cast("Iterable[ExecutionDocument]", view.content["executions"]):
        market, contract = names[f"market {each['market_id']}"], names[f"contract {each['contract_id']}"]
        price, quantity = f"{each['price'] / _PERCENT:.2f} %", f"{each['quantity'] / _UNITS:.4f}"
        yield Entry(
            f"urn:credence:execution:{each['market_id']}:{each['execution_id']}",
            f"{contract} at {price}",
            each["created_datetime"],
            f"{market}, {contract}: {quantity} at {price}, {_how(each)}.",
            published=each["created_datetime"],
            links=(Link("alternate", f"/v3/markets/{each['market_id']}/", market, "text/html"),),
        )


def _how(execution: ExecutionDocument) -> str:
    side = execution["taker_side"]
    return "in an auction" if side is None else f"taken by a {side} order"


class MarketExecutions(Resource):
    """``/v3/markets/{ids}/executions/``."""

    pattern = "/v3/markets/{ids:identities}/executions"
    title = "Executions"
    representations = (
        JSON,
        *page("executions.xhtml"),
        Feed(entries),
        table_of("executions", EXECUTION_FIELDS),
    )

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(ExecutionsQuery),
                self.show,
                summary="Executions of some markets, newest first",
                answers={200: answers.Executions},
            )
        }

    async def show(self, call: Call[None, ExecutionsQuery]) -> Outcome:
        asked, query = call.identities("ids"), call.query
        if query.archive is not None and not asked.single:
            raise invalid("archive", "an archive is of one market")

        def find(documents: Reads) -> Found:
            names: dict[str, str] = {}
            for market in asked.require_known(markets_by_id(documents, asked.numbers)):
                names[f"market {market['id']}"] = market["name"]
                names |= {f"contract {contract['id']}": contract["name"] for contract in market["contracts"]}
            page = _page(documents, asked, query)
            return Found(page, names, of_ids(documents, call, page.items))

        (page, names, aside), position = await self._reader.read(call, find, DocumentClass.HISTORY)
        content = {
            "executions": [shown(execution, EXECUTION_FIELDS) for execution in page.items],
            "pagination": pagination(call.request, page.next_cursor),
        }
        return done(
            content,
            position,
            aside={"names": names, **aside},
            links=_links(self.parsed_pattern.path(ids=asked), asked, query, page),
            unchanging=query.archive is not None,
        )


def _page(documents: Reads, asked: Several, query: ExecutionsQuery) -> Page[ExecutionDocument]:
    if query.archive is None:
        return prices.executions(documents, asked.numbers, query.sort_text, query.limit, query.cursor)
    last = query.archive * ARCHIVE_SIZE
    block = prices.executions_numbered(documents, asked.one, last - ARCHIVE_SIZE + 1, last)
    if len(block) < ARCHIVE_SIZE:
        raise not_found("There is no such archive yet.")
    return Page(block, None)


def _links(path: str, asked: Several, query: ExecutionsQuery, page: Page[ExecutionDocument]) -> list[Link]:
    """What RFC 5005 links a feed's documents by: those of one market have archives, in the order of time."""
    if not asked.single or query.sort or query.cursor:
        return []
    links: list[Link] = []
    if query.archive is None:
        newest = int(page.items[0]["execution_id"]) if page.items else 0
        before = newest // ARCHIVE_SIZE
    else:
        before = query.archive - 1
        # Whether the next one is full already is seen when it is asked for.
        links += [Link("current", path), Link("next-archive", f"{path}?archive={query.archive + 1}")]
    return [*links, Link("prev-archive", f"{path}?archive={before}")] if before else links
