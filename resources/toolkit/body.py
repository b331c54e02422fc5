"""Owns the reading of a request's body: type, JSON, shape, in that order.

Never reads from a connection; never changes a value on the way.
Called by the decisions of toolkit/answering.py.
"""

from collections.abc import Callable
from typing import Final, TypeVar

import orjson

from resources.toolkit.fields import NO_KINDS, Kinds, check
from resources.toolkit.http import HttpRequest
from resources.toolkit.problems import UNREADABLE, UNSUPPORTED_MEDIA_TYPE, ProblemError

T = TypeVar("T")
Parse = Callable[[object], T]
"""Makes a checked body of parsed JSON; raises ``ProblemError`` naming the field."""

MEDIA_TYPE: Final = "application/json"


def body_of(shape: type[T], kinds: Kinds = NO_KINDS) -> Parse[T]:
    """The parser of bodies that look like this shape."""
    return lambda value: check(value, shape, kinds=kinds)


def read_json(request: HttpRequest) -> object:
    """The body's JSON. Raises 415 or 400; that the body is whole was decided before."""
    body = request.body
    assert body is not None
    if body:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != MEDIA_TYPE:
            raise ProblemError(
                UNSUPPORTED_MEDIA_TYPE,
                f"The body must be {MEDIA_TYPE}, not {media_type or 'of an unnamed type'}.",
                headers={"accept-post": MEDIA_TYPE} if request.method == "POST" else {"accept": MEDIA_TYPE},
            )
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # orjson's own limit on nesting, its refusal of NaN and of broken UTF-8 end here as well.
        raise ProblemError(UNREADABLE, f"The body is not JSON: {error.msg}.") from None
