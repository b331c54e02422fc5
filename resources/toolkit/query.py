"""Owns the reading of query parameters: repeated or comma-separated, booleans in any case, empty ignored.

Never refuses an unknown parameter: clients of the public API that we follow send some that we don't have.
Called by the decisions, and by resources, which declare what they can be asked for.
"""

from typing import Generic, TypeVar

import msgspec
from falcon.uri import parse_query_string
from msgspec import inspect

from resources.toolkit.fields import check
from resources.toolkit.form_input import zoned
from resources.toolkit.shapes import fields_of_shape

QueryT_co = TypeVar("QueryT_co", bound="Query", covariant=True)


class Query(msgspec.Struct, kw_only=True, frozen=True):
    """What a query string may hold. Fields that are tuples take several values, all others the last one."""


class ParseQuery(Generic[QueryT_co]):
    """The parser of query strings that hold the parameters of a shape."""

    def __init__(self, shape: type[QueryT_co]) -> None:
        self.shape = shape
        self._takes_many = {field.encode_name: _takes_many(field) for field in _fields(shape)}
        self._times = {
            field.name for field in fields_of_shape(shape) if isinstance(field.type, inspect.DateTimeType)
        }
        self._unasked = shape()

    def __call__(self, query_string: str) -> QueryT_co:
        """What is asked for; raises 422 (``ProblemError``) naming the parameter."""
        if not query_string:
            return self._unasked
        given = parse_query_string(query_string, keep_blank=False, csv=False)
        values: dict[str, object] = {}
        for name, many in self._takes_many.items():
            value = given.get(name)
            if value is None:
                continue
            texts = [value] if isinstance(value, str) else value
            if many:
                values[name] = [part for text in texts for part in text.split(",") if part]
            else:
                values[name] = zoned(texts[-1]) if name in self._times else texts[-1]
        return check(values, self.shape, strict=False)


def query_of(shape: type[QueryT_co]) -> ParseQuery[QueryT_co]:
    """The parser of query strings that hold these parameters."""
    return ParseQuery(shape)


def _fields(shape: type[Query]) -> tuple[inspect.Field, ...]:
    kind = inspect.type_info(shape)
    assert isinstance(kind, inspect.StructType)
    return kind.fields


def _takes_many(field: inspect.Field) -> bool:
    return isinstance(field.type, inspect.VarTupleType)
