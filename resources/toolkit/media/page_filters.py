"""Owns how templates show values: names of fields as labels, what a value of the generic page is.

Never escapes and never makes markup: templates do.
Called by the pages' environment.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from resources.toolkit.form_input import METHOD_FIELD
from resources.toolkit.form_words import in_words
from resources.toolkit.view import Form

_NOT_IN_NAMES: Final = re.compile("[^A-Za-z0-9]+")


def label(name: str) -> str:
    """``last_executed_price`` as it is read: ``Last executed price``; ``created_datetime``: ``Created``."""
    return name.removesuffix("_datetime").replace("_", " ").strip().capitalize()


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


def means(form: Form) -> str:
    """The method that a form means."""
    return form.hidden.get(METHOD_FIELD, form.method.upper())


def meant(forms: Iterable[Form], path: str, method: str) -> list[Form]:
    """The forms that mean this method of what is at this path."""
    return [form for form in forms if form.action.partition("?")[0] == path and means(form) == method]


def ident(text: str) -> str:
    """A text as the name of an element."""
    return _NOT_IN_NAMES.sub("-", text).strip("-")


FILTERS: Final[Mapping[str, Callable[..., object]]] = {
    "columns": columns,
    "ident": ident,
    "in_words": in_words,
    "is_list": is_list,
    "label": label,
    "meant": meant,
    "means": means,
}
