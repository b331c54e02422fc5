"""Owns the activity streams of a social stream: which number comes next in each, and the making of entries.

Never keeps an entry: who wants to read one finds it in the documents.
Called by the slices, which say what happened, and by the social machine.

Numbers have no gaps: an entry that others may not see has one, too, so a number is told to the stream's own
member only.
"""

from actors.machines.messages.activity import AddEntry, Content, Entry, EntryAdded
from actors.machines.streams import Streams, make_id


class ActivityStream:
    """One activity stream: how many entries it has."""

    __slots__ = ("entries", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.entries = 0

    def add(self, number: int) -> None:
        """The next entry; another number is an error in the log."""
        assert number == self.entries + 1, f"{self.name}: entry {number} after {self.entries}"
        self.entries = number


class Activity:
    """All activity streams of one social stream."""

    def __init__(self, name: str, streams: Streams) -> None:
        self.name = name
        self.streams = streams
        self.actors: dict[str, ActivityStream] = {}
        self.next_entry = 1
        self.time = 0

    # Decide: change nothing.

    def entry(
        self,
        content: Content,
        time: int,
        *places: str,
        account_id: int = 0,
        username: str = "",
        market_id: int = 0,
        event_id: int = 0,
    ) -> EntryAdded:
        """An entry in the activity streams named by ``places``, of which some may be elsewhere."""
        entry = Entry(
            make_id(self.next_entry, self.name),
            account_id,
            username,
            market_id,
            event_id,
            content,
            max(self.time, time),
        )
        here = [place for place in places if self._is_here(place)]
        elsewhere = tuple(place for place in places if not self._is_here(place))
        return EntryAdded(entry, self._numbers(here), elsewhere)

    def added(self, message: AddEntry) -> EntryAdded:
        """An entry of another social stream, in activity streams of this one."""
        return EntryAdded(message.entry, self._numbers(message.streams))

    def _numbers(self, places: "list[str] | tuple[str, ...]") -> dict[str, int]:
        actors = self.actors
        return {place: actors[place].entries + 1 if place in actors else 1 for place in places}

    def _is_here(self, place: str) -> bool:
        return self.streams.of_activity(place) == self.name

    # Evolve.

    def add(self, event: EntryAdded) -> None:
        entry = event.entry
        if entry.entry_id == make_id(self.next_entry, self.name):
            self.next_entry += 1
            self.time = entry.time
        for name, number in event.numbers.items():
            if (actor := self.actors.get(name)) is None:
                actor = self.actors[name] = ActivityStream(name)
            actor.add(number)

    # Effects.

    def to_tell(self, event: EntryAdded) -> list[tuple[str, AddEntry]]:
        """What other social streams are to be told of an entry: each of its activity streams' owners once."""
        owners: dict[str, list[str]] = {}
        for place in event.elsewhere:
            owners.setdefault(self.streams.of_activity(place), []).append(place)
        return [(owner, AddEntry(event.entry, tuple(places))) for owner, places in owners.items()]
