"""Owns the answers that anybody may have, kept while what they were made from stays as it is.

Never keeps what is somebody's, or what an application doesn't allow to be kept; never answers a command.
Called by whoever serves an ASGI application that can say when its public answers may have changed.

Only a GET without credentials, and without a wish of its own as to how current it is, is answered from here,
and only with what the same GET got with ``cache-control: no-cache``. All kept answers are forgotten at once
when the state changes: nothing is judged one by one.
"""

from typing import Final, NamedTuple, Protocol

from resources.middleware.asgi import (
    BODY,
    HTTP,
    START,
    Application,
    Event,
    HeaderList,
    Receive,
    Scope,
    Send,
    headers_of,
)
from resources.toolkit.conditions import is_known

ANSWERS_MAX: Final = 2_000
BODY_BYTES_MAX: Final = 65_536
"""An answer with a longer body isn't kept: together they take at most about 128 MiB."""

_PERSONAL: Final = frozenset({b"authorization", b"cookie", b"x-credence-min-position", b"prefer", b"range"})
_KEPT: Final = (b"cache-control", b"no-cache")
_CONDITION: Final = b"if-none-match"
_IN_304: Final = frozenset({b"cache-control", b"etag", b"set-cookie", b"vary", b"x-credence-position"})
"""What may have changed although the bytes are the same; the client has all else with them."""
_OK: Final = 200
_NOT_MODIFIED: Final = 304
_EMPTY: Final[Event] = {"type": BODY, "body": b""}
_Key = tuple[str, str, bytes, bytes, bytes]


class State(Protocol):
    """What the public answers were made from."""

    def mark(self) -> object | None:
        """Equal as long as nothing changed; ``None`` if that isn't known at this moment."""


class _Kept(NamedTuple):
    """An answer, ready to be sent; ``known`` is the start of the one for who has it already."""

    tag: str
    start: Event
    body: Event
    known: Event

    async def send(self, send: Send, seen: bytes) -> None:
        if seen and is_known(seen.decode("latin-1"), self.tag):
            await send(self.known)
            await send(_EMPTY)
        else:
            await send(self.start)
            await send(self.body)


class KeptAnswers:
    """Answers from memory what was answered a moment ago."""

    def __init__(self, app: Application, state: State) -> None:
        self._app = app
        self._state = state
        self._mark: object | None = None
        self._answers: dict[_Key, _Kept] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != HTTP or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        accept = encoding = seen = b""
        for name, value in headers_of(scope):
            if name in _PERSONAL:
                await self._app(scope, receive, send)
                return
            if name == b"accept":
                accept = value
            elif name == b"accept-encoding":
                encoding = value
            elif name == _CONDITION:
                seen = value
        mark = self._state.mark()
        if mark != self._mark:
            # A new one: what is still being made for the old state is kept for nobody.
            self._mark, self._answers = mark, {}
        key = (scope["path"], scope.get("scheme", HTTP), scope["query_string"], accept, encoding)
        kept = self._answers.get(key)
        if kept is not None:
            await kept.send(send, seen)
        elif mark is None or len(self._answers) >= ANSWERS_MAX:
            await self._app(scope, receive, send)
        else:
            # For all who will ask the same: the condition of this one is judged here.
            headers = [pair for pair in scope["headers"] if pair[0] != _CONDITION]
            await self._app(
                {**scope, "headers": headers}, receive, _Keeping(self._answers, key, seen, send).send
            )


class _Keeping:
    """Sends an answer on, and keeps it if it may be kept.

    Whether or not it may: the application wasn't told the condition, so who has these bytes is told so here.
    """

    __slots__ = ("_answers", "_is_known", "_key", "_seen", "_send", "_start")

    def __init__(self, answers: dict[_Key, _Kept], key: _Key, seen: bytes, send: Send) -> None:
        self._answers = answers
        self._key = key
        self._seen = seen
        self._send = send
        self._start: Event | None = None
        self._is_known = False
        """The client has been told that it has these bytes: they are not sent."""

    async def send(self, event: Event) -> None:
        if event["type"] == START:
            if event["status"] != _OK:
                await self._send(event)
            elif _KEPT in event["headers"]:
                self._start = event
            else:
                await self._send_unkept(event)
            return
        start, self._start = self._start, None
        if start is None:
            if not self._is_known:
                await self._send(event)
        elif (kept := _kept(start, event)) is None:
            await self._send_unkept(start)
            await self.send(event)
        else:
            self._answers[self._key] = kept
            await kept.send(self._send, self._seen)

    async def _send_unkept(self, start: Event) -> None:
        """The start of an answer that nobody else gets; all of it, if the client has it already."""
        tag = dict(start["headers"]).get(b"etag", b"")
        self._is_known = bool(self._seen and tag) and is_known(
            self._seen.decode("latin-1"), tag.decode("latin-1")
        )
        await self._send(_known(start) if self._is_known else start)
        if self._is_known:
            await self._send(_EMPTY)


def _known(start: Event) -> Event:
    """The start of the answer to who has the body of this one."""
    left = [pair for pair in start["headers"] if pair[0] in _IN_304]
    return {**start, "status": _NOT_MODIFIED, "headers": left}


def _kept(start: Event, body: Event) -> _Kept | None:
    """The answer, if it is one that may be kept: whole, tagged, not too long, and nobody's."""
    headers: HeaderList = list(start["headers"])
    given = dict(headers)
    too_long = body.get("more_body", False) or len(body.get("body", b"")) > BODY_BYTES_MAX
    if too_long or b"set-cookie" in given or b"etag" not in given:
        return None
    return _Kept(given[b"etag"].decode("latin-1"), start, body, _known(start))
