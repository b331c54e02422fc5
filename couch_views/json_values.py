"""Owns the type of JSON values and the functions that read and write them.

Never knows what a document means.
Called by the client, the embedded server and the design documents.
"""

from typing import TypeAlias

import orjson

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
JsonObject: TypeAlias = dict[str, Json]


def encode(value: object) -> bytes:
    """JSON of a value; ``ValueError`` for what JSON can't hold, or is nested deeper than 254."""
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise ValueError(str(error)) from error


def encode_exactly(value: object) -> bytes:
    """Like ``encode``, and refuses integers beyond 53 bits: a JavaScript map would silently round them."""
    try:
        return orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except TypeError as error:
        raise ValueError(str(error)) from error


def encode_sorted(value: object) -> bytes:
    """The same JSON for equal values, whatever the order of their members."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def decode(text: bytes | str) -> Json:
    """The value of a JSON text; ``ValueError`` if it is none (NaN, lone surrogates, too deep)."""
    value: Json = orjson.loads(text)
    return value
