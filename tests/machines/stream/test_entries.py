"""Owns the tests of what an added entry leads to: it is evolved, and told to where else it belongs.

Never says what becomes an entry.
Called by pytest.
"""

from actors.machines.messages.activity import AddEntry, EntryAdded, JoinedContent
from actors.machines.stream import entries
from actors.machines.stream.state import SocialState
from tests.machines.stream.square import FOUR


def test_an_entry_travels_to_the_owners_of_its_streams() -> None:
    here, there = SocialState("social-0", FOUR), SocialState(FOUR.of_activity("exchange"), FOUR)
    added = here.activity.entry(JoinedContent(), 5, "exchange")
    entries.add(here, added)
    ((owner, message),) = entries.tell(here, added)
    assert (owner, message) == (there.name, AddEntry(added.entry, ("exchange",)))
    (event,) = entries.receive(there, message, 9)
    assert event == EntryAdded(added.entry, {"exchange": 1})
    entries.add(there, event)
    assert there.activity.actors["exchange"].entries == 1
    assert there.activity.next_entry == 1
