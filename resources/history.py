"""Owns the resource of a market's history: candles as figures, as a table and as a chart.

Never fills a gap: an interval in which nothing was executed has no candle; the chart draws the last close on.
Called by resources/app.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final, cast

import msgspec

from actors.machines import limits
from couch_views.candles import SECOND_US, Candle, Interval
from couch_views.classes import DocumentClass
from couch_views.formats import format_time
from couch_views.queries import history as queries
from resources.answers import history as answers
from resources.charts.history import Line, history_chart
from resources.paging import pagination
from resources.reading import Reader
from resources.times import Moment, microseconds
from resources.toolkit.csv_text import Cell
from resources.toolkit.identities import Identities
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.media.picture import Picture
from resources.toolkit.media.table import Table
from resources.toolkit.problems import not_found
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, done, read
from resources.toolkit.view import Link, View
from resources.toolkit.visitor import Who

_FIGURES: Final = ("open", "high", "low", "close", "volume", "executions")
_COLUMNS: Final = ("contract_id", "name", "start_datetime", *_FIGURES)


def _about(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class HistoryQuery(Query, frozen=True, rename={"since": "from", "until": "to"}):
    """Which window of a market's history is asked for."""

    interval: Interval = Interval.HOUR
    contract_ids: Identities = ()
    since: Annotated[Moment | None, _about("Candles that end after this.")] = None
    until: Annotated[Moment | None, _about("Candles that begin before this.")] = None
    limit: Annotated[
        int,
        msgspec.Meta(ge=1, le=limits.PAGE_LIMIT_MAX),
        _about("For how many intervals, back from the last one in which the market traded."),
    ] = limits.HISTORY_LIMIT_DEFAULT
    cursor: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,18}\Z")] | None = None

    @property
    def filters(self) -> queries.HistoryFilters:
        since = None if self.since is None else microseconds("from", self.since)
        until = None if self.until is None else microseconds("to", self.until)
        return queries.HistoryFilters(
            self.interval,
            [int(contract_id) for contract_id in self.contract_ids],
            since,
            until if self.cursor is None else int(self.cursor),
        )


def _rows(view: View) -> Iterator[Sequence[Cell]]:
    for contract in _history(view)["contracts"]:
        for candle in contract["candles"]:
            figures = cast("Mapping[str, int]", candle)
            yield (
                contract["contract_id"],
                contract["name"],
                candle["start_datetime"],
                *(figures[name] for name in _FIGURES),
            )


def _chart(view: View) -> bytes:
    history = _history(view)
    lines = [
        Line(contract["name"], [_candle(candle) for candle in contract["candles"]])
        for contract in history["contracts"]
    ]
    return history_chart(history["name"], lines, Interval(history["interval"]))


class MarketHistory(Resource):
    """``/v3/markets/{id}/history/``: the newest candles; further pages go back in time."""

    pattern = "/v3/markets/{ids:identity}/history"
    title = "History"
    representations = (JSON, *page("history.xhtml"), Table(_COLUMNS, _rows), Picture(_chart, title="Chart"))

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(HistoryQuery),
                self.show,
                summary="Prices and volumes of a market in time",
                answers={200: answers.HistoryAnswer},
            )
        }

    async def show(self, call: Call[None, HistoryQuery]) -> Outcome:
        market_id, query = call.identity("ids"), call.query
        filters = query.filters
        history, position = await self._reader.read(
            call,
            lambda documents: queries.history(documents, market_id, filters, query.limit),
            DocumentClass.HISTORY,
        )
        if history is None:
            raise not_found()
        earlier = history.earlier_until
        pages = pagination(call.request, None if earlier is None else str(earlier))
        return done({"history": _shown(history), "pagination": pages}, position)

    def heading(self, view: View, /) -> str:
        return f"{_history(view)['name']}: history"

    def links(self, view: View, /) -> Iterable[Link]:
        history = _history(view)
        yield Link("up", f"/v3/markets/{history['market_id']}/", history["name"])


def _history(view: View) -> answers.MarketHistory:
    return cast("answers.HistoryAnswer", view.content)["history"]


def _shown(history: queries.History) -> answers.MarketHistory:
    return {
        "market_id": history.market["id"],
        "name": history.market["name"],
        "interval": history.interval,
        "contracts": [
            {
                "contract_id": each.contract["id"],
                "name": each.contract["name"],
                "candles": [_shown_candle(candle) for candle in each.candles],
            }
            for each in history.contracts
        ],
    }


def _shown_candle(candle: Candle) -> answers.Candle:
    return {
        "start_datetime": format_time(candle.start_s * SECOND_US),
        "open": candle.open,
        "high": candle.high,
        "low": candle.low,
        "close": candle.close,
        "volume": candle.volume,
        "executions": candle.executions,
    }


def _candle(shown: answers.Candle) -> Candle:
    start_s = int(datetime.fromisoformat(shown["start_datetime"]).timestamp())
    return Candle(
        start_s,
        shown["open"],
        shown["high"],
        shown["low"],
        shown["close"],
        shown["volume"],
        shown["executions"],
    )
