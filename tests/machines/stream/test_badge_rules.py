"""Owns the tests of the forms of rules: what is added, what counts once, what breaks a run, what is marked.

Never names a declared badge.
Called by pytest.
"""

from collections.abc import Sequence

import pytest

from actors.machines import limits
from actors.machines.messages.activity import Content, Entry, JoinedContent, NewsContent
from actors.machines.messages.badges import MemberTally
from actors.machines.stream.badge_rules import Distinct, Happening, Marked, Rule, Streak, Sum, Tally
from actors.machines.stream.known import Known

JOINED, NEWS = JoinedContent, NewsContent


def entries(*contents: tuple[int, Content]) -> list[Entry]:
    """Entries of member 1, each with its market."""
    return [
        Entry(number, 1, "ada", market, 0, content, number)
        for number, (market, content) in enumerate(contents, 1)
    ]


def step(name: str, market: int = 1) -> tuple[int, Content]:
    return market, NewsContent(name)


def counts(rule: Rule, of: Sequence[Entry]) -> list[int]:
    """The member's count after each entry."""
    tally, found = Tally(""), []
    for entry in of:
        rule.apply(tally, Happening(type(entry.content), 1, "ada", entry), Known())
        found.append(tally.counts.get(1, 0))
    return found


def word(entry: Entry, _: Known) -> str:
    assert isinstance(entry.content, NewsContent)
    return entry.content.step


def market(entry: Entry, _: Known) -> int | None:
    return entry.market_id or None


def test_amounts_are_added_up() -> None:
    rule = Sum({JOINED: lambda _, __: 1, NEWS: lambda entry, _: entry.market_id})
    assert rule.kinds == (JOINED, NEWS)
    assert counts(rule, entries((0, JoinedContent()), step("x", 0), step("y", 5))) == [1, 1, 6]


def test_what_counts_once_counts_once() -> None:
    rule = Distinct({NEWS: word, JOINED: market})
    assert rule.kinds == (NEWS, JOINED)
    of = entries(step("a"), step("b"), step("a"), (0, JoinedContent()), (7, JoinedContent()))
    assert counts(rule, of) == [1, 2, 2, 2, 3]


def test_a_run_is_broken() -> None:
    rule = Streak({NEWS: lambda entry, known: {"won": True, "lost": False}.get(word(entry, known))})
    assert rule.kinds == (NEWS,)
    steps = ["lost", "won", "won", "void", "won", "lost", "won"]
    assert counts(rule, entries(*map(step, steps))) == [0, 1, 2, 2, 3, 0, 1]


@pytest.fixture
def marked() -> Marked:
    return Marked({JOINED: market}, {NEWS: market}, lambda entry, known: int(word(entry, known) == "won"))


def test_what_was_marked_counts_once_it_ends_well(marked: Marked) -> None:
    assert marked.kinds == (JOINED, NEWS)
    mark = JoinedContent()
    of = entries(
        step("won", 1),
        (1, mark),
        (0, mark),
        (2, mark),
        step("won", 1),
        step("won", 1),
        step("lost", 2),
        step("won", 0),
    )
    assert counts(marked, of) == [0, 0, 0, 0, 1, 1, 1, 1]


def test_only_so_much_is_marked(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BADGE_MARKS_MAX", 1)
    of = entries((1, JoinedContent()), (2, JoinedContent()), step("won", 2), step("won", 1))
    assert counts(marked, of) == [0, 0, 0, 1]


def test_a_tally_is_told_and_taken_again(marked: Marked) -> None:
    tally, again = Tally("1"), Tally("1")
    for entry in entries((1, JoinedContent()), (2, JoinedContent()), step("won", 2)):
        marked.apply(tally, Happening(type(entry.content), 1, "ada", entry), Known())
    tally.add(3, 5)
    assert tally.tallies() == [MemberTally(1, 1, (1,)), MemberTally(3, 5)]
    for each in tally.tallies():
        again.take(each)
    assert (again.counts, again.keys) == (tally.counts, tally.keys)
    again.drop(1)
    again.drop(2)
    assert again.tallies() == [MemberTally(3, 5)]
    again.take(MemberTally(4, 0, ("a",)))
    assert again.keys == {4: {"a": None}}
