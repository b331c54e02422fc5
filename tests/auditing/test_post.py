"""Owns the tests of the audit of the numbered post: numbers, cursors, and records that wait.

Never looks at what a message says.
Called by pytest.
"""

import pytest

from actors.auditing.breaches import Findings, Rule
from actors.auditing.entries import Entry
from actors.auditing.post import PostAudit
from actors.machines.messages.posted import MarketAnnounced
from actors.machines.messages.record import Body, Sent

HERE, THERE = "markets-0", "accounts-0"


class Post:
    """The post between two streams, record by record."""

    def __init__(self) -> None:
        self.findings = {name: Findings(name) for name in (HERE, THERE)}
        self.audit = PostAudit(self.findings)

    def send(self, first: int, count: int) -> list[list[int]]:
        """A record of ``HERE`` with messages to ``THERE``; which of their market ids records now took."""
        messages = tuple(MarketAnnounced(number) for number in range(first, first + count))
        return self.note(HERE, Body({}, (), {THERE: Sent(first, messages)}, {}))

    def take(self, number: int) -> list[list[int]]:
        return self.note(THERE, Body({HERE: number}, (), {}, {}))

    def hear(self, number: int) -> list[list[int]]:
        return self.note(HERE, Body({}, (), {}, {THERE: number}))

    def note(self, stream: str, body: Body) -> list[list[int]]:
        self.audit.note(Entry(stream, 1, 1, body))
        return [
            [message.market_id for message in covered.taken[HERE] if isinstance(message, MarketAnnounced)]
            for covered in self.audit.covered()
            if covered.taken
        ]

    def broken(self) -> list[Rule]:
        return [breach.rule for findings in self.findings.values() for breach in findings.take()]


def test_a_record_is_handed_over_with_what_it_took() -> None:
    post = Post()
    assert post.send(1, 3) == []
    assert post.take(2) == [[1, 2]]
    assert post.send(4, 1) == []
    assert post.take(4) == [[3, 4]]
    assert post.hear(4) == []
    assert post.broken() == []
    assert not post.audit.unsettled
    assert post.audit.overdue(post.audit.noted) == []


def test_a_record_waits_for_its_sender_and_those_after_it_wait_too() -> None:
    post = Post()
    assert post.take(1) == []
    assert post.take(3) == []
    waits = post.audit.unsettled
    assert waits
    assert post.send(1, 2) == [[1]]
    assert post.send(3, 1) == [[2, 3]]
    waits = post.audit.unsettled
    assert not waits
    assert post.broken() == []


@pytest.mark.parametrize("first", [1, 2, 4])
def test_numbers_have_no_gap_and_no_repeat(first: int) -> None:
    post = Post()
    post.send(1, 2)
    post.send(first, 1)
    assert post.broken() == [Rule.NUMBERING]


@pytest.mark.parametrize("number", [1, 2])
def test_a_cursor_only_moves_on(number: int) -> None:
    post = Post()
    post.send(1, 3)
    post.take(2)
    assert post.take(number) == [[]]
    assert post.broken() == [Rule.CURSOR]
    assert post.take(3) == [[3]]


def test_what_was_never_sent_cannot_be_taken() -> None:
    post = Post()
    post.send(1, 1)
    post.take(2)
    assert post.broken() == []
    (breach,) = post.audit.overdue(post.audit.noted)
    assert (breach.rule, breach.stream) == (Rule.CURSOR, THERE)
    assert breach.what == "it took message 2 of markets-0, which has sent 1"
    assert post.audit.overdue(post.audit.noted) == [], "said once"


@pytest.mark.parametrize("number", [0, 1, 3])
def test_an_acknowledgement_is_news_and_of_what_was_sent(number: int) -> None:
    post = Post()
    post.send(1, 2)
    post.take(2)
    post.hear(1)
    post.hear(number)
    assert post.broken() == [Rule.CURSOR]


def test_an_acknowledgement_is_of_what_was_taken() -> None:
    post = Post()
    post.send(1, 2)
    post.hear(2)
    assert post.broken() == []
    assert post.audit.unsettled
    (breach,) = post.audit.overdue(post.audit.noted)
    assert breach.what == "accounts-0 is said to have taken 2, but has taken 0"


def test_what_came_after_is_not_overdue_yet() -> None:
    post = Post()
    post.send(1, 2)
    before = post.audit.noted
    post.take(3)
    post.hear(2)
    assert post.audit.overdue(before) == []
    assert [breach.rule for breach in post.audit.overdue(before + 1)] == [Rule.CURSOR]
