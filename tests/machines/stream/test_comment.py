"""Owns the tests of a comment's life and of how often a member writes.

Never decides anything: events are given.
Called by pytest.
"""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines import limits
from actors.machines.messages.comments import (
    CommentDeleted,
    CommentEdited,
    CommentEvent,
    CommentHidden,
    CommentReported,
    CommentShown,
    CommentWritten,
    Subject,
)
from actors.machines.messages.social_words import CommentState
from actors.machines.stream.comment import TRANSITIONS, Comment, Comments

WRITTEN: Final = CommentWritten(16, 1, "alice", Subject(3), "Well.", (), 0, 0, 5)
HIDDEN: Final = CommentHidden(16, 9, 1, 0, "rude", 7)
MOVES: Final[tuple[CommentEvent, ...]] = (
    WRITTEN,
    CommentEdited(16, 1, "Well!", (), 6),
    CommentReported(16, 2, "bob", "rude", False, 6),
    CommentShown(16, 9, 2, 0, "not rude", 8),
    HIDDEN,
    CommentDeleted(16, 9),
)
BEFORE: Final[dict[CommentState, tuple[CommentEvent, ...]]] = {
    CommentState.WRITTEN: (),
    CommentState.HIDDEN: (HIDDEN,),
    CommentState.DELETED: (CommentDeleted(16, 9),),
}
INTERVAL: Final = limits.COMMENT_INTERVAL_US


@pytest.mark.parametrize("state", CommentState)
@pytest.mark.parametrize("move", MOVES, ids=lambda move: type(move).__name__)
def test_only_what_is_declared_happens(state: CommentState, move: CommentEvent) -> None:
    comment = Comment(WRITTEN)
    for event in BEFORE[state]:
        comment.move(event)
    assert comment.state is state
    if (after := TRANSITIONS[state].get(type(move))) is not None:
        comment.move(move)
        assert comment.state is after
    else:
        with pytest.raises(AssertionError, match=f"comment 16: {type(move).__name__} in {state}"):
            comment.move(move)
        assert comment.state is state


def test_a_comment_begins_written_and_ends_deleted() -> None:
    assert TRANSITIONS[None] == {CommentWritten: CommentState.WRITTEN}
    assert TRANSITIONS[CommentState.DELETED] == {}
    assert set(TRANSITIONS) == {None, *CommentState}


def test_after_a_burst_one_an_interval() -> None:
    comments = Comments()
    for _ in range(limits.COMMENTS_BURST):
        assert not comments.is_too_often(1, 1_000)
        comments.pace(1, 1_000)
    assert comments.is_too_often(1, 1_000)
    assert not comments.is_too_often(2, 1_000), "everybody has a pace of their own"
    assert comments.is_too_often(1, 1_000 + INTERVAL - 1)
    assert not comments.is_too_often(1, 1_000 + INTERVAL)


@given(st.lists(st.integers(0, 3 * INTERVAL), min_size=1, max_size=60))
def test_in_no_time_there_are_more_than_a_burst_and_one_an_interval(waits: list[int]) -> None:
    comments, time, written = Comments(), 0, []
    for wait in waits:
        time += wait
        if not comments.is_too_often(1, time):
            comments.pace(1, time)
            written.append(time)
    for first, begin in enumerate(written):
        for last, end in enumerate(written[first:], 1):
            assert last <= limits.COMMENTS_BURST + (end - begin) // INTERVAL
