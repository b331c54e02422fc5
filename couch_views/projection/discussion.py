"""Owns the documents of comments, and of what was reported of them.

Never keeps the text of a comment that is deleted, or what one said before it was edited.
Called through the table.
"""

from actors.machines.messages.comments import (
    CommentDeleted,
    CommentEdited,
    CommentEvent,
    CommentHidden,
    CommentReported,
    CommentShown,
    CommentWritten,
    Mention,
)
from actors.machines.messages.social_words import CommentState
from couch_views.comment_shapes import (
    CommentDocument,
    ReportDocument,
    ReportField,
    comment_document_id,
    report_document_id,
)
from couch_views.formats import format_time
from couch_views.projection.rules import Moment


def comment_of(event: CommentEvent) -> tuple[str, ...]:
    return (comment_document_id(event.comment_id),)


def report_of(event: CommentEvent) -> tuple[str, ...]:
    return (report_document_id(event.comment_id),)


# Comments.


def write(event: CommentWritten, at: Moment) -> tuple[CommentDocument, ...]:
    subject = event.subject
    return (
        {
            "_id": comment_document_id(event.comment_id),
            "kind": "comment",
            "stream": at.stream,
            "sequence": at.sequence,
            "id": str(event.comment_id),
            "account_id": str(event.account_id),
            "username": event.username,
            "market_id": _identity(subject.market_id),
            "entry_id": _identity(subject.entry_id),
            "entry_account_id": _identity(subject.account_id),
            "in_reply_to": _identity(event.in_reply_to),
            "text": event.text,
            "mentions": _usernames(event.mentions),
            "state": CommentState.WRITTEN.value,
            "hidden_reason": None,
            "created_datetime": format_time(event.time),
            "edited_datetime": None,
        },
    )


def edit(comment: CommentDocument, event: CommentEdited, _: Moment) -> CommentDocument:
    return {
        **comment,
        "text": event.text,
        "mentions": _usernames(event.mentions),
        "edited_datetime": format_time(event.time),
    }


def delete(comment: CommentDocument, _event: CommentDeleted, _: Moment) -> CommentDocument:
    return {**comment, "text": "", "mentions": [], "state": CommentState.DELETED.value, "hidden_reason": None}


def hide(comment: CommentDocument, event: CommentHidden, _: Moment) -> CommentDocument:
    return {**comment, "state": CommentState.HIDDEN.value, "hidden_reason": event.reason}


def show(comment: CommentDocument, _event: CommentShown, _: Moment) -> CommentDocument:
    return {**comment, "state": CommentState.WRITTEN.value, "hidden_reason": None}


# Reports.


def begin_report(
    event: CommentReported | CommentHidden | CommentShown | CommentDeleted, at: Moment
) -> ReportDocument:
    return {
        "_id": report_document_id(event.comment_id),
        "kind": "report",
        "stream": at.stream,
        "sequence": at.sequence,
        "comment_id": str(event.comment_id),
        "reports": [],
        "state": "open",
        "reported_datetime": format_time(event.time),
    }


def report(document: ReportDocument, event: CommentReported, _: Moment) -> ReportDocument:
    made: ReportField = {
        "account_id": str(event.account_id),
        "username": event.username,
        "reason": event.reason,
        "created_datetime": format_time(event.time),
    }
    return {
        **document,
        "reports": [*document["reports"], made],
        "state": "queued" if event.queued else "open",
        "reported_datetime": made["created_datetime"],
    }


def settle(
    document: ReportDocument, event: CommentHidden | CommentShown | CommentDeleted, _: Moment
) -> ReportDocument:
    return {**document, "state": "settled", "reported_datetime": format_time(event.time)}


def _identity(number: int) -> str | None:
    return str(number) if number else None


def _usernames(mentions: tuple[Mention, ...]) -> list[str]:
    return [mention.username for mention in mentions]
