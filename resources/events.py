"""Owns the resources of events: the list, some by id, their markets; staff makes and changes them.

Never shows anything private.
Called by resources/app.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import msgspec

from actors.machines import limits
from actors.machines.messages.answers import EventResult
from actors.machines.messages.commands import ChangeEvent, CreateEvent
from actors.machines.messages.words import EventState, Reason
from actors.machines.stream import names
from couch_views.queries import catalogue as queries
from couch_views.queries.reading import Reads
from couch_views.shapes import EventDocument
from resources.answers import catalogue as answers
from resources.exchange import Exchange
from resources.following import EVENTS, follow_forms, followed
from resources.markets import Markets, VolumesQuery, market_list
from resources.pages.asides import of_events, of_markets, only, purse
from resources.pages.formats import local_time
from resources.paging import PageQuery, pagination
from resources.reading import Reader
from resources.refusals import kinds
from resources.representations import EVENT_FIELDS, Json, event, shown
from resources.texts import Description, Name, Remark
from resources.times import Moment, microseconds
from resources.toolkit.body import body_of, parsed_body
from resources.toolkit.fields import Shape, check
from resources.toolkit.identities import Identities
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, command, created, done, read
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Who


class EventsQuery(PageQuery, frozen=True):
    states: tuple[EventState, ...] = ()
    types: Annotated[tuple[str, ...], msgspec.Meta(max_length=limits.IDS_PER_REQUEST_MAX)] = ()
    ids: Identities = ()
    start_datetime_min: Moment | None = None
    start_datetime_max: Moment | None = None
    with_volumes: bool = False

    @property
    def filters(self) -> queries.EventFilters:
        earliest, latest = self.start_datetime_min, self.start_datetime_max
        return queries.EventFilters(
            self.states,
            self.types,
            [int(event_id) for event_id in self.ids],
            None if earliest is None else microseconds("start_datetime_min", earliest),
            None if latest is None else microseconds("start_datetime_max", latest),
        )


class EventAsked(Shape):
    name: Name
    type: Name
    start_datetime: Moment
    description: Description = ""
    reason: Remark = ""


class ChangeAsked(Shape):
    """What is left out stays as it is."""

    name: Name | None = None
    type: Name | None = None
    start_datetime: Moment | None = None
    description: Description | None = None
    state: EventState | None = None
    reason: Remark = ""


def parse_event(value: object) -> CreateEvent:
    asked = check(value, EventAsked)
    start_time = microseconds("start_datetime", asked.start_datetime)
    return CreateEvent(asked.name, asked.type, start_time, asked.description, asked.reason)


class Events(Resource):
    """``/v3/events/``."""

    pattern = "/v3/events"
    title = "Events"
    representations = (JSON, *page("events.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader) -> None:
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(EventsQuery),
                self.show,
                summary="Events, page by page",
                answers={200: answers.Events},
            ),
            "POST": command(
                Who.OPERATOR,
                parsed_body(EventAsked, parse_event),
                self.create,
                summary="Make an event",
                answers={201: answers.EventAnswer},
                idempotent_key=True,
            ),
        }

    async def show(self, call: Call[None, EventsQuery]) -> Outcome:
        query = call.query

        def find(documents: Reads) -> tuple[list[Json], str | None, Json]:
            page = queries.events(documents, query.filters, query.sort_text, query.limit, query.cursor)
            events = event_list(documents, page.items, with_volumes=query.with_volumes)
            return events, page.next_cursor, purse(documents, call)

        (events, next_cursor, aside), position = await self._reader.read(call, find)
        pages = pagination(call.request, next_cursor)
        return done({"events": events, "pagination": pages}, position, aside=aside)

    async def create(self, call: Call[CreateEvent, Query]) -> Outcome:
        made = await self._exchange.carry_out_one(call, call.body, EventResult)
        location = f"/v3/events/{made.result.event.event_id}/"
        return created({"event": event(made.result)}, made.position, location)


class SomeEvents(Resource):
    """``/v3/events/{ids}/``; staff changes one."""

    pattern = "/v3/events/{ids:identities}"
    title = "Events"
    representations = (JSON, *page("events.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader) -> None:
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(VolumesQuery),
                self.show,
                summary="Some events",
                answers={200: answers.SomeEvents},
            ),
            "PATCH": command(
                Who.OPERATOR,
                body_of(ChangeAsked),
                self.change,
                summary="Change an event",
                answers={200: answers.EventAnswer},
                problems=kinds(Reason.NOT_FOUND, Reason.EVENT_STATE),
            ),
        }

    async def show(self, call: Call[None, VolumesQuery]) -> Outcome:
        asked = call.identities("ids")

        def find(documents: Reads) -> tuple[list[Json], Json]:
            found = asked.require_known(queries.events_by_id(documents, asked.numbers))
            events = event_list(documents, found, with_volumes=call.query.with_volumes)
            aside = of_events(documents, call, found)
            if call.for_page and len(found) == 1:
                aside |= followed(documents, call.visitor, names.of_event(int(found[0]["id"])))
            return events, aside

        (events, aside), position = await self._reader.read(call, find)
        return done({"events": events}, position, aside=aside)

    def heading(self, view: View, /) -> str:
        event = only(view, "events")
        return self.title if event is None else str(event["name"])

    def links(self, view: View, /) -> Iterable[Link]:
        if only(view, "events") is not None:
            yield Link("related", f"{view.path}markets/", "Markets")
            yield Link("related", f"{view.path}activity/", "Activity")

    def forms(self, view: View, /) -> Iterable[FormUse]:
        """To change it as it is now, and to make a market of it."""
        event = only(view, "events")
        if event is not None:
            values = {name: str(value) for name, value in event.items()}
            values["start_datetime"] = local_time(values["start_datetime"])
            yield FormUse("PATCH", self.pattern, view.path, values=values)
            fixed = {"event_id": values["id"]}
            yield FormUse("POST", Markets.pattern, f"{Markets.pattern}/", fixed, {"commission": "0.00"})
            yield from follow_forms(view, EVENTS, event["id"])

    async def change(self, call: Call[ChangeAsked, Query]) -> Outcome:
        asked = call.body
        start = asked.start_datetime
        change = ChangeEvent(
            call.identity("ids"),
            asked.name,
            asked.type,
            None if start is None else microseconds("start_datetime", start),
            asked.description,
            asked.state,
            asked.reason,
        )
        changed = await self._exchange.carry_out_one(call, change, EventResult, Reason.EVENT_NOT_FOUND)
        return done({"event": event(changed.result)}, changed.position)


class EventMarkets(Resource):
    """``/v3/events/{ids}/markets/``: whole, event by event."""

    pattern = "/v3/events/{ids:identities}/markets"
    title = "Markets of events"
    representations = (JSON, *page("markets.xhtml"))

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(VolumesQuery),
                self.show,
                summary="The markets of some events",
                answers={200: answers.SomeMarkets},
            )
        }

    async def show(self, call: Call[None, VolumesQuery]) -> Outcome:
        asked = call.identities("ids")

        def find(documents: Reads) -> tuple[list[Json], Json]:
            asked.require_known(queries.events_by_id(documents, asked.numbers))
            found = queries.markets_of_events(documents, asked.numbers)
            markets = market_list(documents, found, with_volumes=call.query.with_volumes)
            return markets, of_markets(documents, call, found)

        (markets, aside), position = await self._reader.read(call, find)
        return done({"markets": markets}, position, aside=aside)


def event_list(documents: Reads, events: Sequence[EventDocument], *, with_volumes: bool) -> list[Json]:
    """Events as lists show them, with the volumes of all their markets if those are asked for."""
    listed = [shown(event, EVENT_FIELDS) for event in events]
    if with_volumes:
        volumes = queries.event_volumes(documents, [int(event["id"]) for event in events])
        for shown_event in listed:
            shown_event["volume"] = volumes[int(str(shown_event["id"]))]
    return listed
