"""Owns how the headers of requests and answers are described, once for all operations.

Never says which operation has which.
Called by the other modules of this package.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines import limits
from resources.openapi.schemas import Schema

_POSITION: Final[Schema] = {
    "type": "string",
    "pattern": r"^[a-z]+-[0-9]{1,2}:[0-9]{1,18}(,[a-z]+-[0-9]{1,2}:[0-9]{1,18})*$",
    "examples": ["accounts-1:812,markets-0:77"],
}
_TAG: Final[Schema] = {"type": "string", "examples": ['"9f3c51d0a8b7e6d2c1f04a5b"']}

IDEMPOTENCY_KEY: Final = "IdempotencyKey"
IF_MATCH: Final = "IfMatch"
IF_NONE_MATCH: Final = "IfNoneMatch"
MIN_POSITION: Final = "MinPosition"
PREFER: Final = "Prefer"

LOCATION: Final = "Location"
ETAG: Final = "ETag"
POSITION: Final = "X-Credence-Position"
RATE_LIMIT: Final = "RateLimit"
RATE_LIMIT_POLICY: Final = "RateLimit-Policy"
RETRY_AFTER: Final = "Retry-After"
LINK: Final = "Link"
ALLOW: Final = "Allow"
WWW_AUTHENTICATE: Final = "WWW-Authenticate"


def _parameter(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "header", "description": description, "schema": schema}


PARAMETERS: Final[Mapping[str, Schema]] = {
    IDEMPOTENCY_KEY: _parameter(
        "Idempotency-Key",
        "The client's own name for this request. Whoever sends it again with the same name gets the first "
        f"answer again, for {limits.KEY_KEPT_US // 3_600_000_000} hours; with another body it is 422.",
        {
            "type": "string",
            "minLength": 1,
            "maxLength": limits.IDEMPOTENCY_KEY_LENGTH_MAX,
            # The printable characters of ASCII; a header's value neither begins nor ends with a space.
            "pattern": r"^[!-~]([ -~]*[!-~])?$",
            "examples": ["order-0001"],
        },
    ),
    IF_MATCH: _parameter("If-Match", "Only if what is there has one of these ETags; else 412.", _TAG),
    IF_NONE_MATCH: _parameter(
        "If-None-Match", "Only if what is there has none of these ETags; else 304, without content.", _TAG
    ),
    MIN_POSITION: _parameter(
        "X-Credence-Min-Position",
        "The position that the answer is to show at least; waits for it if `Prefer` says so.",
        _POSITION,
    ),
    PREFER: _parameter(
        "Prefer",
        f"`wait=N`: how many seconds to wait for the position that is wanted, {limits.WAIT_S_MAX} at most.",
        {"type": "string", "examples": ["wait=2"]},
    ),
}


def _header(description: str, schema: Schema, *, required: bool = False) -> Schema:
    return {"description": description, "required": required, "schema": schema}


HEADERS: Final[Mapping[str, Schema]] = {
    LOCATION: _header("Where what was made is, if it has a place of its own.", {"type": "string"}),
    ETAG: _header("Changes with the answer.", _TAG),
    POSITION: _header("What the answer shows at least: a position in each stream of the log.", _POSITION),
    RATE_LIMIT: _header("How much may still be asked for.", {"type": "string"}),
    RATE_LIMIT_POLICY: _header("How much may be asked for in which time.", {"type": "string"}),
    RETRY_AFTER: _header(
        "After how many seconds to try again.", {"type": "integer", "minimum": 0}, required=True
    ),
    LINK: _header("Where else to go: other forms, other pages, what belongs to it.", {"type": "string"}),
    ALLOW: _header("The methods that are possible.", {"type": "string"}, required=True),
    WWW_AUTHENTICATE: _header(
        "How to sign in.", {"type": "string", "examples": ["Session-Token, Bearer"]}, required=True
    ),
}


def parameter(name: str) -> Schema:
    """A reference to one of the parameters."""
    assert name in PARAMETERS
    return {"$ref": f"#/components/parameters/{name}"}


def headers(*names: str) -> dict[str, Schema]:
    """References to some of the headers of answers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names if HEADERS[name]}
