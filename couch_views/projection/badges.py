"""Owns the documents of badges: each level that a member has earned.

Never counts.
Called through the table.
"""

from collections.abc import Iterator, Mapping

from actors.machines.messages.badges import BadgeCounted, BadgeEarned
from couch_views.badge_shapes import BadgeDocument, badge_document_id
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import Document


def add_badge(event: BadgeEarned, at: Moment, _: Mapping[str, Document]) -> Iterator[BadgeDocument]:
    yield _badge(event, at)


def add_past(event: BadgeCounted, at: Moment, _: Mapping[str, Document]) -> Iterator[BadgeDocument]:
    """What was earned before the badge was declared."""
    for earned in event.earned:
        yield _badge(earned, at)


def _badge(event: BadgeEarned, at: Moment) -> BadgeDocument:
    return {
        "_id": badge_document_id(event.username, event.badge, event.level),
        "kind": "badge",
        "stream": at.stream,
        "sequence": at.sequence,
        "account_id": str(event.account_id),
        "username": event.username,
        "badge": event.badge,
        "level": event.level,
        "entry_id": str(event.entry_id),
        "earned_datetime": format_time(event.time),
    }
