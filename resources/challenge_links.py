"""Owns the links by which anyone may be challenged: a key that only the exchange can make of a challenge.

Never keeps a key: it is computed from the installation's secret whenever it is asked for.
Called by the resources of challenges.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import Annotated, Final

import msgspec

_KEY_BYTES: Final = 24

LinkKey = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z0-9_-]{32}\\Z",
        description="From the link of a challenge that names no opponent.",
        examples=["q4HkR0mT2bVd8XsWc1ZpYf7LnJ3uEa9g"],
    ),
]


class ChallengeLinks:
    """Makes and checks keys; ``secret`` is the installation's."""

    def __init__(self, secret: bytes) -> None:
        self._key = blake2b(secret, digest_size=32, person=b"challenge link").digest()

    def key_of(self, challenge_id: int) -> str:
        """The key of a challenge's link: 192 bits that nobody guesses."""
        digest = blake2b(str(challenge_id).encode(), digest_size=_KEY_BYTES, key=self._key).digest()
        return urlsafe_b64encode(digest).decode()

    def opens(self, challenge_id: int, key: str | None) -> bool:
        """Whether this is the challenge's key; takes the same time whatever it is."""
        return hmac.compare_digest(self.key_of(challenge_id), key or "")

    def link_to(self, challenge_id: int) -> str:
        """What the challenger gives away: a reference relative to the host."""
        return f"/v3/challenges/{challenge_id}/?key={self.key_of(challenge_id)}"
