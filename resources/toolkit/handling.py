"""Owns what is known of one request while it is decided: what came in, what was found out, what came of it.

Never decides anything.
Called by the decisions, which read and fill it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from resources.toolkit.http import NO_HEADERS, HttpRequest
from resources.toolkit.problems import ProblemError
from resources.toolkit.query import Query
from resources.toolkit.resource import NO_QUERY, Method, Outcome, Resource
from resources.toolkit.view import Link, Representation
from resources.toolkit.visitor import Member

IS_ROOM: Final = "is there room?"
"""The first decision after those that make sure that no page of others has sent it."""
_NO_QUERY = NO_QUERY("")
_NO_FIELDS: Mapping[str, object] = {}


class Handling:
    """One request on its way through the decisions; ``path`` names those that were taken, in order."""

    __slots__ = (
        "body",
        "cookie",
        "doubt",
        "fields",
        "form",
        "given",
        "has_cookie",
        "has_tokens",
        "kept",
        "links",
        "method",
        "method_name",
        "outcome",
        "path",
        "query",
        "query_string",
        "rates",
        "representation",
        "request",
        "resource",
        "tag",
        "visit",
        "visitor",
        "why_not",
        "written",
    )

    def __init__(self, resource: Resource, request: HttpRequest, given: Mapping[str, str]) -> None:
        self.resource = resource
        self.request = request
        self.given = given
        """The fields of the path, as they were written."""
        self.path: list[str] = []
        self.method_name = request.method
        """As meant: a form can only say POST and names what it means."""
        self.query_string = request.query_string
        self.form: dict[str, list[str]] | None = None
        """What a form says; none if the body isn't one."""
        self.kept = ""
        """How the form was shown, as it said itself."""
        self.method: Method | None = None
        self.visitor: Member | None = None
        self.has_cookie = False
        """Whether who it is was told by a cookie."""
        self.doubt: ProblemError | None = None
        """Why the credentials shown are not believed."""
        self.why_not: str | None = None
        """Why this is not for who is known."""
        self.rates: Mapping[str, str] = NO_HEADERS
        """The headers that say how much may still be asked for."""
        self.representation: Representation | None = None
        self.fields: Mapping[str, object] = _NO_FIELDS
        self.query: Query = _NO_QUERY
        self.body: object = None
        self.outcome: Outcome | None = None
        self.written = b""
        """The outcome, represented."""
        self.tag: str | None = None
        self.links: Sequence[Link] = ()
        self.cookie: str | None = None
        """What the browser is to keep."""
        self.visit: str | None = None
        """A visit that begins with this answer."""
        self.has_tokens = False
        """Whether what was written holds tokens of forms: nobody keeps that."""

    @property
    def reads(self) -> bool:
        return self.method_name in {"GET", "HEAD"}

    @property
    def known_method(self) -> Method:
        assert self.method is not None
        return self.method

    @property
    def found(self) -> Outcome:
        assert self.outcome is not None
        return self.outcome

    @property
    def chosen(self) -> Representation:
        assert self.representation is not None
        return self.representation
