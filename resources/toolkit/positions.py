"""Owns positions as clients see them: ``accounts-1:812,markets-0:77``, opaque, one number a stream.

Never says whether a position is reached.
Called by the toolkit (headers) and by resources (to wait for a position).
"""

import re
from collections.abc import Mapping
from typing import Final

from resources.toolkit.http import HttpRequest
from resources.toolkit.problems import invalid

Position = Mapping[str, int]
"""Streams -> sequences."""

HEADER: Final = "x-credence-position"
WANTED_HEADER: Final = "x-credence-min-position"
_POSITION: Final = re.compile(r"([a-z]+-[0-9]{1,2}):([0-9]{1,18})")
_WAIT: Final = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?([0-9]{1,9})\"?(?:$|[,;\s])", re.IGNORECASE)


def format_position(position: Position) -> str:
    return ",".join(f"{stream}:{position[stream]}" for stream in sorted(position))


def parse_position(text: str) -> dict[str, int]:
    """The position that a client sends back; ``ValueError`` if it never came from here."""
    position: dict[str, int] = {}
    for part in text.replace(" ", "").split(","):
        if (match := _POSITION.fullmatch(part)) is None:
            message = "this is no position that was given out here"
            raise ValueError(message)
        position[match[1]] = int(match[2])
    return position


def covers(reached: Position, wanted: Position) -> bool:
    """Whether a reader that stands at ``reached`` has seen all of ``wanted``."""
    return all(reached.get(stream, 0) >= sequence for stream, sequence in wanted.items())


def wanted_position(request: HttpRequest) -> dict[str, int]:
    """The position that the client wants to see at least; empty if it doesn't say."""
    text = request.headers.get(WANTED_HEADER)
    if text is None:
        return {}
    try:
        return parse_position(text)
    except ValueError as error:
        raise invalid("X-Credence-Min-Position", str(error)) from None


def wanted_wait_s(request: HttpRequest) -> int:
    """The seconds of ``Prefer: wait=N``; 0 without it."""
    match = _WAIT.search(request.headers.get("prefer", ""))
    return 0 if match is None else int(match[1])
