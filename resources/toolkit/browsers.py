"""Owns what a browser needs beside a token in a header: the session's cookie, and tokens against forgery.

Never believes a cookie by itself: the authority judges the session in it.
Called by the decisions.

A form carries a token that only a page of ours can have given it: a keyed digest of the visitor's cookie.
Where a browser says where a request comes from (``Sec-Fetch-Site``, ``Origin``), that must be here as well.
"""

import secrets
from collections.abc import Mapping
from hashlib import blake2b
from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from actors.machines import limits

TOKEN_FIELD: Final = "csrf_token"  # noqa: S105 (a name)
TOKEN_HEADER: Final = "x-csrf-token"  # noqa: S105 (a name)
_OWN_SITES: Final = frozenset({"same-origin", "none"})
_NAME: Final = "credence_session"
_VISIT_NAME: Final = "credence_visit"


class Browsers:
    """The cookies of browsers; ``secure``: they come by TLS alone, and say so."""

    def __init__(self, secret: bytes, *, secure: bool) -> None:
        self._key = blake2b(secret, digest_size=32, person=b"form token").digest()
        prefix = "__Host-" if secure else ""
        self._session, self._visit = prefix + _NAME, prefix + _VISIT_NAME
        self._attributes = "; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")

    def session(self, headers: Mapping[str, str]) -> str | None:
        """The token of the session that the browser is in."""
        return self._cookie(headers, self._session)

    def session_cookie(self, token: str | None, life_s: int) -> str:
        """The value of ``Set-Cookie`` that begins a session, or ends it."""
        return f"{self._session}={token or ''}; Max-Age={life_s if token else 0}{self._attributes}"

    def visit(self, headers: Mapping[str, str]) -> str | None:
        """What ties the forms of somebody who isn't signed in to their browser."""
        return self._cookie(headers, self._visit)

    def new_visit(self) -> str:
        return secrets.token_urlsafe(18)

    def visit_cookie(self, visit: str) -> str:
        return f"{self._visit}={visit}; Max-Age={limits.SESSION_LIFE_S}{self._attributes}"

    def form_token(self, anchor: str) -> str:
        """The token for the forms of this session, or of this visit."""
        return blake2b(anchor.encode(), key=self._key, digest_size=16).hexdigest()

    def is_ours(self, headers: Mapping[str, str], given: str) -> bool:
        """Whether a request comes from a page of ours, by the token and by what the browser says."""
        anchor = self.session(headers) or self.visit(headers)
        if anchor is None or not comes_from_here(headers):
            return False
        return compare_digest(self.form_token(anchor).encode(), given.encode())

    def _cookie(self, headers: Mapping[str, str], name: str) -> str | None:
        # Our values need no quotes, so a cookie is what stands between the name and the next semicolon.
        for part in headers.get("cookie", "").split(";"):
            given, _, value = part.strip().partition("=")
            if given == name and value:
                return value
        return None


def comes_from_here(headers: Mapping[str, str]) -> bool:
    """What the browser says of where the request comes from; many say nothing, the token decides then."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site.strip().lower() in _OWN_SITES
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")
