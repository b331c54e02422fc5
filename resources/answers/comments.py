"""Owns the shapes of comments, and of what is reported of them.

Never says who sees which: the filter does.
Called by the declarations of resources.
"""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from resources.answers.general import Pagination
from resources.answers.values import EntryId, Id, Time, Username


class Comment(TypedDict):
    """What a member said about a market, or about an entry of somebody's activity."""

    id: Id
    market_id: Id | None
    entry_id: EntryId | None
    in_reply_to: Annotated[Id | None, Meta(description="The comment that it answers.")]
    username: Username
    text: Annotated[str, Meta(description="Plain text: whoever shows it escapes it.")]
    mentions: Annotated[
        list[Username], Meta(description="Members whom the text names by `@username`.", examples=[["grace"]])
    ]
    state: Annotated[
        Literal["written", "hidden"],
        Meta(description="A `hidden` one is shown to its author and to staff alone."),
    ]
    hidden_reason: Annotated[str | None, Meta(description="Why staff has hidden it.")]
    created_datetime: Time
    edited_datetime: Annotated[Time | None, Meta(description="When it was edited last; null: never.")]


class CommentAnswer(TypedDict):
    """One comment."""

    comment: Comment


class Comments(TypedDict):
    """The comments on something, newest first unless asked for otherwise."""

    comments: list[Comment]
    pagination: Pagination


class Report(TypedDict):
    """What a member reported of a comment."""

    comment_id: Id
    reason: str


class ReportAnswer(TypedDict):
    """A report, as who made it is answered."""

    report: Report


class Visibility(TypedDict):
    """Whether others see a comment."""

    comment_id: Id
    state: Literal["hidden", "visible"]
    reason: str


class VisibilityAnswer(TypedDict):
    """What staff has said of a comment."""

    visibility: Visibility


class ReportBy(TypedDict):
    """What one member reported."""

    username: Username
    reason: str
    created_datetime: Time


class ReportedComment(TypedDict):
    """A comment that was reported, and by whom."""

    comment: Annotated[Comment | None, Meta(description="Null: its author has deleted it.")]
    reports: list[ReportBy]
    state: Annotated[
        Literal["open", "queued", "settled"],
        Meta(description="`queued`: enough have reported it; `settled`: staff has hidden or kept it."),
    ]
    reported_datetime: Annotated[Time, Meta(description="When it was reported last, or settled.")]


class Reports(TypedDict):
    """Reported comments; what has waited longest comes first."""

    reports: list[ReportedComment]
    pagination: Pagination
