"""Owns the tests of the key encoding: its order is the order of a comparison written down directly.

Never looks at SQLite.
Called by pytest.
"""

from functools import cmp_to_key

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couch_views.embedded.collation import HIGHEST, LOWEST, after, decode_key, encode_key
from couch_views.json_values import Json, decode, encode

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\0\1\2\5\x08abAB09_~"), max_size=4
)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
KEYS = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda keys: st.lists(keys, max_size=3) | st.dictionaries(TEXTS, keys, max_size=3),
    max_leaves=8,
)


def rank(key: Json) -> int:
    match key:
        case None:
            return 0
        case False:
            return 1
        case True:
            return 2
        case int() | float():
            return 3
        case str():
            return 4
        case list():
            return 5
        case dict():
            return 6


def compare(one: Json, other: Json) -> int:
    """-1, 0 or 1: CouchDB's collation as its documentation has it."""
    if rank(one) != rank(other):
        return -1 if rank(one) < rank(other) else 1
    if isinstance(one, list) and isinstance(other, list):
        return compare_each(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = (
            [[name, value] for name, value in one.items()],
            [[name, value] for name, value in other.items()],
        )
        return compare_each(
            [part for pair in pairs[0] for part in pair], [part for pair in pairs[1] for part in pair]
        )
    if isinstance(one, str) and isinstance(other, str):
        first, second = weighed(one), weighed(other)
        return (first > second) - (first < second)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return (one > other) - (one < other)
    return 0


SYMBOLS = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"


def weighed(text: str) -> tuple[list[int], list[bool]]:
    """Controls, symbols, digits, letters of any case, all else; then small letters before capital ones."""
    places = []
    for character in text:
        if character < " ":
            places.append(ord(character) - 1_000)
        elif character in SYMBOLS:
            places.append(SYMBOLS.index(character) - 500)
        else:
            places.append(ord(character.lower() if character.isascii() else character))
    return places, [character.isascii() and character.isupper() for character in text]


def compare_each(ones: list[Json], others: list[Json]) -> int:
    for one, other in zip(ones, others, strict=False):
        if difference := compare(one, other):
            return difference
    return (len(ones) > len(others)) - (len(ones) < len(others))


@given(KEYS, KEYS)
def test_the_bytes_sort_as_the_keys(one: Json, other: Json) -> None:
    first, second = encode_key(one), encode_key(other)
    assert (first > second) - (first < second) == compare(one, other)


@given(st.lists(KEYS, max_size=8))
def test_sorting_by_bytes_is_sorting_by_collation(keys: list[Json]) -> None:
    assert [encode_key(key) for key in sorted(keys, key=cmp_to_key(compare))] == sorted(map(encode_key, keys))


@given(KEYS)
def test_a_key_is_read_back(key: Json) -> None:
    assert compare(decode_key(encode_key(key)), key) == 0
    assert decode_key(encode_key(key)) == key


@given(KEYS, KEYS)
def test_the_bound_after_a_key_is_below_the_next(one: Json, other: Json) -> None:
    first, second = encode_key(one), encode_key(other)
    assert LOWEST < first < after(first) < HIGHEST
    if first < second:
        assert after(first) < second


@pytest.mark.parametrize(
    ("key", "read"),
    [
        (-0.0, "0"),
        (3.0, "3"),
        (2**53, "9007199254740992"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (10**400, None),
        (-(10**400), None),
        (["a", "b"], '["a","b"]'),
        (["a", "\0"], '["a","\\u0000"]'),
        (["a", True], '["a",true]'),
        (["a", ["b"]], '["a",["b"]]'),
        (["a", 2.0], '["a",2]'),
    ],
)
def test_a_key_is_written_as_javascript_writes_it(key: Json, read: str | None) -> None:
    found = decode_key(encode_key(key))
    assert found in (float("inf"), float("-inf")) if read is None else decode(encode(found)) == decode(read)


def test_integers_beyond_53_bits_are_rounded() -> None:
    assert encode_key(2**60) == encode_key(2**60 + 1)
    assert encode_key(2**53 - 1) < encode_key(2**53)
