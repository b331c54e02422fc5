"""Owns the toolkit's place in Falcon: requests in, responses out, unknown paths, bodies with a limit.

Never decides anything about a request that has a resource.
Called by resources/app.py, and by the sandbox's own resources.
"""

from collections.abc import Iterable
from typing import Final

import falcon
import falcon.asgi
from falcon.asgi import Request, Response

from actors.machines import limits
from resources.toolkit.admission import Gates
from resources.toolkit.answering import Responder
from resources.toolkit.http import HttpRequest, HttpResponse
from resources.toolkit.problems import UNREADABLE, ProblemError, not_found
from resources.toolkit.resource import Resource

App = falcon.asgi.App[Request, Response]

_BODILESS: Final = frozenset({"GET", "HEAD"})


def host(resources: Iterable[Resource], responder: Responder, gates: Gates) -> App:
    """An ASGI app that serves these resources and answers everything else with a problem."""
    app: App = falcon.asgi.App()
    app.req_options.strip_url_path_trailing_slash = True
    app.router_options.default_to_on_request = True
    for resource in resources:
        app.add_route(resource.parsed_pattern.template, HostedResource(resource, responder, gates))

    async def refuse(req: Request, resp: Response, error: falcon.HTTPError, _fields: dict[str, str]) -> None:
        """What Falcon refuses before a resource is found: unknown paths and methods, unreadable headers."""
        if isinstance(error, falcon.HTTPNotFound):
            problem = not_found()
        else:
            problem = ProblemError(UNREADABLE, error.description or error.title or "")
        request = HttpRequest(req.method, req.path, req.query_string, req.headers)
        write_response(resp, responder.refuse(request, problem))

    app.add_error_handler(falcon.HTTPError, refuse)
    return app


class HostedResource:
    """What Falcon routes to: one resource, all methods."""

    def __init__(self, resource: Resource, responder: Responder, gates: Gates) -> None:
        self._resource = resource
        self._responder = responder
        self._gates = {
            name: gates.urgent if method.urgent else gates.commands
            for name, method in resource.methods.items()
            if name not in _BODILESS
        }
        self._reads = gates.reads

    async def on_request(self, req: Request, resp: Response, **fields: str) -> None:
        size = body_size(req)
        try:
            # What is not let in is not read.
            with self._gates.get(req.method, self._reads).passed(size or 0):
                request = await read_request(req, size)
                response = await self._responder.respond(self._resource, request, fields)
        except ProblemError as problem:
            request = HttpRequest(req.method, req.path, headers=req.headers)
            response = self._responder.refuse(request, problem)
        write_response(resp, response)

    # Without this one Falcon answers OPTIONS by itself, from the names of the responders here.
    on_options = on_request


def body_size(req: Request) -> int | None:
    """How many bytes the body may have; ``None``: more than is read."""
    size = req.content_length
    if "transfer-encoding" in req.headers or (size is None and may_come_unannounced(req)):
        return limits.BODY_BYTES_MAX
    size = size or 0
    return size if size <= limits.BODY_BYTES_MAX else None


def may_come_unannounced(req: Request) -> bool:
    """Whether a request may have a body without a header that says so: from HTTP/2 on, where one is due."""
    return req.method not in _BODILESS and not str(req.scope["http_version"]).startswith("1")


async def read_request(req: Request, size: int | None) -> HttpRequest:
    """The whole request; a body beyond the limit is not read to its end."""
    body: bytes | None = None
    if size is not None:
        body = await req.stream.read(size + 1) if size else b""
        if len(body) > size:
            body = None
    return HttpRequest(req.method, req.path, req.query_string, req.headers, body, req.remote_addr)


def write_response(resp: Response, response: HttpResponse) -> None:
    resp.status = response.status
    headers = response.headers
    if (cookie := headers.pop("set-cookie", None)) is not None:
        resp.append_header("set-cookie", cookie)
    resp.set_headers(headers)
    resp.data = response.body
