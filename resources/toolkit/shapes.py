"""Owns what a shape says of its fields, read once: types, ranges, whether they may be left out.

Never checks a value: msgspec does, by the same shape.
Called by the forms, from shape to inputs and from inputs to a value.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec
from msgspec import inspect

_SHAPES_MAX: Final = 1_000


class ShapeField(NamedTuple):
    """One field. ``type`` is without ``None``, without what stands for left out, and without metadata."""

    name: str
    type: inspect.Type
    required: bool
    nullable: bool
    notes: Mapping[str, object]
    """What ``msgspec.Meta`` says for JSON Schema: title, description, examples, and ``lines`` of our own."""


@lru_cache(_SHAPES_MAX)
def fields_of_shape(shape: type[msgspec.Struct]) -> tuple[ShapeField, ...]:
    """The fields of a Struct, in their order."""
    kind = inspect.type_info(shape)
    assert isinstance(kind, inspect.StructType)
    return fields_of_struct(kind)


def fields_of_struct(kind: inspect.StructType) -> tuple[ShapeField, ...]:
    return tuple(_field(field) for field in kind.fields)


def is_text(kind: inspect.Type) -> bool:
    """Whether a value may be written as any text: also where a number would do as well."""
    return isinstance(kind, inspect.StrType) or (
        isinstance(kind, inspect.UnionType) and any(isinstance(each, inspect.StrType) for each in kind.types)
    )


def item_type(kind: inspect.Type) -> inspect.Type | None:
    """The type of each value where there are several."""
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        return _bare(kind.item_type)
    return None


def _field(field: inspect.Field) -> ShapeField:
    notes: dict[str, object] = {}
    kind, nullable = _without_none(_bare(field.type, notes), notes)
    return ShapeField(field.encode_name, kind, field.required, nullable, notes)


def _bare(kind: inspect.Type, notes: dict[str, object] | None = None) -> inspect.Type:
    while isinstance(kind, inspect.Metadata):
        if notes is not None:
            notes.update(kind.extra_json_schema or {})
        kind = kind.type
    return kind


def _without_none(kind: inspect.Type, notes: dict[str, object]) -> tuple[inspect.Type, bool]:
    if not isinstance(kind, inspect.UnionType):
        return kind, False
    types = [_bare(each, notes) for each in kind.types]
    left = tuple(each for each in types if not isinstance(each, inspect.NoneType))
    return left[0] if len(left) == 1 else inspect.UnionType(left), len(left) < len(types)
