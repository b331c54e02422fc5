"""Owns the memory that a document server is away, so that its readers are told at once instead of waiting.

Never asks by itself, never repeats a request: while the server is away one reader at a time finds out more.
Called by couch_views.opening, one breaker for all threads of a process.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from couch_views.remote import RemoteServer

PAUSE_S: Final = 0.5
"""A server that did not answer is left alone for so long; then one request tries it."""


class ServerAwayError(OSError):
    """The server did not answer a moment ago, and is not asked now."""


class Breaker:
    """Whether a server may be asked. Any thread may use it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._away = False
        self._trying = False
        self._try_at = 0.0

    def enter(self) -> None:
        """Before a request: ``ServerAwayError`` if it is not to be sent."""
        with self._lock:
            if self._away and (self._trying or self._clock() < self._try_at):
                raise ServerAwayError("the document server did not answer a moment ago")
            self._trying = self._away

    def leave(self, *, answered: bool) -> None:
        """After a request that ``enter`` let through."""
        with self._lock:
            self._away = not answered
            self._trying = False
            self._try_at = self._clock() + PAUSE_S


class GuardedServer:
    """A server whose absence is remembered by a breaker."""

    def __init__(self, server: RemoteServer, breaker: Breaker) -> None:
        self._server = server
        self._breaker = breaker

    def handle(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """As ``RemoteServer.handle``; ``ServerAwayError`` is an ``OSError`` too."""
        self._breaker.enter()
        answered = False
        try:
            answer = self._server.handle(method, path, query, headers, body)
            answered = True
        finally:
            self._breaker.leave(answered=answered)
        return answer

    def close(self) -> None:
        self._server.close()
