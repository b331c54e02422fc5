"""Owns the shapes of the documents of members' activity: entries, and private feeds.

Never says who may see them: the filter does (resources/privacy.py).
Called by the projection (writes), the queries (reads) and the design documents (field names).
"""

from typing import Final

from couch_views.json_values import Json
from couch_views.shapes import ID_DIGITS, Document, document_id

ORDERS: Final = "orders"
"""A member's orders stand in a place beside their stream: who may not see them never reads past them."""


class EntryDocument(Document):
    """kind ``entry``: ``entry_document_id(stream, entry_id)``, from a social stream. Never changed.

    An entry of several social streams has a document of each, for the activity streams that are there.
    """

    id: str
    type: str
    """An ``EntryKind``."""
    account_id: str | None
    username: str | None
    market_id: str | None
    event_id: str | None
    places: list[str]
    """The activity streams that it stands in, as ``place_of`` writes them; of an order, ``orders/17``."""
    content: dict[str, Json]
    """All that its member may see, by the names of the API; what a kind has is up to the kind."""
    created_datetime: str


class PrivateFeedDocument(Document):
    """kind ``feed``: ``document_id("feed", account_id)``, from the member's social stream. Private.

    The address is made of ``generation`` and a secret that isn't here; ``active``: it is one.
    """

    account_id: str
    generation: int
    active: bool
    created_datetime: str


def entry_document_id(stream: str, entry_id: int) -> str:
    """By the index of the social stream."""
    return document_id("entry", stream.rpartition("-")[2], entry_id)


def place_of(activity_stream: str) -> str:
    """``member/17`` as keys of views have it, padded; the exchange's stays as it is."""
    name, _, number = activity_stream.partition("/")
    return name + number.zfill(ID_DIGITS) if number else name
