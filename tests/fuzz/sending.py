"""Owns the ways to an exchange: to the ASGI application itself, in this thread, or to a server.

Never makes a request up.
Called by the rest of the fuzzing.
"""

import asyncio
import gzip
from collections import defaultdict
from typing import Final, Protocol
from urllib.parse import unquote

import requests
from schemathesis import Response

from resources.middleware.asgi import Application, Event

BASE_URL: Final = "http://fuzzed.test"
_WITHIN_S: Final = 30.0


class Way(Protocol):
    """Takes a prepared request to an exchange."""

    base_url: str

    def send(self, request: requests.PreparedRequest) -> Response: ...


class ToApplication:
    """Calls the application, on one event loop for all requests."""

    base_url = BASE_URL

    def __init__(self, app: Application) -> None:
        self._app = app
        self._runner = asyncio.Runner()

    def send(self, request: requests.PreparedRequest) -> Response:
        start, body = self._runner.run(self._call(request))
        headers: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in start["headers"]:
            headers[name.decode()].append(value.decode("latin-1"))
        if headers["content-encoding"] == ["gzip"]:
            body = gzip.decompress(body)
        return Response(
            status_code=start["status"],
            headers=dict(headers),
            content=body,
            request=request,
            elapsed=0.0,
            verify=False,
        )

    def close(self) -> None:
        self._runner.close()

    async def _call(self, request: requests.PreparedRequest) -> tuple[Event, bytes]:
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else body
        path, _, query = request.path_url.partition("?")
        given = [(_bytes(name).lower(), _bytes(value)) for name, value in request.headers.items()]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"fuzzed.test"), *(each for each in given if each[0] != b"host")],
            "client": ("127.0.0.1", 1),
            "server": ("fuzzed.test", 80),
        }
        sent: list[Event] = []

        async def receive() -> Event:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(event: Event) -> None:
            sent.append(event)

        async with asyncio.timeout(_WITHIN_S):
            await self._app(scope, receive, send)
        start, *parts = sent
        return start, b"".join(part.get("body", b"") for part in parts)


class ToServer:
    """Asks a server, over one connection."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._session = requests.Session()

    def send(self, request: requests.PreparedRequest) -> Response:
        answer = self._session.send(request, timeout=_WITHIN_S, allow_redirects=False)
        return Response.from_any(answer)


def _bytes(text: str | bytes) -> bytes:
    return text.encode("latin-1") if isinstance(text, str) else text
