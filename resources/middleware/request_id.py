"""Owns the id of each request: the client's if it is well-formed, else one made here; said in the answer.

Never trusts an id to be unique, or to be secret.
Called by whoever serves an ASGI application; all that is logged about a request carries its ``request_id``.
"""

import itertools
import re
import secrets
from collections.abc import Awaitable
from contextvars import ContextVar
from typing import Final

import structlog

from resources.middleware.asgi import HTTP, START, Application, Event, Receive, Scope, Send, header

HEADER: Final = b"x-request-id"
# structlog takes every variable that is named so into its lines; its own binding costs many times as much.
_CURRENT: Final = ContextVar[str](f"{structlog.contextvars.STRUCTLOG_KEY_PREFIX}request_id")
_WELL_FORMED: Final = re.compile(rb"[A-Za-z0-9._:-]{1,64}").fullmatch


class RequestId:
    """Names requests: in ``x-request-id`` of the answer, and as ``request_id`` in structlog's context."""

    def __init__(self, app: Application) -> None:
        self._app = app
        # Ours tell processes apart, and follow one another within one.
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != HTTP:
            await self._app(scope, receive, send)
            return
        given = header(scope, HEADER)
        if given is None or _WELL_FORMED(given) is None:
            given = f"{self._prefix}-{next(self._numbers)}".encode()
        named = (HEADER, given)

        # A component's way out is a plain function wherever it can be: each coroutine costs.
        def send_named(event: Event) -> Awaitable[None]:
            if event["type"] == START:
                event = {**event, "headers": [*event.get("headers", ()), named]}
            return send(event)

        before = _CURRENT.set(given.decode())
        try:
            await self._app(scope, receive, send_named)
        finally:
            # A server may run the next request of the connection in what this one leaves behind.
            _CURRENT.reset(before)
