"""Owns the making of forms: from the shape of a command's body, or of a query, to inputs.

Never reads a form, never shows one.
Called by the decisions' representing, for pages.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import inspect

from resources.toolkit.browsers import TOKEN_FIELD
from resources.toolkit.form_input import KEPT_FIELD, KEY_FIELD, METHOD_FIELD, UNITS_FIELD
from resources.toolkit.form_words import in_words
from resources.toolkit.resource import Method
from resources.toolkit.shapes import ShapeField, fields_of_shape, fields_of_struct, item_type
from resources.toolkit.units import Unit, hint_of, title_of, unit_of, write_unit
from resources.toolkit.view import Button, Choice, Field, Form, FormUse

ROWS: Final = 4
"""Empty rows that are offered where there may be several."""
_IN_A_ROW: Final = re.compile(r"(.+)\[([0-9]+)\]\.(.+)")
_PAGING: Final = frozenset({"cursor"})
_SIMPLE_KINDS: Final[tuple[tuple[type[inspect.Type], str], ...]] = (
    (inspect.IntType, "number"),
    (inspect.BoolType, "checkbox"),
    (inspect.DateTimeType, "datetime-local"),
)


class Kept(msgspec.Struct, frozen=True):
    """What a form knew of the page that it stood on, in a field of its own."""

    fixed: tuple[str, ...] = ()
    choices: Mapping[str, tuple[Choice, ...]] = {}
    title: str = ""
    path: str = ""
    """Where its own button sends it, if it has others."""
    buttons: tuple[Button, ...] = ()


def command_form(method: Method, use: FormUse, token: str, errors: Mapping[str, str] | None = None) -> Form:
    """The form for a command; ``errors`` are what was wrong with it last time, by field."""
    shape = method.parse_query.shape if method.body is None else method.body.form
    hidden = {METHOD_FIELD: use.method} if use.method != "POST" else {}
    if method.idempotent_key:
        hidden[KEY_FIELD] = secrets.token_hex(16)
    if kept := _kept(use):
        hidden[KEPT_FIELD] = kept
    if in_units := [field.name for field in fields_of_shape(shape) if unit_of(field.notes) is not None]:
        hidden[UNITS_FIELD] = ",".join(in_units)
    fields = _fields(fields_of_shape(shape), use, errors or {}, "")
    shown = [field for field in fields if field.name not in use.fixed]
    return Form(
        use.path,
        "post",
        use.title or method.summary,
        {TOKEN_FIELD: token, **hidden, **use.fixed},
        shown,
        use.buttons,
    )


def form_again(use: FormUse, kept: str) -> FormUse:
    """The form as it was shown before, with the values that were sent."""
    try:
        before = msgspec.json.decode(kept, type=Kept)
    except msgspec.DecodeError:
        return use
    fixed = {name: use.values[name] for name in before.fixed if name in use.values}
    return use._replace(
        path=before.path or use.path,
        fixed=fixed,
        choices=before.choices,
        title=before.title,
        buttons=before.buttons,
    )


def _kept(use: FormUse) -> str:
    kept = Kept(
        tuple(use.fixed),
        {name: tuple(each) for name, each in use.choices.items()},
        use.title,
        use.path if use.buttons else "",
        tuple(use.buttons),
    )
    return "" if kept == Kept() else msgspec.json.encode(kept).decode()


def filter_form(method: Method, path: str, given: Mapping[str, str], title: str) -> Form | None:
    """The form for what a list can be asked for; none if there is nothing."""
    use = FormUse("GET", "", path, values=given)
    fields = _fields(fields_of_shape(method.parse_query.shape), use, {}, "")
    shown = [field for field in fields if field.name not in _PAGING]
    return Form(path, "get", title, {}, shown) if shown else None


def _fields(shape: Sequence[ShapeField], use: FormUse, errors: Mapping[str, str], prefix: str) -> list[Field]:
    made: list[Field] = []
    for field in shape:
        name = prefix + field.name
        item = item_type(field.type)
        if isinstance(item, inspect.StructType):
            for row in range(_rows(name, field, use.values)):
                inner = _fields(fields_of_struct(item), use, errors, f"{name}[{row}].")
                # One may be left out: only the first row has to be there.
                made += [
                    each._replace(required=each.required and row == 0 and field.required) for each in inner
                ]
        elif isinstance(field.type, inspect.StructType):
            made += _fields(fields_of_struct(field.type), use, errors, f"{name}.")
        else:
            made.append(_field(field, name, use, errors.get(name, "")))
    return made


def _rows(name: str, field: ShapeField, values: Mapping[str, str]) -> int:
    most = getattr(field.type, "max_length", None) or ROWS
    given = sum(1 for value in values if value.startswith(f"{name}["))
    return min(int(most), given + ROWS)


def _field(field: ShapeField, name: str, use: FormUse, error: str) -> Field:
    choices = use.choices.get(name) or _choices(field)
    notes, unit = field.notes, unit_of(field.notes)
    label = title_of(notes) or _label(name)
    return Field(
        name,
        label.removesuffix(" id") if choices else label,
        _kind(field, choices),
        field.required,
        use.values.get(name, ""),
        hint_of(notes),
        in_words(error, unit),
        _limits(field.type, unit),
        choices,
    )


def _kind(field: ShapeField, choices: Sequence[Choice]) -> str:
    if choices:
        return "several" if item_type(field.type) is not None else "select"
    if "password" in field.name:
        return "password"
    if field.notes.get("lines") or _takes_lines(field.type):
        return "lines"
    return next((name for kind, name in _SIMPLE_KINDS if isinstance(field.type, kind)), "text")


def _takes_lines(kind: inspect.Type) -> bool:
    """Whether a text may have several lines: its pattern says so."""
    pattern = kind.pattern if isinstance(kind, inspect.StrType) else None
    return pattern is not None and re.search(pattern, "one\nanother") is not None


def _choices(field: ShapeField) -> Sequence[Choice]:
    kind = item_type(field.type) or field.type
    if isinstance(kind, inspect.EnumType):
        values = [str(member.value) for member in kind.cls]
    elif isinstance(kind, inspect.LiteralType):
        values = [str(value) for value in kind.values]
    else:
        return ()
    return [Choice(value, _label(value)) for value in values]


def _limits(kind: inspect.Type, unit: Unit | None) -> dict[str, str]:
    if isinstance(kind, inspect.IntType):
        bounds = {name: value for name, value in (("min", kind.ge), ("max", kind.le)) if value is not None}
        if unit is None:
            return {name: str(value) for name, value in bounds.items()}
        return {name: write_unit(value, unit) for name, value in {**bounds, "step": 1}.items()}
    if isinstance(kind, inspect.StrType):
        lengths = (("minlength", kind.min_length), ("maxlength", kind.max_length))
        return {name: str(value) for name, value in lengths if value is not None}
    return {}


def _label(name: str) -> str:
    """The name in words; of one of several: ``Contract 2, name``."""
    if (row := _IN_A_ROW.fullmatch(name)) is not None:
        return f"{_label(row[1]).removesuffix('s')} {int(row[2]) + 1}, {_label(row[3]).lower()}"
    return name.rpartition(".")[2].removesuffix("_datetime").replace("_", " ").capitalize()
