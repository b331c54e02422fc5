"""Owns the documents of private feeds: which address is a member's now, by its number.

Never holds an address: whoever has the documents alone can't make one.
Called through the table.
"""

from actors.machines.messages.feeds import FeedRenewed, FeedRevoked
from couch_views.activity_shapes import PrivateFeedDocument
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import document_id


def feed_of(event: FeedRenewed | FeedRevoked) -> tuple[str, ...]:
    return (document_id("feed", event.account_id),)


def begin_feed(event: FeedRenewed, at: Moment) -> PrivateFeedDocument:
    return {
        "_id": document_id("feed", event.account_id),
        "kind": "feed",
        "stream": at.stream,
        "sequence": at.sequence,
        "account_id": str(event.account_id),
        "generation": event.generation,
        "active": True,
        "created_datetime": format_time(event.time),
    }


def renew(document: PrivateFeedDocument, event: FeedRenewed, _: Moment) -> PrivateFeedDocument:
    return {
        **document,
        "generation": event.generation,
        "active": True,
        "created_datetime": format_time(event.time),
    }


def revoke(document: PrivateFeedDocument, _event: FeedRevoked, _: Moment) -> PrivateFeedDocument:
    return {**document, "active": False}
