"""Owns the resource of what members reported: the comments that staff is to look at, and why.

Never tells anybody else that, or by whom, something was reported.
Called by resources/app.py.
"""

from collections.abc import Mapping

from couch_views.classes import DocumentClass
from couch_views.comment_shapes import CommentDocument, ReportDocument, ReportState
from couch_views.queries import discussion as queries
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from resources.answers import comments as answers
from resources.discussion import represent
from resources.entry_ids import EntryIds
from resources.paging import OrderedPageQuery, pagination
from resources.reading import Reader
from resources.representations import Json
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.query import query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, done, read
from resources.toolkit.visitor import Who


class ReportsQuery(OrderedPageQuery, frozen=True):
    """``states``: some of ``open``, ``queued`` and ``settled``; without any, what is to be looked at."""

    states: tuple[ReportState, ...] = ()


class ReportedComments(Resource):
    """``/v3/staff/reports/``."""

    pattern = "/v3/staff/reports"
    title = "Reported comments"
    representations = (JSON, *page("reports.xhtml"))

    def __init__(self, reader: Reader, entry_ids: EntryIds) -> None:
        self._reader = reader
        self._entry_ids = entry_ids
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.OPERATOR,
                query_of(ReportsQuery),
                self.show,
                summary="Reported comments, what waits longest first",
                answers={200: answers.Reports},
            )
        }

    async def show(self, call: Call[None, ReportsQuery]) -> Outcome:
        query = call.query

        def find(documents: Reads) -> tuple[Page[ReportDocument], list[CommentDocument | None]]:
            found = queries.reports(documents, query.states, query.limit, query.cursor)
            return found, queries.comments_by_id(documents, [each["comment_id"] for each in found.items])

        (found, comments), position = await self._reader.read(call, find, DocumentClass.HISTORY)
        content = {
            "reports": [
                _represent(report, comment, self._entry_ids)
                for report, comment in zip(found.items, comments, strict=True)
            ],
            "pagination": pagination(call.request, found.next_cursor),
        }
        return done(content, position)


def _represent(report: ReportDocument, comment: CommentDocument | None, entry_ids: EntryIds) -> Json:
    gone = comment is None or comment["state"] == "deleted"
    return {
        "comment": None if comment is None or gone else represent(comment, entry_ids),
        "reports": [
            {
                "username": each["username"],
                "reason": each["reason"],
                "created_datetime": each["created_datetime"],
            }
            for each in report["reports"]
        ],
        "state": report["state"],
        "reported_datetime": report["reported_datetime"],
    }
