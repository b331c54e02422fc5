"""Owns the reading of forms: from ``name=value`` pairs to the value that the same command takes as JSON.

Never checks anything that the shape checks: a text that can't be a number stays a text, and is refused there.
Called by the decisions.

``contracts[0].name`` is the name of the first contract; rows left empty are left out. An empty input is left
out too, unless the field takes an empty text and can't be null.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

import msgspec
from msgspec import inspect

from actors.machines import limits
from resources.toolkit.problems import UNREADABLE, ProblemError
from resources.toolkit.shapes import ShapeField, fields_of_shape, fields_of_struct, is_text, item_type
from resources.toolkit.units import Unit, read_unit, unit_of

METHOD_FIELD: Final = "_method"
"""The field that says which method a form means."""
KEY_FIELD: Final = "_key"
"""The field that is a form's ``Idempotency-Key``: sent twice, it is carried out once."""
KEPT_FIELD: Final = "_kept"
"""The field that keeps how a form was shown, for when it has to be shown again."""
UNITS_FIELD: Final = "_units"
"""The field that names those whose numbers are in units of people; without it they are the API's."""
Fields = dict[str, list[str]]

_INTEGER: Final = re.compile(r"-?[0-9]{1,30}")
_LOCAL_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?")
_TRUE: Final = frozenset({"true", "on", "1"})


def read_fields(body: bytes) -> Fields:
    """The fields of a form, blank ones too; raises 400."""
    try:
        return parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=limits.FORM_FIELDS_MAX,
        )
    except ValueError:
        raise ProblemError(UNREADABLE, "The body is not a form.") from None


def tree_of(fields: Fields, shape: type[msgspec.Struct]) -> dict[str, object]:
    """What the form says, as JSON would say it; names that the shape doesn't know stay, to be refused."""
    left = dict(fields)
    in_units = left.pop(UNITS_FIELD, [""])[-1].split(",")
    for field in fields_of_shape(shape):
        unit = unit_of(field.notes)
        if unit is not None and field.name in in_units and field.name in left:
            left[field.name] = [_whole(text, unit) for text in left[field.name]]
    tree = _struct(fields_of_shape(shape), left, "")
    return {**{name: values[-1] for name, values in left.items()}, **tree}


def _whole(text: str, unit: Unit) -> str:
    number = read_unit(text, unit)
    return text if number is None else str(number)


def _struct(shape: tuple[ShapeField, ...], left: Fields, prefix: str) -> dict[str, object]:
    tree: dict[str, object] = {}
    for field in shape:
        value = _value(field, left, prefix + field.name)
        if value is not None:
            tree[field.name] = value
    return tree


def _value(field: ShapeField, left: Fields, name: str) -> object:
    """None: the field is left out."""
    item = item_type(field.type)
    if isinstance(item, inspect.StructType):
        return _rows(fields_of_struct(item), left, name) or None
    if item is not None:
        texts = [text for text in left.pop(name, []) if text]
        return [_scalar(item, text) for text in texts] or None
    if isinstance(field.type, inspect.StructType):
        return _struct(fields_of_struct(field.type), left, f"{name}.") or None
    if name not in left:
        return None
    text = left.pop(name)[-1]
    if not text and (field.nullable or not _takes_nothing(field.type)):
        return None
    return _scalar(field.type, text)


def _rows(shape: tuple[ShapeField, ...], left: Fields, name: str) -> list[dict[str, object]]:
    numbers = {int(number) for given in left if (number := _row_number(name, given)) is not None}
    rows = (_struct(shape, left, f"{name}[{number}].") for number in sorted(numbers))
    return [row for row in rows if row]


def _row_number(name: str, given: str) -> str | None:
    match = re.match(rf"{re.escape(name)}\[([0-9]{{1,4}})\]\.", given)
    return None if match is None else match[1]


def _takes_nothing(kind: inspect.Type) -> bool:
    if not isinstance(kind, inspect.StrType) or kind.min_length:
        return False
    return kind.pattern is None or re.search(kind.pattern, "") is not None


def _scalar(kind: inspect.Type, text: str) -> object:
    if is_text(kind):
        # Browsers send a new line as two characters.
        return text.replace("\r\n", "\n")
    if isinstance(kind, inspect.IntType) and _INTEGER.fullmatch(text):
        return int(text)
    if isinstance(kind, inspect.BoolType):
        return text.lower() in _TRUE
    return zoned(text) if isinstance(kind, inspect.DateTimeType) else text


def zoned(text: str) -> str:
    """A time with its zone: a browser's input for times knows none, and the page says that ours is UTC."""
    match = _LOCAL_TIME.fullmatch(text)
    if match is None:
        return text
    return f"{text}Z" if match[1] else f"{text}:00Z"


def filled_in(fields: Mapping[str, list[str]]) -> dict[str, str]:
    """What was filled in, to be shown again; several values with commas between."""
    return {name: ",".join(values) for name, values in fields.items()}
