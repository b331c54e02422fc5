"""Owns which social stream decides a member's command: the one of the activity stream that it is about.

Never decides the command.
Called by the decisions of account streams.
"""

from typing import Final

from actors.machines.messages.comments import (
    DeleteComment,
    EditComment,
    HideComment,
    ReportComment,
    ShowComment,
    Subject,
    WriteComment,
)
from actors.machines.messages.social_commands import SocialCommand
from actors.machines.stream import names
from actors.machines.streams import ID_STREAM_BITS, Streams

_ABOUT_A_COMMENT: Final = (EditComment, DeleteComment, ReportComment, HideComment, ShowComment)


def destination(command: SocialCommand, account_id: int, streams: Streams) -> str | None:
    """The social stream that decides this command of the member's; ``None``: it is about nothing there is."""
    if isinstance(command, _ABOUT_A_COMMENT):
        # Its id ends in the index of the stream that made it.
        name = f"social-{command.comment_id & (1 << ID_STREAM_BITS) - 1}"
        return name if name in streams.social_names else None
    return streams.of_activity(activity_of(command, account_id))


def activity_of(command: SocialCommand, account_id: int) -> str:
    """The activity stream whose owner decides a command: the member's own, unless it is about another one."""
    if isinstance(command, WriteComment):
        return of_subject(command.subject)
    return names.of_member(account_id)


def of_subject(subject: Subject) -> str:
    """The activity stream beside which the comments on this are kept."""
    return names.of_market(subject.market_id) if subject.market_id else names.of_member(subject.account_id)
