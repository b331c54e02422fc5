"""Owns the passwords that the first start hands out.

Never keeps one: it is derived from the installation's secret, so that a repeated first start names the same.
Called by the first start alone.
"""

import base64
import hashlib
import hmac
from typing import Final

CHARACTERS: Final = 20


def password_of(username: str, secret: bytes) -> str:
    """A password of 20 characters (100 bits) that only the holder of the secret can derive."""
    digest = hmac.digest(secret, f"first-start/password/{username}".encode(), hashlib.sha256)
    return base64.b32encode(digest).decode().lower()[:CHARACTERS]
