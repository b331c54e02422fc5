"""Owns what somebody may see of comments, and whom a new one mentions: both through the filter.

Never changes anything.
Called by the resources of comments, and by the page of a market.

A deleted comment is nobody's. A hidden one is for its author and for staff who run markets. Any other is for
whom its author's privacy lets see their comments; one on an entry only for who may see that entry.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar

from actors.machines.messages.comments import CommentResult, Mention
from actors.machines.messages.social_words import CommentState, EntryKind, PrivacyKind
from actors.machines.messages.words import Role
from couch_views.activity_shapes import EntryDocument
from couch_views.comment_shapes import CommentDocument
from couch_views.formats import format_time
from couch_views.queries import discussion as queries
from couch_views.queries.lists import distinct
from couch_views.queries.reading import Reads
from couch_views.shapes import MemberDocument
from resources.entry_ids import EntryIds, named
from resources.pages.text_pieces import named_in
from resources.privacy import NOBODY, Relations, Viewer, load, people_in, viewer_of
from resources.representations import Json
from resources.toolkit.query import Query
from resources.toolkit.resource import Call
from resources.toolkit.visitor import Member

BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT", bound=Query)

COMMENT_FIELDS: Final = (
    "id",
    "market_id",
    "entry_id",
    "in_reply_to",
    "username",
    "text",
    "mentions",
    "state",
    "hidden_reason",
    "created_datetime",
    "edited_datetime",
)


class Reading(NamedTuple):
    """Who reads; ``moderates``: they may hide comments, and so see them."""

    viewer: Viewer
    moderates: bool = False


def reading_of(call: Call[BodyT, QueryT]) -> Reading:
    """Who reads, where the method is ``personal`` or for members."""
    visitor = call.visitor
    return Reading(viewer_of(call), visitor is not None and visitor.holds(Role.OPERATOR))


def shown(
    documents: Reads, reading: Reading, entry_ids: EntryIds | None = None
) -> Callable[[Sequence[CommentDocument]], list[Json | None]]:
    """What makes of comments on one subject what is shown of them; ``None``: not at all."""

    def show(comments: Sequence[CommentDocument]) -> list[Json | None]:
        relations = load(documents, reading.viewer, _authors(comments))
        return [
            represent(comment, entry_ids)
            if _may_see(comment, reading, relations) and not relations.muted(int(comment["account_id"]))
            else None
            for comment in comments
        ]

    return show


def shown_to_all(
    documents: Reads, visitor: Member | None
) -> Callable[[Sequence[CommentDocument]], list[Json | None]]:
    """The same for a page whose visitor's session was not confirmed: what nobody's business need hide.

    Who they say they are only takes from it: those who are nothing to them, or of whom they won't hear.
    """
    show = shown(documents, Reading(NOBODY))

    def show_to_all(comments: Sequence[CommentDocument]) -> list[Json | None]:
        own = load(documents, Viewer(None if visitor is None else visitor.account_id), _authors(comments))
        return [
            None if own.blocked(int(comment["account_id"])) or own.muted(int(comment["account_id"])) else each
            for comment, each in zip(comments, show(comments), strict=True)
        ]

    return show_to_all


def visible_comment(documents: Reads, reading: Reading, comment_id: int) -> CommentDocument | None:
    """The comment, if who reads may see it, and what it is about."""
    comment = queries.comment(documents, comment_id)
    if comment is None:
        return None
    relations = load(documents, reading.viewer, [int(comment["account_id"])])
    if not _may_see(comment, reading, relations):
        return None
    entry_id = comment["entry_id"]
    if entry_id is None or reading.moderates or _is_own(comment, reading):
        return comment
    return None if visible_entry(documents, reading.viewer, int(entry_id)) is None else comment


def visible_entry(documents: Reads, viewer: Viewer, entry_id: int) -> EntryDocument | None:
    """The entry of a member's stream, if who looks may see it. A comment's is answered where it stands."""
    entry = queries.entry(documents, entry_id)
    if entry is None or entry["account_id"] is None or entry["type"] == EntryKind.COMMENT:
        return None
    return entry if load(documents, viewer, people_in([entry])).shown(entry) is not None else None


def mentions_in(documents: Reads, viewer: Viewer, text: str) -> tuple[Mention, ...]:
    """The members whom a text mentions: those who have nothing to do with its author are not."""
    found = {int(member["account_id"]): member["username"] for member in _named(documents, text)}
    relations = load(documents, viewer, found)
    return tuple(
        Mention(account_id, username)
        for account_id, username in found.items()
        if not relations.blocked(account_id)
    )


def represent(comment: CommentDocument, entry_ids: EntryIds | None) -> Json:
    """A comment as it is shown to who may see it; ``entry_ids`` name the entry that it is about, if any."""
    whole: Json = {**comment, "entry_id": named(entry_ids, comment["entry_id"])}
    return {field: whole[field] for field in COMMENT_FIELDS}


def represent_result(result: CommentResult, entry_ids: EntryIds) -> Json:
    """The same of a comment that its author has just written or edited."""
    subject = result.subject
    return {
        "id": str(result.comment_id),
        "market_id": str(subject.market_id) if subject.market_id else None,
        "entry_id": named(entry_ids, subject.entry_id),
        "in_reply_to": str(result.in_reply_to) if result.in_reply_to else None,
        "username": result.username,
        "text": result.text,
        "mentions": [mention.username for mention in result.mentions],
        "state": CommentState.WRITTEN.value,
        "hidden_reason": None,
        "created_datetime": format_time(result.created_time),
        "edited_datetime": format_time(result.edited_time) if result.edited_time else None,
    }


def _may_see(comment: CommentDocument, reading: Reading, relations: Relations) -> bool:
    if comment["state"] == CommentState.DELETED:
        return False
    if reading.moderates or _is_own(comment, reading):
        return True
    author = int(comment["account_id"])
    return comment["state"] == CommentState.WRITTEN and relations.allows(author, PrivacyKind.COMMENT)


def _is_own(comment: CommentDocument, reading: Reading) -> bool:
    return reading.viewer.account_id == int(comment["account_id"])


def _authors(comments: Sequence[CommentDocument]) -> list[int]:
    return distinct(int(comment["account_id"]) for comment in comments)


def _named(documents: Reads, text: str) -> Sequence[MemberDocument]:
    usernames = named_in(text)
    return queries.members(documents, usernames) if usernames else ()
