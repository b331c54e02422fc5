"""Owns what a request may come as: how large, how slowly, for one host; anything else is refused, or cut off.

Never reads a body before the application does, and never hands on a part of one as if it were the whole.
Called by whoever serves an ASGI application.

A head that has not arrived is the server's: it limits that by itself, ours in resources/connections.py.
"""

import asyncio
import contextlib
from typing import Final, NamedTuple

from resources.middleware.asgi import (
    BODY,
    DISCONNECT,
    HTTP,
    START,
    Application,
    Event,
    Receive,
    Scope,
    Send,
    headers_of,
    refuse,
)
from resources.toolkit.problems import BODY_TOO_LARGE, UNREADABLE, URL_TOO_LONG, ProblemError, ProblemKind

TOO_SLOW: Final = ProblemKind("request-too-slow", 408, "The request took too long to arrive")
HEADERS_TOO_LARGE: Final = ProblemKind("headers-too-large", 431, "The headers are too large")

_DIGITS: Final = 20
"""Of a number, so many are read: it is too large then anyway."""
_CLOSE: Final = (b"connection", b"close")


class Bounds(NamedTuple):
    """What a request may have. ``body_within_s``: from its head to the end of its body."""

    url_bytes_max: int
    header_count_max: int
    header_bytes_max: int
    body_bytes_max: int
    body_within_s: float


class RequestLimits:
    """Answers 408, 413, 414 or 431 to what is beyond its bounds, and 400 to what is not for one host.

    Whoever is answered before the end of a body goes on sending for a while: it is taken and thrown away, as
    a connection that is closed at once may take the answer with it. Then the connection ends.
    """

    def __init__(self, app: Application, bounds: Bounds) -> None:
        self._app = app
        self._bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != HTTP:
            await self._app(scope, receive, send)
            return
        head = _Head(scope)
        problem = head.problem(self._bounds)
        if head.has_body:
            await _Body(scope, receive, send, self._bounds, head.body_bytes).run(self._app, problem)
        elif problem is not None:
            await refuse(send, problem)
        else:
            await self._app(scope, receive, send)


class _Head:
    """What a request says of itself."""

    def __init__(self, scope: Scope) -> None:
        self.url_bytes = len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"])
        self.header_count = 0
        self.header_bytes = 0
        self.body_bytes: int | None = None
        """None: it is not announced how many."""
        # From HTTP/2 on a body needn't be announced.
        self.has_body = not scope["http_version"].startswith("1")
        is_chunked, hosts = False, 0
        for name, value in headers_of(scope):
            self.header_count += 1
            self.header_bytes += len(name) + len(value)
            if name == b"content-length":
                self.body_bytes = int(value[:_DIGITS]) if value.isdigit() else 0
                self.has_body = self.has_body or value != b"0"
            elif name == b"transfer-encoding":
                self.has_body, is_chunked = True, True
            elif name == b"host":
                hosts += 1
        if is_chunked:
            self.body_bytes = None
        # Others in front may go by another Host than we do.
        self.has_its_host = hosts == 1 or scope["http_version"] != "1.1"

    def problem(self, bounds: Bounds) -> ProblemError | None:
        """Why it is refused."""
        if not self.has_its_host:
            return ProblemError(UNREADABLE, "A request has one header Host.")
        if self.url_bytes > bounds.url_bytes_max:
            return ProblemError(URL_TOO_LONG, f"A URL may have up to {bounds.url_bytes_max} bytes.")
        if self.header_count > bounds.header_count_max:
            return ProblemError(
                HEADERS_TOO_LARGE, f"A request may have up to {bounds.header_count_max} headers."
            )
        if self.header_bytes > bounds.header_bytes_max:
            return ProblemError(
                HEADERS_TOO_LARGE, f"Headers may have up to {bounds.header_bytes_max} bytes together."
            )
        return too_large(bounds) if (self.body_bytes or 0) > bounds.body_bytes_max else None


class _EndedError(BaseException):
    """The body will not be whole. Nothing on its way may take this for an error of its own."""

    def __init__(self, problem: ProblemError | None) -> None:
        super().__init__()
        self.problem = problem
        """None: there is nobody to tell."""


class _Body:
    """A request with a body, which arrives while the application runs."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, bounds: Bounds, announced: int | None
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._bounds = bounds
        self._announced = announced
        self._deadline = asyncio.get_running_loop().time() + bounds.body_within_s
        self._bytes = 0
        self._is_whole = False
        self._has_answer = False

    async def run(self, app: Application, problem: ProblemError | None) -> None:
        try:
            if problem is None:
                await app(self._scope, self.receive, self.send)
        except _EndedError as ended:
            problem = ended.problem
        # An answer that was begun is left broken off: its client has not kept to the bounds.
        if problem is not None and not self._has_answer:
            await refuse(self.send, problem)

    async def receive(self) -> Event:
        """The next part, or ``_EndedError``."""
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                event = await self._receive()
        except TimeoutError:
            detail = f"A body has to arrive within {self._bounds.body_within_s:g} s."
            raise _EndedError(ProblemError(TOO_SLOW, detail)) from None
        if event["type"] == DISCONNECT:
            raise _EndedError(None)
        self._bytes += len(event.get("body", b""))
        if self._bytes > self._bounds.body_bytes_max:
            raise _EndedError(too_large(self._bounds))
        # Some servers say only with an empty part that nothing more comes, and nobody asks for it.
        self._is_whole = not event.get("more_body", False) or self._bytes == self._announced
        return event

    async def send(self, event: Event) -> None:
        if event["type"] == START:
            self._has_answer = True
            if not self._is_whole and self._scope["http_version"].startswith("1"):
                event = {**event, "headers": [*event.get("headers", ()), _CLOSE]}
        elif not self._is_whole and not event.get("more_body", False):
            await self._send({**event, "more_body": True})
            await self._take_the_rest()
            event = {"type": BODY, "body": b""}
        await self._send(event)

    async def _take_the_rest(self) -> None:
        with contextlib.suppress(_EndedError):
            while not self._is_whole:
                await self.receive()


def too_large(bounds: Bounds) -> ProblemError:
    return ProblemError(BODY_TOO_LARGE, f"A body may have up to {bounds.body_bytes_max} bytes.")
