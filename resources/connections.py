"""Owns what a connection may do around its requests: a head's size and time, requests ahead, unread answers.

Never looks at what is asked.
Called by uvicorn, for each connection; by resources/serve.py, which has late ones looked for.
"""

import asyncio
import time
from collections import deque
from typing import Any, Final, cast

import orjson
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from actors.machines import limits
from resources.middleware.asgi import MEDIA_TYPE
from resources.toolkit.problems import UNREADABLE, ProblemError

LOOK_EVERY_S: Final = 1.0
VERSIONS: Final = frozenset({"1.1", "1.0"})
_NOTHING_KEPT: Final[deque[tuple[bytes, bytes]]] = deque(maxlen=0)


class RefusedError(Exception):
    """What came is HTTP, and yet not for us; raised while it is parsed, which ends that."""


class GuardedConnection(HttpToolsProtocol):
    """uvicorn's connection, with bounds that it doesn't have.

    While an answer is due, nothing else is written: it would be taken for that one. So what can't be read is
    answered with 400 only if nothing else is, and otherwise the connection ends with the last answer.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._awaits_head_since: float | None = None
        self._request_bytes = 0
        """Of the last request that has begun, as far as it has arrived."""
        self._arrived = 0
        """The size of what is being looked at."""
        self._has_ended = False
        self._unread = 0
        """Bytes that were still to be sent when this was last looked at."""
        self._read_at = 0.0
        self.idle_looks = 0
        """How often, in a row, this was looked at while no answer was due."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._awaits_head_since = self._read_at = time.monotonic()

    def data_received(self, data: bytes) -> None:
        if self._has_ended:
            return
        self._arrived = len(data)
        super().data_received(data)
        self._request_bytes += self._arrived
        if self._request_bytes > limits.REQUEST_BYTES_MAX or (
            self._awaits_head_since is not None and self._request_bytes > limits.HEAD_BYTES_MAX
        ):
            self.end()
        elif self._awaits_head_since is None and self._is_idle:
            # No request has begun, and yet uvicorn no longer watches for one.
            self._awaits_head_since = time.monotonic()

    def on_message_begin(self) -> None:
        self._awaits_head_since = time.monotonic()
        # What came with it may belong to the request before; from the next arrival on, all of it counts.
        self._request_bytes = -self._arrived
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._awaits_head_since = None
        if len(self.pipeline) >= limits.PIPELINED_MAX or self.parser.get_http_version() not in VERSIONS:
            raise RefusedError
        # A trailer comes to what is then here; it is none of the request's headers.
        self.headers = cast("list[tuple[bytes, bytes]]", _NOTHING_KEPT)
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP, or refused."""
        if self._is_idle or (self.cycle.more_body and not self.cycle.response_started and not self.pipeline):
            self.transport.write(_refusal(msg))
            self._has_ended = True
            self.transport.close()
        else:
            self.end()

    def _unsupported_upgrade_warning(self) -> None:
        """Asked for another protocol: the request is answered in this one, and nothing after it is read."""
        self.end()

    def end_if_late(self, now: float) -> None:
        """Ends the connection if its client should have sent a head by now, or read something.

        ``now`` is of ``time.monotonic``.
        """
        unread = self.transport.get_write_buffer_size()
        if unread == 0 or unread < self._unread:
            self._read_at = now
        elif now - self._read_at > limits.UNREAD_WITHIN_S:
            self.transport.abort()
        self._unread = unread
        self.idle_looks = self.idle_looks + 1 if self._is_idle else 0
        since = self._awaits_head_since
        if since is not None and now - since > limits.HEAD_WITHIN_S and self._is_idle:
            self.end()

    def end(self) -> None:
        """Nothing more is read; what was asked is answered, then the connection is closed."""
        self._has_ended = True
        if self._is_idle:
            self.transport.close()
        else:
            self.cycle.keep_alive = False  # of the last request, and each answer waits for those before

    @property
    def _is_idle(self) -> bool:
        """Whether no answer is due."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete


async def end_the_late(state: ServerState, connections_max: int = limits.CONNECTIONS_MAX) -> None:
    """Looks for connections whose client takes too long, and ends them; for ever.

    Of more than ``connections_max``, those that have been idle for longest end: others must find room.
    """
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        now = time.monotonic()
        connections = cast("list[GuardedConnection]", list(state.connections))
        for connection in connections:
            connection.end_if_late(now)
        if (too_many := len(connections) - connections_max) > 0:
            idle = sorted(
                (each for each in connections if each.idle_looks > 1), key=lambda each: -each.idle_looks
            )
            for connection in idle[:too_many]:
                connection.end()


def _refusal(detail: str) -> bytes:
    body = orjson.dumps(ProblemError(UNREADABLE, detail).document)
    head = (
        f"HTTP/1.1 400 Bad Request\r\ncontent-type: {MEDIA_TYPE.decode()}\r\ncontent-length: {len(body)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body
