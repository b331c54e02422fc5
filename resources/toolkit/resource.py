"""Owns how a resource is declared: its URL, who may do what, what comes in, what answers, how it is shown.

Never answers a request: the decisions do, the same way for all resources.
Called by the modules of resources/ that declare resources.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from enum import Enum, unique
from functools import cached_property
from typing import ClassVar, Final, Generic, Never, TypeVar

import msgspec

from actors.machines import limits
from resources.toolkit.body import Body
from resources.toolkit.http import HttpRequest
from resources.toolkit.identities import Several
from resources.toolkit.media.json import JSON
from resources.toolkit.patterns import Pattern
from resources.toolkit.positions import Position
from resources.toolkit.problems import ProblemKind
from resources.toolkit.query import ParseQuery, Query, query_of
from resources.toolkit.view import FormUse, Link, Representation, View
from resources.toolkit.visitor import Member, Who

BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT", bound=Query)

PAGES: Final = frozenset({"html", "xhtml"})
"""The names of the representations that are pages."""


@unique
class Cache(Enum):
    """What may be done with an answer, as ``Cache-Control`` says it."""

    PUBLIC = "no-cache"
    """Anybody may keep it, and asks each time whether it is still right."""
    PRIVATE = "private, no-cache"
    """The same for the member's own client alone."""
    NEVER = "no-store"
    FOR_EVER = "public, max-age=31536000, immutable"
    """For what can't change: an archive's page, an asset whose URL holds its version."""


class Call(msgspec.Struct, Generic[BodyT, QueryT], frozen=True):
    """One request to one method of a resource, every input checked.

    ``fields`` are those of the path; ``visitor`` is who is signed in, if anybody is; ``format`` names the
    representation that was chosen. ``public``: anybody may call this, and it is the same for all who do.
    """

    request: HttpRequest
    fields: Mapping[str, object]
    visitor: Member | None
    body: BodyT
    query: QueryT
    format: str = "json"
    public: bool = False

    @property
    def for_page(self) -> bool:
        """Whether a page is to be shown, which may show more than the content: ``Outcome.aside``."""
        return self.format in PAGES

    @property
    def member(self) -> Member:
        """Who is signed in, where the resource asks for somebody to be."""
        assert self.visitor is not None
        return self.visitor

    def identity(self, name: str) -> int:
        """The one id of a path's field; where several may be asked for, a command is about one of them."""
        value = self.fields[name]
        if isinstance(value, Several):
            return value.one
        assert isinstance(value, int)
        return value

    def identities(self, name: str) -> Several:
        value = self.fields[name]
        assert isinstance(value, Several)
        return value

    def word(self, name: str) -> str:
        value = self.fields[name]
        assert isinstance(value, str)
        return value


class Session(msgspec.Struct, frozen=True):
    """What signing in or out does to a browser: the token to keep and for how long; none: forget it."""

    token: str | None
    life_s: int = 0


class Outcome(msgspec.Struct, frozen=True):
    """What a method came to: the content to represent (``None``: nothing), and how current it is.

    ``aside`` is what only some representations show beside the content; ``links`` are those that depend on
    what was found. What is ``unchanging`` may be kept for ever. ``location`` is where the thing is: what was
    made, and where a browser goes after a form; unless it is ``shown_once``, as an answer to that form alone,
    on a page made by ``template`` if there is one for it.
    """

    content: Mapping[str, object] | None
    position: Position
    status: int = 200
    location: str | None = None
    session: Session | None = None
    aside: Mapping[str, object] = {}
    links: Sequence[Link] = ()
    unchanging: bool = False
    shown_once: bool = False
    template: str | None = None


def done(
    content: Mapping[str, object],
    position: Position,
    *,
    location: str | None = None,
    session: Session | None = None,
    aside: Mapping[str, object] | None = None,
    links: Sequence[Link] = (),
    unchanging: bool = False,
) -> Outcome:
    return Outcome(content, position, 200, location, session, aside or {}, links, unchanging)


def created(
    content: Mapping[str, object],
    position: Position,
    location: str | None = None,
    session: Session | None = None,
) -> Outcome:
    return Outcome(content, position, 201, location, session)


def pending(content: Mapping[str, object], position: Position, location: str | None = None) -> Outcome:
    """Accepted, and not yet carried out."""
    return Outcome(content, position, 202, location)


def nothing_to_say(position: Position, session: Session | None = None) -> Outcome:
    return Outcome(None, position, 204, session=session)


def there_is_nothing_left(position: Position, place: str) -> Outcome:
    """It is gone; a browser goes on at ``place``."""
    return Outcome(None, position, 204, place)


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """What one method of a resource does, and all that is known of it without doing it.

    ``answers`` are the shapes (TypedDicts) of its content by status, ``problems`` those that it may end in
    beside what the decisions end every method of its sort in. ``body`` is ``None`` for one that takes none.
    An ``urgent`` one doesn't queue up with the others when there is too much to do. A ``personal`` one is for
    anyone and shows what depends on who looks: their session is confirmed, and nobody keeps it for others.
    An ``unlisted`` one asks search engines to leave out whatever they have found the way to.
    """

    who: Who
    summary: str
    parse_query: ParseQuery[Query]
    body: Body[object] | None
    handle: Callable[[Never], Awaitable[Outcome]]
    answers: Mapping[int, object]
    problems: tuple[ProblemKind, ...] = ()
    cache: Cache = Cache.NEVER
    urgent: bool = False
    personal: bool = False
    unlisted: bool = False
    idempotent_key: bool = False
    """Whether it heeds ``Idempotency-Key``."""
    cost: int = limits.COST_REQUEST
    """What it costs of somebody's rate."""


NO_QUERY: Final = query_of(Query)
NO_ANSWERS: Final[Mapping[int, object]] = {}


def read(
    who: Who,
    parse: ParseQuery[QueryT],
    handle: Callable[[Call[None, QueryT]], Awaitable[Outcome]],
    *,
    summary: str = "",
    answers: Mapping[int, object] = NO_ANSWERS,
    problems: tuple[ProblemKind, ...] = (),
    cache: Cache | None = None,
    personal: bool = False,
    unlisted: bool = False,
) -> Method:
    """GET: a method that takes a query string and no body, and changes nothing."""
    if cache is None:
        cache = Cache.PUBLIC if who is Who.ANYONE else Cache.PRIVATE
    return Method(
        who=who,
        summary=summary,
        parse_query=parse,
        body=None,
        handle=handle,
        answers=answers,
        problems=problems,
        cache=cache,
        personal=personal,
        unlisted=unlisted,
    )


def remove(
    who: Who,
    parse: ParseQuery[QueryT],
    handle: Callable[[Call[None, QueryT]], Awaitable[Outcome]],
    *,
    summary: str = "",
    answers: Mapping[int, object] = NO_ANSWERS,
    problems: tuple[ProblemKind, ...] = (),
    cost: int = limits.COST_REQUEST,
) -> Method:
    """DELETE: a method that takes a query string and no body, and changes something."""
    return Method(
        who=who,
        summary=summary,
        parse_query=parse,
        body=None,
        handle=handle,
        answers=answers,
        problems=problems,
        cost=cost,
    )


def command(
    who: Who,
    body: Body[BodyT],
    handle: Callable[[Call[BodyT, QueryT]], Awaitable[Outcome]],
    *,
    parse: ParseQuery[QueryT] | None = None,
    summary: str = "",
    answers: Mapping[int, object] = NO_ANSWERS,
    problems: tuple[ProblemKind, ...] = (),
    urgent: bool = False,
    idempotent_key: bool = False,
    cost: int = limits.COST_REQUEST,
) -> Method:
    """POST, PUT and PATCH: a method that takes a body, as JSON or from a form, and perhaps a query string."""
    return Method(
        who=who,
        summary=summary,
        parse_query=NO_QUERY if parse is None else parse,
        body=body,
        handle=handle,
        answers=answers,
        problems=problems,
        urgent=urgent,
        idempotent_key=idempotent_key,
        cost=cost,
    )


def put(
    who: Who,
    handle: Callable[[Call[None, Query]], Awaitable[Outcome]],
    *,
    summary: str = "",
    answers: Mapping[int, object] = NO_ANSWERS,
    problems: tuple[ProblemKind, ...] = (),
) -> Method:
    """PUT of what has no more to it than its URL: from now on it is there."""
    return remove(who, NO_QUERY, handle, summary=summary, answers=answers, problems=problems)


class Resource:
    """What all resources have; each declares its own pattern and methods, and overrides what differs.

    ``pattern`` has typed fields (see ``patterns``) and no trailing slash; ``methods`` are named in upper
    case.
    """

    pattern: str
    methods: Mapping[str, Method]
    title: ClassVar[str] = ""
    """What a page, a feed and OpenAPI call it."""
    representations: Sequence[Representation] = (JSON,)
    """The first is sent to who takes anything."""

    @cached_property
    def parsed_pattern(self) -> Pattern:
        return Pattern(self.pattern)

    def heading(self, _view: View, /) -> str:
        """The heading of a page of it."""
        return self.title

    def links(self, _view: View, /) -> Iterable[Link]:
        """Where else to go, beside what the toolkit links by itself: itself, its other forms, its pages."""
        return ()

    def forms(self, view: View, /) -> Iterable[FormUse]:
        """The forms of its page: those for its own commands, if it is about one thing."""
        if any(isinstance(value, Several) and not value.single for value in view.fields.values()):
            return ()
        return (FormUse(name, self.pattern, view.path) for name in self.methods if name != "GET")
