"""Owns certificates made for a test: a key, what it signs for itself, and files that are no good.

Never lasts longer than its test.
Called by the tests of what needs TLS.
"""

from pathlib import Path
from typing import NamedTuple

import trustme


class Pair(NamedTuple):
    """Two files in PEM form."""

    certificate: Path
    key: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"CREDENCE_TLS_CERT": str(self.certificate), "CREDENCE_TLS_KEY": str(self.key)}


def make_pair(folder: Path, name: str = "exchange.example") -> Pair:
    """A certificate with its chain, signed by an authority that nobody knows, and its key."""
    folder.mkdir(exist_ok=True)
    pair = Pair(folder / "chain.pem", folder / "key.pem")
    issued = trustme.CA().issue_cert(name)
    pair.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(pair.key))
    return pair
