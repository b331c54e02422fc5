"""Owns how a test in Python controls a sandbox: clock, faults, reset, each a request to its controls.

Never reaches around HTTP: what it does, a client in any language can do.
Called by tests of clients; made by the fixtures.
"""

import datetime as dt
from types import TracebackType
from typing import Self

import httpx
import msgspec

from scripts.client import Json, RefusedError
from scripts.sandbox.faults import Fault, FaultKind, MethodName

TIMEOUT_S = 60.0


class SandboxControl:
    """The controls of the sandbox at ``url``; ``transport`` leads to one in this process.

    What makes no sense is refused: ``RefusedError``, which says why.
    """

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(
            base_url=f"{url}/sandbox", timeout=TIMEOUT_S, trust_env=False, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    @property
    def now(self) -> dt.datetime:
        return self._time(self._send("GET", "/clock/"))

    def set_time(self, now: dt.datetime) -> dt.datetime:
        """It is that time, and what was due by then has happened. The clock doesn't go back."""
        return self._time(self._send("PUT", "/clock/", {"now": now.isoformat()}))

    def advance(self, seconds: float) -> dt.datetime:
        """So much later, and what was due by then has happened."""
        return self._time(self._send("PUT", "/clock/", {"advance_ms": round(seconds * 1_000)}))

    def switch_on(
        self,
        kind: FaultKind,
        *,
        method: MethodName | None = None,
        path: str = "/v3/",
        after: int = 0,
        times: int = 1,
        delay_ms: int = 0,
        market_id: str | None = None,
    ) -> None:
        """What is to happen to the next requests of this method and path; see ``Fault``."""
        fault = {
            "kind": kind,
            "method": method,
            "path": path,
            "after": after,
            "times": times,
            "delay_ms": delay_ms,
            "market_id": market_id,
        }
        self._send("POST", "/faults/", fault)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Those that have not happened yet."""
        return msgspec.convert(self._send("GET", "/faults/")["faults"], tuple[Fault, ...])

    def clear_faults(self) -> None:
        self._send("DELETE", "/faults/")

    def reset(self) -> None:
        """Everything is as in the beginning."""
        self._send("POST", "/reset/")

    def _send(self, method: str, path: str, body: object = None) -> Json:
        response = self._http.request(method, path, json=body)
        if response.is_error:
            raise RefusedError(response.status_code, response.json())
        return response.json()

    def _time(self, answer: Json) -> dt.datetime:
        return dt.datetime.fromisoformat(answer["clock"]["now"])
