"""Owns the documents of events: the real-world happenings that markets are about.

Never follows markets: an event is settled when the catalogue says so.
Called through the table.
"""

from collections.abc import Iterator

from actors.machines.messages.events import EventChanged, EventCreated
from actors.machines.messages.words import EventState
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import EventDocument, document_id


def event_of(event: EventCreated | EventChanged) -> tuple[str, ...]:
    return (document_id("event", event.event.event_id),)


def create_event(event: EventCreated, at: Moment) -> Iterator[EventDocument]:
    details = event.event
    yield {
        "_id": document_id("event", details.event_id),
        "kind": "event",
        "stream": at.stream,
        "sequence": at.sequence,
        "id": str(details.event_id),
        "name": details.name,
        "slug": details.slug,
        "type": details.type,
        "state": EventState.UPCOMING.value,
        "start_datetime": format_time(details.start_time),
        "description": details.description,
        "created_datetime": format_time(event.time),
    }


def change_event(document: EventDocument, event: EventChanged, _: Moment) -> EventDocument:
    details = event.event
    return {
        **document,
        "name": details.name,
        "slug": details.slug,
        "type": details.type,
        "state": event.state.value,
        "start_datetime": format_time(details.start_time),
        "description": details.description,
    }
