"""Owns the tests of the passwords that the first start hands out.

Never repeats how they are derived.
Called by pytest.
"""

import re

from scripts.first_start.passwords import password_of


def test_a_repeated_first_start_names_the_same_password() -> None:
    assert password_of("ada", b"a secret") == password_of("ada", b"a secret")


def test_members_and_installations_have_passwords_of_their_own() -> None:
    passwords = {password_of(name, secret) for name in ("ada", "ben") for secret in (b"one", b"two")}
    assert len(passwords) == 4


def test_a_password_is_long_and_easy_to_type() -> None:
    assert re.fullmatch("[a-z2-7]{20}", password_of("ada", b"a secret"))
