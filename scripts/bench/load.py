"""Owns the load: keep-alive connections that each send one request after the other, and the latencies.

Never builds a request and never reads an answer's body beyond its length: it must not be the bottleneck.
Called by the benchmark of the API.
"""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple, cast

HEADER_END: Final = b"\r\n\r\n"
LENGTH: Final = b"content-length:"
STATUS_AT: Final = slice(9, 12)
RUN_WITHIN_S: Final = 120.0


class Load(NamedTuple):
    """What one run took. Latencies in seconds, sorted; ``statuses``: HTTP status -> how often."""

    seconds: float
    latencies_s: list[float]
    statuses: dict[str, int]

    @property
    def per_second(self) -> float:
        return len(self.latencies_s) / self.seconds

    def percentile_ms(self, percent: int) -> float:
        """The latency in milliseconds that ``percent`` of the requests did not exceed."""
        return self.latencies_s[(len(self.latencies_s) - 1) * percent // 100] * 1_000


class Connection(asyncio.Protocol):
    """One client: sends ``next_request()``, waits for the whole answer, sends the next; ends at None."""

    def __init__(self, next_request: Callable[[], bytes | None]) -> None:
        self.latencies_s: list[float] = []
        self.statuses: dict[str, int] = {}
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._next_request = next_request
        self._received = bytearray()
        self._sent_at = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's are not asyncio's own
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(HEADER_END)
        if end < 0 or len(self._received) < end + len(HEADER_END) + self._body_length(end):
            return
        self.latencies_s.append(time.perf_counter() - self._sent_at)
        status = self._received[STATUS_AT].decode()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self._received.clear()
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _body_length(self, header_end: int) -> int:
        header = bytes(self._received[:header_end]).lower()
        at = header.find(LENGTH)
        # What the client has already is answered without a body, and without a length of it.
        return 0 if at < 0 else int(header[at + len(LENGTH) :].split(b"\r\n", 1)[0])

    def _send(self) -> None:
        assert self._transport is not None
        request = self._next_request()
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


async def drive(port: int, sources: list[Callable[[], bytes | None]]) -> Load:
    """One connection for each source of requests, all at once, until each source has ended.

    Raises ``ConnectionError`` or ``TimeoutError``.
    """
    loop = asyncio.get_running_loop()
    begin = time.perf_counter()
    connections = [
        (await loop.create_connection(partial(Connection, source), "127.0.0.1", port))[1]
        for source in sources
    ]
    async with asyncio.timeout(RUN_WITHIN_S):
        await asyncio.gather(*(connection.done for connection in connections))
    seconds = time.perf_counter() - begin
    latencies_s = sorted(latency for connection in connections for latency in connection.latencies_s)
    statuses: dict[str, int] = {}
    for connection in connections:
        for status, count in connection.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    return Load(seconds, latencies_s, statuses)


def until(deadline_s: float, source: Callable[[], bytes]) -> Callable[[], bytes | None]:
    """The source, ended at a time of ``time.perf_counter``."""

    def next_request() -> bytes | None:
        return source() if time.perf_counter() < deadline_s else None

    return next_request


def http_request(method: str, path: str, token: str | None, body: bytes = b"") -> bytes:
    """A whole HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    if body:
        lines.append("Content-Type: application/json")
    if token is not None:
        lines.append(f"Authorization: Session-Token {token}")
    return "\r\n".join([*lines, "", ""]).encode() + body
