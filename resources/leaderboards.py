"""Owns the resources of leaderboards: which there are, and who stands where on one of them.

Never shows a member whom the filter doesn't allow, and never counts them for anybody's rank.
Called by resources/app.py.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum, unique
from typing import Annotated, Final, NamedTuple, cast
from urllib.parse import parse_qsl, urlencode

import msgspec

from actors.machines.messages.scores import Cell
from actors.machines.messages.social_words import Audience, PrivacyKind
from actors.machines.money import format_money
from actors.machines.stream import names
from actors.machines.stream.score_cells import ALL, EXCHANGE, periods_of
from couch_views.classes import DocumentClass
from couch_views.leaderboards import BOARDS, RULE, Board
from couch_views.queries import catalogue, relations
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.queries.standings import Standing, standings, standings_among
from resources import privacy
from resources.answers import leaderboards as answers
from resources.pages.asides import purse
from resources.paging import OrderedPageQuery, pagination
from resources.privacy import Viewer, viewer_of
from resources.reading import Reader
from resources.representations import Json
from resources.toolkit.http import HttpRequest
from resources.toolkit.media.feed import Entry, Feed
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.media.table import table_of
from resources.toolkit.problems import NOT_FOUND, NOT_SIGNED_IN, invalid, not_found, not_signed_in
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, Resource, done, read
from resources.toolkit.view import Link, View
from resources.toolkit.visitor import Who

COLUMNS: Final = ("rank", "username", "value", "settled_markets", "current_streak")
_TEN_THOUSANDTHS: Final = 10_000
_CATEGORIES_FROM: Final = 200
"""Events whose categories a page offers."""
_SCOPE: Final = r"^(exchange|category:.{0,200}|(event|market):[1-9][0-9]{0,18})\Z"


@unique
class Period(StrEnum):
    ALL = "all"
    SEASON = "season"
    MONTH = "month"
    WEEK = "week"


@unique
class Among(StrEnum):
    FOLLOWING = "following"


_NAMED: Final[Mapping[Period, re.Pattern[str]]] = {
    Period.SEASON: re.compile(r"[0-9]{4}-Q[1-4]"),
    Period.MONTH: re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])"),
    Period.WEEK: re.compile(r"[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])"),
}


Of = Annotated[str, msgspec.Meta(description="2026-Q4, 2026-11, 2026-W47", examples=["2026-W47"])]


class StandingsQuery(OrderedPageQuery, frozen=True):
    """``of`` is one season, month or week; without it the one that it is now."""

    scope: Annotated[
        str,
        msgspec.Meta(
            pattern=_SCOPE,
            description="exchange, category:TYPE, event:ID or market:ID",
            examples=["exchange", "category:sailing", "event:1"],
        ),
    ] = EXCHANGE
    period: Period = Period.ALL
    of: (
        Annotated[str, msgspec.Meta(description="2026-Q4, 2026-11, 2026-W47", examples=["2026-W47"])] | None
    ) = None
    among: Among | None = None


Asked = Call[None, StandingsQuery]


class Leaderboards(Resource):
    """``/v3/leaderboards/``: which there are, and what counts."""

    pattern = "/v3/leaderboards"
    title = "Leaderboards"
    representations = (JSON, *page("leaderboards.xhtml"))

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="Which leaderboards there are, and what counts",
                answers={200: answers.Leaderboards},
            )
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        aside, position = await self._reader.read(call, lambda documents: purse(documents, call))
        described = [
            {
                "board": board.name,
                "title": board.title,
                "description": board.description,
                "unit": board.unit,
                "scopes": list(board.scopes),
                "periods": list(Period),
                "detail": board.detail.value,
            }
            for board in BOARDS.values()
        ]
        return done({"rule": list(RULE), "leaderboards": described}, position, aside=aside)


class Found(NamedTuple):
    """``heading`` names what the scope is about, ``of`` leads there; ``aside`` is for pages."""

    heading: str
    of: Link | None
    page: Page[Standing]
    aside: Json


def feed_entries(view: View) -> Iterator[Entry]:
    """Who came to stand where: an entry for each change of a member's value, newest first."""
    updated = cast("Mapping[str, str]", view.aside["updated"])
    board = cast("Mapping[str, str]", view.content["leaderboard"])
    cell = f"{board['board']}:{board['scope']}:{board['of'] or ALL}"
    shown = cast("Iterable[Mapping[str, object]]", view.content["standings"])
    for each in sorted(shown, key=lambda one: updated[str(one["username"])], reverse=True):
        name, time = str(each["username"]), updated[str(each["username"])]
        yield Entry(
            f"urn:credence:leaderboard:{cell}:{name}:{time}",
            f"{name}: {each['value']}",
            time,
            f"{view.title}: {name} has {each['value']} ({board['unit']}) and rank {each['rank']}.",
            links=(Link("alternate", f"/v3/members/{name}/", name, "text/html"),),
        )


class Leaderboard(Resource):
    """``/v3/leaderboards/{board}/``: who stands where, the best first."""

    pattern = "/v3/leaderboards/{board:word}"
    title = "Leaderboard"
    representations = (JSON, *page("leaderboard.xhtml"), Feed(feed_entries), table_of("standings", COLUMNS))

    def __init__(self, reader: Reader, clock: Callable[[], int]) -> None:
        self._reader = reader
        self._clock = clock
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(StandingsQuery),
                self.show,
                summary="Who stands where, the best first",
                answers={200: answers.Leaderboard},
                problems=(NOT_FOUND, NOT_SIGNED_IN),
                personal=True,
            )
        }

    async def show(self, call: Asked) -> Outcome:
        board = BOARDS.get(call.word("board"))
        if board is None:
            raise not_found(f"There is no such leaderboard, but {', '.join(BOARDS)}.")
        query, viewer = call.query, viewer_of(call)
        if query.among is not None and viewer.account_id is None:
            raise not_signed_in("Who follows nobody has nobody to be compared with: sign in.")
        cell = self._cell(board, query)

        def find(documents: Reads) -> Found:
            heading, of = _about(documents, board, query.scope)
            aside = {**purse(documents, call), "categories": _categories(documents)} if call.for_page else {}
            return Found(heading, of, _page(documents, board, cell, viewer, query), aside)

        (heading, of, found, aside), position = await self._reader.read(call, find, DocumentClass.HISTORY)
        content = {
            "leaderboard": {
                "board": board.name,
                "title": board.title,
                "description": board.description,
                "unit": board.unit,
                "scope": query.scope,
                "period": query.period.value,
                "of": None if query.period is Period.ALL else cell.period,
                "among": query.among,
            },
            "standings": [_shown(board, each) for each in found.items],
            "sequences": {name: at for name, at in position.items() if name.startswith("social-")},
            "pagination": pagination(call.request, found.next_cursor),
        }
        updated = {each.score["username"]: each.score["updated_datetime"] for each in found.items}
        told = {
            **aside,
            "heading": heading,
            "updated": updated,
            "boards": BOARDS,
            "query": _beginning(call.request),
        }
        return done(content, position, aside=told, links=[] if of is None else [of])

    def heading(self, view: View, /) -> str:
        return str(view.aside["heading"])

    def _cell(self, board: Board, query: StandingsQuery) -> Cell:
        kind = query.scope.partition(":")[0]
        if kind not in board.scopes:
            raise invalid("scope", f"this board is about {', '.join(board.scopes)}")
        if query.period is Period.ALL:
            if query.of is not None:
                raise invalid("of", "all time has no periods: choose a season, month or week")
            return Cell(query.scope, ALL)
        if kind in {"event", "market"}:
            raise invalid("period", "an event and a market have one board of all time")
        if query.of is None:
            now = periods_of(self._clock())
            return Cell(query.scope, str(getattr(now, query.period)))
        if not _NAMED[query.period].fullmatch(query.of):
            raise invalid("of", "a season is like 2026-Q4, a month like 2026-11, a week like 2026-W47")
        return Cell(query.scope, query.of)


def _page(
    documents: Reads, board: Board, cell: Cell, viewer: Viewer, query: StandingsQuery
) -> Page[Standing]:
    def allowed(account_ids: Sequence[int]) -> Collection[int]:
        known = privacy.load(documents, viewer, account_ids)
        kind = PrivacyKind.LEADERBOARDS
        return {each for each in account_ids if known.allows(each, kind, board.detail)}

    limit, cursor = query.limit, query.cursor
    if query.among is not None and viewer.account_id is not None:
        followed = map(names.member_of, relations.followed_streams(documents, viewer.account_id))
        compared = [viewer.account_id, *(each for each in followed if each)]
        return standings_among(documents, board, cell, compared, allowed, limit, cursor)
    audiences = [Audience.EVERYONE] if viewer.account_id is None else [Audience.EVERYONE, Audience.MEMBERS]
    return standings(documents, board, cell, audiences, allowed, limit, cursor)


def _about(documents: Reads, board: Board, scope: str) -> tuple[str, Link | None]:
    """The heading, and the way to what the scope is about; 422 (``ProblemError``) for what there is not."""
    kind, _, name = scope.partition(":")
    if kind == "category":
        return f"{board.title}: {name}", None
    if kind not in {"event", "market"}:
        return board.title, None
    find = catalogue.events_by_id if kind == "event" else catalogue.markets_by_id
    found = cast("Sequence[Mapping[str, str]]", find(documents, [int(name)]))
    if not found:
        raise invalid("scope", f"there is no such {kind}")
    title = found[0]["name"]
    return f"{board.title}: {title}", Link("related", f"/v3/{kind}s/{name}/", title, "text/html")


def _beginning(request: HttpRequest) -> str:
    """The query string of the same choice's first page, on whichever board."""
    chosen = [(name, value) for name, value in parse_qsl(request.query_string) if name != "cursor"]
    return f"?{urlencode(chosen)}" if chosen else ""


def _categories(documents: Reads) -> list[str]:
    newest = catalogue.events(documents, catalogue.EventFilters(), "-id", _CATEGORIES_FROM)
    return sorted({event["type"] for event in newest.items})


def _shown(board: Board, standing: Standing) -> Json:
    score = standing.score
    return {
        "rank": standing.rank,
        "username": score["username"],
        "value": in_words(board, standing.value),
        "settled_markets": score["markets"],
        "current_streak": score["current_streak"] if board.unit == "markets" else None,
    }


def in_words(board: Board, value: int) -> str:
    """A value as the API writes it: money with at least two places, ratios and Brier scores with four."""
    if board.unit == "money":
        return format_money(value)
    if board.unit in {"ratio", "brier"}:
        whole, fraction = divmod(abs(value), _TEN_THOUSANDTHS)
        return f"{'-' if value < 0 else ''}{whole}.{fraction:04d}"
    return str(value)
