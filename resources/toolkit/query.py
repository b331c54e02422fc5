"""Owns the reading of query parameters: repeated or comma-separated, booleans in any case, empty ignored.

Never refuses an unknown parameter: clients of the public API that we follow send some that we don't have.
Called by the decisions of toolkit/answering.py.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from falcon.uri import parse_query_string
from msgspec import inspect

from resources.toolkit.fields import check

T = TypeVar("T", bound="Query")
ParseQuery = Callable[[str], T]


class Query(msgspec.Struct, kw_only=True, frozen=True):
    """What a query string may hold. Fields that are tuples take several values, all others the last one."""


def query_of(shape: type[T]) -> ParseQuery[T]:
    """The parser of query strings that hold these parameters."""
    known = {field.name: _takes_many(field) for field in _fields(shape)}
    unasked = shape()

    def parse(query_string: str) -> T:
        if not query_string:
            return unasked
        given = parse_query_string(query_string, keep_blank=False, csv=False)
        values: dict[str, object] = {}
        for name, many in known.items():
            value = given.get(name)
            if value is None:
                continue
            texts = [value] if isinstance(value, str) else value
            values[name] = [part for text in texts for part in text.split(",") if part] if many else texts[-1]
        return check(values, shape, strict=False)

    return parse


def _fields(shape: type[Query]) -> tuple[inspect.Field, ...]:
    kind = inspect.type_info(shape)
    assert isinstance(kind, inspect.StructType)
    return kind.fields


def _takes_many(field: inspect.Field) -> bool:
    return isinstance(field.type, inspect.VarTupleType)
