"""Owns the tables of how values are written in keys.

Never runs a map function.
Called by pytest.
"""

import pytest

from actors.machines import limits
from couch_views.queries.keys import key_digits, key_text, key_time


def test_numbers_are_padded() -> None:
    assert key_digits(42) == "00000000000000000042"


@pytest.mark.parametrize(
    ("text", "key"), [("", ""), ("a", "0061"), ("é", "00e9"), ("a b", "006100200062"), ("😀", "d83dde00")]
)
def test_texts_are_hex(text: str, key: str) -> None:
    assert key_text(text) == key


@pytest.mark.parametrize(
    ("time", "key"), [(0, "19700101000000000000"), (limits.TIME_US_MAX, "99991231235959999999")]
)
def test_times_are_digits(time: int, key: str) -> None:
    assert key_time(time) == key
