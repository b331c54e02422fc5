"""Owns the faults that a sandbox can be told to have, and which of them meets a request.

Never carries one out: ``application`` does.
Called by the sandbox's application and by its control resources.
"""

from enum import StrEnum, unique
from typing import Annotated, Final, Literal

import msgspec

from resources.toolkit.fields import Shape
from resources.toolkit.identities import Identity

FAULTS_MAX: Final = 100
REQUESTS_MAX: Final = 1_000_000
DELAY_MS_MAX: Final = 60_000

MethodName = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@unique
class FaultKind(StrEnum):
    """What happens to a request."""

    REQUEST_LOST = "request_lost"
    """The connection is cut; the request is not carried out."""
    ANSWER_LOST = "answer_lost"
    """The request is carried out; then the connection is cut."""
    ANSWER_LATE = "answer_late"
    """The request is carried out; the answer comes ``delay_ms`` later."""
    UNAVAILABLE = "unavailable"
    """503 with ``Retry-After``; the request is not carried out."""
    THROTTLED = "throttled"
    """429 with ``Retry-After``; the request is not carried out."""
    UNKNOWN_NOT_DONE = "unknown_not_done"
    """504; the request is not carried out."""
    UNKNOWN_DONE = "unknown_done"
    """504; the request is carried out."""
    MARKET_HALTED = "market_halted"
    """The market ``market_id`` is halted just before the request is carried out, and stays so."""
    MARKET_SILENT = "market_silent"
    """No market answers while the request is carried out: what is accepted stays pending until after it."""


class Fault(Shape):
    """What happens to the next ``times`` requests of this method and path, ``after`` so many.

    ``method``: any, if it is left out. ``path``: what the path begins with, ``/v3`` included.
    """

    kind: FaultKind
    method: MethodName | None = None
    path: Annotated[str, msgspec.Meta(pattern="^/v3(/|$)")] = "/v3/"
    after: Annotated[int, msgspec.Meta(ge=0, le=REQUESTS_MAX)] = 0
    times: Annotated[int, msgspec.Meta(ge=1, le=REQUESTS_MAX)] = 1
    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=DELAY_MS_MAX)] = 0
    market_id: Identity | None = None


class Faults:
    """The faults that are still to happen, in the order in which they were switched on."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    @property
    def waiting(self) -> tuple[Fault, ...]:
        return tuple(self._waiting)

    def switch_on(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting = []

    def meet(self, method: str, path: str) -> Fault | None:
        """The first fault that is due for this request. Every other that waits for such a one is nearer."""
        found: Fault | None = None
        left: list[Fault] = []
        for fault in self._waiting:
            changed: Fault | None = fault
            if _is_for(fault, method, path):
                if fault.after:
                    changed = msgspec.structs.replace(fault, after=fault.after - 1)
                elif found is None:
                    found = fault
                    changed = _used(fault)
            if changed is not None:
                left.append(changed)
        self._waiting = left
        return found


def _is_for(fault: Fault, method: str, path: str) -> bool:
    return fault.method in (None, method) and path.startswith(fault.path)


def _used(fault: Fault) -> Fault | None:
    return None if fault.times == 1 else msgspec.structs.replace(fault, times=fault.times - 1)
