"""Owns the resources of one comment: itself, reports of it, and whether staff lets others see it.

Never shows a comment but through the filter, and never decides who may change one: the actors do.
Called by resources/app.py.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeVar, cast

import msgspec

from actors.machines.messages.answers import SocialResult
from actors.machines.messages.comments import (
    CommentResult,
    DeleteComment,
    EditComment,
    HideComment,
    Mention,
    ReportComment,
    ShowComment,
)
from actors.machines.messages.social_words import CommentState
from actors.machines.messages.words import Reason
from couch_views.classes import DocumentClass
from couch_views.comment_shapes import CommentDocument
from couch_views.queries.reading import Reads
from resources.answers import comments as answers
from resources.comments import (
    COMMENTS_OF_ENTRY,
    COMMENTS_OF_MARKET,
    CommentText,
    comment_form,
    with_line_feeds,
)
from resources.discussion import mentions_in, reading_of, represent, represent_result, visible_comment
from resources.entry_ids import EntryIds
from resources.exchange import Exchange
from resources.pages.asides import purse
from resources.reading import Reader
from resources.refusals import kinds
from resources.representations import Json
from resources.texts import Reason as Why
from resources.toolkit.body import body_of, parsed_body
from resources.toolkit.fields import Shape, check
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import NOT_ALLOWED, not_found
from resources.toolkit.query import Query
from resources.toolkit.resource import (
    NO_QUERY,
    Call,
    Method,
    Outcome,
    Resource,
    command,
    created,
    done,
    nothing_to_say,
    read,
    remove,
)
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Who

BodyT = TypeVar("BodyT")

COMMENT: Final = "/v3/comments/{comment_id:identity}"
REPORTS: Final = "/v3/comments/{comment_id:identity}/reports"
VISIBILITY: Final = "/v3/comments/{comment_id:identity}/visibility"


class EditAsked(Shape):
    text: CommentText


class ReportAsked(Shape):
    """Why staff should look at it."""

    reason: Why


class VisibilityAsked(Shape):
    """``visible`` is also said of a comment that stays although it was reported."""

    state: Literal["hidden", "visible"]
    reason: Why


def parse_edit(value: object) -> EditAsked:
    return check(with_line_feeds(value), EditAsked)


class Comment(Resource):
    """``/v3/comments/{id}/``: its author edits and deletes it."""

    pattern = COMMENT
    title = "Comment"
    representations = (JSON, *page("comment.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader, entry_ids: EntryIds) -> None:
        self._exchange = exchange
        self._reader = reader
        self._entry_ids = entry_ids
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="One comment",
                answers={200: answers.CommentAnswer},
                personal=True,
            ),
            "PATCH": command(
                Who.MEMBER,
                parsed_body(EditAsked, parse_edit),
                self.edit,
                summary="Edit one's own comment",
                answers={200: answers.CommentAnswer},
                problems=(NOT_ALLOWED, *kinds(Reason.NOT_FOUND, Reason.THROTTLE_EXCEEDED)),
            ),
            "DELETE": remove(
                Who.MEMBER, NO_QUERY, self.delete, summary="Delete one's own comment", problems=(NOT_ALLOWED,)
            ),
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        reading = reading_of(call)

        def find(documents: Reads) -> tuple[CommentDocument, Json]:
            comment = visible_comment(documents, reading, call.identity("comment_id"))
            if comment is None:
                raise not_found("There is no such comment.")
            mine = comment["account_id"] == str(reading.viewer.account_id)
            return comment, {"mine": mine, **purse(documents, call)}

        (comment, aside), position = await self._reader.read(call, find, DocumentClass.HISTORY)
        return done({"comment": represent(comment, self._entry_ids)}, position, aside=aside)

    async def edit(self, call: Call[EditAsked, Query]) -> Outcome:
        reading, text = reading_of(call), call.body.text

        def find(documents: Reads) -> tuple[Mention, ...]:
            if visible_comment(documents, reading, call.identity("comment_id")) is None:
                raise not_found("There is no such comment.")
            return mentions_in(documents, reading.viewer, text)

        mentions, _ = await self._reader.read(call, find, DocumentClass.HISTORY)
        edit = EditComment(call.identity("comment_id"), text, mentions)
        edited = await self._exchange.carry_out_one(call, edit, CommentResult)
        return done({"comment": represent_result(edited.result, self._entry_ids)}, edited.position)

    async def delete(self, call: Call[None, Query]) -> Outcome:
        comment = await visible(call, self._reader)
        delete = DeleteComment(call.identity("comment_id"))
        deleted = await self._exchange.carry_out_one(call, delete, SocialResult)
        return msgspec.structs.replace(
            nothing_to_say(deleted.position), location=place_of(represent(comment, self._entry_ids))
        )

    def heading(self, view: View, /) -> str:
        return f"{self.title} of {_content(view)['username']}"

    def links(self, view: View, /) -> Iterable[Link]:
        comment = _content(view)
        yield Link("up", place_of(comment), "All comments")
        if comment["in_reply_to"] is not None:
            yield Link("related", f"/v3/comments/{comment['in_reply_to']}/", "What it answers")

    def forms(self, view: View, /) -> Iterable[FormUse]:
        """Anybody answers and reports it, its author edits and deletes it, staff hides it."""
        if "mine" not in view.aside:
            return
        comment, mine, hidden = _content(view), view.aside["mine"], _is_hidden(view)
        if not hidden and comment["in_reply_to"] is None:
            pattern = COMMENTS_OF_MARKET if comment["market_id"] is not None else COMMENTS_OF_ENTRY
            yield comment_form(pattern, place_of(comment), comment["id"])
        if mine and not hidden:
            yield FormUse("PATCH", self.pattern, view.path, values={"text": comment["text"]}, title="Edit")
        if mine:
            yield FormUse("DELETE", self.pattern, view.path, title="Delete")
        elif not hidden:
            yield FormUse("POST", REPORTS, f"{view.path}reports/", title="Report")
        values = {"state": "visible" if hidden else "hidden"}
        yield FormUse("PUT", VISIBILITY, f"{view.path}visibility/", values=values, title="Hide or show")


class CommentReports(Resource):
    """``/v3/comments/{id}/reports/``: a member tells staff of it, once."""

    pattern = REPORTS
    title = "Report a comment"
    representations = (JSON, *page())

    def __init__(self, exchange: Exchange, reader: Reader) -> None:
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "POST": command(
                Who.MEMBER,
                body_of(ReportAsked),
                self.report,
                summary="Report a comment to staff",
                answers={201: answers.ReportAnswer},
                problems=(NOT_ALLOWED, *kinds(Reason.NOT_FOUND, Reason.THROTTLE_EXCEEDED)),
                idempotent_key=True,
            )
        }

    async def report(self, call: Call[ReportAsked, Query]) -> Outcome:
        comment = await visible(call, self._reader)
        report = ReportComment(int(comment["id"]), call.body.reason)
        reported = await self._exchange.carry_out_one(call, report, SocialResult)
        content = {"report": {"comment_id": comment["id"], "reason": report.reason}}
        return created(content, reported.position, f"/v3/comments/{comment['id']}/")


class CommentVisibility(Resource):
    """``/v3/comments/{id}/visibility/``: staff hides it from others, shows it again, or lets it stand."""

    pattern = VISIBILITY
    title = "Hide or show a comment"
    representations = (JSON, *page())

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.methods: Mapping[str, Method] = {
            "PUT": command(
                Who.OPERATOR,
                body_of(VisibilityAsked),
                self.change,
                summary="Hide or show a comment",
                answers={200: answers.VisibilityAnswer},
                problems=kinds(Reason.NOT_FOUND),
            )
        }

    async def change(self, call: Call[VisibilityAsked, Query]) -> Outcome:
        asked, comment_id = call.body, call.identity("comment_id")
        judge = HideComment if asked.state == "hidden" else ShowComment
        judged = await self._exchange.carry_out_one(call, judge(comment_id, asked.reason), SocialResult)
        visibility = {"comment_id": str(comment_id), "state": asked.state, "reason": asked.reason}
        return done({"visibility": visibility}, judged.position, location=f"/v3/comments/{comment_id}/")


async def visible(call: Call[BodyT, Query], reader: Reader) -> CommentDocument:
    """The comment that a command is about; 404 if it isn't there for who asks."""
    reading = reading_of(call)

    def find(documents: Reads) -> CommentDocument:
        comment = visible_comment(documents, reading, call.identity("comment_id"))
        if comment is None:
            raise not_found("There is no such comment.")
        return comment

    return (await reader.read(call, find, DocumentClass.HISTORY)).value


def place_of(comment: Mapping[str, object]) -> str:
    """The list that a comment stands in."""
    if comment["market_id"] is not None:
        return f"/v3/markets/{comment['market_id']}/comments/"
    return f"/v3/entries/{comment['entry_id']}/comments/"


def _content(view: View) -> answers.Comment:
    return cast("answers.Comment", view.content["comment"])


def _is_hidden(view: View) -> bool:
    return _content(view)["state"] == CommentState.HIDDEN.value
