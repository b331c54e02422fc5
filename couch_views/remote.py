"""Owns the requests to a real CouchDB: one kept connection, a time limit, no repetition.

Never sends a request twice: after an error nobody knows whether it was carried out, and the caller decides.
Called by couch_views.client (one object a thread) and by the contract tests.
"""

import http.client
import select
import ssl
from base64 import b64encode
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

TIMEOUT_S: Final = 15
"""For who writes: a bulk may wait for a compaction. After it nobody knows whether it was written.

A process that waits for longer would be taken for one that hangs."""
READ_TIMEOUT_S: Final = 5
"""For who reads, with a member waiting: a query brings its view up to date first."""
CLEAR_PORT: Final = 5984
TLS_PORT: Final = 6984


class RemoteServer:
    """CouchDB at ``http(s)://user:password@host:port/``; the same interface as the embedded server."""

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("a URL http://host:port/ or https://host:port/ is needed")
        self._base = parts.path.rstrip("/")
        self._headers = {"accept": "application/json", "content-type": "application/json"}
        if parts.username is not None:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["authorization"] = f"Basic {b64encode(login.encode()).decode()}"
        if parts.scheme == "https":
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.hostname,
                parts.port or TLS_PORT,
                timeout=timeout_s,
                context=ssl.create_default_context(),
            )
        else:
            self._connection = http.client.HTTPConnection(
                parts.hostname, parts.port or CLEAR_PORT, timeout=timeout_s
            )

    def handle(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Asks and waits for the whole answer; ``OSError`` or ``HTTPException`` if there is none."""
        if self._was_closed():
            self._connection.close()
        target = self._base + path + ("?" + query if query else "")
        try:
            self._connection.request(method, target, body or None, {**self._headers, **headers})
            response = self._connection.getresponse()
            answer = response.read()
        except BaseException:
            self._connection.close()
            raise
        return response.status, {name.lower(): value for name, value in response.getheaders()}, answer

    def close(self) -> None:
        self._connection.close()

    def _was_closed(self) -> bool:
        """Whether the server hung up on the idle connection: nothing is due, so readable means closed."""
        kept = self._connection.sock
        return kept is not None and bool(select.select([kept], [], [], 0)[0])
