"""Owns how the sandbox's application does to a connection what ASGI has no word for: cut it, be late on it.

Never decides when.
Called by the application, with what the connection's host (server.py, transport.py) has put into the scope.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from resources.middleware.asgi import Scope

EXTENSION: Final = "credence.sandbox.line"


class Line(Protocol):
    """One connection, on which a request has come."""

    def cut(self) -> None:
        """Ends it without an answer. May raise, where nobody is to be told anything any more."""

    async def wait(self, seconds: float) -> None:
        """Lets time pass before the answer. May raise, where the other side doesn't wait so long."""


class SocketLine:
    """A connection over the network. ``abort`` ends it at once."""

    def __init__(self, abort: Callable[[], None]) -> None:
        self._abort = abort

    def cut(self) -> None:
        self._abort()

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def with_line(scope: Scope, line: Line) -> Scope:
    return {**scope, "extensions": {**scope.get("extensions", {}), EXTENSION: line}}


def line_of(scope: Scope) -> Line:
    line: Line = scope["extensions"][EXTENSION]
    return line
