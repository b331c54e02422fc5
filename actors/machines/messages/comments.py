"""Owns the commands and events of comments, and what a comment may be about and may say.

Never says who may comment, or who sees it: the machine and the filter do.
Called by the comments slice, the projection and the resources.
"""

from typing import Annotated, Final

import msgspec

from actors.machines import limits
from actors.machines.messages.base import Count, Identity, Message, Part, Time, Username

_CONTROL: Final = r"\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
COMMENT_TEXT: Final = rf"^[^{_CONTROL}]*[^{_CONTROL}\s][^{_CONTROL}]*\Z"
"""Lines that are not all blank, each ended by a line feed alone, without other control characters."""
CommentText = Annotated[str, msgspec.Meta(pattern=COMMENT_TEXT, max_length=limits.COMMENT_LENGTH_MAX)]
Why = Annotated[str, msgspec.Meta(min_length=1, max_length=limits.REASON_LENGTH_MAX)]


class Subject(Part):
    """What is commented on: a market, or an entry of the activity of the member with this account."""

    market_id: Count = 0
    entry_id: Count = 0
    account_id: Count = 0

    def __post_init__(self) -> None:
        of_market = self.market_id and not self.entry_id and not self.account_id
        of_entry = self.entry_id and self.account_id and not self.market_id
        if not of_market and not of_entry:
            message = "a comment is about a market, or about an entry of a member"
            raise ValueError(message)


class Mention(Part):
    """A member whom the text names by ``@username``."""

    account_id: Identity
    username: Username


Mentions = Annotated[tuple[Mention, ...], msgspec.Meta(max_length=limits.MENTIONS_PER_COMMENT_MAX)]


# Commands.


class WriteComment(Message):
    """``in_reply_to``: the comment on the same subject that this one answers, 0: none."""

    subject: Subject
    text: CommentText
    mentions: Mentions = ()
    in_reply_to: Count = 0


class EditComment(Message):
    comment_id: Identity
    text: CommentText
    mentions: Mentions = ()


class DeleteComment(Message):
    comment_id: Identity


class ReportComment(Message):
    """Tells staff of somebody else's comment; again: nothing new."""

    comment_id: Identity
    reason: Why


class HideComment(Message):
    """Staff's: from now on only its author and staff see the text."""

    comment_id: Identity
    reason: Why


class ShowComment(Message):
    """Staff's: everybody sees it again, or still; what was reported so far is settled with that."""

    comment_id: Identity
    reason: Why


CommentStaffCommand = HideComment | ShowComment
CommentCommand = WriteComment | EditComment | DeleteComment | ReportComment | CommentStaffCommand


# Events.


class CommentWritten(Message):
    """``answered_id`` is the author of the comment that this one answers, 0 if it answers none."""

    comment_id: Identity
    account_id: Identity
    username: Username
    subject: Subject
    text: CommentText
    mentions: Mentions
    in_reply_to: Count
    answered_id: Count
    time: Time


class CommentEdited(Message):
    comment_id: Identity
    account_id: Identity
    text: CommentText
    mentions: Mentions
    time: Time


class CommentDeleted(Message):
    """By its author. The text is gone from everywhere but the log, which is never rewritten."""

    comment_id: Identity
    time: Time


class CommentReported(Message):
    """``queued``: so many have reported it by now that staff is to look at it."""

    comment_id: Identity
    account_id: Identity
    username: Username
    reason: Why
    queued: bool
    time: Time


class CommentHidden(Message):
    """By a member of staff, who is told under ``request_id`` and ``item``."""

    comment_id: Identity
    account_id: Identity
    request_id: Identity
    item: int
    reason: Why
    time: Time


class CommentShown(Message):
    """As ``CommentHidden``, the other way; of a comment that was not hidden: what was reported is settled."""

    comment_id: Identity
    account_id: Identity
    request_id: Identity
    item: int
    reason: Why
    time: Time


CommentEvent = (
    CommentWritten | CommentEdited | CommentDeleted | CommentReported | CommentHidden | CommentShown
)


# Answers.


class CommentResult(Message):
    """A comment as its author has just written or edited it; ``edited_time`` is 0 if it never was edited."""

    comment_id: int
    account_id: int
    username: str
    subject: Subject
    text: str
    mentions: tuple[Mention, ...]
    in_reply_to: int
    created_time: int
    edited_time: int
