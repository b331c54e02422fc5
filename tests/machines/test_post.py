"""Owns the tests of the numbered post: nothing taken twice, nothing skipped, whatever the carrier does.

Never tests what messages mean.
Called by pytest.
"""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.messages.letters import Letter
from actors.machines.messages.posted import MarketAnnounced, Posted
from actors.machines.messages.record import Sent
from actors.machines.post import Post

A, B = "accounts-0", "markets-0"


def messages(numbers: Iterable[int]) -> tuple[Posted, ...]:
    return tuple(MarketAnnounced(number) for number in numbers)


def letter(first: int, *numbers: int) -> Letter:
    return Letter(A, B, first, messages(numbers), 0, 1)


FRESH = [
    # taken before, letter -> what is new in it
    (0, letter(1, 1, 2), (1, 2)),
    (2, letter(1, 1, 2), ()),
    (1, letter(1, 1, 2, 3), (2, 3)),
    (0, letter(2, 2), ()),
    (5, letter(3, 3, 4), ()),
    (3, letter(4, 4), (4,)),
    (3, letter(4), ()),
]


@pytest.mark.parametrize(("taken", "arrived", "new"), FRESH)
def test_only_what_comes_next_is_taken(taken: int, arrived: Letter, new: tuple[int, ...]) -> None:
    post = Post(B)
    for _ in range(taken):
        post.take(A)
    assert post.fresh(arrived) == messages(new)


def test_what_is_sent_is_numbered_per_destination_and_kept_until_acknowledged() -> None:
    post = Post(A)
    before = post.numbers()
    post.send([(B, MarketAnnounced(1)), ("markets-1", MarketAnnounced(9)), (B, MarketAnnounced(2))])
    assert post.sent_since(before) == {B: Sent(1, messages([1, 2])), "markets-1": Sent(1, messages([9]))}
    assert post.sent_since(post.numbers()) == {}
    assert post.letter(B, 0, 10, 4) == Letter(A, B, 1, messages([1, 2]), 0, 4)
    assert post.letter(B, 1, 10, 4) == Letter(A, B, 2, messages([2]), 0, 4)
    assert post.letter(B, 0, 1, 4) == Letter(A, B, 1, messages([1]), 0, 4)
    assert post.hear(B, 1)
    assert not post.hear(B, 1)
    assert not post.hear("accounts-1", 1)
    assert post.letter(B, 0, 10, 4) == Letter(A, B, 2, messages([2]), 0, 4)
    assert post.hear(B, 99)
    assert post.letter(B, 0, 10, 4) == Letter(A, B, 3, (), 0, 4)


def test_a_letter_acknowledges_what_was_taken() -> None:
    post = Post(B)
    post.take(A)
    post.take(A)
    assert post.letter(A, 0, 10, 4).acknowledged == 2


def test_replay_makes_the_same_post() -> None:
    live, again = Post(A), Post(A)
    for number in range(1, 6):
        before = live.numbers()
        live.take(B)
        live.send([(B, MarketAnnounced(number))])
        live.hear(B, number - 2)
        again.replay(dict(live.cursors), live.sent_since(before), {B: number - 2})
    assert again.state_hash() == live.state_hash()
    assert again.letter(B, 0, 10, 0) == live.letter(B, 0, 10, 0)


def test_a_record_whose_numbers_do_not_follow_is_noticed() -> None:
    with pytest.raises(AssertionError, match="out of turn"):
        Post(A).replay({}, {B: Sent(2, messages([2]))}, {})


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), max_size=200), st.integers(0, 30))
def test_however_letters_come_everything_arrives_once_and_in_order(
    carried: list[tuple[int, int]], sent: int
) -> None:
    """A carrier that repeats, delays and drops letters, and then becomes honest."""
    sender, receiver = Post(A), Post(B)
    sender.send((B, message) for message in messages(range(1, sent + 1)))
    taken: list[Posted] = []
    for after, limit in [*carried, (0, 100)]:
        for message in receiver.fresh(sender.letter(B, after, limit, 1)):
            taken.append(message)
            receiver.take(A)
    assert tuple(taken) == messages(range(1, sent + 1))
    sender.hear(B, receiver.letter(A, 0, 0, 1).acknowledged)
    assert sender.letter(B, 0, 100, 1).messages == ()
