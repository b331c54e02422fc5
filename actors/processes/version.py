"""Owns the version of what processes say to each other and write: two that differ in it don't work together.

Never has to be raised by hand, so it can't be forgotten: it is made of the code that it is the version of.
Called wherever processes meet: the file that leads to the tree, a child's start, a gateway's subscription and
the directory it gets, a claim at the door between machines. What they say then needs no version of its own.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from actors.machines import messages
from rabbit import frame
from rabbit.log import FORMAT_VERSION

_HERE: Final = Path(__file__).parent
SOURCES: Final = (
    *sorted(Path(messages.__file__).parent.glob("*.py")),
    _HERE / "protocol.py",
    _HERE / "door_messages.py",
    Path(frame.__file__),
)
"""What the messages of machines, of processes and of doors are, and what a record is."""


class OtherVersionError(Exception):
    """Who was met is of another version; the message says of which, for the operator."""


def version_of(sources: Iterable[Path]) -> str:
    """The format of records, and a digest of the code: any change of it is another version."""
    digest = hashlib.sha256(b"\0".join(source.read_bytes() for source in sources))
    return f"{FORMAT_VERSION}-{digest.hexdigest()[:8]}"


VERSION: Final = version_of(SOURCES)


def require_same(version: str, who: str) -> None:
    """Raises ``OtherVersionError`` about ``who``, the subject of a sentence, if the version is not ours."""
    if version != VERSION:
        raise OtherVersionError(
            f"{who} of version {version or 'unknown'}, this process of {VERSION}: they don't work together."
            " Stop the exchange and start it again, so that all of it is of one version"
        )
