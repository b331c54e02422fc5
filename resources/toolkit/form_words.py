"""Owns how a page says what is wrong with an input: in words for people, where the API speaks of types.

Never decides that something is wrong.
Called by toolkit/forms.py.
"""

import re
from typing import Final

from resources.toolkit.units import Unit, write_unit

_BOUND: Final = re.compile(r"Expected `int` (>=|<=) (-?\d+)")
_WORDS: Final = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"Expected `int`.*", "A whole number is needed."),
        (r"Expected `str` of length >= (\d+)", r"At least \1 characters are needed."),
        (r"Expected `str` of length <= (\d+)", r"At most \1 characters are possible."),
        (
            r"Expected `str` matching regex .*",
            "Some of these characters can't stand here, or there are none.",
        ),
        (r"Expected `array` of length >= (\d+)", r"At least \1 of them are needed."),
        (r"Expected `array` of length <= (\d+)", r"At most \1 of them are possible."),
        (r"Invalid RFC3339 encoded datetime", "A date and a time are needed."),
        (r"Invalid enum value .*", "This can't be chosen."),
        (r"is missing", "This is needed."),
    )
)


def in_words(message: str, unit: Unit | None = None) -> str:
    """The message for people; one that isn't about types stays as it is. ``unit`` is that of the input."""
    if (bound := _BOUND.fullmatch(message)) is not None:
        number = bound[2] if unit is None else write_unit(int(bound[2]), unit)
        return f"At least {number} is needed." if bound[1] == ">=" else f"At most {number} is possible."
    if unit is not None and message.startswith("Expected `int`"):
        return f"A number is needed, in steps of {write_unit(1, unit)}."
    for pattern, words in _WORDS:
        if (match := pattern.fullmatch(message)) is not None:
            return match.expand(words)
    return message
