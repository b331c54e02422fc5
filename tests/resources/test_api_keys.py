"""Owns the tests of API keys as texts: what they look like, what is kept of them, what is believed.

Never asks an account.
Called by pytest.
"""

import hmac

import pytest

from resources.api_keys import ApiKeyMaker, ApiKeyText, read_api_key

ADA = (16, 1)


def test_a_key_says_its_id_and_nothing_of_its_secret_by_itself() -> None:
    secret = ApiKeyMaker(b"a secret").new_secret(ADA, None)
    key = ApiKeyText(48, secret)
    assert read_api_key(key.text) == key
    assert secret not in repr(key)
    assert secret not in str(key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "credence_48_",
        "credence_48_short",
        "credence_0_" + "a" * 43,
        "credence_x_" + "a" * 43,
        "credence_48_" + "a" * 44,
        "credence_48_" + "é" * 43,
        "credence_48_" + "a" * 43 + "\n",
        " credence_48_" + "a" * 43,
        "credence_" + "9" * 20 + "_" + "a" * 43,
    ],
)
def test_what_can_be_no_key_is_none(text: str) -> None:
    assert read_api_key(text) is None


def test_secrets_are_chance_and_long_enough() -> None:
    maker = ApiKeyMaker(b"a secret")
    secrets = {maker.new_secret(ADA, None) for _ in range(100)}
    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {43}, "256 bits"


def test_the_same_request_gets_the_same_secret_and_no_other_does() -> None:
    maker = ApiKeyMaker(b"a secret")
    asked = [(ADA, "k"), (ADA, "l"), ((32, 1), "k"), ((16, 2), "k"), ((1, 61), "k")]
    secrets = [maker.new_secret(session, key) for session, key in asked]
    assert len(set(secrets)) == len(asked)
    assert maker.new_secret(ADA, "k") == secrets[0]
    assert ApiKeyMaker(b"another secret").new_secret(ADA, "k") != secrets[0]


def test_a_digest_is_of_this_secret_and_of_this_installation() -> None:
    maker = ApiKeyMaker(b"a secret")
    secret, other = maker.new_secret(ADA, None), maker.new_secret(ADA, None)
    digest = maker.digest(secret)
    assert len(digest) == 64
    assert secret not in digest
    assert maker.matches(secret, digest)
    assert not maker.matches(other, digest)
    assert not maker.matches(secret, "0" * 64)
    assert not ApiKeyMaker(b"another secret").matches(secret, digest)


def test_digests_are_compared_in_a_time_that_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return True

    maker = ApiKeyMaker(b"a secret")
    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert maker.matches("x", "y")
    assert compared == [(maker.digest("x"), "y")]
