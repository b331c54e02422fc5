"""Owns content negotiation: whether a client takes what there is.

Never makes a representation.
Called by the decisions of toolkit/answering.py.
"""

from typing import Final

from falcon import mediatypes
from falcon.errors import InvalidMediaRange, InvalidMediaType

from resources.toolkit.http import HttpRequest
from resources.toolkit.problems import NOT_ACCEPTABLE, ProblemError

OFFERED: Final = ("application/json", "application/problem+json")
_ALWAYS: Final = frozenset({"", "*/*", "application/json"})


def require_acceptable(request: HttpRequest) -> None:
    """Raises 406 if nothing that is offered can be accepted; an unreadable ``Accept`` accepts nothing."""
    accept = request.headers.get("accept", "")
    if accept in _ALWAYS:
        return
    try:
        if mediatypes.best_match(OFFERED, accept.lower()):
            return
    except (InvalidMediaRange, InvalidMediaType):
        pass
    raise ProblemError(NOT_ACCEPTABLE, f"This is here as {OFFERED[0]}.")
