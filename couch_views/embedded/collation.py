"""Owns the order of view keys: a binary encoding whose byte order is CouchDB's collation, and back.

null < false < true < numbers < strings < arrays < objects; arrays and objects element by element, the
shorter first. Never stores. Differs from CouchDB in strings, which sort by their UTF-8 bytes and not by ICU
(the same for ``[0-9a-z]``, which is all that our keys hold), and in integers beyond 2^53, which are rounded
to floats as JavaScript does.
Called by indexes (rows) and views (ranges).
"""

import struct
from typing import Final

from couch_views.json_values import Json

# Every tag is above END, so that a shorter array or object sorts before its continuations.
END: Final = b"\x00"
NULL: Final = b"\x01"
FALSE: Final = b"\x02"
TRUE: Final = b"\x03"
NUMBER: Final = b"\x04"
STRING: Final = b"\x05"
ARRAY: Final = b"\x06"
OBJECT: Final = b"\x07"

CONSTANTS: Final[dict[bytes, bool | None]] = {NULL: None, FALSE: False, TRUE: True}

LOWEST: Final = b""
"""Before every encoded key."""
HIGHEST: Final = b"\xff"
"""After every encoded key."""

EXACT_MAX: Final = 2**53
_DOUBLE: Final = struct.Struct(">d")
_SIGN: Final = 1 << 63
_ALL: Final = (1 << 64) - 1


def encode_key(key: Json) -> bytes:
    """The bytes that sort as the key does. No encoding is a prefix of another's."""
    match key:
        case str():
            return STRING + _escaped(key) + END
        case list():
            return _plain_texts(key) or ARRAY + b"".join([encode_key(element) for element in key]) + END
        case True:
            return TRUE
        case False:
            return FALSE
        case None:
            return NULL
        case int() | float():
            return NUMBER + _ordered_double(key)
        case dict():
            pairs = (encode_key(name) + encode_key(value) for name, value in key.items())
            return OBJECT + b"".join(pairs) + END


def after(encoded: bytes) -> bytes:
    """A bound above this key and below every key that sorts after it."""
    return encoded + END


def decode_key(encoded: bytes) -> Json:
    """The key of an encoding."""
    if encoded[:2] == b"\6\5" and encoded[-2:] == b"\0\0":
        texts = encoded[2:-2].split(b"\0\5")
        if encoded.count(b"\0") == len(texts) + 1 and b"\1" not in encoded:
            return [text.decode() for text in texts]
    key, _ = _decode(encoded, 0)
    return key


def _decode(encoded: bytes, at: int) -> tuple[Json, int]:
    """The key that starts here, and where the next one does."""
    tag = encoded[at : at + 1]
    at += 1
    if tag == STRING:
        end = encoded.index(END, at)
        text = encoded[at:end].replace(b"\1\1", END).replace(b"\1\2", b"\1")
        return text.decode(), end + 1
    if tag == NUMBER:
        return _number(encoded[at : at + 8]), at + 8
    if tag in (ARRAY, OBJECT):
        parts: list[Json] = []
        while encoded[at : at + 1] != END:
            part, at = _decode(encoded, at)
            parts.append(part)
        if tag == ARRAY:
            return parts, at + 1
        return {str(name): value for name, value in zip(parts[::2], parts[1::2], strict=True)}, at + 1
    return CONSTANTS[tag], at


def _plain_texts(key: list[Json]) -> bytes | None:
    """The encoding of a list of texts that need no escape, as nearly all of our keys are, in one go."""
    try:
        texts = "\0\5".join(key)  # type: ignore[arg-type]
    except TypeError:
        return None
    if not key or "\1" in texts or texts.count("\0") >= len(key):
        return None
    return b"\6\5" + texts.encode() + b"\0\0"


def _escaped(text: str) -> bytes:
    """UTF-8 without END: 0 becomes 1 1 and 1 becomes 1 2, which keeps the order."""
    encoded = text.encode()
    if END in encoded or b"\x01" in encoded:
        return encoded.replace(b"\x01", b"\x01\x02").replace(END, b"\x01\x01")
    return encoded


def _ordered_double(number: float) -> bytes:
    """The eight bytes of a double with the sign turned so that they sort as the numbers do."""
    try:
        double = float(number) + 0.0  # -0.0 becomes 0.0
    except OverflowError:
        double = float("inf") if number > 0 else float("-inf")
    bits = int.from_bytes(_DOUBLE.pack(double), "big")
    return (bits ^ (_ALL if bits & _SIGN else _SIGN)).to_bytes(8, "big")


def _number(ordered: bytes) -> int | float:
    bits = int.from_bytes(ordered, "big")
    (double,) = _DOUBLE.unpack((bits ^ (_SIGN if bits & _SIGN else _ALL)).to_bytes(8, "big"))
    return int(double) if abs(double) <= EXACT_MAX and double.is_integer() else float(double)
