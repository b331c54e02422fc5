"""Owns the follower of the log that keeps the documents: reads all streams, folds, writes, notes how far.

Never decides how long to wait after an error: the process around it does. Holds nothing that the log and
the store don't hold: after any exception it starts again from its checkpoints.
Called by the projector's process, by ``make rebuild`` and by the exchange in one thread.

The documents of the first class are written first, and its checkpoints. The later class comes behind, a
little in each step, and only while the first has caught up: however long its backlog, the first waits for
no more than that little.
"""

from collections.abc import Sequence
from functools import partial
from itertools import cycle
from math import inf
from time import monotonic
from typing import Final, cast

from actors.processes.projector_streams import Folding, Following, Place
from couch_views.classes import DocumentClass
from couch_views.client import Documents
from couch_views.design_documents import load_designs
from couch_views.projection.fold import Fold
from couch_views.projection.held import hold
from couch_views.projection.table import rules_about
from couch_views.projection.writes import WorkingDocuments
from couch_views.shapes import CheckpointDocument, Document, checkpoint_document_id
from rabbit.log import Log, LogUnavailableError

EVENTS_PER_STEP: Final = 5_000
"""A step reads on until it has at least this many events, or everything there is."""
LATER_BYTES_PER_STEP: Final = 65_536
"""So much of the log the later class takes in a step (some hundred events); the first waits for that."""
DESIGNS_AGAIN_S: Final = 0.5
"""While a changed view is being built beside the old one, it is looked so often whether it is done."""
WAIT_S_MIN: Final = 0.001
WAIT_S_MAX: Final = 0.01
"""While nothing happens, every stream is looked at once in this time."""


class Projector:
    """Folds every stream of the log into the documents, each record at least once, in order.

    Repeating is harmless: a document that reflects a record isn't changed by it again. ``together`` is for
    documents that nobody waits for (a rebuild): the classes go at one pace, which costs least.
    """

    def __init__(self, log: Log, documents: Documents, *, together: bool = False) -> None:
        self._log = log
        self._documents = documents
        self._together = together
        self._rules = {of: rules_about(of) for of in DocumentClass}
        self._working = WorkingDocuments(documents)
        self._streams: dict[str, Following] = {}
        self._turns = dict.fromkeys(DocumentClass, 0)
        self._designs_at = 0.0

    def step(self, timeout_s: float) -> int:
        """Takes what is new in all streams into the documents, waiting up to ``timeout_s`` for anything.

        Gives the number of records taken, new ones or else those of a backlog. Raises
        ``LogUnavailableError`` or ``DocumentsError`` if it is worth trying again; ``LogCorruptError`` if a
        stream is damaged, or isn't the one (or is behind the one) that the documents were made from;
        ``MissingDocumentError`` if documents were lost.
        """
        try:
            if not self._streams:
                self._resume()
            self._place_designs()
            batch = self._read(0 if self._has_backlog() else timeout_s)
            self._project(DocumentClass.CURRENT, batch)
            for folding in batch:
                self._streams[folding.record.stream].later.hand_over(folding)
            later = self._read_later(batch)
            self._project(DocumentClass.HISTORY, later)
        except BaseException:
            self.close()
            raise
        return len(batch) or len(later)

    def close(self) -> None:
        """Lets go of the log's readers and of all working documents; a further step starts anew."""
        for following in self._streams.values():
            following.close()
        self._streams = {}
        self._working = WorkingDocuments(self._documents)

    def _resume(self) -> None:
        names = self._log.streams()
        if not names:
            raise LogUnavailableError("the log has not been initialised yet")
        self._documents.ensure_database()
        self._designs_at = 0.0
        of_class = [
            cast(
                "list[CheckpointDocument | None]",
                self._documents.get_many([checkpoint_document_id(name, of) for name in names]),
            )
            for of in (DocumentClass.CURRENT, DocumentClass.HISTORY)
        ]
        for name, current, later in zip(names, *of_class, strict=True):
            self._streams[name] = Following(name, partial(self._log.reader, name), current, later)

    def _place_designs(self) -> None:
        """Goes on with changed views until they are in place; documents are written meanwhile."""
        if monotonic() >= self._designs_at:
            placed = self._documents.ensure_designs(load_designs())
            self._designs_at = inf if placed else monotonic() + DESIGNS_AGAIN_S

    def _read(self, timeout_s: float) -> list[Folding]:
        """What is there; if there is nothing, what comes first in the time given."""
        deadline = monotonic() + timeout_s
        wait_s = WAIT_S_MIN
        in_turn = cycle(self._in_turn(DocumentClass.CURRENT))
        while not (batch := self._read_now()):
            left_s = deadline - monotonic()
            if left_s <= 0:
                break
            batch = next(in_turn).take(min(wait_s, left_s))
            if batch:
                break
            wait_s = min(2 * wait_s, WAIT_S_MAX)
        return batch

    def _read_now(self) -> list[Folding]:
        """Some records of each stream in turn, until there are enough or no more."""
        batch: list[Folding] = []
        events = 0
        unread = self._in_turn(DocumentClass.CURRENT)
        while unread and events < EVENTS_PER_STEP:
            following = unread.pop(0)
            taken = following.take(0)
            batch += taken
            # A record without events counts too: what is read at a time is bounded.
            events += sum(max(1, len(folding.events)) for folding in taken)
            if taken:
                unread.append(following)
        return batch

    def _has_backlog(self) -> bool:
        return any(following.has_backlog for following in self._streams.values())

    def _read_later(self, before: Sequence[Folding]) -> list[Folding]:
        """What the later class takes after the first one took this: nothing while that has not caught up."""
        if self._together:
            left = max(LATER_BYTES_PER_STEP, _size(before))
        elif sum(len(folding.events) for folding in before) < EVENTS_PER_STEP:
            left = LATER_BYTES_PER_STEP
        else:
            return []
        batch: list[Folding] = []
        for following in self._in_turn(DocumentClass.HISTORY):
            taken = following.take_later(left)
            batch += taken
            left -= _size(taken)
        return batch

    def _in_turn(self, of: DocumentClass) -> list[Following]:
        """All streams, each time beginning with another one."""
        everyone = list(self._streams.values())
        first = self._turns[of] % len(everyone)
        self._turns[of] += 1
        return everyone[first:] + everyone[:first]

    def _project(self, of: DocumentClass, batch: Sequence[Folding]) -> None:
        """Folds a batch into the documents of a class, writes them, and notes how far it has come."""
        if not batch:
            return
        fold = Fold(self._rules[of], {})
        for record, events in batch:
            fold.add(record.stream, record.sequence, record.time, events)
        fold.run(self._working.take(fold.needs))
        written = self._working.write([*(held.dump() for held in fold.changed.values()), *fold.added])
        for identity, held in fold.changed.items():
            if written[identity] is not held.document:  # somebody else's is as new
                fold.documents[identity] = hold(written[identity])
        self._working.keep(fold.documents)
        self._note(of, {folding.record.stream for folding in batch})

    def _note(self, of: DocumentClass, streams: set[str]) -> None:
        """Writes the checkpoints, after everything that they cover."""
        following = [self._streams[stream] for stream in sorted(streams)]
        places: list[Place] = [each if of is DocumentClass.CURRENT else each.later for each in following]
        checkpoints = self._working.write([cast("Document", place.next_checkpoint()) for place in places])
        for place in places:
            place.checkpoint = cast("CheckpointDocument", checkpoints[place.checkpoint["_id"]])


def _size(foldings: Sequence[Folding]) -> int:
    return sum(len(folding.record.body) for folding in foldings)
