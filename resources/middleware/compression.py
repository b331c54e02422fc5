"""Owns gzip: answers that are worth it are compressed for those who take it, and ETags tell both forms apart.

Never compresses what says ``no-store`` or ``no-transform``: the length of a compressed page tells of a secret
in it to whoever has some of its text (BREACH), so what holds one says ``no-store``.
Called by whoever serves an ASGI application.

The gzipped form of ``"abc"`` is ``"abc-gzip"``. Applications know of ``"abc"`` alone: the suffix is taken off
what clients send, and put onto the 304 of who has the gzipped form. A body that comes in pieces is passed on.
"""

import asyncio
import functools
import re
import zlib
from collections.abc import Mapping
from typing import Final

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

BYTES_MIN: Final = 1_000
"""Less fits into one packet anyway."""
LEVEL: Final = 3
"""A higher one takes twice as long for a few percent."""
ASIDE_FROM_BYTES: Final = 65_536
"""A larger body is compressed in a thread, so that others needn't wait for it."""
COMPRESSIBLE: Final = frozenset(
    {
        b"application/json",
        b"application/problem+json",
        b"application/xhtml+xml",
        b"application/atom+xml",
        b"application/xml",
        b"application/javascript",
        b"application/vnd.oai.openapi+json",
        b"image/svg+xml",
    }
)
"""And everything that is text."""

_SUFFIX: Final = b'-gzip"'
_GZIP_FORM: Final = 31  # the window's size in bits, and 16: zlib's way to say gzip
_QUALITY: Final = re.compile(rb"q=([01](?:\.\d{0,3})?)")
_NOT_MODIFIED: Final = 304
_VARY: Final = b"Accept-Encoding"


class Compression:
    """Compresses, adds ``Vary: Accept-Encoding`` where it might have, and keeps ETags right."""

    def __init__(self, app: Application, bytes_min: int = BYTES_MIN) -> None:
        self._app = app
        self._bytes_min = bytes_min

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != HTTP:
            await self._app(scope, receive, send)
            return
        takes_gzip, seen, has_suffix = False, b"", False
        for name, value in headers_of(scope):
            if name == b"accept-encoding":
                takes_gzip = accepts_gzip(value)
            elif name == b"if-none-match":
                seen = value
                has_suffix = has_suffix or _SUFFIX in value
            elif name == b"if-match":
                has_suffix = has_suffix or _SUFFIX in value
        if has_suffix:
            scope = {**scope, "headers": without_suffix(scope["headers"], takes_gzip=takes_gzip)}
        answer = _Answer(send, self._bytes_min if takes_gzip else None, seen, scope["method"] == "HEAD")
        await self._app(scope, receive, answer.send)


class _Answer:
    """One answer on its way out. Its start is held until there is a body to judge."""

    __slots__ = ("_bytes_min", "_is_head", "_seen", "_send", "_start")

    def __init__(self, send: Send, bytes_min: int | None, seen: bytes, is_head: bool) -> None:  # noqa: FBT001 (made in one place)
        self._send = send
        self._bytes_min = bytes_min
        self._seen = seen
        self._is_head = is_head
        self._start: Event | None = None

    async def send(self, event: Event) -> None:
        if event["type"] == START:
            event = self._looked_at(event)
            if self._start is None:
                await self._send(event)
        elif self._start is None:
            await self._send(event)
        else:
            await self._send_both(self._start, event)

    async def _send_both(self, start: Event, event: Event) -> None:
        self._start = None
        body = event.get("body", b"")
        size = _length(start["headers"]) if self._is_head else len(body)
        if size >= (self._bytes_min or 0) and not event.get("more_body", False):
            body = await _compressed(body) if body else b""
            start["headers"] = _gzipped(start["headers"], None if self._is_head else len(body))
            event = {"type": BODY, "body": body}
        await self._send(start)
        await self._send(event)

    def _looked_at(self, start: Event) -> Event:
        headers: HeaderList = list(start.get("headers", ()))
        given = dict(headers)
        if start["status"] == _NOT_MODIFIED:
            return {**start, "headers": _as_seen(_varying(headers, given), given, self._seen)}
        if not is_compressible(given):
            return start
        start = {**start, "headers": _varying(headers, given)}
        if self._bytes_min is not None:
            self._start = start
        return start


def is_compressible(given: Mapping[bytes, bytes]) -> bool:
    """Whether an answer with these headers may be compressed, if it is large enough."""
    control = given.get(b"cache-control", b"")
    return (
        _is_text(given.get(b"content-type", b""))
        and b"no-store" not in control
        and b"no-transform" not in control
        and b"content-encoding" not in given
        and b"content-range" not in given
    )


@functools.lru_cache(64)
def _is_text(content_type: bytes) -> bool:
    media_type = content_type.partition(b";")[0].strip().lower()
    return media_type in COMPRESSIBLE or media_type.startswith(b"text/")


@functools.lru_cache(256)
def accepts_gzip(value: bytes) -> bool:
    """Whether a client with this ``Accept-Encoding`` takes gzip, and doesn't like it less than none."""
    qualities: dict[bytes, float] = {}
    for part in value.lower().split(b","):
        coding, _, parameters = part.partition(b";")
        quality = _QUALITY.fullmatch(parameters.strip())
        qualities[coding.strip()] = float(quality[1]) if quality else float(not parameters.strip())
    gzip = qualities.get(b"gzip", qualities.get(b"x-gzip", qualities.get(b"*", 0.0)))
    return gzip > 0 and gzip >= qualities.get(b"identity", 0.0)


def without_suffix(headers: HeaderList, *, takes_gzip: bool) -> HeaderList:
    """A request's headers as the application knows its ETags.

    Who asks for the plain form has not got it if what they have is gzipped, so there the suffix stays.
    """
    names = {b"if-match", b"if-none-match"} if takes_gzip else {b"if-match"}
    return [(name, value.replace(_SUFFIX, b'"') if name in names else value) for name, value in headers]


def _as_seen(headers: HeaderList, given: Mapping[bytes, bytes], seen: bytes) -> HeaderList:
    """The headers of a 304, whose ETag is that of the form that the client has."""
    etag = given.get(b"etag", b"")
    if etag[:-1] + _SUFFIX not in seen:
        return headers
    return [(name, _suffixed(value) if name == b"etag" else value) for name, value in headers]


def _varying(headers: HeaderList, given: Mapping[bytes, bytes]) -> HeaderList:
    vary = given.get(b"vary")
    if vary is None:
        return [*headers, (b"vary", _VARY)]
    if vary == b"*" or _VARY.lower() in vary.lower():
        return headers
    return [(name, vary + b", " + _VARY if name == b"vary" else value) for name, value in headers]


def _gzipped(headers: HeaderList, size: int | None) -> HeaderList:
    """The headers of the gzipped form; its size is not known for HEAD."""
    kept = [
        (name, _suffixed(value) if name == b"etag" else value)
        for name, value in headers
        if name != b"content-length"
    ]
    kept.append((b"content-encoding", b"gzip"))
    if size is not None:
        kept.append((b"content-length", b"%d" % size))
    return kept


def _suffixed(etag: bytes) -> bytes:
    # A weak one promises the same meaning, which both forms have.
    return etag if etag.startswith(b"W/") else etag[:-1] + _SUFFIX


def _length(headers: HeaderList) -> int:
    return int(dict(headers).get(b"content-length", b"0"))


async def _compressed(body: bytes) -> bytes:
    if len(body) >= ASIDE_FROM_BYTES:
        return await asyncio.to_thread(zlib.compress, body, LEVEL, _GZIP_FORM)
    return zlib.compress(body, LEVEL, _GZIP_FORM)
