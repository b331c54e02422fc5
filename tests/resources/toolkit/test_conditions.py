"""Owns the tests of entity tags.

Never tests when a condition is asked for.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.toolkit.conditions import is_current, is_known, tag_of

STATE = b'{"a":1}'
JSON_TAG = tag_of(STATE, STATE)
PAGE_TAG = tag_of(STATE, b"<p>1, and it is you</p>")
OTHER_TAG = tag_of(b'{"a":2}', b'{"a":2}')


def test_a_tag_is_strong_and_of_the_bytes() -> None:
    assert tag_of(STATE, STATE) == JSON_TAG
    assert len({JSON_TAG, PAGE_TAG, OTHER_TAG, tag_of(STATE, b"<p>1, and it is me</p>")}) == 4
    assert JSON_TAG.startswith('"')


@pytest.mark.parametrize("given", ["*", JSON_TAG, f" {OTHER_TAG} ,{JSON_TAG}", f"W/{JSON_TAG}", " * "])
def test_who_has_the_bytes_is_told_so(given: str) -> None:
    assert is_known(given, JSON_TAG)


@pytest.mark.parametrize("given", ["", OTHER_TAG, PAGE_TAG, JSON_TAG[1:-1], '"', "x", '""'])
def test_who_has_others_gets_them(given: str) -> None:
    assert not is_known(given, JSON_TAG)


@pytest.mark.parametrize("given", ["*", JSON_TAG, PAGE_TAG, f"{OTHER_TAG}, {PAGE_TAG}"])
def test_the_state_is_what_was_seen_in_whatever_form(given: str) -> None:
    assert is_current(given, JSON_TAG)
    assert is_current(given, PAGE_TAG)


@pytest.mark.parametrize("given", ["", OTHER_TAG, "x", '""', JSON_TAG[:-2] + '"'])
def test_another_state_is_not(given: str) -> None:
    assert not is_current(given, JSON_TAG)


@pytest.mark.parametrize("given", ["*", JSON_TAG])
def test_where_there_is_nothing_no_condition_holds(given: str) -> None:
    assert not is_current(given, None)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_same_bytes_same_tag(one: bytes, other: bytes) -> None:
    assert (tag_of(one, one) == tag_of(other, other)) == (one == other)


@given(st.text(max_size=60))
def test_whatever_is_sent_is_answered(text: str) -> None:
    is_known(text, JSON_TAG)
    is_current(text, JSON_TAG)
