"""Owns the way from a request to a response: the decisions, then status and headers of what they came to.

Never knows a resource's subject, does no I/O of its own.
Called by hosts (toolkit/falcon_host.py) and by tests with a made-up request.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import orjson

from resources.toolkit.browsers import Browsers
from resources.toolkit.decisions import (
    NOT_MODIFIED,
    POSSIBLE,
    Around,
    allowed_methods,
    decide,
)
from resources.toolkit.handling import Handling
from resources.toolkit.http import NO_HEADERS, HttpRequest, HttpResponse
from resources.toolkit.media.problems import PROBLEM_JSON
from resources.toolkit.positions import HEADER, format_position
from resources.toolkit.problems import INTERNAL, ProblemError
from resources.toolkit.representing import Representing, link_header, path_of
from resources.toolkit.resource import Cache, Resource
from resources.toolkit.view import Representation
from resources.toolkit.visitor import Admission, Authority

Report = Callable[[HttpRequest, Exception], None]
"""Told of every exception that no decision foresaw."""

_SEE_OTHER: Final = 303
_WITH_LOCATION: Final = frozenset({201, 202})
_HOME: Final = "/v3/"
_DONE: Final = "#done"
"""Of a page that a form has changed: it says so, which is shown only to who was led there."""
_VARY: Final = "accept"
_VARY_PERSONAL: Final = "accept, authorization, cookie"


class Responder:
    """Answers requests to resources. ``problem_pages`` show problems to browsers.

    ``sign_in`` is the pattern of the resource that signs in.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        authority: Authority,
        admission: Admission,
        browsers: Browsers,
        report: Report,
        problem_pages: Sequence[Representation] = (),
        sign_in: str | None = None,
    ) -> None:
        self._representing = Representing(browsers, resources, problem_pages, sign_in)
        self._around = Around(authority, admission, browsers, self._representing)
        self._report = report

    async def respond(
        self, resource: Resource, request: HttpRequest, fields: Mapping[str, str]
    ) -> HttpResponse:
        """The response; never raises."""
        return (await self.handle(resource, request, fields))[1]

    async def handle(
        self, resource: Resource, request: HttpRequest, fields: Mapping[str, str]
    ) -> tuple[Handling, HttpResponse]:
        """The response, and the way that the request went."""
        handling = Handling(resource, request, fields)
        try:
            end = await decide(handling, self._around)
        except ProblemError as problem:
            return handling, self.refuse(request, problem, handling)
        except Exception as error:  # noqa: BLE001 (the client gets a problem document whatever happens)
            self._report(request, error)
            unforeseen = ProblemError(INTERNAL, "Something went wrong here. It has been noted.")
            return handling, self.refuse(request, unforeseen, handling)
        if end is POSSIBLE:
            return handling, HttpResponse(end.status, {"allow": allowed_methods(resource)})
        return handling, _answer(handling, modified=end is not NOT_MODIFIED)

    def refuse(
        self, request: HttpRequest, problem: ProblemError, handling: Handling | None = None
    ) -> HttpResponse:
        """The response that a problem is; there may be no resource, and so no handling."""
        try:
            media_type, body = self._representing.problem(request, problem, handling)
        except Exception as error:  # noqa: BLE001 (a page that can't be made must not hide the problem)
            self._report(request, error)
            media_type, body = PROBLEM_JSON.media_type, orjson.dumps(problem.document)
        headers = {
            "content-type": media_type,
            "cache-control": Cache.NEVER.value,
            "vary": _VARY_PERSONAL,
            **(NO_HEADERS if handling is None else handling.rates),
            **problem.headers,
        }
        if handling is not None and handling.cookie is not None:
            headers["set-cookie"] = handling.cookie
        return HttpResponse(problem.kind.status, headers, body)


def _answer(handling: Handling, *, modified: bool) -> HttpResponse:
    outcome, chosen = handling.found, handling.chosen
    method = handling.known_method
    personal = method.cache is Cache.PRIVATE or method.personal or chosen.personal
    headers = {
        "cache-control": _cache(handling).value,
        "vary": _VARY_PERSONAL if personal else _VARY,
        **handling.rates,
    }
    if method.unlisted:
        headers["x-robots-tag"] = "noindex"
    if outcome.position:
        headers[HEADER] = format_position(outcome.position)
    if handling.cookie is not None:
        headers["set-cookie"] = handling.cookie
    if handling.form is not None and not outcome.shown_once:
        # After a form the browser reads: a reload must not send the form again.
        headers["location"] = outcome.location or _page_after(handling)
        return HttpResponse(_SEE_OTHER, headers)
    if outcome.location is not None and outcome.status in _WITH_LOCATION:
        headers["location"] = outcome.location
    if handling.tag is not None:
        headers["etag"] = handling.tag
    if not modified:
        return HttpResponse(NOT_MODIFIED.status, headers)
    if outcome.content is None:
        return HttpResponse(outcome.status, headers)
    headers["content-type"] = chosen.media_type
    if handling.links:
        headers["link"] = link_header(handling.links)
    return HttpResponse(outcome.status, headers, handling.written)


def _cache(handling: Handling) -> Cache:
    if not handling.reads or handling.has_tokens:
        return Cache.NEVER
    cache = Cache.FOR_EVER if handling.found.unchanging else handling.known_method.cache
    personal = handling.chosen.personal or (handling.known_method.personal and handling.visitor is not None)
    return Cache.PRIVATE if personal and cache is not Cache.NEVER else cache


def _page_after(handling: Handling) -> str:
    """The resource's own page, where it has one."""
    return path_of(handling.request) + _DONE if "GET" in handling.resource.methods else _HOME
