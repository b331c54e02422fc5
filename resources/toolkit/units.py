"""Owns whole numbers that people write in a unit of theirs: 39 percent for 3900 ticks, 10.00 for 100000.

Never reads what a program sends: forms of ours say that their numbers are in units.
Called by the forms, and by resources that fill them in.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

_NOTE: Final = "x-form"
"""Where a shape says it, among what ``msgspec.Meta`` says for JSON Schema."""
_NUMBER: Final = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_MARKS: Final = "% "


class Unit(NamedTuple):
    """``scale`` of the whole numbers (a power of ten) are one of it; ``places_min`` are always shown."""

    scale: int
    places_min: int = 0


def on_forms(unit: Unit, title: str, hint: str) -> dict[str, object]:
    """What a shape says of a field whose form has it in a unit: ``Meta(extra_json_schema=...)``."""
    return {_NOTE: {**unit._asdict(), "title": title, "hint": hint}}


def unit_of(notes: Mapping[str, object]) -> Unit | None:
    """The unit that a field's notes name, if any."""
    noted = notes.get(_NOTE)
    return Unit(noted["scale"], noted["places_min"]) if isinstance(noted, Mapping) else None


def title_of(notes: Mapping[str, object]) -> str:
    """What the form calls the field, if its shape says."""
    noted = notes.get(_NOTE)
    return str(noted["title"] if isinstance(noted, Mapping) else notes.get("title", ""))


def hint_of(notes: Mapping[str, object]) -> str:
    """What the form says of the field."""
    noted = notes.get(_NOTE)
    return str(noted["hint"] if isinstance(noted, Mapping) else notes.get("description", ""))


def read_unit(text: str, unit: Unit) -> int | None:
    """The whole number that the text means in the unit; None if it doesn't mean one."""
    plain = "".join(text.split()).replace(",", "").rstrip(_MARKS)
    if _NUMBER.fullmatch(plain) is None:
        return None
    scaled = Decimal(plain) * unit.scale
    return int(scaled) if scaled == scaled.to_integral_value() else None


def write_unit(number: int, unit: Unit) -> str:
    """The number as people write it: 3950 ticks are ``39.5``."""
    whole, _, places = f"{Decimal(number) / unit.scale:f}".partition(".")
    places = places.ljust(unit.places_min, "0")
    return f"{whole}.{places}" if places else whole
