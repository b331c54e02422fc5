"""Owns the watch over a run: reads every record as it appears, and knows which check is due when.

Never changes anything that it looks at.
Called by the simulated exchange after every step.
"""

from actors.machines.messages.events import Event
from actors.machines.messages.record import Body, decode
from actors.machines.streams import Streams
from actors.machines.turn import Stream
from couch_views.classes import DocumentClass
from couch_views.projection.fold import Fold
from couch_views.projection.held import Held
from couch_views.projection.table import rules_about
from couch_views.shapes import Document
from rabbit.log import Position
from rabbit.memory import MemoryLog
from tests.sim.accounts_known import AccountsKnown
from tests.sim.activity_known import ActivityKnown
from tests.sim.letters_kept import Key, LettersKept
from tests.sim.markets_known import MarketsKnown
from tests.sim.trace import Trace, digest_of
from tests.sim.violations import ViolationError

RECORDS_PER_LOOK = 1_000


class Watch:
    """What the log says, as far as it has been read; ``ends`` are the newest records by stream."""

    def __init__(self, streams: Streams, log: MemoryLog, trace: Trace) -> None:
        self.streams = streams
        self.log = log
        self.ends = dict.fromkeys(streams.names, 0)
        self.accounts = AccountsKnown(streams)
        self.markets = MarketsKnown(streams, self.accounts)
        self.activity = ActivityKnown()
        self.letters = LettersKept(streams)
        self.documents: dict[str, Document] = {}
        """The documents as a fold of the log makes them."""
        self._held: dict[str, Held] = {}
        self._rules = rules_about(*DocumentClass)
        self._frames = {name: log.frames(name) for name in streams.names}
        self._trace = trace
        self._rows = dict.fromkeys(streams.names, 0)
        self._readers = {name: log.reader(name) for name in streams.names}
        self._positions = {name: Position() for name in streams.names}
        self._bodies: dict[str, list[Body]] = {name: [] for name in streams.names}
        """What the replicas have yet to take."""
        self._replicas = {name: Stream(name, streams) for name in streams.names}

    def look(self) -> None:
        """Reads and checks what is new in any stream."""
        for name, frames in self._frames.items():
            if len(frames) != self._rows[name]:
                self._rows[name] = len(frames)
                self._read(name)

    def hash_of(self, stream: str) -> str:
        """The state's hash as the whole log makes it: of a stream replayed from the beginning."""
        replica = self._replicas[stream]
        for body in self._bodies[stream]:
            replica.replay(body)
        self._bodies[stream].clear()
        return replica.state_hash()

    def _read(self, name: str) -> None:
        for record in self._readers[name].follow(self._positions[name], RECORDS_PER_LOOK, 0):
            self._positions[name] = record.position
            self.ends[name] = record.sequence
            self._trace.note(f"{name} {record.sequence} {record.epoch} {digest_of(record.body)}")
            self._take(name, record.sequence, record.time, decode(record.body))

    def _take(self, name: str, sequence: int, time: int, body: Body) -> None:
        reports: list[tuple[str, Key]] = []
        self.markets.conditions.time = time
        for event in body.events:
            self._take_event(name, event, reports)
        self.letters.take(name, body, reports)
        self.markets.check_halted(name)
        self.markets.check_due(name, time, len(body.events))
        fold = Fold(self._rules, self._held)
        fold.add(name, sequence, time, body.events)
        fold.run({})
        self.documents |= {identity: held.dump() for identity, held in fold.changed.items()}
        self.documents |= {document["_id"]: document for document in fold.added}
        self._bodies[name].append(body)

    def _take_event(self, name: str, event: Event, reports: list[tuple[str, Key]]) -> None:
        try:
            if name in self.streams.account_names:
                self.accounts.take(name, event)
            elif name in self.streams.social_names:
                self.activity.take(name, event)
            else:
                reports.extend(self.markets.take(name, event))
        except (KeyError, AssertionError) as error:
            raise ViolationError(f"{name}: {event} can't be: {error!r}") from error
