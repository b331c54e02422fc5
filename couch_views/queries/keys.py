"""Owns how values are written in the keys of views, on the reading side.

Never differs from the map functions under couch_views/designs/lists, which write the same keys.
Called by the other modules of this package.
"""

from typing import Final

from couch_views.formats import format_time
from couch_views.shapes import ID_DIGITS

ANY: Final = "0"
"""In place of a value: whichever it is."""


def key_digits(number: int) -> str:
    return str(number).rjust(ID_DIGITS, "0")


def key_text(text: str) -> str:
    """Any text in hex of its UTF-16, because ICU sorts (and equates) texts in ways of its own."""
    return text.encode("utf-16-be").hex()


def key_time(time: int) -> str:
    """Microseconds since 1970 as the 20 digits of the year, month ... microsecond."""
    return "".join(filter(str.isdigit, format_time(time)))
