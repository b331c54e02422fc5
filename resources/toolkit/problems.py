"""Owns problem documents (RFC 9457): what a client is told when something can't be done.

Never decides that something can't be done.
Called by every part of the toolkit, and by resources that refuse.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from actors.machines import limits
from resources.toolkit.http import NO_HEADERS

_MESSAGE_LENGTH_MAX: Final = 300
_FOR_NOW: Final = frozenset({429, 503})


class ProblemKind(NamedTuple):
    """``reason`` in lower case with dashes; shown as ``error_type`` in upper case with underscores."""

    reason: str
    status: int
    title: str

    @property
    def error_type(self) -> str:
        return self.reason.replace("-", "_").upper()


class FieldError(NamedTuple):
    """What is wrong with one input; ``field`` is named as the client wrote it: ``contracts[0].name``."""

    field: str
    message: str


class ProblemError(Exception):
    """Ends the handling of a request (or of one item of a batch) with a problem document."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: str = "",
        *errors: FieldError,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        super().__init__(kind.reason, detail, *errors)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = _told_when(kind, headers)

    @property
    def document(self) -> dict[str, object]:
        """The problem as a JSON object."""
        document: dict[str, object] = {
            "type": f"urn:credence:problem:{self.kind.reason}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": _shortened(self.detail or f"{self.kind.title}."),
            "error_type": self.kind.error_type,
        }
        if self.errors:
            document["errors"] = [
                {"field": _shortened(error.field), "message": _shortened(error.message)}
                for error in self.errors
            ]
        return document


def _told_when(kind: ProblemKind, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Whoever is only refused for now is told when to come back."""
    if kind.status not in _FOR_NOW or "retry-after" in headers:
        return headers
    return {"retry-after": str(limits.RETRY_AFTER_S), **headers}


def _shortened(text: str) -> str:
    # What the client sent may be quoted in a message: never at length.
    return text if len(text) <= _MESSAGE_LENGTH_MAX else f"{text[:_MESSAGE_LENGTH_MAX]}…"


UNREADABLE: Final = ProblemKind("unreadable", 400, "The request can't be read")
NOT_SIGNED_IN: Final = ProblemKind("not-signed-in", 401, "Not signed in")
NOT_ALLOWED: Final = ProblemKind("not-allowed", 403, "Not allowed")
FORGED: Final = ProblemKind("forged-form", 403, "The form is not ours")
NOT_FOUND: Final = ProblemKind("not-found", 404, "Not found")
METHOD_NOT_ALLOWED: Final = ProblemKind("method-not-allowed", 405, "Method not allowed")
NOT_ACCEPTABLE: Final = ProblemKind("not-acceptable", 406, "Not acceptable")
PRECONDITION_FAILED: Final = ProblemKind("precondition-failed", 412, "It has changed since")
BODY_TOO_LARGE: Final = ProblemKind("body-too-large", 413, "The body is too large")
URL_TOO_LONG: Final = ProblemKind("url-too-long", 414, "The URL is too long")
UNSUPPORTED_MEDIA_TYPE: Final = ProblemKind("unsupported-media-type", 415, "Unsupported media type")
INVALID_FIELD: Final = ProblemKind("invalid-field", 422, "A field is not valid")
THROTTLED: Final = ProblemKind("throttle-exceeded", 429, "Too many requests")
INTERNAL: Final = ProblemKind("internal-error", 500, "Internal error")
UNAVAILABLE: Final = ProblemKind("service-temporarily-unavailable", 503, "Temporarily unavailable")
OUTCOME_UNKNOWN: Final = ProblemKind("outcome-unknown", 504, "Outcome unknown")


def invalid(field: str, message: str, kind: ProblemKind = INVALID_FIELD) -> ProblemError:
    """One input that isn't valid, named."""
    return ProblemError(kind, f"{field}: {message}", FieldError(field, message))


def not_signed_in(detail: str) -> ProblemError:
    return ProblemError(NOT_SIGNED_IN, detail, headers={"www-authenticate": "Session-Token, Bearer"})


def not_found(detail: str = "There is nothing here.") -> ProblemError:
    return ProblemError(NOT_FOUND, detail)


def unavailable(detail: str) -> ProblemError:
    """Nothing happened; the same request may work soon."""
    return ProblemError(UNAVAILABLE, detail)
