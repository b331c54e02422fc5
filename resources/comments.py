"""Owns the resources of the comments on something: on a market, and on an entry of a member's activity.

Never shows a comment but through the filter, and never decides who may write one: the actors do.
Called by resources/app.py; resources/comment.py shows one as it shows many.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Final, NamedTuple, cast

import msgspec

from actors.machines import limits
from actors.machines.messages.comments import COMMENT_TEXT, CommentResult, Mention, Subject, WriteComment
from actors.machines.messages.words import Reason
from couch_views.classes import DocumentClass
from couch_views.comment_shapes import CommentDocument
from couch_views.queries import discussion as queries
from couch_views.queries.catalogue import markets_by_id
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from resources.answers import comments as answers
from resources.discussion import (
    Reading,
    mentions_in,
    reading_of,
    represent_result,
    shown,
    visible_comment,
    visible_entry,
)
from resources.entry_ids import EntryIds
from resources.exchange import Exchange
from resources.pages.asides import purse
from resources.pages.market_page import COMMENTS
from resources.paging import PageQuery, pagination
from resources.reading import Reader
from resources.refusals import KINDS, kinds
from resources.representations import Json
from resources.toolkit.body import parsed_body
from resources.toolkit.fields import Shape, check
from resources.toolkit.identities import GivenIdentity
from resources.toolkit.media.feed import Entry, Feed
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import FieldError, ProblemError, not_found
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, command, created, done, read
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Who

COMMENTS_OF_MARKET: Final = COMMENTS
COMMENTS_OF_ENTRY: Final = "/v3/entries/{entry_id:word}/comments"

CommentText = Annotated[
    str,
    msgspec.Meta(
        pattern=COMMENT_TEXT,
        max_length=limits.COMMENT_LENGTH_MAX,
        title="Comment",
        description="Plain text. Links begin with https://, and @username names a member.",
    ),
]


class CommentAsked(Shape):
    text: CommentText
    in_reply_to: GivenIdentity | None = None


class Place(NamedTuple):
    """What is commented on: for the actors, and for who reads the page."""

    subject: Subject
    name: str
    path: str


def parse_comment(value: object) -> CommentAsked:
    return check(with_line_feeds(value), CommentAsked)


def with_line_feeds(value: object) -> object:
    """The body with one kind of line ends in its text: there are three in the world."""
    if isinstance(value, dict) and isinstance(text := value.get("text"), str):
        return {**value, "text": text.replace("\r\n", "\n").replace("\r", "\n")}
    return value


def feed_entries(view: View) -> Iterator[Entry]:
    """Comments as entries of a feed."""
    name, path = cast("str", view.aside["name"]), cast("str", view.aside["path"])
    for each in cast("Iterable[answers.Comment]", view.content["comments"]):
        yield Entry(
            f"urn:credence:comment:{each['id']}",
            f"{each['username']} on {name}",
            each["edited_datetime"] or each["created_datetime"],
            each["text"],
            author=each["username"],
            published=each["created_datetime"],
            links=(
                Link("alternate", f"/v3/comments/{each['id']}/", name, "text/html"),
                Link("related", path, name, "text/html"),
            ),
        )


class Comments(Resource):
    """What the comments on anything have in common."""

    title = "Comments"
    representations = (JSON, *page("comments.xhtml"), Feed(feed_entries))

    def __init__(self, exchange: Exchange, reader: Reader, entry_ids: EntryIds) -> None:
        self._exchange = exchange
        self._reader = reader
        self.entry_ids = entry_ids
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(PageQuery),
                self.show,
                summary="Comments, newest first",
                answers={200: answers.Comments},
                personal=True,
            ),
            "POST": command(
                Who.MEMBER,
                parsed_body(CommentAsked, parse_comment),
                self.write,
                summary="Write a comment",
                answers={201: answers.CommentAnswer},
                problems=kinds(
                    Reason.NOT_FOUND,
                    Reason.COMMENT_NOT_FOUND,
                    Reason.LIMIT_EXCEEDED,
                    Reason.THROTTLE_EXCEEDED,
                ),
                idempotent_key=True,
            ),
        }

    @abstractmethod
    def place(self, documents: Reads, reading: Reading, fields: Mapping[str, object]) -> Place:
        """What the path names; 404 if it isn't there for who reads."""

    async def show(self, call: Call[None, PageQuery]) -> Outcome:
        reading, query = reading_of(call), call.query

        def find(documents: Reads) -> tuple[Page[Json], Json]:
            place = self.place(documents, reading, call.fields)
            subject = place.subject
            about: queries.About = "market" if subject.market_id else "entry"
            listing = queries.comments(about, subject.market_id or subject.entry_id, query.sort_text)
            found: Page[Json] = listing.page_of_shown(
                documents, query.limit, query.cursor, shown(documents, reading, self.entry_ids)
            )
            return found, {"name": place.name, "path": place.path, **purse(documents, call)}

        (found, aside), position = await self._reader.read(call, find, DocumentClass.HISTORY)
        content = {"comments": found.items, "pagination": pagination(call.request, found.next_cursor)}
        return done(content, position, aside=aside)

    async def write(self, call: Call[CommentAsked, Query]) -> Outcome:
        asked, reading = call.body, reading_of(call)
        answered = 0 if asked.in_reply_to is None else int(asked.in_reply_to)

        def find(documents: Reads) -> tuple[Subject, tuple[Mention, ...]]:
            subject = self.place(documents, reading, call.fields).subject
            if answered and not _may_answer(documents, reading, answered):
                detail = "There is no such comment here."
                raise ProblemError(KINDS[Reason.COMMENT_NOT_FOUND], detail, FieldError("in_reply_to", detail))
            return subject, mentions_in(documents, reading.viewer, asked.text)

        (subject, mentions), _ = await self._reader.read(call, find, DocumentClass.HISTORY)
        write = WriteComment(subject, asked.text, mentions, answered)
        written = await self._exchange.carry_out_one(call, write, CommentResult)
        location = f"/v3/comments/{written.result.comment_id}/"
        return created(
            {"comment": represent_result(written.result, self.entry_ids)}, written.position, location
        )

    def heading(self, view: View, /) -> str:
        name = view.aside.get("name")
        return self.title if name is None else f"{self.title} on {name}"

    def links(self, view: View, /) -> Iterable[Link]:
        yield Link("up", cast("str", view.aside["path"]))

    def forms(self, view: View, /) -> Iterable[FormUse]:
        yield comment_form(self.pattern, view.path)


class MarketComments(Comments):
    """``/v3/markets/{id}/comments/``."""

    pattern = COMMENTS_OF_MARKET

    def place(self, documents: Reads, _reading: Reading, fields: Mapping[str, object]) -> Place:
        market_id = cast("int", fields["ids"])
        found = markets_by_id(documents, [market_id])
        if not found:
            raise not_found("There is no such market.")
        return Place(Subject(market_id), found[0]["name"], f"/v3/markets/{market_id}/")


class EntryComments(Comments):
    """``/v3/entries/{id}/comments/``: on an entry of a member's activity, for who may see that."""

    pattern = COMMENTS_OF_ENTRY

    def place(self, documents: Reads, reading: Reading, fields: Mapping[str, object]) -> Place:
        entry_id = self.entry_ids.read(str(fields["entry_id"]))
        entry = None if entry_id is None else visible_entry(documents, reading.viewer, entry_id)
        if entry_id is None or entry is None:
            raise not_found("There is no such entry.")
        subject = Subject(entry_id=entry_id, account_id=int(str(entry["account_id"])))
        name = f"what {entry['username']} did"
        return Place(subject, name, f"/v3/members/{entry['username']}/activity/")


def comment_form(pattern: str, path: str, answered: str = "") -> FormUse:
    """The form for a comment, or for one that answers another."""
    title = "Reply" if answered else "Write a comment"
    return FormUse("POST", pattern, path, fixed={"in_reply_to": answered}, title=title)


def _may_answer(documents: Reads, reading: Reading, comment_id: int) -> bool:
    """Whether a comment may be answered, as far as it is known here yet; the actors look, too."""
    known: CommentDocument | None = queries.comment(documents, comment_id)
    return known is None or visible_comment(documents, reading, comment_id) is not None
