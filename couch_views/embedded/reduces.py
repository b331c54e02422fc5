"""Owns CouchDB's built-in reduces: _sum, _count and _stats over the values of rows.

Never runs JavaScript.
Called by views (queries) and designs (which names exist).
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from couch_views.embedded.errors import CouchError
from couch_views.json_values import Json

Reduce: TypeAlias = Callable[[Sequence[Json]], Json]


def count(values: Sequence[Json]) -> Json:
    return len(values)


def total(values: Sequence[Json]) -> Json:
    """The sum of numbers, or of arrays of numbers element by element (a number counts as an array of one)."""
    if all(is_number(value) for value in values):
        return sum(number(value) for value in values)
    arrays = [value if isinstance(value, list) else [value] for value in values]
    sums: list[int | float] = []
    for array in arrays:
        sums += [0] * (len(array) - len(sums))
        for place, value in enumerate(array):
            sums[place] += number(value)
    return list(sums)


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
