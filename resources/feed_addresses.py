"""Owns the addresses of private feeds: made of whose it is, its number and a secret; kept nowhere.

Never knows which address is one now: its member's social stream does.
Called by the resources of private feeds.
"""

import base64
import hmac
from typing import Final, NamedTuple

from resources.toolkit.identities import one_identity
from resources.toolkit.problems import ProblemError

PLACE: Final = "/v3/feeds/"
_PURPOSE: Final = b"the address of a private feed"
_DIGEST: Final = "sha256"


class FeedAddress(NamedTuple):
    """What the last part of an address says: whose it is, and that we have made it."""

    account_id: int
    proof: str

    @property
    def text(self) -> str:
        return f"{self.account_id}-{self.proof}"


class FeedAddresses:
    """Makes addresses, and knows those that it made."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, _PURPOSE, _DIGEST)

    def path(self, account_id: int, generation: int) -> str:
        """Where the private feed is."""
        return f"{PLACE}{FeedAddress(account_id, self._proof(account_id, generation)).text}/"

    def proves(self, address: FeedAddress, generation: int) -> bool:
        """Whether it is the address of this generation; how long this takes tells nothing."""
        proof = self._proof(address.account_id, generation)
        return hmac.compare_digest(proof.encode(), address.proof.encode())

    def _proof(self, account_id: int, generation: int) -> str:
        digest = hmac.digest(self._key, f"{account_id}.{generation}".encode(), _DIGEST)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def read_address(text: str) -> FeedAddress | None:
    """What somebody shows as an address; ``None`` if it can't be one."""
    number, _, proof = text.partition("-")
    try:
        return FeedAddress(one_identity(number), proof)
    except ProblemError:
        return None
