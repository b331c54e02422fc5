"""Owns the client that blocks: it sends operations, and waits between attempts.

Never decides what an outcome means: ``core`` does.
Called by the commands in scripts/, and by whoever writes a program that waits for its answers.
"""

import contextlib
import random
import ssl
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, NamedTuple, Self

import httpx

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

TIMEOUT_S: Final = 10.0
TIMEOUTS: Final = 2
"""An attempt may take as long: one for the connection, one for the answer."""
PATIENCE_S: Final = 30.0
UNSENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""After these no byte of the request has left."""


class Timing(NamedTuple):
    """Seconds of a clock that never jumps, and how to let some of them pass."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


WALL: Final = Timing(time.monotonic, time.sleep)


class Client:
    """One member's (or nobody's) view of the exchange at ``url``; for any number of threads.

    An operation is repeated for ``patience_s``; 0 is the patience for one attempt. An attempt waits for its
    connection, and then for anything of its answer, up to ``timeout_s``; after twice as long it is over.
    ``tls`` is for a certificate that this machine doesn't know by itself; ``transport`` and ``timing`` are
    for tests, whose exchange may be in the same process. Raises ``AddressError``.
    """

    def __init__(
        self,
        url: str,
        patience_s: float = PATIENCE_S,
        tls: ssl.SSLContext | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
        timing: Timing = WALL,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._http = httpx.Client(
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def sign_in(self, username: str, password: str) -> None:
        """From here on, every request is this member's."""
        self.use_token(self.do(sign_in(username, password)).token)

    def use_token(self, token: str) -> None:
        self._http.headers["Authorization"] = f"Session-Token {token}"

    def use_key(self, api_key: str) -> None:
        """Every request is that of the member whose API key this is."""
        self._http.headers["Authorization"] = f"Bearer {api_key}"

    def do(self, asked: Operation[T]) -> T:
        """Carries the operation out, and gives its answer. Raises ``ClientError``."""
        asking = Asking(asked, self._patience_s, self._timing.now(), self._chance)
        while True:
            outcome = self._send(asking)
            if isinstance(outcome, Answered):
                return outcome.value
            self._timing.sleep(outcome.seconds)

    def every(self, listed: Operation[tuple[T, ...]]) -> Iterator[T]:
        """All of a list, page by page, where ``do`` gives the first. Raises ``ClientError``."""
        page: Operation[Page[T]] | None = page_of(listed)
        while page is not None:
            items, page = self.do(page)
            yield from items

    def get(self, path: str) -> Json:
        """The JSON of what is at this path below ``/v3``. Raises ``ClientError``."""
        return self.call("GET", path)

    def call(self, method: str, path: str, body: object = None, key: str | None = None) -> Json:
        """The JSON of the answer to anything that the API offers. Raises ``ClientError``."""
        return self.do(operation(method, path, body, key))

    def _send(self, asking: Asking[T]) -> Answered[T] | Pause:
        asked = asking.operation
        request = self._http.build_request(
            asked.method, asked.path, content=asked.content, headers=asked.headers
        )
        ends = self._timing.now() + self._attempt_s
        try:
            response = self._http.send(request, stream=True)
            with contextlib.closing(response):
                content = b"".join(self._in_time(response, ends))
        except httpx.RequestError as error:
            return asking.lost(repr(error), self._timing.now(), sent=not isinstance(error, UNSENT))
        return asking.answered(response.status_code, response.headers, content, self._timing.now())

    def _in_time(self, response: httpx.Response, ends: float) -> Iterator[bytes]:
        """The parts of an answer. The timeouts of httpx are for each part: there might always be another."""
        for part in response.iter_bytes():
            if self._timing.now() > ends:
                raise httpx.ReadTimeout(f"no whole answer within {self._attempt_s} s")
            yield part
