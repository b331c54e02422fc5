"""Owns the tests of following.

Never looks at what a follower sees.
Called by pytest.
"""

from collections.abc import Iterator

import pytest

from actors.machines import limits
from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.answers import Refused, SocialResult
from actors.machines.messages.following import Follow, FollowContent, Followed, Unfollow, Unfollowed
from actors.machines.messages.words import Reason
from actors.machines.stream import names
from tests.machines.stream.square import Square


@pytest.fixture
def square() -> Iterator[Square]:
    made = Square()
    yield made
    made.assert_sound()


def test_to_follow_twice_is_to_follow_once(square: Square) -> None:
    alice = names.of_member(square.alice)
    assert square.told(square.bob, Follow(alice)) == SocialResult()
    assert square.told(square.bob, Follow(alice)) == SocialResult()
    assert [event.stream for event in square.written(Followed) if isinstance(event, Followed)] == [alice]
    assert square.told(square.bob, Unfollow(alice)) == SocialResult()
    assert square.told(square.bob, Unfollow(alice)) == SocialResult()
    assert len(square.written(Unfollowed)) == 1
    assert square.social().following == {square.bob: {}}


def test_nobody_follows_themselves(square: Square) -> None:
    result = square.told(square.bob, Follow(names.of_member(square.bob)))
    assert isinstance(result, Refused)
    assert result.reason is Reason.NOT_ALLOWED


def test_there_is_a_limit(square: Square, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FOLLOWED_MAX", 2)
    results = [square.told(square.bob, Follow(f"market/{number}")) for number in (1, 2, 3)]
    assert results[:2] == [SocialResult()] * 2
    assert isinstance(results[2], Refused)
    assert results[2].reason is Reason.LIMIT_EXCEEDED


@pytest.mark.parametrize(
    ("stream", "market_id", "event_id"),
    [("member/{alice}", 0, 0), ("market/1", 1, 1), ("market/987", 987, 0), ("event/1", 0, 1)],
)
def test_who_follows_has_an_entry_that_says_what(
    square: Square, stream: str, market_id: int, event_id: int
) -> None:
    followed = stream.format(alice=square.alice)
    square.told(square.bob, Follow(followed))
    (entry,) = [
        event.entry
        for event in square.written(EntryAdded)
        if isinstance(event, EntryAdded) and isinstance(event.entry.content, FollowContent)
    ]
    other = square.alice if followed.startswith("member") else 0
    assert entry.content == FollowContent(followed, other)
    assert (entry.account_id, entry.username) == (square.bob, "bob")
    assert (entry.market_id, entry.event_id) == (market_id, event_id)
