"""Owns the order of view keys: a binary encoding whose byte order is CouchDB's collation, and back.

null < false < true < numbers < strings < arrays < objects; arrays and objects element by element, the
shorter first. Strings of ASCII sort as ICU sorts them: symbols, digits, letters without regard to case, and
where all that is the same small letters first. Never stores. Differs from CouchDB in other characters, which
come after all those by their code points, in control characters, which come before, and in integers beyond
2^53, which are rounded to floats as JavaScript does.
Called by indexes (rows) and views (ranges).
"""

import re
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
CASES: Final = b"\x08"
"""Between a string that has capitals and its cases; above every tag, as small letters come first."""

SYMBOLS: Final = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
"""In ICU's order. Their weights are above 1, which escapes, and below the digits'."""
SMALL_CASE: Final = 1
CAPITAL_CASE: Final = 2
CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEIGHTS: Final = (
    {ord(symbol): chr(2 + place) for place, symbol in enumerate(SYMBOLS)}
    | {ord(letter): letter.lower() for letter in CAPITALS}
    | {control: "\1" + chr(1 + control) for control in range(32)}
)
PLAIN: Final = re.compile(r"[0-9a-z]*")
PLAIN_LIST: Final = re.compile(b"[0-9a-z]*(?:\0\5[0-9a-z]*)*")
CAPITAL: Final = re.compile("[A-Z]")
WEIGHT: Final = re.compile("\1(.)|[\2-\x22]", re.DOTALL)

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
    """The bytes that sort as the key does. No encoding is another's followed by END."""
    match key:
        case str():
            return STRING + (key.encode() if PLAIN.fullmatch(key) else _weighed(key)) + END
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
        texts = encoded[2:-2]
        if PLAIN_LIST.fullmatch(texts):
            return [*texts.decode().split("\0\5")]
    key, _ = _decode(encoded, 0)
    return key


def _decode(encoded: bytes, at: int) -> tuple[Json, int]:
    """The key that starts here, and where the next one does."""
    tag = encoded[at : at + 1]
    at += 1
    if tag == STRING:
        return _text(encoded, at)
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


def _text(encoded: bytes, at: int) -> tuple[str, int]:
    """The string whose weights start here, and where what comes after it does."""
    end = encoded.index(END, at)
    text = WEIGHT.sub(_unweighed, encoded[at:end].decode())
    if encoded[end + 1 : end + 2] != CASES:
        return text, end + 1
    at, end = end + 2, encoded.index(END, end + 2)
    cased = zip(text, encoded[at:end], strict=True)
    return "".join([letter.upper() if case == CAPITAL_CASE else letter for letter, case in cased]), end + 1


def _unweighed(weight: re.Match[str]) -> str:
    """The character that isn't its own weight."""
    return chr(ord(weight[1]) - 1) if weight[1] else SYMBOLS[ord(weight[0]) - 2]


def _plain_texts(key: list[Json]) -> bytes | None:
    """The encoding of a list of plain texts, as nearly all of our keys are, in one go."""
    try:
        if not key or not PLAIN.fullmatch("".join(key)):  # type: ignore[arg-type]
            return None
    except TypeError:
        return None
    return b"\6\5" + "\0\5".join(key).encode() + b"\0\0"  # type: ignore[arg-type]


def _weighed(text: str) -> bytes:
    """The weights of a string's characters, none of them 0; if it has capitals, its cases after END."""
    weights = text.translate(WEIGHTS).encode()
    if not CAPITAL.search(text):
        return weights
    cases = [CAPITAL_CASE if letter in CAPITALS else SMALL_CASE for letter in text]
    return weights + END + CASES + bytes(cases)


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
