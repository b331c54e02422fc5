"""Owns the client for an event loop: it sends operations, and lets others run while it waits.

Never decides what an outcome means: ``core`` does.
Called by programs that do several things at a time, as the crowd of traders does.
"""

import asyncio
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Final, NamedTuple, Self

import httpx

from scripts.client.blocking import PATIENCE_S, TIMEOUT_S, TIMEOUTS, UNSENT
from scripts.client.core import (
    Answered,
    Asking,
    Json,
    Operation,
    Page,
    Pause,
    T,
    address_of,
    operation,
    page_of,
)
from scripts.client.operations import sign_in


class AsyncTiming(NamedTuple):
    """Seconds of a clock that never jumps, and how to let some of them pass."""

    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]


WALL: Final = AsyncTiming(time.monotonic, asyncio.sleep)


class AsyncClient:
    """What ``Client`` is, for an event loop, and any number of its tasks.

    Where the task is cancelled while it waits for ``do``, nobody knows whether the operation is carried out:
    who keeps the operation can do the same again, and is told.
    """

    def __init__(
        self,
        url: str,
        patience_s: float = PATIENCE_S,
        tls: ssl.SSLContext | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.AsyncBaseTransport | None = None,
        timing: AsyncTiming = WALL,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=address_of(url),
            timeout=timeout_s,
            trust_env=False,
            verify=True if tls is None else tls,
            transport=transport,
        )
        self._patience_s = patience_s
        self._attempt_s = timeout_s * TIMEOUTS
        self._timing = timing
        self._chance = chance

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def sign_in(self, username: str, password: str) -> None:
        """From here on, every request is this member's."""
        self.use_token((await self.do(sign_in(username, password))).token)

    def use_token(self, token: str) -> None:
        self._http.headers["Authorization"] = f"Session-Token {token}"

    def use_key(self, api_key: str) -> None:
        """Every request is that of the member whose API key this is."""
        self._http.headers["Authorization"] = f"Bearer {api_key}"

    async def do(self, asked: Operation[T]) -> T:
        """Carries the operation out, and gives its answer. Raises ``ClientError``."""
        asking = Asking(asked, self._patience_s, self._timing.now(), self._chance)
        while True:
            outcome = await self._send(asking)
            if isinstance(outcome, Answered):
                return outcome.value
            await self._timing.sleep(outcome.seconds)

    async def every(self, listed: Operation[tuple[T, ...]]) -> AsyncIterator[T]:
        """All of a list, page by page, where ``do`` gives the first. Raises ``ClientError``."""
        page: Operation[Page[T]] | None = page_of(listed)
        while page is not None:
            items, page = await self.do(page)
            for item in items:
                yield item

    async def get(self, path: str) -> Json:
        """The JSON of what is at this path below ``/v3``. Raises ``ClientError``."""
        return await self.call("GET", path)

    async def call(self, method: str, path: str, body: object = None, key: str | None = None) -> Json:
        """The JSON of the answer to anything that the API offers. Raises ``ClientError``."""
        return await self.do(operation(method, path, body, key))

    async def _send(self, asking: Asking[T]) -> Answered[T] | Pause:
        asked = asking.operation
        try:
            # The timeouts of httpx are for each part of an answer: there might always be another.
            async with asyncio.timeout(self._attempt_s):
                response = await self._http.request(
                    asked.method, asked.path, content=asked.content, headers=asked.headers
                )
        except TimeoutError:
            late = f"no whole answer within {self._attempt_s} s"
            return asking.lost(late, self._timing.now(), sent=True)
        except httpx.RequestError as error:
            return asking.lost(repr(error), self._timing.now(), sent=not isinstance(error, UNSENT))
        return asking.answered(response.status_code, response.headers, response.content, self._timing.now())
