"""Owns the tests of comments: who may write, edit, delete, report, hide and show one, and how often.

Never looks at documents, or at who sees what.
Called by pytest.
"""

from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from actors.machines import limits
from actors.machines.messages.activity import CommentContent
from actors.machines.messages.answers import Refused, SocialResult
from actors.machines.messages.comments import (
    CommentCommand,
    CommentDeleted,
    CommentEdited,
    CommentHidden,
    CommentReported,
    CommentResult,
    CommentShown,
    CommentWritten,
    DeleteComment,
    EditComment,
    HideComment,
    Mention,
    ReportComment,
    ShowComment,
    Subject,
    WriteComment,
)
from actors.machines.messages.following import Block, Unblock
from actors.machines.messages.social_words import CommentState
from actors.machines.messages.words import MarketState, Reason
from actors.machines.stream import names
from actors.machines.streams import Streams
from tests.machines.stream.square import FOUR, ONE, Square

MARKET: Final = Subject(market_id=1)
NOWHERE: Final = 16 * 99


@pytest.fixture(params=[ONE, FOUR], ids=["one", "four"])
def square(request: pytest.FixtureRequest) -> Iterator[Square]:
    made = Square(request.param)
    yield made
    made.assert_sound()


def wrote(square: Square, account_id: int, text: str = "Well.", in_reply_to: int = 0) -> CommentResult:
    result = square.told(account_id, WriteComment(MARKET, text, (), in_reply_to))
    assert isinstance(result, CommentResult)
    return result


def refused(square: Square, account_id: int, command: CommentCommand) -> Refused:
    result = square.told(account_id, command)
    assert isinstance(result, Refused), result
    return result


def test_a_comment_on_a_market_stands_in_the_author_s_and_the_market_s_stream(square: Square) -> None:
    mentions = (Mention(square.bob, "bob"),)
    told = square.told(square.alice, WriteComment(MARKET, "Well, @bob.", mentions))
    (event,) = square.written(CommentWritten)
    assert isinstance(event, CommentWritten)
    comment_id = event.comment_id
    assert event == CommentWritten(
        comment_id, square.alice, "alice", MARKET, "Well, @bob.", mentions, 0, 0, event.time
    )
    assert told == CommentResult(
        comment_id, square.alice, "alice", MARKET, "Well, @bob.", mentions, 0, event.time, 0
    )
    for place in (names.of_member(square.alice), names.of_market(1)):
        (entry,) = [each for each in square.activity(place) if isinstance(each.content, CommentContent)]
        assert (entry.content, entry.username, entry.market_id, entry.event_id) == (
            CommentContent(comment_id),
            "alice",
            1,
            1,
        )


def test_a_comment_on_an_entry_is_told_to_nobody_s_followers(square: Square) -> None:
    on_entry = Subject(entry_id=16, account_id=square.alice)
    before = len(square.activity(names.of_member(square.bob)))
    told = square.told(square.bob, WriteComment(on_entry, "Lucky you."))
    assert isinstance(told, CommentResult)
    assert told.subject == on_entry
    assert len(square.activity(names.of_member(square.bob))) == before
    unknown = refused(square, square.bob, WriteComment(Subject(entry_id=16, account_id=NOWHERE), "Well."))
    assert unknown.reason is Reason.NOT_FOUND


def test_who_is_blocked_comments_on_no_entry_of_who_blocked_them(square: Square) -> None:
    on_entry = WriteComment(Subject(entry_id=16, account_id=square.alice), "Lucky you.")
    square.told(square.alice, Block(square.bob))
    unknown = WriteComment(Subject(entry_id=16, account_id=NOWHERE), "Lucky you.")
    assert refused(square, square.bob, on_entry) == refused(square, square.bob, unknown)
    square.told(square.alice, Unblock(square.bob))
    assert isinstance(square.told(square.bob, on_entry), CommentResult)
    wrote(square, square.bob)


@pytest.mark.parametrize("state", [MarketState.OPEN, MarketState.CLOSED, MarketState.SETTLED])
def test_a_market_is_commented_on_in_every_state(state: MarketState) -> None:
    square = Square()
    if state is MarketState.SETTLED:
        square.settle(1)
    else:
        square.move(state)
    assert wrote(square, square.bob).subject == MARKET
    assert refused(square, square.bob, WriteComment(Subject(market_id=9), "Well.")).reason is Reason.NOT_FOUND


def test_a_reply_answers_a_comment_on_the_same_subject_one_level_deep(square: Square) -> None:
    first = wrote(square, square.alice)
    reply = wrote(square, square.bob, in_reply_to=first.comment_id)
    assert reply.in_reply_to == first.comment_id
    *_, event = square.written(CommentWritten)
    assert isinstance(event, CommentWritten)
    assert event.answered_id == square.alice
    deeper = WriteComment(MARKET, "Well?", in_reply_to=reply.comment_id)
    assert refused(square, square.alice, deeper) == Refused(
        Reason.LIMIT_EXCEEDED, "This is a reply itself: answer the first.", "in_reply_to"
    )


@pytest.mark.parametrize("how", ["unknown", "elsewhere", "hidden", "deleted"])
def test_what_is_not_there_is_not_answered(how: str) -> None:
    square = Square()
    first = wrote(square, square.alice).comment_id
    subject = MARKET
    if how == "unknown":
        first = NOWHERE
    elif how == "elsewhere":
        subject = Subject(entry_id=16, account_id=square.alice)
    elif how == "hidden":
        square.told(square.staff, HideComment(first, "rude"))
    else:
        square.told(square.alice, DeleteComment(first))
    told = refused(square, square.bob, WriteComment(subject, "Well?", in_reply_to=first))
    assert (told.reason, told.field) == (Reason.COMMENT_NOT_FOUND, "in_reply_to")


def test_an_author_edits_and_deletes_their_own(square: Square) -> None:
    made = wrote(square, square.alice)
    edited = square.told(square.alice, EditComment(made.comment_id, "Better."))
    assert isinstance(edited, CommentResult)
    assert (edited.text, edited.created_time, edited.subject) == ("Better.", made.created_time, MARKET)
    assert edited.edited_time > edited.created_time
    for command in (EditComment(made.comment_id, "Mine."), DeleteComment(made.comment_id)):
        assert refused(square, square.bob, command).reason is Reason.NOT_ALLOWED
        assert refused(square, square.staff, command).reason is Reason.NOT_ALLOWED
    assert square.told(square.alice, DeleteComment(made.comment_id)) == SocialResult(made.comment_id)
    assert len(square.written(CommentEdited)) == len(square.written(CommentDeleted)) == 1


def test_what_is_deleted_is_not_there(square: Square) -> None:
    gone = wrote(square, square.alice).comment_id
    square.told(square.alice, DeleteComment(gone))
    for asker, command in (
        (square.alice, EditComment(gone, "Back.")),
        (square.alice, DeleteComment(gone)),
        (square.bob, ReportComment(gone, "rude")),
        (square.staff, HideComment(gone, "rude")),
        (square.staff, ShowComment(gone, "not rude")),
    ):
        assert refused(square, asker, command).reason is Reason.NOT_FOUND
    assert wrote(square, square.alice).comment_id > gone, "ids are given once"


def test_a_hidden_comment_is_its_author_s_to_delete_alone(square: Square) -> None:
    hidden = wrote(square, square.alice).comment_id
    assert square.told(square.staff, HideComment(hidden, "rude")) == SocialResult(hidden)
    assert square.told(square.staff, HideComment(hidden, "very rude")) == SocialResult(hidden)
    assert len(square.written(CommentHidden)) == 1
    assert refused(square, square.alice, EditComment(hidden, "Sorry.")).reason is Reason.NOT_ALLOWED
    for command in (EditComment(hidden, "x"), DeleteComment(hidden), ReportComment(hidden, "rude")):
        assert refused(square, square.bob, command).reason is Reason.NOT_FOUND, "others aren't told of it"
    assert square.told(square.staff, ShowComment(hidden, "a joke")) == SocialResult(hidden)
    assert square.told(square.staff, ShowComment(hidden, "a joke")) == SocialResult(hidden)
    assert len(square.written(CommentShown)) == 1
    square.told(square.staff, HideComment(hidden, "no joke"))
    assert square.told(square.alice, DeleteComment(hidden)) == SocialResult(hidden)


def test_an_id_that_no_social_stream_gave_is_not_there() -> None:
    square = Square(ONE)
    assert refused(square, square.bob, DeleteComment(NOWHERE + 7)).reason is Reason.NOT_FOUND
    assert square.written(CommentDeleted) == []


def test_only_staff_hides(square: Square) -> None:
    made = wrote(square, square.alice).comment_id
    for command in (HideComment(made, "mine"), ShowComment(made, "mine")):
        assert refused(square, square.alice, command).reason is Reason.NOT_ALLOWED
    assert square.written(CommentHidden) == []


def test_reports_bring_a_comment_before_staff(square: Square, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REPORTS_TO_QUEUE", 2)
    made = wrote(square, square.alice).comment_id
    assert refused(square, square.alice, ReportComment(made, "mine")).reason is Reason.NOT_ALLOWED
    carol, dave = square.register("carol"), square.register("dave")
    for reporter in (square.bob, square.bob, carol):
        assert square.told(reporter, ReportComment(made, "rude")) == SocialResult(made)
    square.told(square.staff, ShowComment(made, "not rude"))
    for reporter in (square.bob, dave, square.staff):
        square.told(reporter, ReportComment(made, "rude"))
    reports = [event for event in square.written(CommentReported) if isinstance(event, CommentReported)]
    assert [(event.account_id, event.queued) for event in reports] == [
        (square.bob, False),
        (carol, True),
        (dave, False),
        (square.staff, True),
    ]


def test_so_many_reports_are_kept(square: Square, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REPORTS_PER_COMMENT_MAX", 1)
    made = wrote(square, square.alice).comment_id
    for reporter in (square.bob, square.staff):
        assert square.told(reporter, ReportComment(made, "rude")) == SocialResult(made)
    assert len(square.written(CommentReported)) == 1


def test_nobody_writes_too_often() -> None:
    square = Square()
    other = wrote(square, square.alice).comment_id
    own = wrote(square, square.bob).comment_id
    for _ in range(limits.COMMENTS_BURST - 2):
        wrote(square, square.bob)
    square.told(square.bob, EditComment(own, "Better."))
    for command in (
        WriteComment(MARKET, "Well."),
        EditComment(own, "Best."),
        ReportComment(other, "rude"),
    ):
        assert refused(square, square.bob, command).reason is Reason.THROTTLE_EXCEEDED
    assert isinstance(square.told(square.bob, DeleteComment(own)), SocialResult), "that is always possible"
    wrote(square, square.alice)
    square.time += limits.COMMENT_INTERVAL_US
    wrote(square, square.bob)
    assert refused(square, square.bob, WriteComment(MARKET, "Well.")).reason is Reason.THROTTLE_EXCEEDED


class Conversation(RuleBasedStateMachine):
    """Members and staff do anything to any comment, in any order; a naive model says what may come of it."""

    @initialize(streams=st.sampled_from([ONE, FOUR]))
    def begin(self, streams: Streams) -> None:
        self.square = Square(streams)
        self.people = (self.square.alice, self.square.bob, self.square.staff)
        self.authors: dict[int, int] = {}
        self.states: dict[int, CommentState] = {}

    def told(self, who: int, command: CommentCommand) -> bool:
        """Whether it was done; everybody waits until they may write again."""
        self.square.time += limits.COMMENT_INTERVAL_US
        return not isinstance(self.square.told(self.people[who], command), Refused)

    @rule(who=st.integers(0, 2), reply=st.booleans(), which=st.integers(0, 5))
    def write(self, who: int, reply: bool, which: int) -> None:
        answered = self.some(which) if reply else 0
        self.square.time += limits.COMMENT_INTERVAL_US
        made = self.square.told(self.people[who], WriteComment(MARKET, "Well.", (), answered))
        if isinstance(made, CommentResult):
            assert not answered or self.states[answered] is CommentState.WRITTEN
            self.authors[made.comment_id] = self.people[who]
            self.states[made.comment_id] = CommentState.WRITTEN
        else:
            assert answered

    @rule(who=st.integers(0, 2), which=st.integers(0, 5))
    def edit(self, who: int, which: int) -> None:
        own, state = self.about(who, which)
        assert self.told(who, EditComment(self.some(which), "Better.")) == (
            own and state is CommentState.WRITTEN
        )

    @rule(who=st.integers(0, 2), which=st.integers(0, 5))
    def delete(self, who: int, which: int) -> None:
        own, state = self.about(who, which)
        done = self.told(who, DeleteComment(self.some(which)))
        assert done == (own and state is not CommentState.DELETED)
        if done:
            self.states[self.some(which)] = CommentState.DELETED

    @rule(who=st.integers(0, 2), which=st.integers(0, 5))
    def report(self, who: int, which: int) -> None:
        own, state = self.about(who, which)
        done = self.told(who, ReportComment(self.some(which), "rude"))
        assert done == (not own and state is CommentState.WRITTEN)

    @rule(who=st.integers(0, 2), which=st.integers(0, 5), hidden=st.booleans())
    def judge(self, who: int, which: int, hidden: bool) -> None:
        _, state = self.about(who, which)
        comment_id = self.some(which)
        command = HideComment(comment_id, "rude") if hidden else ShowComment(comment_id, "not rude")
        done = self.told(who, command)
        assert done == (self.people[who] == self.square.staff and state is not CommentState.DELETED)
        if done:
            self.states[comment_id] = CommentState.HIDDEN if hidden else CommentState.WRITTEN

    @invariant()
    def the_machine_knows_what_is_left(self) -> None:
        known = {
            comment_id: comment.state
            for name in self.square.streams.social_names
            for comment_id, comment in self.square.social(name).comments.all.items()
        }
        left = {each: state for each, state in self.states.items() if state is not CommentState.DELETED}
        assert known == left

    def teardown(self) -> None:
        if hasattr(self, "square"):
            self.square.assert_sound()

    def some(self, which: int) -> int:
        return [*self.states, NOWHERE][which % (len(self.states) + 1)]

    def about(self, who: int, which: int) -> tuple[bool, CommentState]:
        comment_id = self.some(which)
        return self.authors.get(comment_id) == self.people[who], self.states.get(
            comment_id, CommentState.DELETED
        )


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
