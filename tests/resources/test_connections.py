"""Owns the tests of a connection's bounds, on a real server: what comes too late, too much, or is no HTTP.

Never waits as long as a real client may take: the bounds are made small.
Called by pytest.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from actors.machines import limits
from actors.processes.tls import near_context
from resources import connections
from resources.certificate import Certificate
from resources.middleware.asgi import BODY, START, Receive, Scope, Send
from resources.middleware.stack import BOUNDS, surrounded
from tests.processes.certificates import make_pair
from tests.resources.serving import Client, Served, chunked, request, served


class Desk:
    """An application that answers ``/wait`` when it is told to, and everything else with its body at once."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.bodies: list[bytes] = []
        self.headers: list[dict[bytes, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                return
            body += event["body"]
            more = event["more_body"]
        if scope["path"] == "/wait":
            await self.go_on.wait()
        self.bodies.append(body)
        self.headers.append(dict(scope["headers"]))
        await send({"type": START, "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": BODY, "body": body})


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def web(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setattr(connections, "LOOK_EVERY_S", 0.01)
    async with served(desk) as one:
        yield one


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """So short that a test can wait for it; so long that this loop itself hardly ever stands still."""
    monkeypatch.setattr(limits, "HEAD_WITHIN_S", 0.5)


async def test_requests_follow_one_another_on_a_connection(web: Served, desk: Desk) -> None:
    async with await web.connect() as client:
        for number in range(3):
            await client.send(request("POST", "/", b"%d" % number))
            assert (await client.answer()).body == b"%d" % number
        await client.send(request("POST", "/", b"3") + request("POST", "/", b"4") + request())
        answers = [await client.answer() for _ in range(3)]
        assert [answer.body for answer in answers] == [b"3", b"4", b""]
    assert desk.bodies == [b"0", b"1", b"2", b"3", b"4", b""]


@pytest.mark.parametrize(
    "begun", [b"", b"\r\n", b"G", b"GET / HTTP/1.1\r\nHost: x\r\n", request("GET", "/", b"", "A: b")[:-2]]
)
@pytest.mark.usefixtures("impatience")
async def test_a_head_that_does_not_come_ends_the_connection(web: Served, begun: bytes) -> None:
    async with await web.connect() as client:
        await client.send(begun)
        assert await client.is_closed()
    async with await web.connect() as client:
        await client.send(request())
        assert (await client.answer()).status == 200
        await client.send(begun or b"\r\n")
        assert await client.is_closed(), "the second request is as slow as another one's first"


@pytest.mark.usefixtures("impatience")
async def test_a_head_that_comes_byte_by_byte_is_late_as_a_whole(web: Served) -> None:
    async with await web.connect() as client:
        closed = asyncio.create_task(client.is_closed())
        for byte in request("GET", "/", b"", *["Slow: header"] * 1_000):
            await client.send(bytes([byte]))
            await asyncio.sleep(0.001)
            if closed.done():
                break
        assert await closed


@pytest.mark.usefixtures("impatience")
async def test_over_tls_the_bounds_are_the_same(desk: Desk, web: Served, tmp_path: Path) -> None:
    pair = make_pair(tmp_path)
    tls = near_context(pair.certificate)
    async with served(desk, Certificate(*pair)) as one:
        async with await one.connect(tls) as client:
            await client.send(request("POST", "/", b"over TLS"))
            assert (await client.answer()).body == b"over TLS"
            await client.send(b"GET")
            assert await client.is_closed()
        async with await one.connect(tls) as client:
            assert await client.is_closed(), "who says nothing is late, too"


async def test_of_too_many_connections_the_idle_ones_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LOOK_EVERY_S", 0.1)
    async with served(desk, connections_max=3) as web, contextlib.AsyncExitStack() as stack:

        async def connected(path: str) -> Client:
            client = await stack.enter_async_context(await web.connect())
            await client.send(request("POST", path, b"asked"))
            return client

        busy = [await connected("/wait") for _ in range(2)]
        idle = [await connected("/") for _ in range(4)]
        ends = [asyncio.create_task(client.last_answer()) for client in idle]
        first = asyncio.as_completed(ends)
        assert all([await next(first) is not None for _ in range(3)]), "three end, and have their answers"
        assert (await web.ask(request("POST", "/", b"next"))).body == b"next"
        desk.go_on.set()
        assert [(await client.answer()).body for client in busy] == [b"asked"] * 2
    await asyncio.gather(*ends)


@pytest.mark.usefixtures("impatience")
async def test_who_waits_for_an_answer_is_not_late(web: Served, desk: Desk) -> None:
    async with await web.connect() as client:
        await client.send(request("POST", "/wait", b"order") + b"GET / HT")
        await asyncio.sleep(3 * limits.HEAD_WITHIN_S)
        desk.go_on.set()
        assert (await client.answer()).body == b"order"
        assert await client.is_closed()


@pytest.mark.parametrize("keeps_reading", [False, True])
async def test_who_reads_nothing_of_an_answer_is_cut_off(
    web: Served, monkeypatch: pytest.MonkeyPatch, keeps_reading: bool
) -> None:
    # The kernel takes more only when it has got rid of a good part of what it has.
    monkeypatch.setattr(limits, "UNREAD_WITHIN_S", 2.0)
    size = 6_000_000  # more than what buffers on the way take
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        client.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, ("127.0.0.1", web.port))
        await loop.sock_sendall(client, request("POST", "/", b"x" * size))
        read = 0
        while web.connections and read < size:
            await asyncio.sleep(0.01)
            if keeps_reading:
                read += len(await loop.sock_recv(client, 200_000))
        assert (read >= size) is keeps_reading


async def test_a_head_that_is_too_large_ends_the_connection(web: Served) -> None:
    async with await web.connect() as client:
        await client.send(b"GET / HTTP/1.1\r\nHost: x\r\nLong: ")
        for _ in range(40):
            await client.send(b"x" * 8_192)
        assert await client.is_closed()


async def test_a_large_body_is_no_large_head(web: Served) -> None:
    body = b"x" * (8 * limits.HEAD_BYTES_MAX)
    async with await web.connect() as client:
        for _ in range(2):
            await client.send(request("POST", "/", body))
            assert (await client.answer()).body == body
        await client.send(request("POST", "/", body) + request()[:-2])
        assert (await client.answer()).body == body
        await client.send(b"\r\n")
        assert (await client.answer()).status == 200


async def test_what_is_around_a_body_is_bounded_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUEST_BYTES_MAX", 100_000)
    app = surrounded(desk, bounds=BOUNDS._replace(body_within_s=1.0))
    async with served(app) as web, await web.connect() as client:
        await client.send(request("POST", "/", b"", "Transfer-Encoding: chunked") + b"0\r\nTrailer: ")
        for _ in range(40):
            await client.send(b"x" * 8_192)
        await client.send(b"\r\n\r\n")  # the end, which is read no more
        answer = await client.answer()
        assert (answer.status, answer.headers["connection"]) == (408, "close")
        assert await client.is_closed()
    assert desk.bodies == []


async def test_a_trailer_is_no_header(web: Served, desk: Desk) -> None:
    body = chunked(b"order")[:-2] + b"Authorization: mallory\r\n\r\n"
    answer = await web.ask(request("POST", "/", b"", "Transfer-Encoding: chunked") + body)
    assert answer.body == b"order"
    assert desk.headers == [{b"host": b"exchange", b"transfer-encoding": b"chunked"}]


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
async def test_what_is_no_http_is_400_in_the_usual_form(web: Served, sent: bytes) -> None:
    async with await web.connect() as client:
        await client.send(sent)
        answer = await client.answer()
        assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
        assert orjson.loads(answer.body)["error_type"] == "UNREADABLE"
        assert await client.is_closed()


async def test_nonsense_after_a_request_is_not_taken_for_its_answer(web: Served, desk: Desk) -> None:
    async with await web.connect() as client:
        await client.send(request("POST", "/wait", b"order") + b"nonsense\r\n\r\n" + request())
        await client.send(request())
        await asyncio.sleep(0.05)
        desk.go_on.set()
        answer = await client.answer()
        assert (answer.status, answer.body, answer.headers["connection"]) == (200, b"order", "close")
        assert await client.is_closed()
    assert desk.bodies == [b"order"]


async def test_a_body_that_can_not_be_read_is_400_and_never_handed_on(web: Served, desk: Desk) -> None:
    async with await web.connect() as client:
        await client.send(request("POST", "/", b"", "Transfer-Encoding: chunked") + b"5\r\norder\r\n")
        await client.send(b"what\r\n")
        assert (await client.answer()).status == 400
        assert await client.is_closed()
    assert desk.bodies == []


async def test_so_many_requests_may_be_sent_ahead(web: Served, desk: Desk) -> None:
    """The first is under way, so many wait, and what comes then is not begun."""
    ahead = b"".join(request("POST", "/", b"%d" % number) for number in range(10_000))
    async with await web.connect() as client:
        await client.send(request("POST", "/wait", b"first") + ahead)
        desk.go_on.set()
        answers = [await client.answer() for _ in range(1 + limits.PIPELINED_MAX)]
        assert [answer.headers.get("connection") for answer in answers[-2:]] == [None, "close"]
        assert await client.is_closed()
    assert len(desk.bodies) == len(answers)


async def test_a_body_that_does_not_come_is_408(desk: Desk) -> None:
    app = surrounded(desk, bounds=BOUNDS._replace(body_within_s=0.1))
    async with served(app) as web, await web.connect() as client:
        await client.send(request("POST", "/", b"half a body")[:-4])
        answer = await client.answer()
        assert (answer.status, answer.headers["connection"]) == (408, "close")
        assert await client.is_closed()
    assert desk.bodies == []


async def test_bodies_that_come_byte_by_byte_end_while_others_are_answered(desk: Desk) -> None:
    app = surrounded(desk, bounds=BOUNDS._replace(body_within_s=1.0))
    async with served(app) as web, contextlib.AsyncExitStack() as stack:
        slow = [await stack.enter_async_context(await web.connect()) for _ in range(20)]
        for client in slow:
            await client.send(request("POST", "/", b"", "Content-Length: 1000"))
        ends = [asyncio.create_task(client.last_answer()) for client in slow]
        assert (await web.ask(request("POST", "/", b"quick"))).body == b"quick"
        while not all(end.done() for end in ends):
            for client in slow:
                await client.send(b"x")
            await asyncio.sleep(0.01)
        assert {answer.status for end in ends if (answer := await end) is not None} <= {408}
    assert desk.bodies == [b"quick"]


async def test_chunks_without_end_end(desk: Desk) -> None:
    app = surrounded(desk, bounds=BOUNDS._replace(body_bytes_max=100_000))
    async with served(app) as web, await web.connect() as client:
        await client.send(request("POST", "/", b"", "Transfer-Encoding: chunked"))
        end = asyncio.create_task(client.last_answer())
        while not end.done():
            await client.send(chunked(b"x" * 4_096)[: -len(chunked())])
            await asyncio.sleep(0)
        answer = await end
        assert answer is None or answer.status == 413
    assert desk.bodies == []


@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
async def test_another_protocol_is_not_spoken(web: Served, protocol: str) -> None:
    lines = ("Connection: Upgrade", f"Upgrade: {protocol}", "Sec-WebSocket-Key: eA==")
    async with await web.connect() as client:
        await client.send(request("GET", "/", b"", *lines) + request())
        answer = await client.answer()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert await client.is_closed()
