"""Owns CouchDB's error answers: status, error and reason, and the common ones by name.

Never logs.
Called by every module of the embedded server; turned into an answer by server.
"""

from couch_views.json_values import encode


class CouchError(Exception):
    """A refusal in CouchDB's words; ``handle`` answers it as ``{"error", "reason"}``."""

    def __init__(self, status: int, error: str, reason: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {error}: {reason}")
        self.status = status
        self.error = error
        self.reason = reason
        self.headers = headers or {}

    def body(self) -> bytes:
        return encode({"error": self.error, "reason": self.reason})


def bad_request(reason: str) -> CouchError:
    return CouchError(400, "bad_request", reason)


def bad_parameter(reason: str) -> CouchError:
    return CouchError(400, "query_parse_error", reason)


def not_found(reason: str = "missing") -> CouchError:
    return CouchError(404, "not_found", reason)


def conflict() -> CouchError:
    return CouchError(409, "conflict", "Document update conflict.")


def not_implemented(reason: str) -> CouchError:
    return CouchError(501, "not_implemented", reason)
