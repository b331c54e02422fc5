"""Owns the shapes of the documents of comments, and of what was reported of them.

Never says who may see them: the filter does (resources/privacy.py), and of reports only staff.
Called by the projection (writes), the queries (reads) and the design documents (field names).
"""

from typing import Literal, TypedDict

from couch_views.shapes import Document, document_id

ReportState = Literal["open", "queued", "settled"]
"""Fewer have reported it than it takes; so many that staff is to look at it; staff has, or it is gone."""


class CommentDocument(Document):
    """kind ``comment``: ``comment_document_id(comment_id)``, from the social stream of what it is about.

    One that is deleted has neither text nor mentions; those of a hidden one are for staff and its author.
    """

    id: str
    account_id: str
    username: str
    market_id: str | None
    entry_id: str | None
    entry_account_id: str | None
    """Whose entry it is."""
    in_reply_to: str | None
    text: str
    mentions: list[str]
    """Usernames of members whom the text names by ``@username``."""
    state: str
    """A ``CommentState``."""
    hidden_reason: str | None
    created_datetime: str
    edited_datetime: str | None


class ReportField(TypedDict):
    """What one member has reported."""

    account_id: str
    username: str
    reason: str
    created_datetime: str


class ReportDocument(Document):
    """kind ``report``: ``report_document_id(comment_id)``: all reports of one comment. For staff.

    From the comment's stream. Up to ``limits.REPORTS_PER_COMMENT_MAX`` of them, oldest first.
    """

    comment_id: str
    reports: list[ReportField]
    state: ReportState
    reported_datetime: str
    """When the last one came, or when it was settled."""


def comment_document_id(comment_id: int | str) -> str:
    return document_id("comment", comment_id)


def report_document_id(comment_id: int | str) -> str:
    return document_id("report", comment_id)
