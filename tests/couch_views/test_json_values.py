"""Owns the tests of reading and writing JSON: what is refused.

Never tests orjson beyond what we rely on.
Called by pytest.
"""

import pytest

from couch_views.json_values import decode, encode, encode_exactly


@pytest.mark.parametrize("value", [2**53 - 1, -(2**53) + 1, 0, 1.5, "é", None, [True, {}]])
def test_a_value_survives(value: object) -> None:
    assert decode(encode(value)) == decode(encode_exactly(value)) == value


@pytest.mark.parametrize("value", [2**53, -(2**53), [2**63], {"x": 2**64 - 1}])
def test_an_integer_that_javascript_would_round_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="53-bit"):
        encode_exactly(value)
    assert decode(encode(value)) == value


@pytest.mark.parametrize("value", [{1}, object(), {1: 2}, 2**64, "\ud800"])
def test_what_is_no_json_is_refused(value: object) -> None:
    for write in (encode, encode_exactly):
        with pytest.raises(ValueError, match=r"\S"):
            write(value)


@pytest.mark.parametrize("text", ["", "NaN", "Infinity", "[1,]", '"\\ud800"', "[" * 2_000, b"\xff"])
def test_a_text_that_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        decode(text)
