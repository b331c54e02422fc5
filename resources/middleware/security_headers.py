"""Owns the headers that tell a browser what it must not do with what we send.

Never overrules the application: a header that is there stays, for the page that needs another policy.
Called by whoever serves an ASGI application.
"""

from collections.abc import Awaitable, Iterable
from functools import lru_cache
from typing import Final

from resources.middleware.asgi import HTTP, START, Application, Event, HeaderList, Receive, Scope, Send

PAGES: Final = frozenset({b"text/html", b"application/xhtml+xml"})
SVG: Final = b"image/svg+xml"

NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
HSTS: Final = (b"strict-transport-security", b"max-age=31536000")
"""A browser that has seen us over TLS doesn't come without for a year."""
OF_A_PAGE: Final = (
    (
        b"content-security-policy",
        b"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    # Not "no-referrer": browsers would then say "Origin: null" with our own forms.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
OF_AN_SVG: Final = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox",
    ),
)
"""A picture that is opened by itself is a page: it runs nothing. It styles itself."""


class SecurityHeaders:
    """Adds them: ``nosniff`` to all, the rest to pages and pictures, HSTS to what goes over TLS."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != HTTP:
            await self._app(scope, receive, send)
            return
        secure = scope.get("scheme") == "https"

        def send_guarded(event: Event) -> Awaitable[None]:
            if event["type"] == START:
                event = {**event, "headers": guarded(event.get("headers", ()), secure=secure)}
            return send(event)

        await self._app(scope, receive, send_guarded)


def guarded(headers: Iterable[tuple[bytes, bytes]], *, secure: bool) -> HeaderList:
    """The headers of an answer, and those that are missing."""
    listed = list(headers)
    given = dict(listed)
    listed += [rule for rule in rules(given.get(b"content-type", b""), secure) if rule[0] not in given]
    return listed


@lru_cache(64)
def rules(content_type: bytes, secure: bool) -> HeaderList:  # noqa: FBT001 (the cache's key)
    """The headers that an answer of this type should have."""
    media_type = content_type.partition(b";")[0].strip().lower()
    always = [NOSNIFF, HSTS] if secure else [NOSNIFF]
    if media_type in PAGES:
        return [*always, *OF_A_PAGE]
    return [*always, *OF_AN_SVG] if media_type == SVG else always
