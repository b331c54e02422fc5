"""Owns the making of what is sent: the view of an outcome or of a problem, its links and forms, its bytes.

Never decides a status or a header; never asks a resource to do anything.
Called by the decisions (an outcome), and by toolkit/answering.py (a problem).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qs, parse_qsl, quote, urlencode

import orjson

from actors.machines import limits
from resources.toolkit.browsers import Browsers
from resources.toolkit.conditions import tag_of
from resources.toolkit.form_input import filled_in
from resources.toolkit.forms import command_form, filter_form, form_again
from resources.toolkit.handling import IS_ROOM, Handling
from resources.toolkit.http import HttpRequest
from resources.toolkit.media.feed import ATOM
from resources.toolkit.media.json import Json
from resources.toolkit.media.problems import PROBLEM_JSON, PROBLEM_XML
from resources.toolkit.negotiation import choose, wanted_format
from resources.toolkit.problems import NOT_SIGNED_IN, ProblemError
from resources.toolkit.resource import Method, Resource
from resources.toolkit.view import Form, FormUse, Link, Representation, View, here_of
from resources.toolkit.visitor import Member, Who, why_not

_PATH_SAFE: Final = "/,:;=@-._~"
_QUERY_SAFE: Final = "=&%+,:;@/?-._~"
_PAGES: Final = (("previous_page", "prev"), ("next_page", "next"), ("last_page", "last"))
"""What a list says of its other pages, and by which relation they are linked."""
_OF_A_PAGE: Final = frozenset({"cursor", "format"})
RETURN_TO: Final = "return_to"
"""The query parameter of signing in that says where a browser goes afterwards."""


class Representing:
    """Makes what is sent. ``problem_pages`` show problems to browsers.

    ``sign_in`` is the pattern of the resource whose POST signs in: who has to, finds its form on the page.
    """

    def __init__(
        self,
        browsers: Browsers,
        resources: Iterable[Resource],
        problem_pages: Sequence[Representation],
        sign_in: str | None = None,
    ) -> None:
        self._sign_in = sign_in
        self._browsers = browsers
        self._resources = {resource.pattern: resource for resource in resources}
        self._problems = (PROBLEM_JSON, *problem_pages, PROBLEM_XML)

    def __call__(self, handling: Handling) -> None:
        """Fills in what the outcome looks like: bytes, tag, links, and a cookie where one is needed."""
        outcome, chosen = handling.found, handling.chosen
        session = outcome.session
        if session is not None and (handling.form is not None or handling.has_cookie):
            handling.cookie = self._browsers.session_cookie(session.token, session.life_s)
        if outcome.content is None or (handling.form is not None and not outcome.shown_once):
            return
        if isinstance(chosen, Json) and not handling.reads:
            # An order's answer waits for nothing that isn't in it.
            handling.written = orjson.dumps(outcome.content)
            return
        view = self._view(handling)
        handling.links = view.links
        if chosen.personal:
            view = view._replace(forms=tuple(self._forms(handling, view)))
        handling.written = chosen.render(view)
        if handling.reads:
            is_json = chosen.media_type == "application/json"
            state = handling.written if is_json else orjson.dumps(outcome.content)
            handling.tag = tag_of(state, handling.written)

    def problem(
        self, request: HttpRequest, problem: ProblemError, handling: Handling | None
    ) -> tuple[str, bytes]:
        """The problem's media type and bytes, in the form that the client likes best."""
        accept = request.headers.get("accept", "")
        wanted = wanted_format(request.query_string)
        chosen = choose(self._problems, accept, wanted) or choose(self._problems, accept, None)
        if chosen is None:
            # Who reads feeds reads XML, and everybody else's program JSON.
            chosen = PROBLEM_XML if ATOM in accept.lower() else PROBLEM_JSON
        view = View(
            request,
            path_of(request),
            {} if handling is None else handling.fields,
            None if handling is None else handling.visitor,
            problem.kind.status,
            problem.kind.title,
            problem.document,
            {},
        )
        if chosen.personal and handling is not None:
            view = view._replace(forms=tuple(self._forms_for(handling, problem)))
        return chosen.media_type, chosen.render(view)

    def _view(self, handling: Handling) -> View:
        outcome, resource, request = handling.found, handling.resource, handling.request
        assert outcome.content is not None
        view = View(
            request,
            path_of(request),
            handling.fields,
            handling.visitor,
            outcome.status,
            resource.title,
            outcome.content,
            outcome.aside,
            template=outcome.template,
        )
        if not handling.reads:
            return view._replace(title=resource.heading(view))
        links = (
            *_own_links(resource, view, handling.query_string),
            *outcome.links,
            *resource.links(view),
        )
        return view._replace(title=resource.heading(view), links=links)

    def _forms(self, handling: Handling, view: View) -> Iterator[Form]:
        for use in handling.resource.forms(view):
            method = self._resources[use.pattern].methods[use.method]
            if is_for(method, handling.visitor):
                yield command_form(method, use, self._token(handling))
        method = handling.known_method
        given = filled_in(parse_qs(handling.query_string))
        if handling.reads and (form := filter_form(method, view.path, given, "Show")) is not None:
            yield form

    def _forms_for(self, handling: Handling, problem: ProblemError) -> Iterator[Form]:
        """What somebody filled in wrongly is shown to them once more; who isn't signed in may do that."""
        signs_in = handling.resource.pattern == self._sign_in
        if self._sign_in is not None and problem.kind is NOT_SIGNED_IN and not signs_in:
            sign_in = self._resources[self._sign_in]
            back = quote(here_of(path_of(handling.request), handling.request), safe=_PATH_SAFE)
            path = f"{sign_in.parsed_pattern.path()}?{RETURN_TO}={back}"
            use = FormUse("POST", sign_in.pattern, path)
            yield command_form(sign_in.methods["POST"], use, self._token(handling))
        elif handling.form is not None and handling.method is not None and IS_ROOM in handling.path:
            # Nobody else fills in forms for our visitors.
            yield self._form_again(handling, handling.form, handling.method, problem)

    def _form_again(
        self, handling: Handling, form: Mapping[str, list[str]], method: Method, problem: ProblemError
    ) -> Form:
        path, query = path_of(handling.request), quote(handling.request.query_string, safe=_QUERY_SAFE)
        use = FormUse(
            handling.method_name,
            handling.resource.pattern,
            f"{path}?{query}" if query else path,
            values=filled_in(form),
        )
        errors = {error.field: error.message for error in problem.errors}
        return command_form(method, form_again(use, handling.kept), self._token(handling), errors)

    def _token(self, handling: Handling) -> str:
        """The token for a form; somebody without a cookie gets one to tie it to."""
        headers = handling.request.headers
        anchor = self._browsers.session(headers) or self._browsers.visit(headers) or handling.visit
        if anchor is None:
            anchor = handling.visit = self._browsers.new_visit()
            handling.cookie = self._browsers.visit_cookie(anchor)
        handling.has_tokens = True
        return self._browsers.form_token(anchor)


def is_for(method: Method, visitor: Member | None) -> bool:
    """Whether a page shows somebody the form; what anyone may is for those who aren't signed in."""
    if method.who is Who.ANYONE or visitor is None:
        return method.who is Who.ANYONE and visitor is None
    return why_not(method.who, visitor, reading=False) is None


def path_of(request: HttpRequest) -> str:
    """The path as it is linked to: encoded, with a trailing slash."""
    return _encoded(request.path)


@lru_cache(limits.LINKS_REMEMBERED_MAX)
def _encoded(path: str) -> str:
    encoded = quote(path, safe=_PATH_SAFE)
    return encoded if encoded.endswith("/") else f"{encoded}/"


def link_header(links: Iterable[Link]) -> str:
    """The value of ``Link``; titles are left to the representations."""
    return ", ".join(
        f'<{link.href}>; rel="{link.rel}"; type="{link.type}"'
        if link.type
        else f'<{link.href}>; rel="{link.rel}"'
        for link in links
    )


def _own_links(resource: Resource, view: View, query_string: str) -> Sequence[Link]:
    """Itself, its other forms, its other pages."""
    alternates = tuple((each.name, each.title, each.media_type) for each in resource.representations)
    pagination = view.content.get("pagination")
    pages: tuple[tuple[str, str], ...] = ()
    if isinstance(pagination, Mapping):
        pages = tuple((rel, page) for name, rel in _PAGES if (page := pagination.get(name)) is not None)
    return _links_beside(view.path, query_string, alternates, pages)


@lru_cache(limits.LINKS_REMEMBERED_MAX)
def _links_beside(
    path: str,
    query_string: str,
    alternates: tuple[tuple[str, str, str], ...],
    pages: tuple[tuple[str, str], ...],
) -> tuple[Link, ...]:
    # The same few are asked for all the time.
    query = quote(query_string, safe=_QUERY_SAFE)
    kept = [(name, value) for name, value in parse_qsl(query_string) if name not in _OF_A_PAGE]
    links = [Link("self", f"{path}?{query}" if query else path)]
    for name, title, media_type in alternates:
        shown = f"{path}?{urlencode([*kept, ('format', name)])}"
        links.append(Link("alternate", shown, title, media_type.partition(";")[0]))
    if "cursor=" in query_string:
        links.append(Link("first", f"{path}?{urlencode(kept)}" if kept else path))
    links += (Link(rel, f"{path}{page}") for rel, page in pages)
    return tuple(links)
