"""Owns the tests of sealed texts: opened by who sealed them, telling nothing to anybody else.

Never knows what is sealed.
Called by pytest.
"""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couch_views.queries.pages import CURSOR_LENGTH_MAX, QueryError
from resources.seals import Seal

SEAL = Seal(b"a secret")
PLACE = "19700101000007000000"


@given(st.text(max_size=300))
def test_what_is_sealed_is_opened(text: str) -> None:
    sealed = SEAL.close(text)
    assert SEAL.open(sealed) == text
    assert sealed == SEAL.close(text)
    assert sealed.isascii()


def test_nothing_of_a_text_is_seen() -> None:
    sealed = SEAL.close(PLACE * 10)
    hidden = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))[16:]
    assert len(hidden) == 200
    pieces = {hidden[at : at + 20] for at in range(0, 200, 20)}
    assert len(pieces) == 10, "the same twice looks different"


@pytest.mark.parametrize(
    "cursor", ["", "x", "a b", "é", PLACE, SEAL.close(PLACE)[:-2], "A" * (CURSOR_LENGTH_MAX + 4)]
)
def test_what_was_not_sealed_is_refused(cursor: str) -> None:
    with pytest.raises(QueryError, match="not a cursor"):
        SEAL.open(cursor)


def test_what_was_sealed_with_another_secret_is_refused() -> None:
    with pytest.raises(QueryError, match="not a cursor"):
        SEAL.open(Seal(b"another secret").close(PLACE))


def test_too_long_a_text_is_refused_however_well_it_is_sealed() -> None:
    with pytest.raises(QueryError, match="not a cursor"):
        SEAL.open(SEAL.close("x" * CURSOR_LENGTH_MAX))
