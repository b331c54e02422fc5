"""Owns the tests of blocking and muting.

Never looks at what anybody sees.
Called by pytest.
"""

from collections.abc import Iterator

import pytest

from actors.machines import limits
from actors.machines.messages.answers import Refused, Result, SocialResult
from actors.machines.messages.following import (
    Block,
    Blocked,
    BlockNoted,
    Follow,
    Mute,
    Muted,
    Unblock,
    Unblocked,
    Unfollowed,
    Unmute,
    Unmuted,
)
from actors.machines.messages.social_commands import SocialCommand
from actors.machines.messages.words import Reason
from actors.machines.stream import names
from tests.machines.stream.square import FOUR, ONE, Square

DONE = SocialResult()


@pytest.fixture(params=[ONE, FOUR], ids=["one stream", "four streams"])
def square(request: pytest.FixtureRequest) -> Iterator[Square]:
    """Where the two are of the same social stream, and where they are of different ones."""
    made = Square(request.param)
    yield made
    made.assert_sound()


def reason_of(result: Result) -> Reason:
    assert isinstance(result, Refused)
    return result.reason


def of(square: Square, account_id: int) -> str:
    return square.streams.of_activity(names.of_member(account_id))


def test_who_blocks_and_who_is_blocked_follow_each_other_no_more(square: Square) -> None:
    alice, bob = square.alice, square.bob
    assert square.told(alice, Follow(names.of_member(bob))) == DONE
    assert square.told(bob, Follow(names.of_member(alice))) == DONE
    assert square.told(alice, Block(bob)) == DONE
    assert len(square.written(Unfollowed)) == 2
    for account_id in (alice, bob):
        assert square.social(of(square, account_id)).following[account_id] == {}


def test_neither_can_follow_the_other_until_the_block_ends(square: Square) -> None:
    alice, bob = square.alice, square.bob
    square.told(alice, Block(bob))
    assert reason_of(square.told(alice, Follow(names.of_member(bob)))) is Reason.NOT_ALLOWED
    assert reason_of(square.told(bob, Follow(names.of_member(alice)))) is Reason.NOT_ALLOWED
    assert square.told(bob, Follow("market/1")) == DONE
    assert square.told(alice, Unblock(bob)) == DONE
    assert square.told(bob, Follow(names.of_member(alice))) == DONE
    assert square.told(alice, Follow(names.of_member(bob))) == DONE


def test_both_sides_know(square: Square) -> None:
    alice, bob = square.alice, square.bob
    hers, his = square.social(of(square, alice)).relations, square.social(of(square, bob)).relations
    square.told(alice, Block(bob))
    assert hers.are_blocked(alice, bob)
    assert his.are_blocked(bob, alice)
    assert his.is_unwelcome(bob, alice)
    square.told(alice, Unblock(bob))
    assert not hers.are_blocked(alice, bob)
    assert not his.are_blocked(bob, alice)
    assert (hers.blocked, his.blocked_by) == ({}, {})


def test_blocks_of_both_are_two_blocks(square: Square) -> None:
    alice, bob = square.alice, square.bob
    square.told(alice, Block(bob))
    square.told(bob, Block(alice))
    square.told(alice, Unblock(bob))
    assert square.social(of(square, alice)).relations.are_blocked(alice, bob)
    assert square.social(of(square, bob)).relations.are_blocked(bob, alice)


def test_a_mute_is_known_to_who_mutes_alone(square: Square) -> None:
    alice, bob = square.alice, square.bob
    square.told(bob, Follow(names.of_member(alice)))
    assert square.told(bob, Mute(alice)) == DONE
    hers, his = square.social(of(square, alice)).relations, square.social(of(square, bob)).relations
    assert his.is_unwelcome(bob, alice)
    assert not his.are_blocked(bob, alice)
    assert not hers.is_unwelcome(alice, bob)
    assert square.social(of(square, bob)).following[bob] == {names.of_member(alice): None}
    assert square.told(bob, Unmute(alice)) == DONE
    assert not his.is_unwelcome(bob, alice)


def test_what_is_done_already_is_not_done_again(square: Square) -> None:
    alice, bob = square.alice, square.bob
    for command in (Unblock(bob), Block(bob), Block(bob), Unblock(bob), Unblock(bob)):
        assert square.told(alice, command) == DONE
    for muting in (Unmute(bob), Mute(bob), Mute(bob), Unmute(bob), Unmute(bob)):
        assert square.told(alice, muting) == DONE
    written = [len(square.written(kind)) for kind in (Blocked, Unblocked, BlockNoted, Muted, Unmuted)]
    assert written == [1, 1, 2, 1, 1]


@pytest.mark.parametrize("command", [Block, Mute])
def test_nobody_blocks_or_mutes_themselves(square: Square, command: type[Block | Mute]) -> None:
    assert reason_of(square.told(square.alice, command(square.alice))) is Reason.NOT_ALLOWED


@pytest.mark.parametrize(("name", "command"), [("BLOCKED_MAX", Block), ("MUTED_MAX", Mute)])
def test_there_is_a_limit(
    square: Square, monkeypatch: pytest.MonkeyPatch, name: str, command: type[Block | Mute]
) -> None:
    monkeypatch.setattr(limits, name, 1)
    commands: list[SocialCommand] = [command(square.bob), command(square.bob), command(4_711)]
    first, again, second = (square.told(square.alice, each) for each in commands)
    assert (first, again, reason_of(second)) == (DONE, DONE, Reason.LIMIT_EXCEEDED)


def test_who_has_blocked_several_goes_on_with_the_others(square: Square) -> None:
    alice, bob = square.alice, square.bob
    carol = square.register("carol")
    for command in (Block(bob), Block(carol), Unblock(bob)):
        assert square.told(alice, command) == DONE
    assert square.social(of(square, alice)).relations.blocked == {alice: {carol: None}}
