"""Owns idempotency keys as clients send them, and what makes two requests the same.

Never remembers a key: the member's account does.
Called by resources/exchange.py and resources/credentials.py.
"""

import re
from hashlib import blake2b
from typing import Final

import msgspec

from actors.machines import limits
from resources.toolkit.http import HttpRequest
from resources.toolkit.problems import invalid

_HEADER: Final = "Idempotency-Key"
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]+")
_encoder = msgspec.json.Encoder()


def given_key(request: HttpRequest) -> str | None:
    """The key that the client sent with a POST; 422 if it isn't one."""
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return None
    if len(key) > limits.IDEMPOTENCY_KEY_LENGTH_MAX or not _PRINTABLE.fullmatch(key):
        message = f"1 to {limits.IDEMPOTENCY_KEY_LENGTH_MAX} printable ASCII characters are needed"
        raise invalid(_HEADER, message)
    return key


def fingerprint(commands: tuple[msgspec.Struct, ...]) -> str:
    """What tells a repeated request from another one: a digest of what it asks, however it was written."""
    return blake2b(_encoder.encode(commands), digest_size=16).hexdigest()
