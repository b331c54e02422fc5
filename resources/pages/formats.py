"""Owns how pages write what the API says in units: prices as percent, money with two places, times in UTC.

Never makes markup: templates do. What can't be read is shown as it is.
Called by the templates, as filters.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final

from actors.machines import limits
from resources.toolkit.units import Unit

_TICKS_PER_PERCENT: Final = limits.PRICE_SCALE // 100
_UNITS_PER_PAYOUT: Final = 10_000
PERCENT: Final = Unit(_TICKS_PER_PERCENT)
"""The unit in which people write prices."""
PAYOUT: Final = Unit(_UNITS_PER_PAYOUT, 2)
"""The unit in which people write quantities."""
_CENT: Final = Decimal("0.01")
_MINUS: Final = "\N{MINUS SIGN}"
_STEPS: Final = 20
"""Lengths that a bar in the book may have."""


def percent(ticks: object) -> str:
    """A price of ticks: ``3950`` is ``39.5 %``; an average of several too."""
    if (number := _number(ticks)) is None:
        return str(ticks)
    share = (number / _TICKS_PER_PERCENT).quantize(_CENT, ROUND_HALF_EVEN)
    return f"{_trimmed(share)}\N{NO-BREAK SPACE}%"


def money(amount: object) -> str:
    """Money with two places and groups of digits: ``1234.5`` is ``1,234.50``."""
    if (number := _number(amount)) is None:
        return str(amount)
    return f"{_cents(number):,.2f}".replace("-", _MINUS)


def signed_money(amount: object) -> str:
    """Money that came or went: ``+12.00``."""
    return f"+{money(amount)}" if is_gain(amount) else money(amount)


def is_loss(amount: object) -> bool:
    """Whether it is shown as one: less than half a cent is nothing."""
    return (number := _number(amount)) is not None and _cents(number) < 0


def is_gain(amount: object) -> bool:
    return (number := _number(amount)) is not None and _cents(number) > 0


def payout(quantity: object) -> str:
    """A quantity as what it pays if the contract wins: ``15000`` is ``1.50``."""
    if (number := _number(quantity)) is None:
        return str(quantity)
    whole = number / _UNITS_PER_PAYOUT
    return (f"{whole:,.2f}" if whole == whole.quantize(_CENT) else f"{whole:,.4f}").replace("-", _MINUS)


def risk(order: Mapping[str, object]) -> str:
    """What an order of ``side``, ``price`` and ``quantity`` may lose at most."""
    price, quantity = _number(order["price"]), _number(order["quantity"])
    if price is None or quantity is None:
        return ""
    each = price if order["side"] == "buy" else limits.PRICE_SCALE - price
    return money(each * quantity / limits.MONEY_SCALE)


def rate(commission: object) -> str:
    """A commission: ``0.02`` is ``2 %``."""
    if (number := _number(commission)) is None:
        return str(commission)
    return f"{_trimmed(number * 100)}\N{NO-BREAK SPACE}%"


def moment(text: str) -> str:
    """A time as people read it: ``17 May 2026, 14:00 UTC``."""
    if (time := _time(text)) is None:
        return text
    return f"{time.day} {time:%b %Y, %H:%M} UTC"


def clock(text: str) -> str:
    """A time of something that happened lately: ``17 May, 14:00:05``."""
    if (time := _time(text)) is None:
        return text
    return f"{time.day} {time:%b, %H:%M:%S}"


def machine_time(text: str) -> str:
    """A time as HTML writes it for machines, which has no microseconds."""
    head, point, fraction = text.removesuffix("Z").partition(".")
    return f"{head}{point}{fraction[:3]}Z"


def local_time(text: str) -> str:
    """A time as an input for times takes it, without its zone."""
    return text[:16]


def bar(quantity: int, levels: Sequence[Sequence[int]]) -> int:
    """How long a level's bar is beside the largest of these ``[price, quantity]``, from 1 to 20."""
    largest = max(level[1] for level in levels)
    return max(1, quantity * _STEPS // largest)


def _number(value: object) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _cents(number: Decimal) -> Decimal:
    """To two places, and never a zero below zero."""
    return number.quantize(_CENT, ROUND_HALF_EVEN) + 0


def _trimmed(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


FILTERS: Final[Mapping[str, Callable[..., object]]] = {
    "bar": bar,
    "clock": clock,
    "is_gain": is_gain,
    "is_loss": is_loss,
    "local_time": local_time,
    "machine_time": machine_time,
    "moment": moment,
    "money": money,
    "payout": payout,
    "percent": percent,
    "rate": rate,
    "risk": risk,
    "signed_money": signed_money,
}
