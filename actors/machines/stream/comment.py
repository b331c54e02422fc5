"""Owns the life of a comment, and what a social stream keeps of its comments: who wrote and reported what.

Never keeps a text, and never decides: the comments slice does.
Called by the comments slice and the state of a social stream.

A comment is ``written`` until its author deletes it; while staff has hidden it, it can only be shown again or
deleted. A deleted one is forgotten: who asks for it is told that there is none.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines import limits
from actors.machines.messages.comments import (
    CommentDeleted,
    CommentEdited,
    CommentHidden,
    CommentReported,
    CommentShown,
    CommentWritten,
)
from actors.machines.messages.social_words import CommentState

TRANSITIONS: Final[Mapping[CommentState | None, Mapping[type, CommentState]]] = {
    None: {CommentWritten: CommentState.WRITTEN},
    CommentState.WRITTEN: {
        CommentEdited: CommentState.WRITTEN,
        CommentReported: CommentState.WRITTEN,
        CommentShown: CommentState.WRITTEN,
        CommentHidden: CommentState.HIDDEN,
        CommentDeleted: CommentState.DELETED,
    },
    CommentState.HIDDEN: {
        CommentShown: CommentState.WRITTEN,
        CommentDeleted: CommentState.DELETED,
    },
    CommentState.DELETED: {},
}


class Comment:
    """One comment, as far as decisions need it."""

    __slots__ = (
        "account_id",
        "comment_id",
        "created_time",
        "in_reply_to",
        "reporters",
        "reports",
        "state",
        "subject",
    )

    def __init__(self, event: CommentWritten) -> None:
        self.comment_id = event.comment_id
        self.account_id = event.account_id
        self.subject = event.subject
        self.in_reply_to = event.in_reply_to
        self.created_time = event.time
        self.reporters: tuple[int, ...] = ()
        """Who has reported it ever: nobody does so twice."""
        self.reports = 0
        """How many reports staff has not settled."""
        self.state: CommentState | None = None
        self.move(event)

    def move(self, event: object) -> None:
        """Takes a declared transition; anything else is an error in the log."""
        possible = TRANSITIONS[self.state]
        assert type(event) in possible, f"comment {self.comment_id}: {type(event).__name__} in {self.state}"
        self.state = possible[type(event)]


class Comments:
    """The comments of one social stream that are not deleted, and how much each member has just written."""

    def __init__(self) -> None:
        self.next_comment = 1
        self.all: dict[int, Comment] = {}
        self.paced: dict[int, int] = {}
        """Member -> when what they have written so far will have been paid for, at one in an interval."""

    def is_too_often(self, account_id: int, time: int) -> bool:
        """Whether a member has to wait: an unused interval is saved up, a burst's worth of them at most."""
        ahead = self.paced.get(account_id, 0) - time
        return ahead > (limits.COMMENTS_BURST - 1) * limits.COMMENT_INTERVAL_US

    def pace(self, account_id: int, time: int) -> None:
        self.paced[account_id] = max(self.paced.get(account_id, 0), time) + limits.COMMENT_INTERVAL_US
