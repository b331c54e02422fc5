"""Owns the tests of what commands of following refuse at birth.

Never tests what they lead to.
Called by pytest.
"""

import msgspec
import pytest

from actors.machines.messages.following import Follow


@pytest.mark.parametrize("stream", ["exchange", "member/", "member/0", "member/x", "market/1\n", "badge/1"])
def test_only_members_markets_and_events_are_followed(stream: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(["Follow", stream]), type=Follow)


@pytest.mark.parametrize("stream", ["member/17", "market/1", "event/9"])
def test_these_are(stream: str) -> None:
    assert msgspec.json.decode(msgspec.json.encode(Follow(stream)), type=Follow) == Follow(stream)
