"""Owns a client and an application made up of ASGI events, to try components between them.

Never opens a socket.
Called by the tests of the middleware.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from resources.middleware.asgi import BODY, HTTP, START, Application, Event, Receive, Scope, Send

PEER = "203.0.113.9"


class Answer(NamedTuple):
    """What came out: the headers by their names, repeated ones joined; each part of the body."""

    status: int
    headers: dict[str, str]
    parts: list[bytes]

    @property
    def body(self) -> bytes:
        return b"".join(self.parts)


async def ask(
    app: Application,
    method: str = "GET",
    path: str = "/",
    headers: Mapping[str, str] | None = None,
    events: Sequence[Event] = (),
    headers_as: list[tuple[bytes, bytes]] | None = None,
    **scope: object,
) -> Answer:
    """One request. After its events nothing more comes, ever. Without any there is an empty body.

    ``headers`` are for a host ``x``; ``headers_as`` are all that there are.
    """
    sent: list[Event] = []
    coming = iter(events or [{"type": "http.request", "body": b""}])

    async def receive() -> Event:
        event = next(coming, None)
        if event is None:
            await asyncio.Event().wait()
            raise AssertionError
        return event

    async def send(event: Event) -> None:
        sent.append(event)

    asked: Scope = {
        "type": HTTP,
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "client": (PEER, 4711),
        "headers": [
            (name.encode(), value.encode()) for name, value in {"host": "x", **(headers or {})}.items()
        ],
        **scope,
    }
    if headers_as is not None:
        asked["headers"] = headers_as
    await app(asked, receive, send)
    return answer_of(sent)


def answer_of(sent: Sequence[Event]) -> Answer:
    """The answer that these events are; it must be complete."""
    start, *bodies = sent
    assert start["type"] == START
    assert [event.get("more_body", False) for event in bodies] == [True] * (len(bodies) - 1) + [False]
    headers: dict[str, str] = {}
    for name, value in start["headers"]:
        joined = [headers[name.decode()]] if name.decode() in headers else []
        headers[name.decode()] = ", ".join([*joined, value.decode()])
    return Answer(start["status"], headers, [event.get("body", b"") for event in bodies])


def part(body: bytes, *, more: bool = True) -> Event:
    """A part of a request's body."""
    return {"type": "http.request", "body": body, "more_body": more}


def answering(*parts: bytes, status: int = 200, **headers: str) -> Application:
    """An application of one answer, whatever is asked; an underscore in a header's name is a hyphen."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        listed = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        await send({"type": START, "status": status, "headers": listed})
        for number, body in enumerate(parts or (b"",), 1):
            await send({"type": BODY, "body": body, "more_body": number < len(parts)})

    return app


class Heard:
    """An application that reads the whole body and notes what reached it."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        body, more = b"", True
        while more:
            event = await receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        self.bodies.append(body)
        await answering(b"heard", status=201)(scope, receive, send)


async def lifespan(app: Application) -> list[str]:
    """What an application that knows of no lifespan is asked by a server: it must get through to it."""
    kinds: list[str] = []

    async def receive() -> Event:
        return {"type": "lifespan.startup"}

    async def send(event: Event) -> None:
        kinds.append(event["type"])

    await app({"type": "lifespan"}, receive, send)
    return kinds


async def of_the_program(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that is asked for its lifespan only."""
    assert scope["type"] == "lifespan"
    await receive()
    await send({"type": "lifespan.startup.complete"})
