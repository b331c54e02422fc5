"""Owns the reads of comments: on one market or entry, by id; and of what was reported, for staff.

Never says who may see them: the filter does (resources/privacy.py).
Called by resources.
"""

from collections.abc import Sequence
from typing import Final, Literal, cast

from actors.machines import limits
from actors.machines.streams import ID_STREAM_BITS
from couch_views.activity_shapes import EntryDocument, entry_document_id
from couch_views.comment_shapes import (
    CommentDocument,
    ReportDocument,
    ReportState,
    comment_document_id,
)
from couch_views.queries.keys import key_digits
from couch_views.queries.lists import Listing, ViewRange, distinct, read_in_order
from couch_views.queries.pages import Page, Sort, parse_sort
from couch_views.queries.reading import Reads
from couch_views.shapes import MemberDocument, member_document_id

_NAMES: Final = {"id": "id", "created": "id", "created_datetime": "id"}
_ORDERS: Final = (("id",),)
_NEWEST_FIRST: Final = "-created_datetime"
_LONGEST_WAITING_FIRST: Final = Sort(("reported_datetime", "id"), descending=False)
_QUEUED: Final[tuple[ReportState, ...]] = ("queued",)

About = Literal["market", "entry"]


def comments(about: About, number: int, sort: str | None = None) -> Listing:
    """The comments on a market or on an entry, newest first unless ``sort=created_datetime`` is asked for."""
    order = parse_sort(sort or _NEWEST_FIRST, _NAMES, _ORDERS)
    return Listing("comments", [ViewRange("comments", (about, key_digits(number)))], order)


def comment(documents: Reads, comment_id: int) -> CommentDocument | None:
    """None if there is none (yet)."""
    return cast("CommentDocument | None", documents.get(comment_document_id(comment_id)))


def comments_by_id(documents: Reads, comment_ids: Sequence[str]) -> list[CommentDocument | None]:
    read = documents.get_many([comment_document_id(comment_id) for comment_id in comment_ids])
    return cast("list[CommentDocument | None]", read)


def entry(documents: Reads, entry_id: int) -> EntryDocument | None:
    """An entry as the social stream that made it has it; None if there is none (yet)."""
    return entries_by_id(documents, [entry_id])[0]


def entries_by_id(documents: Reads, entry_ids: Sequence[int]) -> list[EntryDocument | None]:
    """Entries as the social streams that made them have them."""
    made_by = (f"social-{entry_id & (1 << ID_STREAM_BITS) - 1}" for entry_id in entry_ids)
    wanted = [entry_document_id(*each) for each in zip(made_by, entry_ids, strict=True)]
    return cast("list[EntryDocument | None]", read_in_order(documents, wanted))


def members(documents: Reads, usernames: Sequence[str]) -> list[MemberDocument]:
    """Those of these members that there are, in the order asked."""
    read = documents.get_many([member_document_id(username) for username in usernames])
    return [member for member in cast("list[MemberDocument | None]", read) if member is not None]


def reports(
    documents: Reads,
    states: Sequence[ReportState] = (),
    limit: int = limits.PAGE_LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[ReportDocument]:
    """What was reported, by default what staff is to look at; what has waited longest comes first."""
    ranges = [ViewRange("reports", (state,)) for state in distinct(states or _QUEUED)]
    return Listing("reports", ranges, _LONGEST_WAITING_FIRST).page(documents, limit, cursor)
