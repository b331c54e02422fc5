"""Owns the follower of the log that keeps the documents: reads all streams, folds, writes, notes how far.

Never decides how long to wait after an error: the process around it does. Holds nothing that the log and
the store don't hold: after any exception it starts again from its checkpoints.
Called by the projector's process and by the exchange in one thread.
"""

from itertools import cycle
from math import inf
from time import monotonic
from typing import Final, NamedTuple, cast

from actors.machines.messages.events import Event
from couch_views.client import Documents
from couch_views.design_documents import load_designs
from couch_views.projection.fold import Needs, apply, read_events
from couch_views.projection.writes import WorkingDocuments
from couch_views.shapes import CheckpointDocument, Document, checkpoint_document_id
from rabbit.log import Log, LogUnavailableError, Position, Reader, Record

EVENTS_PER_STEP: Final = 5_000
"""A step reads on until it has at least this many events, or everything there is."""
RECORDS_PER_READ: Final = 32
DESIGNS_AGAIN_S: Final = 0.5
"""While a changed view is being built beside the old one, it is looked so often whether it is done."""
WAIT_S_MIN: Final = 0.001
WAIT_S_MAX: Final = 0.01
"""While nothing happens, every stream is looked at once in this time."""


class Folding(NamedTuple):
    """A record with its events read."""

    record: Record
    events: tuple[Event, ...]


class Following:
    """One stream: its reader, and the checkpoint as it is stored."""

    def __init__(self, stream: str, reader: Reader, checkpoint: CheckpointDocument | None) -> None:
        self.reader = reader
        self.checkpoint = checkpoint or CheckpointDocument(
            _id=checkpoint_document_id(stream), kind="checkpoint", stream=stream, sequence=0, digest=""
        )
        self.position = Position(self.checkpoint["sequence"], bytes.fromhex(self.checkpoint["digest"]))

    def take(self, records: list[Record]) -> list[Folding]:
        """Moves the position past these records."""
        if records:
            self.position = records[-1].position
        return [Folding(record, read_events(record.body)) for record in records]

    def next_checkpoint(self) -> CheckpointDocument:
        return {**self.checkpoint, "sequence": self.position.sequence, "digest": self.position.digest.hex()}


class Projector:
    """Folds every stream of the log into the documents, each record at least once, in order.

    Repeating is harmless: a document that reflects a record isn't changed by it again.
    """

    def __init__(self, log: Log, documents: Documents) -> None:
        self._log = log
        self._documents = documents
        self._working = WorkingDocuments(documents)
        self._streams: dict[str, Following] = {}
        self._turns = 0
        self._designs_at = 0.0

    def step(self, timeout_s: float) -> int:
        """Takes what is new in all streams into the documents, waiting up to ``timeout_s`` for anything.

        Gives the number of records taken. Raises ``LogUnavailableError`` or ``DocumentsError`` if it is
        worth trying again; ``LogCorruptError`` if a stream is damaged, or isn't the one (or is behind the
        one) that the documents were made from; ``MissingDocumentError`` if documents were lost.
        """
        try:
            if not self._streams:
                self._resume()
            self._place_designs()
            batch = self._read(timeout_s)
            if batch:
                self._project(batch)
        except BaseException:
            self.close()
            raise
        return len(batch)

    def close(self) -> None:
        """Lets go of the log's readers and of all working documents; a further step starts anew."""
        for following in self._streams.values():
            following.reader.close()
        self._streams = {}
        self._working = WorkingDocuments(self._documents)

    def _resume(self) -> None:
        names = self._log.streams()
        if not names:
            raise LogUnavailableError("the log has not been initialised yet")
        self._documents.ensure_database()
        self._designs_at = 0.0
        stored = self._documents.get_many([checkpoint_document_id(name) for name in names])
        for name, checkpoint in zip(names, stored, strict=True):
            reader = self._log.reader(name)
            self._streams[name] = Following(name, reader, cast("CheckpointDocument | None", checkpoint))

    def _place_designs(self) -> None:
        """Goes on with changed views until they are in place; documents are written meanwhile."""
        if monotonic() >= self._designs_at:
            placed = self._documents.ensure_designs(load_designs())
            self._designs_at = inf if placed else monotonic() + DESIGNS_AGAIN_S

    def _read(self, timeout_s: float) -> list[Folding]:
        """What is there; if there is nothing, what comes first in the time given."""
        deadline = monotonic() + timeout_s
        wait_s = WAIT_S_MIN
        in_turn = cycle(self._in_turn())
        while not (batch := self._read_now()):
            left_s = deadline - monotonic()
            if left_s <= 0:
                break
            following = next(in_turn)
            batch = following.take(
                following.reader.follow(following.position, RECORDS_PER_READ, min(wait_s, left_s))
            )
            if batch:
                break
            wait_s = min(2 * wait_s, WAIT_S_MAX)
        return batch

    def _read_now(self) -> list[Folding]:
        """Some records of each stream in turn, until there are enough or no more."""
        batch: list[Folding] = []
        events = 0
        unread = self._in_turn()
        while unread and events < EVENTS_PER_STEP:
            following = unread.pop(0)
            taken = following.take(following.reader.follow(following.position, RECORDS_PER_READ, 0))
            batch += taken
            # A record without events counts too: what is read at a time is bounded.
            events += sum(max(1, len(folding.events)) for folding in taken)
            if taken:
                unread.append(following)
        return batch

    def _in_turn(self) -> list[Following]:
        """All streams, each time beginning with another one."""
        everyone = list(self._streams.values())
        first = self._turns % len(everyone)
        self._turns += 1
        return everyone[first:] + everyone[:first]

    def _project(self, batch: list[Folding]) -> None:
        needs = Needs()
        for folding in batch:
            needs.add(folding.events)
        documents = self._working.take(needs.identities)
        changed: dict[str, Document] = {}
        added: list[Document] = []
        for record, events in batch:
            folded = apply(record.stream, record.sequence, record.time, events, documents)
            documents |= folded.changed
            changed |= folded.changed
            added += folded.added
        written = self._working.write([*changed.values(), *added])
        self._working.keep(documents | {identity: written[identity] for identity in changed})
        self._note({record.stream for record, _ in batch})

    def _note(self, streams: set[str]) -> None:
        """Writes the checkpoints, after everything that they cover."""
        following = [self._streams[stream] for stream in sorted(streams)]
        checkpoints = self._working.write([cast("Document", each.next_checkpoint()) for each in following])
        for each in following:
            each.checkpoint = cast("CheckpointDocument", checkpoints[each.checkpoint["_id"]])
