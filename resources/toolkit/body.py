"""Owns the reading of a request's body: its type, from bytes to a value, from a value to a shape.

Never reads from a connection; never changes a value on the way.
Called by the decisions, and by resources, which declare bodies.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

import msgspec
import orjson

from resources.toolkit.fields import NO_KINDS, Kinds, check
from resources.toolkit.problems import UNREADABLE, ProblemError

BodyT_co = TypeVar("BodyT_co", covariant=True)
ShapeT = TypeVar("ShapeT")
Parse = Callable[[object], BodyT_co]
"""Makes a checked body of parsed JSON; raises ``ProblemError`` naming the field."""

MEDIA_TYPE: Final = "application/json"
FORM_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"


class Body(msgspec.Struct, Generic[BodyT_co], frozen=True):
    """What a method takes: ``shape`` says what it looks like, ``parse`` checks and understands it.

    ``form`` is the part of the shape that a form asks for.
    """

    shape: object
    parse: Parse[BodyT_co]
    form: type[msgspec.Struct]


def body_of(shape: type[ShapeT], kinds: Kinds = NO_KINDS) -> Body[ShapeT]:
    """A body that looks like this Struct, and is taken as it is."""
    assert issubclass(shape, msgspec.Struct)
    return Body(shape, lambda value: check(value, shape, kinds=kinds), shape)


def parsed_body(
    shape: object, parse: Parse[BodyT_co], form: type[msgspec.Struct] | None = None
) -> Body[BodyT_co]:
    """A body that ``parse`` makes something of; ``form`` where the shape is not one Struct."""
    if form is None:
        assert isinstance(shape, type)
        assert issubclass(shape, msgspec.Struct)
        form = shape
    return Body(shape, parse, form)


def media_type_of(content_type: str) -> str:
    """The type without its parameters, in lower case; empty if there is none."""
    return content_type.partition(";")[0].strip().lower()


def read_json(body: bytes) -> object:
    """The body's JSON; raises 400."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # orjson's own limit on nesting, its refusal of NaN and of broken UTF-8 end here as well.
        raise ProblemError(UNREADABLE, f"The body is not JSON: {error.msg}.") from None
