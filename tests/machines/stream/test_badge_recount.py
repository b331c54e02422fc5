"""Owns the tests of counting badges over the past of a social stream.

Never reads a log: the tests of the command do.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.messages.badges import BadgeCounted, BadgeEarned
from actors.machines.messages.following import Follow
from actors.machines.messages.record import decode
from actors.machines.messages.words import Side
from actors.machines.stream import badges, names
from actors.machines.stream.badge_counts import Declared
from actors.machines.stream.badge_declarations import BADGES
from actors.machines.stream.badge_recount import Recount
from tests.machines.stream.square import FOUR, Square


def square() -> Square:
    made = Square(FOUR)
    made.place(made.alice, Side.SELL, 4_000, 10)
    made.place(made.bob, Side.BUY, 4_000, 10)
    made.told(made.bob, Follow(names.of_member(made.alice)))
    return made


def recounts(of: Square) -> list[Recount]:
    made = [Recount(name, of.streams) for name in of.streams.social_names]
    for recount, name in zip(made, of.streams.social_names, strict=True):
        for body in of.bodies[name]:
            recount.take(decode(body).events)  # type: ignore[arg-type] # a social stream's own
    return made


def counted(of: Square) -> list[BadgeCounted]:
    return [event for recount in recounts(of) for event in recount.events()]


def test_what_is_counted_is_not_counted_again() -> None:
    of = square()
    with_members = [each for each in recounts(of) if not each.missing()]
    assert with_members
    assert not [event for recount in with_members for event in recount.events()]


def test_what_is_new_is_counted_from_the_first_event_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(badges, "DECLARED", Declared([]))
        of = square()
        assert of.written(BadgeEarned) == []
    earned = [each for event in counted(of) for each in event.earned]
    assert {(each.username, each.badge, each.level) for each in earned} == {
        ("alice", "trader", 1),
        ("alice", "market-maker", 1),
        ("alice", "followed", 1),
        ("bob", "trader", 1),
    }


def test_a_level_that_somebody_has_is_not_earned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    of = square()
    newer = [badge._replace(version=badge.version + 1) for badge in BADGES]
    monkeypatch.setattr(badges, "DECLARED", Declared(newer))
    events = counted(of)
    assert {event.badge for event in events} == {badge.name for badge in BADGES}
    assert [event.earned for event in events if event.earned] == []
    assert sum(len(event.tallies) for event in events) > 0


def test_what_there_is_much_of_is_told_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(badges, "DECLARED", Declared([]))
        of = Square()
        of.place(of.alice, Side.SELL, 4_000, 10)
        of.place(of.bob, Side.BUY, 4_000, 10)
    monkeypatch.setattr(limits, "BADGES_COUNTED_AT_ONCE_MAX", 1)
    trader = [event for event in counted(of) if event.badge == "trader"]
    assert [(event.begins, event.ends, len(event.tallies)) for event in trader] == [
        (True, False, 1),
        (False, True, 1),
    ]
