"""Owns the cases of events: made and changed by the catalogue.

Never stores a document.
Called by pytest.
"""

from actors.machines.messages.events import EventChanged, EventCreated
from actors.machines.messages.parts import EventDetails
from actors.machines.messages.words import EventState
from couch_views.shapes import document_id
from tests.couch_views.projection.records import SECOND, at, project

CREATED = EventCreated(
    EventDetails(5, "Cup final", "cup-final", "football", 30 * SECOND, "The cup."), 16, 1, 0, 1 * SECOND
)


def test_an_event_is_upcoming_at_first() -> None:
    assert project([CREATED], stream="markets-0") == {
        "event00000000000000000005": {
            "_id": "event00000000000000000005",
            "kind": "event",
            "stream": "markets-0",
            "sequence": 1,
            "id": "5",
            "name": "Cup final",
            "slug": "cup-final",
            "type": "football",
            "state": "upcoming",
            "start_datetime": at(30),
            "description": "The cup.",
            "created_datetime": at(1),
        }
    }


def test_a_changed_event_keeps_the_time_it_was_made() -> None:
    details = EventDetails(5, "Cup", "cup", "sport", 40 * SECOND, "")
    changed = EventChanged(details, EventState.LIVE)
    document = project([CREATED], [changed], stream="markets-0")[document_id("event", 5)]
    assert document == {
        "_id": document_id("event", 5),
        "kind": "event",
        "stream": "markets-0",
        "sequence": 2,
        "id": "5",
        "name": "Cup",
        "slug": "cup",
        "type": "sport",
        "state": "live",
        "start_datetime": at(40),
        "description": "",
        "created_datetime": at(1),
    }
