"""Owns what all components share of ASGI 3: the types, finding a header, refusing with a problem document.

Never reads a body.
Called by the components of this package, and by whoever writes another.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import orjson

from resources.toolkit.problems import ProblemError

# What is in a scope or an event depends on its type; each component reads what the specification promises.
Scope = dict[str, Any]
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
HeaderList = list[tuple[bytes, bytes]]
"""Names in lower case."""

MEDIA_TYPE: Final = b"application/problem+json"
HTTP: Final = "http"
START: Final = "http.response.start"
BODY: Final = "http.response.body"
DISCONNECT: Final = "http.disconnect"


def headers_of(scope: Scope) -> HeaderList:
    """A request's headers. They may come as what can be gone through only once; then they become a list."""
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    if isinstance(headers, list):
        return headers
    listed = scope["headers"] = [(name, value) for name, value in headers]
    return listed


def header(scope: Scope, wanted: bytes) -> bytes | None:
    """The value of a request's first header of this name (in lower case)."""
    for name, value in headers_of(scope):
        if name == wanted:
            return value
    return None


def address_of(scope: Scope) -> str | None:
    """Who asks; ``None`` if the server doesn't know."""
    client = scope.get("client")
    if client is None:
        return None
    if not isinstance(client, list | tuple):
        client = scope["client"] = tuple(client)
    return str(client[0])


async def refuse(send: Send, problem: ProblemError) -> None:
    """Answers with the problem as JSON: what is refused here was not read far enough to negotiate."""
    body = orjson.dumps(problem.document)
    headers = [
        (b"content-type", MEDIA_TYPE),
        (b"cache-control", b"no-store"),
        (b"content-length", b"%d" % len(body)),
    ]
    await send({"type": START, "status": problem.kind.status, "headers": headers})
    await send({"type": BODY, "body": body})
