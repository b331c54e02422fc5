"""Owns the tests of the audit of social streams: falsified entries, and what is said to be read.

Never tests what becomes an entry.
Called by pytest.
"""

from functools import cache

import pytest
from msgspec import structs

from actors.auditing.auditor import Auditor
from actors.auditing.breaches import Breach, Rule
from actors.auditing.entries import Entry
from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.commands import HaltExchange
from actors.machines.messages.events import Event, InstructionAnswered
from actors.machines.messages.following import Follow
from actors.machines.messages.record import Body, ReadTo
from actors.machines.messages.social_commands import SocialCommandSent
from actors.machines.messages.words import Side
from actors.machines.streams import Streams
from tests.auditing.recorded import (
    Change,
    RecordedTown,
    audited,
    doubled,
    falsified,
    fields,
    found_in,
    removed,
    rules,
)
from tests.machines.town import LOT

TWO = Streams(2, 2, 2)


def active(streams: Streams) -> tuple[Entry, ...]:
    """Two members who trade, follow each other and the market, and get their money."""
    town = RecordedTown(streams=streams)
    town.send(town.bob, Follow(f"member/{town.alice}"))
    town.send(town.alice, Follow("market/1"))
    town.place(town.alice, Side.BUY, 5_000, 10 * LOT)
    town.place(town.bob, Side.SELL, 5_000, 10 * LOT)
    town.settle(1)
    return tuple(town.entries)


@cache
def history() -> tuple[Entry, ...]:
    return active(Streams())


def entry_with(**changes: object) -> Change:
    """An added entry that is another one."""

    def change(event: Event) -> Event:
        assert isinstance(event, EntryAdded)
        return structs.replace(event, entry=structs.replace(event.entry, **changes))

    change.__name__ = ", ".join(f"{name}={value}" for name, value in changes.items())
    return change


def renumbered(event: Event) -> Event:
    assert isinstance(event, EntryAdded)
    return structs.replace(event, numbers={name: number + 1 for name, number in event.numbers.items()})


@pytest.mark.parametrize("streams", [Streams(), TWO, Streams(1, 1, 8)])
def test_a_lawful_log_has_no_breach(streams: Streams) -> None:
    assert audited(active(streams), streams) == []


@pytest.mark.parametrize("change", [removed, doubled, renumbered, entry_with(entry_id=16)])
def test_entries_have_numbers_without_gaps_and_ids_that_rise(change: Change) -> None:
    """What is missing is found by what comes after it."""
    entries, _ = falsified(EntryAdded, change, 2, history)
    assert rules(audited(entries)) == [Rule.ACTIVITY]


def test_times_of_entries_never_fall() -> None:
    entries, _ = falsified(EntryAdded, entry_with(time=10**15), 2, history)
    breaches = audited(entries)
    assert rules(breaches) == [Rule.ACTIVITY]
    assert breaches[0].what.endswith("and one before it 1000000000000000")


@pytest.mark.parametrize("change", [removed, doubled])
def test_a_command_about_activity_is_answered_once(change: Change) -> None:
    streams = [
        entry.stream
        for entry in history()
        for event in entry.body.events
        if isinstance(event, InstructionAnswered)
    ]
    found = found_in(InstructionAnswered, change, streams.index("social-0"), history)
    assert {Rule.CAUSE, Rule.TOLD} <= {*found}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (removed, Rule.TOLD),
        (fields(username="mallory"), Rule.TOLD),
        (fields(destination="markets-0"), Rule.TOLD),
        (fields(request_id=99), Rule.ONCE),
    ],
)
def test_a_command_about_activity_is_told_as_it_was_accepted(change: Change, rule: Rule) -> None:
    assert rule in found_in(SocialCommandSent, change, 0, history)


def test_an_entry_of_another_stream_comes_by_post() -> None:
    entries = list(active(TWO))
    place, event = next(
        (at, event)
        for at, entry in enumerate(entries)
        for event in entry.body.events
        if isinstance(event, EntryAdded)
        and entry.body.cursors
        and f"social-{event.entry.entry_id & 15}" != entry.stream
    )
    entry = entries[place]
    without = tuple(each for each in entry.body.events if each is not event)
    entries[place] = entry._replace(body=structs.replace(entry.body, events=without))
    assert "AddEntry was taken, but nothing came of it" in [breach.what for breach in audited(entries, TWO)]
    entries[place] = entry._replace(body=structs.replace(entry.body, cursors={}))
    whats = [breach.what for breach in audited(entries, TWO)]
    assert any(what.startswith("EntryAdded has no cause") for what in whats)


class Fed:
    """An auditor of a market's stream and a social one that reads it."""

    def __init__(self) -> None:
        self.auditor = Auditor(("markets-0", "social-0"))
        self.ends = {"markets-0": 0, "social-0": 0}

    def feed(self, stream: str, read: int = 0, source: str = "markets-0") -> list[Breach]:
        self.ends[stream] += 1
        body = Body({}, (), {}, {}, {source: ReadTo(read, b"d")} if read else {})
        return self.auditor.feed(Entry(stream, self.ends[stream], 1, body))


def test_logs_are_read_forwards() -> None:
    fed = Fed()
    for _ in range(3):
        assert fed.feed("markets-0") == []
    assert fed.feed("social-0", read=2) == []
    (breach,) = fed.feed("social-0", read=2)
    assert (breach.rule, breach.what) == (Rule.CURSOR, "markets-0 is read to record 2 after record 2")
    assert fed.feed("social-0", read=3) == []


def test_what_was_read_is_there_once_all_is_fed() -> None:
    fed = Fed()
    assert fed.feed("social-0", read=1) == []
    unsettled = [fed.auditor.unsettled]
    fed.feed("markets-0")
    assert [*unsettled, fed.auditor.unsettled] == [True, False]
    assert fed.auditor.at_rest() == []


@pytest.mark.parametrize("source", ["markets-0", "markets-9"])
def test_what_was_read_and_is_not_there_is_said_once(source: str) -> None:
    fed = Fed()
    fed.feed("social-0", read=7, source=source)
    (breach,) = fed.auditor.at_rest()
    assert (breach.stream, breach.rule) == ("social-0", Rule.CURSOR)
    assert breach.what == f"{source} is read past its end, to record 7"
    assert fed.auditor.at_rest() == []


def test_activity_is_no_reason_to_halt_trading() -> None:
    fed = Fed()
    fed.feed("social-0", read=7)
    fed.auditor.at_rest()
    assert fed.auditor.halts() == []
    fed.auditor.broken("markets-0", "its chain is broken")
    assert [type(halt) for halt in fed.auditor.halts()] == [HaltExchange]
