"""Owns the shapes of what members have to do with each other: follows, blocks, mutes, and privacy settings.

Never says what follows from them: the filter does (resources/privacy.py).
Called by the projection (writes), the queries and the filter (read).

Each is a document of the stream of who decided it. What is over stays, not ``active``: so an older record
that comes again changes nothing.
"""

from typing import Final, TypedDict

from couch_views.shapes import ID_DIGITS, Document, document_id

MEMBER: Final = "member"


class FollowDocument(Document):
    """kind ``follow``: ``follow_document_id(account_id, stream)``: a member follows an activity stream."""

    account_id: str
    """Who follows."""
    username: str
    followed: str
    """``member``, ``market`` or ``event``."""
    followed_id: str
    """The id of the account, market or event."""
    active: bool
    created_datetime: str


class BlockDocument(Document):
    """kind ``block``: ``block_document_id(account_id, other)``: a member has blocked another. Private."""

    account_id: str
    other_account_id: str
    active: bool
    created_datetime: str


class MuteDocument(Document):
    """kind ``mute``: ``mute_document_id(account_id, other)``: a member has muted another. Private."""

    account_id: str
    other_account_id: str
    active: bool
    created_datetime: str


class PrivacySetting(TypedDict, total=False):
    """What of it the member has set."""

    audience: str
    """An ``Audience``."""
    detail: str
    """A ``Detail``."""


class PrivacyDocument(Document):
    """kind ``privacy``: ``privacy_document_id(account_id)``. Private.

    ``settings`` holds the kinds that the member has ever set; without it the defaults hold.
    """

    account_id: str
    settings: dict[str, PrivacySetting]


def follow_document_id(account_id: int, stream: str) -> str:
    """``stream`` is the followed activity stream's name (``member/17``)."""
    followed, _, number = stream.partition("/")
    return document_id("follow", account_id) + followed + number.zfill(ID_DIGITS)


def block_document_id(account_id: int, other_account_id: int) -> str:
    return document_id("block", account_id, other_account_id)


def mute_document_id(account_id: int, other_account_id: int) -> str:
    return document_id("mute", account_id, other_account_id)


def privacy_document_id(account_id: int) -> str:
    return document_id("privacy", account_id)
