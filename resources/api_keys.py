"""Owns API keys as texts: how one is made, what it says of itself, and the digest that is kept of it.

Never keeps a key; a digest leads nowhere without the installation's secret.
Called by the resource that makes keys, and by the authority, which believes them.

A key is ``credence_``, its id, and 256 bits of chance: nothing that could be guessed, so its digest is a fast
one, unlike that of a password.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from hashlib import blake2b
from secrets import token_bytes
from typing import Final, NamedTuple

PREFIX: Final = "credence_"
_SECRET_BYTES: Final = 32
_KEY: Final = re.compile(rf"{PREFIX}([1-9][0-9]{{0,18}})_([A-Za-z0-9_-]{{43}})")


class ApiKeyText(NamedTuple):
    """What a key says: its id, and its secret, which nobody else has."""

    api_key_id: int
    secret: str

    def __repr__(self) -> str:
        return f"ApiKeyText({self.api_key_id})"

    @property
    def text(self) -> str:
        return f"{PREFIX}{self.api_key_id}_{self.secret}"


class ApiKeyMaker:
    """Makes secrets and their digests; ``secret`` is the installation's."""

    def __init__(self, secret: bytes) -> None:
        self._digest_key = blake2b(secret, digest_size=32, person=b"api key digest").digest()
        self._secret_key = blake2b(secret, digest_size=32, person=b"api key secret").digest()

    def new_secret(self, session: tuple[int, int], idempotency_key: str | None) -> str:
        """The secret of a new key, from chance.

        Where the client sent an idempotency key it is made from that, so that the same request is answered
        alike however often it is sent; ``session`` is the member's account and session's generation.
        """
        if idempotency_key is None:
            return _written(token_bytes(_SECRET_BYTES))
        account_id, generation = session
        asked = f"{account_id}\n{generation}\n{idempotency_key}".encode()
        return _written(blake2b(asked, digest_size=_SECRET_BYTES, key=self._secret_key).digest())

    def digest(self, secret: str) -> str:
        """What an account keeps of a key, in hex."""
        return blake2b(secret.encode(), digest_size=32, key=self._digest_key).hexdigest()

    def matches(self, secret: str, digest: str) -> bool:
        """Whether the digest is this secret's; takes the same time whatever they are."""
        return hmac.compare_digest(self.digest(secret), digest)


def read_api_key(text: str) -> ApiKeyText | None:
    """What a key says of itself; None for what can't be one."""
    match = _KEY.fullmatch(text)
    return None if match is None else ApiKeyText(int(match[1]), match[2])


def _written(secret: bytes) -> str:
    return urlsafe_b64encode(secret).rstrip(b"=").decode()
