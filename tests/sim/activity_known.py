"""Owns what the log is known to say of members' activity: numbers without gaps, ids that rise, no failure.

Never knows what had to become an entry: making the stream anew does.
Called by the watch, event by event.
"""

from collections import defaultdict

from actors.machines.messages import events
from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.answers import Refused
from actors.machines.messages.words import Reason
from tests.sim.violations import require


class ActivityKnown:
    """The activity streams of all social streams."""

    def __init__(self) -> None:
        self.entries: defaultdict[str, int] = defaultdict(int)
        """Activity stream -> how many entries it has."""
        self._ids: defaultdict[str, dict[int, None]] = defaultdict(dict)

    def take(self, stream: str, event: events.Event) -> None:
        """Checks an event against all before it."""
        match event:
            case EntryAdded():
                known = self._ids[stream]
                require(event.entry.entry_id not in known, "{}: {} is added twice", stream, event.entry)
                known[event.entry.entry_id] = None
                for name, number in event.numbers.items():
                    self.entries[name] += 1
                    wanted = self.entries[name]
                    require(number == wanted, "{}: entry {} of {}, not {}", stream, number, name, wanted)
            case events.InstructionAnswered():
                internal = isinstance(event.result, Refused) and event.result.reason is Reason.INTERNAL
                require(not internal, "{}: a command could not be decided", event)
            case _:
                pass
