"""Owns the tests of what a challenge's messages refuse at birth.

Never tests what is decided.
Called by pytest.
"""

import msgspec
import pytest

from actors.machines import limits
from actors.machines.messages.challenges import Offer

LONGEST = limits.CHALLENGE_MESSAGE_LENGTH_MAX


@pytest.mark.parametrize(("opponent_id", "opponent"), [(0, "bob"), (17, None)])
def test_an_opponent_has_an_account_and_a_name_or_neither(opponent_id: int, opponent: str | None) -> None:
    with pytest.raises(ValueError, match="both an account and a name"):
        Offer(opponent_id, opponent, 1)


@pytest.mark.parametrize(
    ("length", "allowed"),
    [
        (0, True),
        (limits.CHALLENGE_MESSAGE_LENGTH_MAX, True),
        (limits.CHALLENGE_MESSAGE_LENGTH_MAX + 1, False),
    ],
)
def test_the_challengers_words_are_so_long_and_no_longer(length: int, *, allowed: bool) -> None:
    encoded = msgspec.json.encode([0, None, 1, "x" * length])
    if allowed:
        assert len(msgspec.json.decode(encoded, type=Offer).words) == length
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(encoded, type=Offer)
