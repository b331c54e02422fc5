"""Owns how a command talks to a running exchange: JSON over HTTP, repeated until it is answered.

Never decides what to ask; a repeat carries the same idempotency key, so that it can't act twice.
Called by the commands in scripts/.
"""

import ssl
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx

TRY_AGAIN: Final = {429, 503, 504}
PAUSE_S: Final = 0.2
TIMEOUT_S: Final = 10.0

Json = Any  # What the API answers is checked by whoever reads it.


class RefusedError(Exception):
    """The exchange refused; ``status`` and ``problem`` are what it said."""

    def __init__(self, status: int, problem: Mapping[str, object]) -> None:
        super().__init__(f"{status} {problem.get('error_type', '')}: {problem.get('detail', problem)}")
        self.status = status
        self.problem = problem


class Client:
    """One member's (or nobody's) view of the exchange at ``url``, which ends without a slash.

    ``tls`` is for a certificate that this machine doesn't know by itself.
    """

    def __init__(self, url: str, patience_s: float = 30.0, tls: ssl.SSLContext | None = None) -> None:
        self._http = httpx.Client(
            base_url=f"{url}/v3", timeout=TIMEOUT_S, trust_env=False, verify=True if tls is None else tls
        )
        self._patience_s = patience_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def sign_in(self, username: str, password: str) -> None:
        """From here on, every request is this member's."""
        session = self.call("POST", "/sessions/", {"username": username, "password": password})
        self.use_token(session["token"])

    def use_token(self, token: str) -> None:
        self._http.headers["Authorization"] = f"Session-Token {token}"

    def get(self, path: str) -> Json:
        return self.call("GET", path)

    def call(self, method: str, path: str, body: object = None, key: str | None = None) -> Json:
        """The answer's JSON. Raises ``RefusedError``, or ``httpx.TransportError`` past the patience.

        What the exchange can't answer now is asked again; with a ``key`` it then acts once only.
        """
        headers = {} if key is None else {"Idempotency-Key": key}
        give_up = time.monotonic() + self._patience_s
        while True:
            try:
                response = self._http.request(method, path, json=body, headers=headers)
                if response.status_code not in TRY_AGAIN or time.monotonic() > give_up:
                    return _answer(response)
            except httpx.TransportError:
                if time.monotonic() > give_up:
                    raise
            time.sleep(PAUSE_S)


def _answer(response: httpx.Response) -> Json:
    if response.is_success:
        return response.json() if response.content else None
    try:
        problem = response.json()
    except ValueError:
        problem = {"detail": response.text[:500]}
    raise RefusedError(response.status_code, problem)
