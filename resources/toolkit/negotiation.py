"""Owns content negotiation: which of the representations that there are a client likes best.

Never makes a representation.
Called by the decisions.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from falcon import mediatypes
from falcon.errors import InvalidMediaRange, InvalidMediaType

from actors.machines import limits
from resources.toolkit.view import Representation

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
FORMAT_PARAMETER: Final = "format"
_ANYTHING: Final = frozenset({"", "*/*"})


def choose(
    representations: Sequence[Representation], accept: str, wanted: str | None
) -> Representation | None:
    """The representation that the URL wants by name, or the one that ``Accept`` likes best.

    The first of them for who likes several as much; none for who likes none, or can't say it right.
    """
    if wanted is not None:
        return next((each for each in representations if each.name == wanted), None)
    if accept in _ANYTHING:
        return representations[0]
    best = _best(tuple(each.media_type for each in representations), accept)
    return None if best is None else representations[best]


def wanted_format(query_string: str) -> str | None:
    """The representation that the URL itself asks for, by name."""
    if FORMAT_PARAMETER not in query_string:
        return None
    for part in query_string.split("&"):
        name, _, value = part.partition("=")
        if name == FORMAT_PARAMETER and value:
            return value
    return None


@lru_cache(limits.ACCEPTS_REMEMBERED_MAX)
def _best(media_types: tuple[str, ...], accept: str) -> int | None:
    """Which of these types is liked best. A client that understands JSON's problems understands JSON."""
    offered = [media_type.partition(";")[0] for media_type in media_types]
    if "application/json" in offered:
        offered.append(PROBLEM_MEDIA_TYPE)
    try:
        best = mediatypes.best_match(offered, accept.lower())
    except (InvalidMediaRange, InvalidMediaType):
        return None
    if not best:
        return None
    return offered.index("application/json" if best == PROBLEM_MEDIA_TYPE else best)
