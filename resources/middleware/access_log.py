"""Owns the access log: one event for each request, when its answer is out.

Never says a query string, a header or a body: they may hold what is secret. Of paths that do, the place.
Called by whoever serves an ASGI application; to be put inside of ``RequestId``, so that it says the id, too.
"""

import time
from collections.abc import Awaitable, Sequence
from typing import Final

import structlog

from resources.middleware.asgi import HTTP, START, Application, Event, Receive, Scope, Send, address_of

PATH_CHARACTERS_MAX: Final = 200
"""Of a longer path, the beginning is said."""

log = structlog.get_logger()


class AccessLog:
    """Says method, path, status, bytes of the answer's body, microseconds, and who asked (an address).

    The status is ``None`` where there was no answer: the client went away, or the application failed.
    """

    def __init__(self, app: Application, secret_places: Sequence[str] = ()) -> None:
        """``secret_places``: what stands in a path behind one of these is not said."""
        self._app = app
        self._secret_places = secret_places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != HTTP:
            await self._app(scope, receive, send)
            return
        status: int | None = None
        size = 0

        def send_noted(event: Event) -> Awaitable[None]:
            nonlocal status, size
            if event["type"] == START:
                status = event["status"]
            else:
                size += len(event.get("body", b""))
            return send(event)

        began = time.perf_counter_ns()
        try:
            await self._app(scope, receive, send_noted)
        finally:
            log.info(
                "answered",
                method=scope["method"],
                path=said_path(scope["path"], self._secret_places)[:PATH_CHARACTERS_MAX],
                status=status,
                bytes=size,
                took_us=(time.perf_counter_ns() - began) // 1_000,
                address=address_of(scope),
            )


def said_path(path: str, secret_places: Sequence[str]) -> str:
    """The path, up to where it becomes a secret."""
    for place in secret_places:
        if path.startswith(place) and path != place:
            return f"{place}..."
    return path
