"""Owns the fixtures by which tests of clients get a sandbox, each test a sandbox in the beginning.

Never leaves anything behind: folder, thread and port are gone with the tests.
Called by pytest, where a conftest.py says ``pytest_plugins = ["scripts.sandbox.fixtures"]``.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from scripts.client import AsyncClient, AsyncTiming, Client, Timing
from scripts.sandbox.application import Sandbox
from scripts.sandbox.beginning import URL
from scripts.sandbox.control import SandboxControl
from scripts.sandbox.server import serving
from scripts.sandbox.transport import InProcessTransport
from scripts.sandbox.world import PASSWORD

SEED: Final = 1
TIMEOUT_S: Final = 1.0


class Waits:
    """The time of clients that never really wait. ``waited`` is how many seconds they would have, so far."""

    def __init__(self) -> None:
        self.waited = 0.0

    def now(self) -> float:
        return self.waited

    def sleep(self, seconds: float) -> None:
        self.waited += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.waited += seconds


class LocalSandbox(NamedTuple):
    """A sandbox in this process. ``transport`` is for any client of httpx's, with ``url`` as its base."""

    url: str
    transport: InProcessTransport
    control: SandboxControl
    waits: Waits

    def client(self, username: str | None = None, *, patience_s: float = 30.0) -> Client:
        """A client, signed in if it is somebody's; its pauses between attempts take no time."""
        timing = Timing(self.waits.now, self.waits.sleep)
        client = Client(self.url, patience_s, timeout_s=TIMEOUT_S, transport=self.transport, timing=timing)
        if username is not None:
            client.sign_in(username, PASSWORD)
        return client

    async def async_client(self, username: str | None = None, *, patience_s: float = 30.0) -> AsyncClient:
        timing = AsyncTiming(self.waits.now, self.waits.sleep_async)
        client = AsyncClient(
            self.url, patience_s, timeout_s=TIMEOUT_S, transport=self.transport, timing=timing
        )
        if username is not None:
            await client.sign_in(username, PASSWORD)
        return client


class ServedSandbox(NamedTuple):
    """A sandbox at a port of the loopback."""

    url: str
    control: SandboxControl


@pytest.fixture(scope="session")
def sandbox_application() -> Iterator[Sandbox]:
    """The one of all tests: it is made once, and reset for each."""
    made = Sandbox(SEED)
    yield made
    made.close()


@pytest.fixture(scope="session")
def _transport(sandbox_application: Sandbox) -> Iterator[InProcessTransport]:
    made = InProcessTransport(sandbox_application)
    yield made
    made.end()


@pytest.fixture
def sandbox(_transport: InProcessTransport) -> Iterator[LocalSandbox]:
    """A sandbox without a socket: the quickest way to test a client that uses httpx."""
    with SandboxControl(URL, _transport) as control:
        control.reset()
        yield LocalSandbox(URL, _transport, control, Waits())


@pytest.fixture(scope="session")
def _served() -> Iterator[str]:
    made = Sandbox(SEED)
    with serving(made) as url:
        yield url
    made.close()


@pytest.fixture
def sandbox_server(_served: str) -> Iterator[ServedSandbox]:
    """A sandbox behind a socket: for any client, in whatever language."""
    with SandboxControl(_served) as control:
        control.reset()
        yield ServedSandbox(_served, control)
