"""Owns a web server in the test's own loop, and clients that send it bytes, whatever they are.

Never starts a process; its port is one that nobody else has.
Called by the tests of what only a real connection shows.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Final, NamedTuple, Self

import uvicorn

from actors.machines import limits
from resources.certificate import Certificate
from resources.connections import GuardedConnection, end_the_late
from resources.middleware.asgi import Application
from resources.serve import configuration

WITHIN_S: Final = 60.0


class Answer(NamedTuple):
    """One answer; the names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def send(self, data: bytes) -> None:
        """Sends what the server takes; that it takes no more is no failure."""
        with contextlib.suppress(OSError):
            self._writer.write(data)
            await asyncio.wait_for(self._writer.drain(), WITHIN_S)

    async def answer(self, *, to_head: bool = False) -> Answer:
        """The next answer. Raises ``EOFError`` or ``ConnectionError`` if the connection ends without."""
        async with asyncio.timeout(WITHIN_S):
            head = await self._reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")[:-2]
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            size = 0 if to_head else int(headers.get("content-length", "0"))
            return Answer(int(first.split()[1]), headers, await self._reader.readexactly(size))

    async def last_answer(self) -> Answer | None:
        """The answer before the connection ends; ``None`` if there was none, or its end took it along."""
        try:
            answer = await self.answer()
            assert await self.is_closed()
        except (EOFError, ConnectionError):
            return None
        return answer

    async def is_closed(self) -> bool:
        """Whether the server ends the connection, without another word."""
        try:
            return await asyncio.wait_for(self._reader.read(1), WITHIN_S) == b""
        except ConnectionError:
            return True


class Served:
    """A server at work."""

    def __init__(self, server: uvicorn.Server) -> None:
        self._server = server

    @property
    def port(self) -> int:
        port: int = self._server.servers[0].sockets[0].getsockname()[1]
        return port

    @property
    def connections(self) -> int:
        return len(self._server.server_state.connections)

    async def connect(self, tls: ssl.SSLContext | None = None) -> Client:
        return Client(*await asyncio.open_connection("127.0.0.1", self.port, ssl=tls))

    async def ask(self, data: bytes) -> Answer:
        """The first answer to these bytes, on a connection of their own."""
        async with await self.connect() as client:
            await client.send(data)
            return await client.answer()


@contextlib.asynccontextmanager
async def served(
    app: Application, certificate: Certificate | None = None, connections_max: int = limits.CONNECTIONS_MAX
) -> AsyncIterator[Served]:
    """The application, served as the web's program serves it."""
    config = configuration(app, "127.0.0.1", 0, certificate)
    assert config.http is GuardedConnection
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    watch = asyncio.create_task(end_the_late(server.server_state, connections_max))
    try:
        yield Served(server)
        assert not watch.done(), "it watches for ever"
    finally:
        watch.cancel()
        server.force_exit = True
        await server.shutdown()


def request(
    method: str = "GET", path: str = "/", body: bytes = b"", *lines: str, version: str = "HTTP/1.1"
) -> bytes:
    """A request with the headers that it needs, and these lines."""
    length = [f"Content-Length: {len(body)}"] if body else []
    head = [f"{method} {path} {version}", "Host: exchange", *length, *lines, "", ""]
    return "\r\n".join(head).encode("latin-1") + body


def chunked(*chunks: bytes) -> bytes:
    """A body in chunks, with its end."""
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])
