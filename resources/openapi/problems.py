"""Owns how problems are described: one response for each status that an operation may end with.

Never says which problems there are.
Called by resources/openapi/operations.py and resources/openapi/document.py.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final

from resources.openapi.headers import (
    ALLOW,
    RATE_LIMIT,
    RATE_LIMIT_POLICY,
    RETRY_AFTER,
    WWW_AUTHENTICATE,
    headers,
)
from resources.openapi.schemas import Schema
from resources.toolkit.media.page import HTML, XHTML
from resources.toolkit.media.problems import PROBLEM_JSON, PROBLEM_XML
from resources.toolkit.problems import ProblemError, ProblemKind

_OTHER_TYPES: Final = (HTML, XHTML, PROBLEM_XML.media_type)
_HEADERS: Final[Mapping[int, tuple[str, ...]]] = {
    401: (WWW_AUTHENTICATE,),
    405: (ALLOW,),
    429: (RETRY_AFTER, RATE_LIMIT, RATE_LIMIT_POLICY),
    503: (RETRY_AFTER,),
}


class Problems:
    """The problems of a document: what several operations share stands in its components once."""

    def __init__(self) -> None:
        self.responses: dict[str, Schema] = {}
        self.examples: dict[str, Schema] = {}

    def described(self, kinds: Iterable[ProblemKind]) -> dict[str, Schema]:
        """The problems of an operation as its responses, by status."""
        ordered = sorted(dict.fromkeys(kinds), key=lambda kind: (kind.status, kind.reason))
        return {
            str(status): self._response(status, list(group))
            for status, group in groupby(ordered, key=lambda kind: kind.status)
        }

    def _response(self, status: int, kinds: list[ProblemKind]) -> Schema:
        for kind in kinds:
            example = ProblemError(kind).document
            self.examples.setdefault(kind.reason, {"summary": kind.title, "value": example})
        name = "-".join(kind.reason for kind in kinds)
        self.responses.setdefault(name, _described(status, kinds))
        return {"$ref": f"#/components/responses/{name}"}


def _described(status: int, kinds: list[ProblemKind]) -> Schema:
    described: Schema = {
        "description": "; ".join(f"`{kind.error_type}`: {kind.title}" for kind in kinds) + ".",
        "content": {
            PROBLEM_JSON.media_type: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {kind.reason: {"$ref": f"#/components/examples/{kind.reason}"} for kind in kinds},
            },
            **{media_type: {"schema": {"type": "string"}} for media_type in _OTHER_TYPES},
        },
    }
    if status in _HEADERS:
        described["headers"] = headers(*_HEADERS[status])
    return described
