"""Owns the tests of activity streams: numbers without gaps, places elsewhere, times that never fall.

Never knows what entries are about.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.messages.activity import AddEntry, JoinedContent
from actors.machines.messages.social_words import EntryKind
from actors.machines.stream.activity import Activity, ActivityStream
from actors.machines.streams import Streams
from tests.machines.stream.square import FOUR, ONE

PLACES = st.lists(st.sampled_from(["member/1", "member/2", "market/1", "exchange"]), unique=True)


@given(st.lists(st.tuples(st.integers(0, 9), PLACES), max_size=30), st.sampled_from([ONE, FOUR]))
def test_every_stream_numbers_its_entries_without_gaps(
    added: list[tuple[int, list[str]]], streams: Streams
) -> None:
    all_of = {name: Activity(name, streams) for name in streams.social_names}
    numbers: dict[str, list[int]] = {}
    for time, places in added:
        here = all_of["social-0"]
        event = here.entry(JoinedContent(), time, *places)
        assert event.entry.time >= here.time
        here.add(event)
        events = [event]
        for owner, message in here.to_tell(event):
            events.append(all_of[owner].added(message))
            all_of[owner].add(events[-1])
        for each in events:
            for place, number in each.numbers.items():
                numbers.setdefault(place, []).append(number)
    asked = [place for _, places in added for place in places]
    assert {place: len(found) for place, found in numbers.items()} == {
        place: asked.count(place) for place in asked
    }
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_another_social_stream_is_told_once() -> None:
    activity = Activity("social-0", FOUR)
    owner = FOUR.of_activity("exchange")
    assert owner != "social-0"
    event = activity.entry(JoinedContent(), 1, "exchange", "exchange")
    assert event.entry.kind is EntryKind.JOINED
    assert activity.to_tell(event) == [(owner, AddEntry(event.entry, ("exchange", "exchange")))]


def test_a_number_out_of_turn_is_an_error_in_the_log() -> None:
    with pytest.raises(AssertionError, match="entry 2 after 0"):
        ActivityStream("exchange").add(2)
