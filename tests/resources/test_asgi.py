"""Owns the tests of the application that opens itself: what it says to a server's lifespan, and when.

Never starts a server or actors: tests/resources/test_servers.py does.
Called by pytest.
"""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from resources import asgi
from resources.asgi import SelfOpening
from resources.middleware.asgi import Event
from tests.resources.middleware.asking import ask


class Server:
    """What a server says to an application, and hears."""

    def __init__(self) -> None:
        self.says: asyncio.Queue[Event] = asyncio.Queue()
        self.hears: asyncio.Queue[Event] = asyncio.Queue()
        self.app = SelfOpening()
        self._life = asyncio.create_task(self.app({"type": "lifespan"}, self.says.get, self.hears.put))

    async def say(self, event: str) -> Event:
        """Says it; the answer."""
        await self.says.put({"type": event})
        return await asyncio.wait_for(self.hears.get(), 60)

    async def end(self) -> None:
        await asyncio.wait_for(self._life, 60)


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a state that the environment names; what is logged then goes where it went before."""
    monkeypatch.setenv("CREDENCE_VAR", str(tmp_path))
    monkeypatch.setattr(asgi, "allow_connections", lambda: None)
    monkeypatch.setattr("resources.opening.spare_the_collector", lambda: None)
    handlers = list(logging.root.handlers)
    yield tmp_path
    logging.root.handlers = handlers
    if isinstance(factory := structlog.get_config()["logger_factory"], structlog.BytesLoggerFactory):
        assert factory._file is not None
        factory._file.close()
    structlog.reset_defaults()


async def test_it_opens_with_its_server_and_closes_with_it(var: Path) -> None:
    server = Server()
    assert await server.say("lifespan.startup") == {"type": "lifespan.startup.complete"}
    answer = await ask(server.app, path="/v3/nothing")
    assert answer.status == 404
    assert (var / "journal" / "journal.jsonl").exists()
    assert await server.say("lifespan.shutdown") == {"type": "lifespan.shutdown.complete"}
    await server.end()


async def test_settings_that_can_not_be_used_are_told_to_the_server(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENCE_TRUSTED_PROXIES", "everybody")
    server = Server()
    told = await server.say("lifespan.startup")
    assert told["type"] == "lifespan.startup.failed"
    assert "CREDENCE_TRUSTED_PROXIES must be" in told["message"]
    await server.end()


async def test_a_server_without_a_lifespan_is_told_so() -> None:
    with pytest.raises(RuntimeError, match="lifespan must be on"):
        await ask(SelfOpening())


def test_servers_find_it_by_its_name() -> None:
    assert isinstance(asgi.app, SelfOpening)
