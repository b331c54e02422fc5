"""Owns the checking of input against a shape, and the naming of the field that is wrong.

Never says which shapes there are: each resource declares its own, as msgspec Structs.
Called by toolkit/body.py, toolkit/query.py and resources that read texts inside fields.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

import msgspec

from resources.toolkit.problems import INVALID_FIELD, ProblemKind, invalid

T = TypeVar("T")
Kinds = Mapping[str, ProblemKind]
"""Fields whose violation has a kind of its own: ``{"price": invalid-price}``."""

NO_KINDS: Final[Kinds] = MappingProxyType({})
WHOLE: Final = "body"
"""The field that is named when the input as a whole has the wrong type."""

_NAMED_FIELD: Final = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)


class Shape(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a body may look like. Subclasses declare fields with their types and ranges."""


def check(value: object, shape: type[T], *, strict: bool = True, kinds: Kinds = NO_KINDS) -> T:
    """The value as the shape; raises ``ProblemError`` naming the field.

    Integers never come from strings, floats or booleans unless ``strict`` is false, which is for
    query parameters.
    """
    try:
        return msgspec.convert(value, shape, strict=strict)
    except msgspec.ValidationError as error:
        field, message = _located(str(error))
        raise invalid(field, message, kinds.get(field, INVALID_FIELD)) from None


def matches(value: object, shape: object) -> bool:
    """Whether the value is one of the shape's."""
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError:
        return False
    return True


def parse_field(field: str, parse: Callable[[str], T], text: str) -> T:
    """What ``parse`` makes of a text in a field; its ``ValueError`` becomes a problem naming the field."""
    try:
        return parse(text)
    except ValueError as error:
        raise invalid(field, str(error)) from None


def _located(message: str) -> tuple[str, str]:
    # msgspec writes "Expected `int`, got `str` - at `$.contracts[0].price`"; of a missing or unknown
    # field it gives the path of the object around it.
    text, _, path = message.partition(" - at `$")
    path = path.rstrip("`").lstrip(".")
    if (named := _NAMED_FIELD.fullmatch(text)) is None:
        return path or WHOLE, text
    missing = named[1].startswith("missing")
    field = f"{path}.{named[2]}" if path else named[2]
    return field, "is missing" if missing else "is not known here"
