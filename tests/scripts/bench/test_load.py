"""Owns the tests of the load generator: what it counts is what was answered.

Never measures speed.
Called by pytest.
"""

import asyncio
from collections.abc import Callable

import pytest

from scripts.bench.load import Load, drive, http_request


def times(count: int, request: bytes) -> Callable[[], bytes | None]:
    """A source that ends after ``count`` requests."""
    waiting = [request] * count
    return lambda: waiting.pop() if waiting else None


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that reads whole requests and answers in pieces, 200 to orders and 404 to the rest."""
    while head := await reader.readuntil(b"\r\n\r\n"):
        length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        status = b"200 OK" if body == b"an order" else b"404 Not Found"
        for piece in (b"HTTP/1.1 " + status, b"\r\ncontent-length: 4\r", b"\n\r\nbo", b"dy"):
            writer.write(piece)
            await writer.drain()


async def run(*sources: Callable[[], bytes | None]) -> Load:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        return await drive(server.sockets[0].getsockname()[1], list(sources))
    finally:
        server.close()


async def test_every_answer_is_counted_once() -> None:
    order = http_request("POST", "/v3/orders/", "token", b"an order")
    load = await run(times(5, order), times(3, order), times(2, http_request("GET", "/nothing", None)))
    assert load.statuses == {"200": 8, "404": 2}
    assert len(load.latencies_s) == 10
    assert load.latencies_s == sorted(load.latencies_s)
    assert load.per_second == pytest.approx(10 / load.seconds)


def test_percentiles_are_of_the_sorted_latencies() -> None:
    load = Load(1.0, [number / 1_000 for number in range(1, 102)], {})
    assert [load.percentile_ms(percent) for percent in (0, 50, 99, 100)] == pytest.approx([1, 51, 100, 101])


async def test_a_lost_connection_is_an_error() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        with pytest.raises(ConnectionError):
            await drive(server.sockets[0].getsockname()[1], [times(1, http_request("GET", "/", None))])
