"""Owns how templates show values: names of fields as labels, what a value of the generic page is.

Never escapes and never makes markup: templates do.
Called by the pages' environment.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final


def label(name: str) -> str:
    """``last_executed_price`` as it is read: ``Last executed price``."""
    return name.replace("_", " ").strip().capitalize()


def columns(rows: Sequence[object]) -> list[str]:
    """The names of all fields of these rows, in the order of their first appearance."""
    names: dict[str, None] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            return []
        names.update(dict.fromkeys(row))
    return list(names)


def is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


FILTERS: Final[Mapping[str, Callable[..., object]]] = {"label": label, "columns": columns, "is_list": is_list}
