"""Owns how a resource is declared: its URL pattern, and for each method who may, what comes in, what answers.

Never answers a request: toolkit/answering.py does, the same way for all resources.
Called by the modules of resources/ that declare resources.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from resources.toolkit.body import Parse, read_json
from resources.toolkit.http import HttpRequest
from resources.toolkit.positions import Position
from resources.toolkit.query import ParseQuery, Query, query_of
from resources.toolkit.visitor import Member, Who

BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT", bound=Query)


class Call(msgspec.Struct, Generic[BodyT, QueryT], frozen=True):
    """One request to one method of a resource, every input checked.

    ``fields`` are those of the path; ``visitor`` is who is signed in, if anybody is.
    """

    request: HttpRequest
    fields: Mapping[str, str]
    visitor: Member | None
    body: BodyT
    query: QueryT

    @property
    def member(self) -> Member:
        """Who is signed in, where the resource asks for somebody to be."""
        assert self.visitor is not None
        return self.visitor


class Outcome(msgspec.Struct, frozen=True):
    """What a method came to: the content to represent (``None``: nothing), and how current it is."""

    content: Mapping[str, object] | None
    position: Position
    status: int = 200
    location: str | None = None


def done(content: Mapping[str, object], position: Position) -> Outcome:
    return Outcome(content, position)


def created(content: Mapping[str, object], position: Position, location: str | None = None) -> Outcome:
    return Outcome(content, position, 201, location)


def pending(content: Mapping[str, object], position: Position) -> Outcome:
    """Accepted, and not yet carried out."""
    return Outcome(content, position, 202)


def nothing_to_say(position: Position) -> Outcome:
    return Outcome(None, position, 204)


Handler = Callable[[HttpRequest, Mapping[str, str], Member | None], Awaitable[Outcome]]


class Method(msgspec.Struct, frozen=True):
    """What one method of a resource does: it checks its input (``ProblemError``) and handles the call.

    An ``urgent`` one doesn't queue up with the others when there is too much to do.
    """

    who: Who
    answer: Handler
    urgent: bool = False


class Resource(Protocol):
    """``pattern`` has fields in braces and no trailing slash; ``methods`` are named in upper case."""

    @property
    def pattern(self) -> str: ...

    @property
    def methods(self) -> Mapping[str, Method]: ...


NO_QUERY: Final = query_of(Query)


def read(
    who: Who, parse: ParseQuery[QueryT], handle: Callable[[Call[None, QueryT]], Awaitable[Outcome]]
) -> Method:
    """A method that takes a query string and no body: GET, and DELETE."""

    def answer(request: HttpRequest, fields: Mapping[str, str], visitor: Member | None) -> Awaitable[Outcome]:
        return handle(Call(request, fields, visitor, None, parse(request.query_string)))

    return Method(who, answer)


def command(
    who: Who,
    parse: Parse[BodyT],
    handle: Callable[[Call[BodyT, Query]], Awaitable[Outcome]],
    *,
    urgent: bool = False,
) -> Method:
    """A method that takes a JSON body: POST, PUT and PATCH."""
    query = Query()

    def answer(request: HttpRequest, fields: Mapping[str, str], visitor: Member | None) -> Awaitable[Outcome]:
        return handle(Call(request, fields, visitor, parse(read_json(request)), query))

    return Method(who, answer, urgent)
