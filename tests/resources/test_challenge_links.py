"""Owns the tests of the keys of challenges' links.

Never tests who is shown one.
Called by pytest.
"""

import re

import pytest

from resources.challenge_links import ChallengeLinks

LINKS = ChallengeLinks(b"a secret of the tests only")


def test_a_key_opens_its_own_challenge_and_no_other() -> None:
    key = LINKS.key_of(17)
    assert re.fullmatch("[A-Za-z0-9_-]{32}", key)
    assert LINKS.opens(17, key)
    assert not LINKS.opens(33, key)
    assert not ChallengeLinks(b"another secret").opens(17, key)


@pytest.mark.parametrize("key", [None, "", "x" * 32])
def test_nothing_else_opens_it(key: str | None) -> None:
    assert not LINKS.opens(17, key)


def test_a_link_leads_to_its_challenge() -> None:
    assert LINKS.link_to(17) == f"/v3/challenges/17/?key={LINKS.key_of(17)}"
