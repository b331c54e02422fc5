"""Owns the tests of a server that stops: what is under way is answered, what comes is sent away with 503.

Never starts a process: the signal is handed to the server's handler.
Called by pytest.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from typing import Final

import pytest
import uvicorn

from resources import draining
from resources.draining import DrainingServer
from resources.toolkit.admission import Gates
from resources.toolkit.falcon_host import host
from tests.resources.toolkit.things import Thing, responder

WITHIN_S: Final = 60
BODY: Final = b'{"name": "b"}'
HEAD: Final = (
    f"POST /things/a HTTP/1.1\r\nHost: x\r\nAuthorization: ada's\r\nContent-Type: application/json\r\n"
    f"Content-Length: {len(BODY)}\r\n\r\n"
).encode()


class Served:
    """A server at work, and clients of it."""

    def __init__(self) -> None:
        self.gates = Gates()
        self.given_up = 0
        answering = responder(lambda error: pytest.fail(repr(error)))
        app = host([Thing()], answering, self.gates)
        config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        self.server = DrainingServer(config, self.gates, self._give_up)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return await asyncio.open_connection("127.0.0.1", port)

    def _give_up(self) -> None:
        self.given_up += 1


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[Served]:
    """The server from its start to its end, which must come by itself."""
    one = Served()
    config = one.server.config
    config.load()
    one.server.lifespan = config.lifespan_class(config)
    await one.server.startup()
    running = asyncio.create_task(_run(one.server))
    yield one
    async with asyncio.timeout(WITHIN_S):
        await running


async def _run(server: uvicorn.Server) -> None:
    await server.main_loop()
    await server.shutdown()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(WITHIN_S * 100):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it does not happen")


async def status(reader: asyncio.StreamReader) -> int:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WITHIN_S)
    return int(head.split()[1])


async def test_what_is_under_way_is_answered_and_what_comes_is_sent_away() -> None:
    async with served() as one:
        slow_reader, slow = await one.connect()
        slow.write(HEAD + BODY[:1])
        await until(lambda: one.gates.has_commands)
        one.server.handle_exit(signal.SIGTERM, None)
        await asyncio.sleep(0)
        late_reader, late = await one.connect()
        late.write(HEAD + BODY)
        assert await status(late_reader) == 503
        slow.write(BODY[1:])
        assert await status(slow_reader) == 201
        late.close()
        slow.close()
    assert one.given_up == 0


async def test_who_gets_no_answer_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "DRAIN_WITHIN_MS", 60)
    async with served() as one:
        with one.gates.commands.passed(0):
            one.server.handle_exit(signal.SIGINT, None)
            await until(lambda: one.server.should_exit)
    assert one.given_up == 1


async def test_a_second_signal_does_not_wait() -> None:
    async with served() as one:
        with one.gates.commands.passed(0):
            one.server.handle_exit(signal.SIGINT, None)
            await asyncio.sleep(0.01)
            one.server.handle_exit(signal.SIGINT, None)
            assert one.server.should_exit


def test_before_it_serves_a_signal_ends_it() -> None:
    server = Served().server
    server.handle_exit(signal.SIGTERM, None)
    assert server.should_exit
