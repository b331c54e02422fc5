"""Owns the tests of which social stream decides a member's command.

Never sends one.
Called by pytest.
"""

import pytest

from actors.machines.messages.comments import (
    CommentCommand,
    DeleteComment,
    EditComment,
    HideComment,
    ReportComment,
    ShowComment,
    Subject,
    WriteComment,
)
from actors.machines.messages.following import Follow
from actors.machines.social_routes import activity_of, destination
from actors.machines.streams import make_id
from tests.machines.stream.square import FOUR, ONE


def test_what_a_member_follows_is_their_own_affair() -> None:
    assert activity_of(Follow("market/1"), 17) == "member/17"
    assert destination(Follow("market/1"), 17, FOUR) == FOUR.of_activity("member/17")


@pytest.mark.parametrize(
    ("subject", "place"),
    [(Subject(market_id=3), "market/3"), (Subject(entry_id=99, account_id=16), "member/16")],
)
def test_a_comment_is_decided_where_its_subject_is(subject: Subject, place: str) -> None:
    assert destination(WriteComment(subject, "Well."), 17, FOUR) == FOUR.of_activity(place)


@pytest.mark.parametrize(
    "command",
    [
        EditComment(make_id(5, "social-2"), "Well."),
        DeleteComment(make_id(5, "social-2")),
        ReportComment(make_id(5, "social-2"), "rude"),
        HideComment(make_id(5, "social-2"), "rude"),
        ShowComment(make_id(5, "social-2"), "not rude"),
    ],
)
def test_a_comment_s_id_says_where_it_is(command: CommentCommand) -> None:
    assert destination(command, 17, FOUR) == "social-2"
    assert destination(command, 17, ONE) is None, "there is no such stream, so no such comment"
