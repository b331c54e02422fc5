"""Owns texts that a client keeps for us and can't read: what is sealed is opened here alone.

Never hides how long a text is, and never the equality of two of them.
Called by the resources whose cursors would say what is not shown, such as exact times, and for entry ids.

The tag is a keyed digest of the text, and what the text is hidden with is one of the tag. There is no nonce:
the same text is always sealed alike, and an answer's tag stays the same.
"""

import base64
import binascii
from hashlib import blake2b
from typing import Final

from couch_views.queries.pages import CURSOR_LENGTH_MAX, QueryError

_TAG_BYTES: Final = 16
_BLOCK_BYTES: Final = 64


class Seal:
    """Seals and opens texts with a key made of the secret."""

    def __init__(self, secret: bytes, purpose: bytes = b"seal") -> None:
        """What is sealed for one purpose is not opened for another; it has 16 bytes at most."""
        self._key = blake2b(secret, digest_size=32, person=purpose).digest()

    def close(self, text: str) -> str:
        """The text, sealed."""
        plain = text.encode()
        tag = self._tag(plain)
        return base64.urlsafe_b64encode(tag + self._hidden(plain, tag)).decode().rstrip("=")

    def open(self, cursor: str) -> str:
        """What was sealed; ``QueryError`` for whatever wasn't."""
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            sealed = b""
        tag, hidden = sealed[:_TAG_BYTES], sealed[_TAG_BYTES:]
        plain = self._hidden(hidden, tag)
        if len(cursor) > CURSOR_LENGTH_MAX or tag != self._tag(plain):
            raise QueryError("cursor", "not a cursor")
        return plain.decode()

    def _tag(self, plain: bytes) -> bytes:
        return blake2b(plain, key=self._key, digest_size=_TAG_BYTES, person=b"tag").digest()

    def _hidden(self, plain: bytes, tag: bytes) -> bytes:
        """The text hidden, and what was hidden as it was."""
        blocks = [self._mask(tag, at) for at in range(0, len(plain), _BLOCK_BYTES)]
        return bytes(byte ^ masked for byte, masked in zip(plain, b"".join(blocks), strict=False))

    def _mask(self, tag: bytes, at: int) -> bytes:
        digest = blake2b(tag, key=self._key, salt=at.to_bytes(8, "big"), person=b"mask")
        return digest.digest()
