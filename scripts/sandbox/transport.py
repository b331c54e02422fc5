"""Owns how a client in the same process talks to an application: httpx's transport, without any socket.

Never waits: who would have waited too long is told so at once.
Called by the sandbox's fixtures, and by what fills a sandbox in the beginning.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx

from resources.middleware.asgi import BODY, DISCONNECT, HTTP, START, Application, Event, Scope
from scripts.sandbox.line import with_line

_NOBODY: Final = ("127.0.0.1", 0)


class InProcessLine:
    """What becomes of a request is raised where its client waits."""

    def __init__(self, request: httpx.Request) -> None:
        self._request = request

    def cut(self) -> None:
        raise httpx.RemoteProtocolError("the connection was cut", request=self._request)

    async def wait(self, seconds: float) -> None:
        patience_s = self._request.extensions.get("timeout", {}).get("read")
        if patience_s is not None and seconds >= patience_s:
            raise httpx.ReadTimeout(f"no answer within {patience_s} s", request=self._request)


class InProcessTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """For any number of clients of either kind: requests are answered one after the other, in a thread."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._thread = ThreadPoolExecutor(1, "sandbox")
        self._runner = asyncio.Runner()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        return self._thread.submit(self._run, lambda: self._answer(request, content)).result()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = await request.aread()
        submitted = self._thread.submit(self._run, lambda: self._answer(request, content))
        return await asyncio.wrap_future(submitted)

    def close(self) -> None:
        """A client that is closed closes nothing: others use the transport, too."""

    def end(self) -> None:
        """To be called once, when no client asks any more."""
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    def _run(self, work: Callable[[], Coroutine[Any, Any, httpx.Response]]) -> httpx.Response:
        return self._runner.run(work())

    async def _answer(self, request: httpx.Request, content: bytes) -> httpx.Response:
        arriving: list[Event] = [{"type": HTTP + ".request", "body": content, "more_body": False}]
        status, headers, parts = 500, [], []

        async def receive() -> Event:
            return arriving.pop() if arriving else {"type": DISCONNECT}

        async def send(event: Event) -> None:
            nonlocal status, headers
            if event["type"] == START:
                status, headers = event["status"], list(event["headers"])
            elif event["type"] == BODY:
                parts.append(event.get("body", b""))

        await self._application(_scope(request), receive, send)
        return httpx.Response(status, headers=headers, content=b"".join(parts), request=request)


def _scope(request: httpx.Request) -> Scope:
    path, _, query = request.url.raw_path.partition(b"?")
    scope: Scope = {
        "type": HTTP,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": _NOBODY,
        "server": (request.url.host, request.url.port),
    }
    return with_line(scope, InProcessLine(request))
