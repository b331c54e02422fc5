"""Owns the way from a request to a response: the decisions that all resources share, in one order.

Never knows a resource's subject, does no I/O of its own.
Called by hosts (toolkit/falcon_host.py) and by tests with a made-up request.

The order of decisions, each with the status that ends it: URL length 414, method 405 (``OPTIONS`` ends
here), signed in 401, not too much 429 or 503, allowed 403, acceptable 406, size of the body 413; then, in
the method, type 415, readable 400, valid 422; then whatever the resource finds: 404, 409, 422, 503, 504.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Final, Protocol

import orjson

from actors.machines import limits
from resources.toolkit.http import HttpRequest, HttpResponse
from resources.toolkit.negotiation import OFFERED, require_acceptable
from resources.toolkit.positions import HEADER, format_position
from resources.toolkit.problems import (
    BODY_TOO_LARGE,
    INTERNAL,
    METHOD_NOT_ALLOWED,
    NOT_ALLOWED,
    URL_TOO_LONG,
    ProblemError,
    not_signed_in,
)
from resources.toolkit.resource import Method, Outcome, Resource
from resources.toolkit.visitor import Member, Who

_READING: Final = frozenset({"GET", "HEAD"})
Report = Callable[[HttpRequest, Exception], None]
"""Told of every exception that no decision foresaw."""


class Authority(Protocol):
    """Knows members by their tokens."""

    def identify(self, authorization: str) -> Member:
        """Who the header says it is; 401 (``ProblemError``) if it isn't to be believed."""

    async def confirm(self, member: Member) -> None:
        """That the session has not been ended since; 401 if it has."""


class Admission(Protocol):
    """Knows how much may be asked for, by whom."""

    def admit(self, member: Member, *, reading: bool) -> None:
        """429 or 503 (``ProblemError``) if this is too much now; then nothing is done."""


class Responder:
    """Answers requests to resources."""

    def __init__(self, authority: Authority, admission: Admission, report: Report) -> None:
        self._authority = authority
        self._admission = admission
        self._report = report

    async def respond(
        self, resource: Resource, request: HttpRequest, fields: Mapping[str, str]
    ) -> HttpResponse:
        """The response; never raises."""
        try:
            require_short_url(request)
            if request.method == "OPTIONS":
                return HttpResponse(204, {"allow": allowed_methods(resource)})
            method = require_method(resource, request)
            visitor = await self._require_signed_in(method, request)
            require_allowed(method, visitor)
            require_acceptable(request)
            require_whole_body(request)
            outcome = await method.answer(request, fields, visitor)
            return represent(method, request, outcome)
        except ProblemError as problem:
            return problem.response
        except Exception as error:  # noqa: BLE001 (the client gets a problem document whatever happens)
            self._report(request, error)
            return ProblemError(INTERNAL, "Something went wrong here. It has been noted.").response

    async def _require_signed_in(self, method: Method, request: HttpRequest) -> Member | None:
        authorization = request.headers.get("authorization")
        if method.who is Who.ANYONE:
            return self._guess(authorization)
        if authorization is None:
            raise not_signed_in("This needs the header Authorization: Session-Token TOKEN.")
        member = self._authority.identify(authorization)
        reading = request.method in _READING
        self._admission.admit(member, reading=reading)
        # A command's session is judged by the account's actor.
        if reading:
            await self._authority.confirm(member)
        return member

    def _guess(self, authorization: str | None) -> Member | None:
        # What is public needs no token, but somebody who shows one sees their own last write in it.
        if authorization is None:
            return None
        try:
            return self._authority.identify(authorization)
        except ProblemError:
            return None


def require_short_url(request: HttpRequest) -> None:
    if len(request.path) + len(request.query_string) > limits.URL_CHARACTERS_MAX:
        raise ProblemError(URL_TOO_LONG, f"A URL may have up to {limits.URL_CHARACTERS_MAX} characters.")


def allowed_methods(resource: Resource) -> str:
    """The value of ``Allow``."""
    methods = set(resource.methods) | {"OPTIONS"}
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


def require_method(resource: Resource, request: HttpRequest) -> Method:
    method = resource.methods.get("GET" if request.method == "HEAD" else request.method)
    if method is None:
        allowed = allowed_methods(resource)
        raise ProblemError(METHOD_NOT_ALLOWED, f"Possible here: {allowed}.", headers={"allow": allowed})
    return method


def require_allowed(method: Method, visitor: Member | None) -> None:
    if method.who is Who.STAFF and (visitor is None or not visitor.staff):
        raise ProblemError(NOT_ALLOWED, "This is for staff.")


def require_whole_body(request: HttpRequest) -> None:
    if request.body is None:
        raise ProblemError(BODY_TOO_LARGE, f"A body may have up to {limits.BODY_BYTES_MAX} bytes.")


def represent(method: Method, request: HttpRequest, outcome: Outcome) -> HttpResponse:
    """The outcome as JSON, with what tells a client how current it is."""
    headers = {HEADER: format_position(outcome.position)} if outcome.position else {}
    if outcome.location is not None:
        headers["location"] = outcome.location
    if outcome.content is None:
        return HttpResponse(outcome.status, headers)
    body = orjson.dumps(outcome.content)
    headers["content-type"] = OFFERED[0]
    if request.method in _READING:
        headers["etag"] = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    if method.who is not Who.ANYONE or request.method not in _READING:
        headers["cache-control"] = "no-store"
    return HttpResponse(outcome.status, headers, body)
