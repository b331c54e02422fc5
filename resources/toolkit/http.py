"""Owns the two values that every web request is about: what came in, and what goes out.

Never reads from or writes to a connection: hosts do.
Called by the whole toolkit and by its hosts.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class HttpRequest(msgspec.Struct, frozen=True):
    """A request, wholly read.

    ``path`` is decoded, without a trailing slash. ``headers`` have lower-case names; a repeated one is
    joined with commas. ``body`` is ``None`` if it was longer than the host may read. ``address`` is the
    client's, as far as the host knows it.
    """

    method: str
    path: str
    query_string: str = ""
    headers: Mapping[str, str] = NO_HEADERS
    body: bytes | None = b""
    address: str = ""


class HttpResponse(msgspec.Struct, frozen=True):
    """A response, wholly made; header names in lower case, without ``content-length``."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
