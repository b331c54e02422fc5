"""Owns the tests of session tokens: what they say, and which are believed.

Never tests whether a session was ended early.
Called by pytest.
"""

import base64
import json

import jwt
import pytest

from actors.machines import limits
from resources.tokens import Tokens
from resources.toolkit.problems import ProblemError
from resources.toolkit.visitor import Member
from tests.resources.scripted import ADA, NOW, STAFF

LIFE_US = limits.SESSION_LIFE_S * 1_000_000


def tokens(secret: bytes = b"a secret", now: int = NOW) -> Tokens:
    return Tokens(secret, lambda: now)


def refusal_of(token: str, reader: Tokens | None = None) -> str:
    with pytest.raises(ProblemError) as caught:
        (reader or tokens()).read(token)
    assert caught.value.kind.status == 401
    return caught.value.detail


@pytest.mark.parametrize("member", [ADA, STAFF], ids=["ada", "staff"])
def test_a_token_says_who_it_was_issued_to(member: Member) -> None:
    token = tokens().issue(member)
    assert tokens().read(token.text) == member
    assert token.expires == NOW + LIFE_US


def test_a_token_expires_also_for_who_has_read_it_before() -> None:
    now = [NOW]
    reader = Tokens(b"a secret", lambda: now[0])
    token = reader.issue(ADA).text
    now[0] += LIFE_US - 1
    assert reader.read(token) == ADA
    now[0] += 1
    assert "expired" in refusal_of(token, reader)


def test_a_token_signed_with_another_secret_is_none() -> None:
    assert "not one of ours" in refusal_of(tokens(b"another secret").issue(ADA).text)


def test_a_changed_token_is_none() -> None:
    header, _, signature = tokens().issue(ADA).text.split(".")
    claims = {"sub": "32", "name": "staff", "generation": 1, "staff": True, "exp": 2**40}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    refusal_of(f"{header}.{payload}.{signature}")


def test_an_unsigned_token_is_none() -> None:
    claims = {"sub": "16", "name": "ada", "generation": 1, "staff": True, "exp": 2**40}
    refusal_of(jwt.encode(claims, "", algorithm="none"))


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"sub": "16", "name": "ada", "generation": "1", "staff": True, "exp": 2**40},
        {"sub": "x", "name": "ada", "generation": 1, "staff": False, "exp": 2**40},
        {"sub": "16", "name": "ada", "generation": 1, "staff": False, "exp": 1.5},
    ],
)
def test_a_signed_token_that_says_something_else_is_none(claims: dict[str, object]) -> None:
    reader = tokens()
    refusal_of(jwt.encode(claims, reader._key, algorithm="HS256"), reader)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "x" * 10_000, "é.é.é", "null"])
def test_what_is_no_token_is_none(token: str) -> None:
    refusal_of(token)
