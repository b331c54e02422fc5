"""Owns how times and average prices are written in documents and in the API.

Never formats money: that is actors.machines.money. Never rounds anything that is traded.
Called by the projection, the queries and resources.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

AVERAGE_PLACES_MIN: Final = 2
AVERAGE_PLACES_MAX: Final = 4


def format_time(time: int) -> str:
    """Microseconds since 1970 as RFC 3339 in UTC: ``format_time(0) == "1970-01-01T00:00:00.000000Z"``.

    Always 27 characters, so that texts sort as the times do. Defined from 0 to ``limits.TIME_US_MAX``.
    """
    seconds, microseconds = divmod(time, 1_000_000)
    return f"{_format_seconds(seconds)}.{microseconds:06d}Z"


def format_average_price(value: int, quantity: int) -> str | None:
    """The average price of fills in ticks, a decimal string; None if nothing was executed.

    ``value`` is the sum of price x quantity. Shown to four places (half up), at least two:
    ``format_average_price(10, 3) == "3.3333"``, ``format_average_price(10, 2) == "5.00"``.
    """
    if not quantity:
        return None
    scaled = (2 * value * 10**AVERAGE_PLACES_MAX + quantity) // (2 * quantity)
    whole, fraction = divmod(scaled, 10**AVERAGE_PLACES_MAX)
    digits = f"{fraction:0{AVERAGE_PLACES_MAX}d}".rstrip("0").ljust(AVERAGE_PLACES_MIN, "0")
    return f"{whole}.{digits}"


# The events of a batch share a few seconds; a calendar's arithmetic is the dear part.
@lru_cache(maxsize=1024)
def _format_seconds(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
