"""Owns the tests of badges: earned once per level, announced, never lost, and counted only where they count.

Never tests a rule of a declared badge alone.
Called by pytest.
"""

import itertools
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.messages.activity import Content, Entry, EntryAdded, JoinedContent
from actors.machines.messages.badges import BadgeContent, BadgeCounted, BadgeEarned, MemberTally
from actors.machines.messages.notifications import FollowerGained
from actors.machines.messages.trading_entries import Counterparty, FillContent, SettlementContent
from actors.machines.messages.words import Side
from actors.machines.stream import badges, names
from actors.machines.stream.badge_counts import Badges, Declared
from actors.machines.stream.badge_declarations import BADGES
from actors.machines.stream.badge_rules import Badge, Level, Sum
from actors.machines.stream.known import Known
from actors.machines.streams import Streams
from tests.machines.stream.square import FOUR, ONE, Square

BUY, SELL = Side.BUY, Side.SELL


def earned_by(square: Square, account_id: int) -> list[tuple[str, int]]:
    events = [event for event in square.written(BadgeEarned) if isinstance(event, BadgeEarned)]
    return [(event.badge, event.level) for event in events if event.account_id == account_id]


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_a_first_trade_earns_badges_and_is_told(streams: Streams) -> None:
    square = Square(streams)
    square.place(square.alice, SELL, 4_000, 10)
    square.place(square.bob, BUY, 4_000, 10)
    assert earned_by(square, square.alice) == [("trader", 1), ("market-maker", 1)]
    assert earned_by(square, square.bob) == [("trader", 1)]
    entries = square.activity(names.of_member(square.bob))
    (fill,) = [entry for entry in entries if isinstance(entry.content, FillContent)]
    (told,) = [entry for entry in entries if isinstance(entry.content, BadgeContent)]
    assert (told.content, told.username) == (BadgeContent("trader", 1), "bob")
    assert {entry.content for entry in square.activity(names.EXCHANGE)} >= {told.content}
    (event,) = [each for each in square.written(BadgeEarned) if each.account_id == square.bob]  # type: ignore[union-attr]
    assert isinstance(event, BadgeEarned)
    assert (event.entry_id, event.time, event.username) == (fill.entry_id, fill.time, "bob")
    square.assert_sound()


def test_a_win_against_the_odds() -> None:
    square = Square()
    square.place(square.alice, SELL, 900, 10)
    square.place(square.bob, BUY, 900, 10)
    square.settle(1)
    assert earned_by(square, square.bob) == [("trader", 1), ("winner", 1), ("long-shot", 1)]
    assert earned_by(square, square.alice) == [("trader", 1), ("market-maker", 1)]
    square.assert_sound()


def test_before_the_first_member_all_that_is_declared_is_counted_from_here_on() -> None:
    square = Square(FOUR)
    for name in square.streams.social_names:
        social = square.social(name)
        counted = {badge.name for badge in BADGES if social.badges.counted(badge)}
        assert counted == (set(badges.DECLARED.by_name) if social.known.usernames else set())
    begun = [event for event in square.written(BadgeCounted) if isinstance(event, BadgeCounted)]
    streams = {
        square.streams.of_activity(names.of_member(each)) for each in (1 << 4, square.alice, square.bob)
    }
    assert 0 < len(begun) <= len(BADGES) * (len(streams) + 1)


def test_who_was_counted_by_another_declaration_is_not_counted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    square = Square()
    newer = [badge._replace(version=badge.version + 1) for badge in BADGES if badge.name == "trader"]
    monkeypatch.setattr(
        badges, "DECLARED", Declared([*newer, *[each for each in BADGES if each.name != "trader"]])
    )
    square.place(square.alice, SELL, 4_000, 10)
    square.place(square.bob, BUY, 4_000, 10)
    assert earned_by(square, square.bob) == []


# Counts alone, without an exchange around them.

MEMBERS = (1, 2)
HERE = [names.of_member(member) for member in MEMBERS]


def fill(quantity: int = 10, *, maker: bool = False, challenge_id: int = 0) -> FillContent:
    against = (Counterparty(9, quantity, quantity),)
    return FillContent(1, 1, BUY, quantity, 500 * quantity, maker, against, challenge_id)


def settlement(result: int, version: int = 1, *, void: bool = False) -> SettlementContent:
    return SettlementContent(void, result, 0, version)


CONTENTS: st.SearchStrategy[Content] = st.one_of(
    st.builds(fill, st.integers(1, 10**9), maker=st.booleans(), challenge_id=st.integers(0, 3)),
    st.builds(settlement, st.integers(-1, 1), st.integers(1, 2), void=st.booleans()),
    st.just(JoinedContent()),
)
STEPS = st.lists(st.tuples(st.sampled_from(MEMBERS), st.integers(1, 4), CONTENTS), max_size=60)


def low(badge: Badge) -> Badge:
    """The badge with levels that few entries reach."""
    levels = tuple(Level(1 + 2 * place, level.title) for place, level in enumerate(badge.levels))
    return badge._replace(levels=levels)


LOW = Declared([low(badge) for badge in BADGES])


def added(steps: Sequence[tuple[int, int, Content]]) -> Iterator[EntryAdded]:
    for number, (member, market, content) in enumerate(steps, 1):
        entry = Entry(number, member, f"member-{member}", market, market, content, number)
        yield EntryAdded(entry, {names.of_member(member): number})


def known() -> Known:
    made = Known()
    made.categories.update({1: "sport", 2: "sport", 3: "politics"})
    return made


def begun(declared: Declared) -> Badges:
    made = Badges()
    for badge in declared.badges:
        made.take(BadgeCounted(badge.name, badge.fingerprint), declared)
    return made


def play(made: Badges, entries: Sequence[EntryAdded]) -> list[EntryAdded | BadgeEarned]:
    """All events that entries come to, evolved as they are written."""
    events: list[EntryAdded | BadgeEarned] = []
    for event in entries:
        events.append(event)
        happened = badges.happening(event)
        assert happened is not None
        made.count(happened, known(), LOW)
        for earned in made.earned(happened, LOW):
            made.earn(earned, LOW)
            events.append(earned)
    return events


def state_of(made: Badges) -> object:
    return (
        {name: (tally.fingerprint, tally.tallies()) for name, tally in made.tallies.items()},
        {name: levels for name, levels in made.levels.items() if levels},
    )


@given(STEPS)
def test_a_level_is_earned_once_and_the_events_alone_say_which(steps: list[tuple[int, int, Content]]) -> None:
    made = begun(LOW)
    events = play(made, list(added(steps)))
    earned = [event for event in events if isinstance(event, BadgeEarned)]
    levels = [(event.account_id, event.badge, event.level) for event in earned]
    assert len(levels) == len(set(levels))
    for (member, badge), group in itertools.groupby(sorted(levels), key=lambda each: each[:2]):
        assert [level for *_, level in group] == list(range(1, made.level(badge, member) + 1))
    again = begun(LOW)
    for event in events:
        if isinstance(event, BadgeEarned):
            again.earn(event, LOW)
        else:
            happened = badges.happening(event)
            assert happened is not None
            again.count(happened, known(), LOW)
    assert state_of(again) == state_of(made)


@given(STEPS)
def test_who_has_the_highest_level_is_counted_no_further(steps: list[tuple[int, int, Content]]) -> None:
    made = begun(LOW)
    play(made, list(added(steps)))
    for badge in LOW.badges:
        for member in MEMBERS:
            if made.level(badge.name, member) == len(badge.levels):
                assert member not in made.tallies[badge.name].counts
                assert member not in made.tallies[badge.name].keys


def test_several_levels_may_be_earned_at_once() -> None:
    heavy = Declared([badge for badge in BADGES if badge.name == "heavyweight"])
    made, (event,) = begun(heavy), added([(1, 1, fill(2_000 * 10_000))])
    happened = badges.happening(event)
    assert happened is not None
    made.count(happened, known(), heavy)
    assert [each.level for each in made.earned(happened, heavy)] == [1, 2]


def test_a_level_that_was_earned_stays_whatever_becomes_of_the_declaration() -> None:
    made = Badges()
    made.earn(BadgeEarned(1, "ada", "forgotten", 2, 5, 5), LOW)
    made.earn(BadgeEarned(1, "ada", "forgotten", 1, 6, 6), LOW)
    made.earn(BadgeEarned(1, "ada", "trader", 4, 6, 6), LOW)
    assert (made.level("forgotten", 1), made.level("trader", 1), made.level("trader", 2)) == (2, 4, 0)


def test_what_was_counted_of_the_past_holds_from_its_end_on() -> None:
    made = Badges()
    trader = LOW.by_name["trader"]
    one = BadgeCounted("trader", trader.fingerprint, ends=False)
    made.take(one, LOW)
    assert made.counted(trader) is None
    again = BadgeCounted(
        "trader", trader.fingerprint, True, False, (MemberTally(1, 2), MemberTally(2, 0, (7,)))
    )
    made.take(again, LOW)
    end = (MemberTally(3, 1, ("a", "b")),)
    won = (BadgeEarned(4, "dan", "trader", 2, 9, 9),)
    made.take(BadgeCounted("trader", trader.fingerprint, False, True, end, won), LOW)
    tally = made.counted(trader)
    assert tally is not None
    assert tally.tallies() == [MemberTally(1, 2), MemberTally(2, 0, (7,)), MemberTally(3, 1, ("a", "b"))]
    assert not made.coming
    assert made.level("trader", 4) == 2


def test_only_the_own_activity_stream_counts() -> None:
    (event,) = added([(1, 1, fill())])
    assert badges.happening(event) == (FillContent, 1, "member-1", event.entry)
    assert badges.happening(EntryAdded(event.entry, {"market/1": 1, "member/2": 4})) is None
    gained = FollowerGained(2, "ben", event.entry)
    assert badges.happening(gained) == (FollowerGained, 2, "ben", event.entry)


def test_a_declaration_has_its_own_fingerprint() -> None:
    badge = Badge("b", 1, "B", "", Sum({}), (Level(1, "One"), Level(3, "Two")))
    others = [badge._replace(version=2), badge._replace(levels=(Level(1, "One"), Level(4, "Two")))]
    assert len({each.fingerprint for each in [badge, *others]}) == 3
    assert [badge.reached(count) for count in (0, 1, 2, 3, 9)] == [0, 1, 1, 2, 2]
