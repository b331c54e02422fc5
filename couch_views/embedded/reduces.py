"""Owns CouchDB's built-in reduces: _sum, _count and _stats over the values of rows.

Never runs JavaScript.
Called by views (queries) and designs (which names exist).
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from couch_views.embedded.errors import CouchError
from couch_views.json_values import Json

Reduce: TypeAlias = Callable[[Sequence[Json]], Json]
NOT_SUMMABLE: Final = (
    "The _sum function requires that map values be numbers, arrays of numbers, or objects."
    " Objects cannot be mixed with other data structures. Objects can be arbitrarily nested, provided"
    " that the values for all fields are themselves numbers, arrays of numbers, or objects."
)


def count(values: Sequence[Json]) -> Json:
    return len(values)


def total(values: Sequence[Json]) -> Json:
    """The sum of numbers, of arrays element by element (a number is an array of one), of objects by member.

    Where the values can't be added it is an object with ``error``, as in CouchDB.
    """
    if all(is_number(value) for value in values):
        return sum(number(value) for value in values)
    sums: Json = 0
    for value in values:
        try:
            sums = added(value, sums)
        except NotSummableError:
            return {"error": "builtin_reduce_error", "reason": NOT_SUMMABLE, "caused_by": value}
    return sums


class NotSummableError(Exception):
    """Two values that have no sum."""


def added(value: Json, sums: Json) -> Json:
    if isinstance(value, dict):
        before = {} if sums == 0 and is_number(sums) else sums
        if not isinstance(before, dict):
            raise NotSummableError
        return before | {name: added(one, before.get(name, 0)) for name, one in value.items()}
    if is_number(value) and is_number(sums):
        return number(value) + number(sums)
    places, more = as_numbers(sums), as_numbers(value)
    longer, shorter = (places, more) if len(places) >= len(more) else (more, places)
    return [*(one + other for one, other in zip(longer, shorter, strict=False)), *longer[len(shorter) :]]


def as_numbers(value: Json) -> list[int | float]:
    array = value if isinstance(value, list) else [value]
    if not all(is_number(one) for one in array):
        raise NotSummableError
    return [number(one) for one in array]


def statistics(values: Sequence[Json]) -> Json:
    numbers = [number(value) for value in values]
    return {
        "sum": sum(numbers),
        "count": len(numbers),
        "min": min(numbers),
        "max": max(numbers),
        "sumsqr": sum(value * value for value in numbers),
    }


def is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(value: Json) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise CouchError(
        500, "builtin_reduce_error", f"The built-in reduce needs numbers as values, not {value!r:.100}"
    )


REDUCES: Final[dict[str, Reduce]] = {"_sum": total, "_count": count, "_stats": statistics}
