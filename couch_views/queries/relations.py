"""Owns the reads of who follows whom and what, whom a member has blocked and muted, and privacy settings.

Never decides who may see it: the filter does (resources/privacy.py).
Called by resources.
"""

from collections.abc import Mapping
from typing import Final, cast

from actors.machines import limits
from couch_views.json_values import Json
from couch_views.queries.keys import ANY, key_digits
from couch_views.queries.lists import DESIGN, IdRange, Listing, ViewRange
from couch_views.queries.pages import Page, Sort
from couch_views.queries.reading import Reads
from couch_views.relation_shapes import (
    BlockDocument,
    FollowDocument,
    MuteDocument,
    PrivacyDocument,
    PrivacySetting,
    block_document_id,
    follow_document_id,
    mute_document_id,
    privacy_document_id,
)
from couch_views.shapes import ID_DIGITS, document_id

_BY_TIME: Final = ("created_datetime", "id")
_NEWEST_FIRST: Final = Sort(_BY_TIME, descending=True)
_BY_ID: Final = Sort(("id",), descending=True)


def following(account_id: int, followed: str | None = None) -> Listing:
    """What a member follows, newest first: ``member``, ``market`` or ``event``, or all of them."""
    prefix = (key_digits(account_id), ANY if followed is None else followed)
    return Listing("following", [ViewRange("follows", prefix)], _NEWEST_FIRST)


def followers(followed: str, number: int) -> Listing:
    """Who follows a member, market or event, newest first."""
    return Listing("followers", [ViewRange("followers", (followed, key_digits(number)))], _NEWEST_FIRST)


def followed_streams(documents: Reads, account_id: int) -> list[str]:
    """The names of activity streams that a member follows, newest first: ``limits.FOLLOWED_MAX`` at most."""
    prefix: list[Json] = [key_digits(account_id)]
    rows = documents.view(
        DESIGN,
        "follows",
        start=[*prefix, ANY, "z"],
        end=[*prefix, ANY],
        descending=True,
        limit=limits.FOLLOWED_MAX,
    )
    beginning = len(document_id("follow", account_id))
    return [_stream_of(row.id[beginning:]) for row in rows]


def follow(documents: Reads, account_id: int, stream: str) -> FollowDocument | None:
    """The follow of an activity stream by a member, while they follow it."""
    found = cast("FollowDocument | None", documents.get(follow_document_id(account_id, stream)))
    return found if found is not None and found["active"] else None


def block(documents: Reads, account_id: int, other: int) -> BlockDocument | None:
    found = cast("BlockDocument | None", documents.get(block_document_id(account_id, other)))
    return found if found is not None and found["active"] else None


def mute(documents: Reads, account_id: int, other: int) -> MuteDocument | None:
    found = cast("MuteDocument | None", documents.get(mute_document_id(account_id, other)))
    return found if found is not None and found["active"] else None


def blocks(documents: Reads, account_id: int, limit: int, cursor: str | None) -> Page[BlockDocument]:
    """Whom a member has blocked."""
    listing = Listing("blocks", [IdRange(document_id("block", account_id), ID_DIGITS)], _BY_ID)
    return listing.page(documents, limit, cursor, lambda each: cast("BlockDocument", each)["active"])


def mutes(documents: Reads, account_id: int, limit: int, cursor: str | None) -> Page[MuteDocument]:
    """Whom a member has muted."""
    listing = Listing("mutes", [IdRange(document_id("mute", account_id), ID_DIGITS)], _BY_ID)
    return listing.page(documents, limit, cursor, lambda each: cast("MuteDocument", each)["active"])


def privacy(documents: Reads, account_id: int) -> Mapping[str, PrivacySetting]:
    """What a member has set, by kind; empty if they never have."""
    found = documents.get(privacy_document_id(account_id))
    return {} if found is None else cast("PrivacyDocument", found)["settings"]


def _stream_of(followed: str) -> str:
    """``member00000000000000000017`` as the name of an activity stream."""
    return f"{followed[:-ID_DIGITS]}/{int(followed[-ID_DIGITS:])}"
