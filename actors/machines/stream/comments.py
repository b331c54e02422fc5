"""Owns comments: who may write, edit, delete, report, hide or show one, and how often.

Never keeps a text, and never says who sees it: documents have the text, the filter says who sees it.
Called through the social machine's table.

Comments live where what they are about lives: on a market with the market's activity stream, on a member's
entry with that member's, so that those on one subject have one order. A comment may be edited for ever, and
says since when it is; what it said before, and what was deleted, stays in the log, which is never rewritten,
and nowhere else.

That there is an entry, and which members a text mentions, is looked up by who asks.
"""

from typing import Final

from actors.machines import limits
from actors.machines.messages.activity import CommentContent, EntryAdded
from actors.machines.messages.answers import Refused, SocialResult
from actors.machines.messages.comments import (
    CommentDeleted,
    CommentEdited,
    CommentHidden,
    CommentReported,
    CommentResult,
    CommentShown,
    CommentWritten,
    DeleteComment,
    EditComment,
    HideComment,
    ReportComment,
    ShowComment,
    Subject,
    WriteComment,
)
from actors.machines.messages.posted import Instruct
from actors.machines.messages.social_words import CommentState
from actors.machines.messages.words import Reason
from actors.machines.stream import names
from actors.machines.stream.comment import Comment
from actors.machines.stream.slice import Decided, Slice
from actors.machines.stream.state import SocialState
from actors.machines.streams import make_id

_NO_COMMENT: Final = Refused(Reason.NOT_FOUND, "There is no such comment.")
_TOO_OFTEN: Final = Refused(
    Reason.THROTTLE_EXCEEDED,
    f"Nobody writes more than {limits.COMMENTS_BURST} comments at once,"
    f" and one in {limits.COMMENT_INTERVAL_US // 1_000_000} seconds.",
)


# Taken.


def write(state: SocialState, instruct: Instruct, command: WriteComment, time: int) -> Decided | Refused:
    comments, account_id, subject = state.comments, instruct.account_id, command.subject
    if (refused := _refuse_subject(state, account_id, subject)) is not None:
        return refused
    answered = comments.all.get(command.in_reply_to)
    if command.in_reply_to and (
        answered is None or answered.subject != subject or answered.state is not CommentState.WRITTEN
    ):
        return Refused(Reason.COMMENT_NOT_FOUND, "There is no such comment here.", "in_reply_to")
    if answered is not None and answered.in_reply_to:
        return Refused(Reason.LIMIT_EXCEEDED, "This is a reply itself: answer the first.", "in_reply_to")
    if comments.is_too_often(account_id, time):
        return _TOO_OFTEN
    comment_id = make_id(comments.next_comment, state.name)
    written = CommentWritten(
        comment_id,
        account_id,
        instruct.username,
        subject,
        command.text,
        command.mentions,
        command.in_reply_to,
        0 if answered is None else answered.account_id,
        time,
    )
    return Decided((written, *_entries(state, written)), _result(written, instruct.username, written, 0))


def edit(state: SocialState, instruct: Instruct, command: EditComment, time: int) -> Decided | Refused:
    comment = state.comments.all.get(command.comment_id)
    if comment is None:
        return _NO_COMMENT
    if comment.account_id != instruct.account_id:
        return _refuse_others(comment, "A comment is edited by its author.")
    if comment.state is CommentState.HIDDEN:
        return Refused(Reason.NOT_ALLOWED, "Staff has hidden it: it can only be deleted.")
    if state.comments.is_too_often(instruct.account_id, time):
        return _TOO_OFTEN
    edited = CommentEdited(comment.comment_id, comment.account_id, command.text, command.mentions, time)
    return Decided((edited,), _result(edited, instruct.username, comment, time))


def delete(state: SocialState, instruct: Instruct, command: DeleteComment, time: int) -> Decided | Refused:
    comment = state.comments.all.get(command.comment_id)
    if comment is None:
        return _NO_COMMENT
    if comment.account_id != instruct.account_id:
        return _refuse_others(comment, "A comment is deleted by its author.")
    return Decided((CommentDeleted(comment.comment_id, time),), SocialResult(comment.comment_id))


def report(state: SocialState, instruct: Instruct, command: ReportComment, time: int) -> Decided | Refused:
    comment = state.comments.all.get(command.comment_id)
    if comment is None:
        return _NO_COMMENT
    if comment.account_id == instruct.account_id:
        return Refused(Reason.NOT_ALLOWED, "Nobody reports their own comment.")
    if comment.state is CommentState.HIDDEN:
        return _NO_COMMENT
    known = SocialResult(comment.comment_id)
    if instruct.account_id in comment.reporters or len(comment.reporters) >= limits.REPORTS_PER_COMMENT_MAX:
        return Decided((), known)
    if state.comments.is_too_often(instruct.account_id, time):
        return _TOO_OFTEN
    queued = comment.reports + 1 >= limits.REPORTS_TO_QUEUE
    reported = CommentReported(
        comment.comment_id, instruct.account_id, instruct.username, command.reason, queued, time
    )
    return Decided((reported,), known)


def hide(state: SocialState, instruct: Instruct, command: HideComment, time: int) -> Decided | Refused:
    comment = state.comments.all.get(command.comment_id)
    if comment is None:
        return _NO_COMMENT
    if comment.state is CommentState.HIDDEN:
        return Decided((), SocialResult(comment.comment_id))
    by = (instruct.account_id, instruct.request_id, instruct.item)
    hidden = CommentHidden(comment.comment_id, *by, command.reason, time)
    return Decided((hidden,), SocialResult(comment.comment_id))


def show(state: SocialState, instruct: Instruct, command: ShowComment, time: int) -> Decided | Refused:
    comment = state.comments.all.get(command.comment_id)
    if comment is None:
        return _NO_COMMENT
    if comment.state is CommentState.WRITTEN and not comment.reports:
        return Decided((), SocialResult(comment.comment_id))
    by = (instruct.account_id, instruct.request_id, instruct.item)
    shown = CommentShown(comment.comment_id, *by, command.reason, time)
    return Decided((shown,), SocialResult(comment.comment_id))


def _refuse_subject(state: SocialState, account_id: int, subject: Subject) -> Refused | None:
    """Why this can't be commented on; who is nothing to an entry's member isn't told that there is one."""
    if subject.market_id:
        if subject.market_id not in state.known.markets:
            return Refused(Reason.NOT_FOUND, "There is no such market.")
        return None
    whose = subject.account_id
    if whose not in state.known.usernames or state.relations.are_blocked(whose, account_id):
        return Refused(Reason.NOT_FOUND, "There is no such entry.")
    return None


def _refuse_others(comment: Comment, detail: str) -> Refused:
    """Somebody else's; that there is a hidden one is not told."""
    return _NO_COMMENT if comment.state is CommentState.HIDDEN else Refused(Reason.NOT_ALLOWED, detail)


def _entries(state: SocialState, written: CommentWritten) -> tuple[EntryAdded, ...]:
    """An entry for a comment on a market. One on an entry has none: it would tell others of that entry."""
    market_id = written.subject.market_id
    if not market_id:
        return ()
    entry = state.activity.entry(
        CommentContent(written.comment_id),
        written.time,
        names.of_member(written.account_id),
        names.of_market(market_id),
        account_id=written.account_id,
        username=written.username,
        market_id=market_id,
        event_id=state.known.markets[market_id].event_id,
    )
    return (entry,)


def _result(
    told: CommentWritten | CommentEdited, username: str, comment: CommentWritten | Comment, edited_time: int
) -> CommentResult:
    created_time = comment.time if isinstance(comment, CommentWritten) else comment.created_time
    return CommentResult(
        told.comment_id,
        told.account_id,
        username,
        comment.subject,
        told.text,
        told.mentions,
        comment.in_reply_to,
        created_time,
        edited_time,
    )


# Evolved.


def written(state: SocialState, event: CommentWritten) -> None:
    comments = state.comments
    assert event.comment_id == make_id(comments.next_comment, state.name), "comments are numbered in order"
    comments.next_comment += 1
    comments.all[event.comment_id] = Comment(event)
    comments.pace(event.account_id, event.time)


def edited(state: SocialState, event: CommentEdited) -> None:
    state.comments.all[event.comment_id].move(event)
    state.comments.pace(event.account_id, event.time)


def deleted(state: SocialState, event: CommentDeleted) -> None:
    state.comments.all.pop(event.comment_id).move(event)


def reported(state: SocialState, event: CommentReported) -> None:
    comment = state.comments.all[event.comment_id]
    comment.move(event)
    comment.reporters = (*comment.reporters, event.account_id)
    comment.reports += 1
    state.comments.pace(event.account_id, event.time)


def settled(state: SocialState, event: CommentHidden | CommentShown) -> None:
    comment = state.comments.all[event.comment_id]
    comment.move(event)
    comment.reports = 0


SLICE: Final = Slice(
    takes={
        WriteComment: write,
        EditComment: edit,
        DeleteComment: delete,
        ReportComment: report,
        HideComment: hide,
        ShowComment: show,
    },
    evolves={
        CommentWritten: written,
        CommentEdited: edited,
        CommentDeleted: deleted,
        CommentReported: reported,
        CommentHidden: settled,
        CommentShown: settled,
    },
)
