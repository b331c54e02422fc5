"""Owns money: how it is written and read, and the one place that rounds (commission).

Never a float; inside the exchange money is an integer of 1/10^8 of a currency unit.
Called by the account machine (commission), the projection (to write) and the web (to read).
"""

from decimal import ROUND_DOWN, Decimal
from typing import Final

from actors.machines import limits

_TEXT_LENGTH_MAX: Final = 32
_PLACES_MIN: Final = 2
_PLACES_MAX: Final = len(str(limits.MONEY_SCALE)) - 1
_COMMISSION_PLACES: Final = len(str(limits.COMMISSION_SCALE)) - 1


def format_money(units: int) -> str:
    """Money as the API writes it: exact, at least two places. ``format_money(9975000000) == "99.75"``."""
    return _format_scaled(units, _PLACES_MAX, _PLACES_MIN)


def parse_money(text: str) -> int:
    """Money from a decimal string, in 1/10^8; ``ValueError`` for anything else, or finer than that."""
    return _parse_scaled(text, _PLACES_MAX)


def format_commission(rate: int) -> str:
    """A commission rate of 1/10000 as a decimal string: ``format_commission(200) == "0.02"``."""
    return _format_scaled(rate, _COMMISSION_PLACES, _PLACES_MIN)


def parse_commission(text: str) -> int:
    """A commission rate in 1/10000 from a decimal string; ``ValueError`` if it isn't one."""
    return _parse_scaled(text, _COMMISSION_PLACES)


def commission_on(result: int, rate: int) -> int:
    """What the exchange keeps of a member's result in one market: the rate on a win, nothing on a loss.

    Rounded down to the unit (1/10^8), in the member's favour; nothing else in the exchange rounds.
    """
    if result <= 0:
        return 0
    share = Decimal(result) * Decimal(rate).scaleb(-_COMMISSION_PLACES)
    return int(share.to_integral_value(ROUND_DOWN))


def _format_scaled(units: int, places: int, places_min: int) -> str:
    sign = "-" if units < 0 else ""
    whole, fraction = divmod(abs(units), 10**places)
    digits = str(fraction).rjust(places, "0").rstrip("0").ljust(places_min, "0")
    return f"{sign}{whole}.{digits}"


def _parse_scaled(text: str, places: int) -> int:
    # Decimal would also read "1e5", "NaN", " 1" and digits of other scripts: money is plain digits.
    plain = text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()
    if not plain or len(text) > _TEXT_LENGTH_MAX:
        message = f"a decimal number with up to {places} places is needed"
        raise ValueError(message)
    scaled = Decimal(text).scaleb(places)
    if scaled != scaled.to_integral_value():
        message = f"at most {places} decimal places are kept"
        raise ValueError(message)
    return int(scaled)
