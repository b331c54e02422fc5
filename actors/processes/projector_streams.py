"""Owns what the projector knows of a stream: how far each class has come, and what it takes next.

Never folds or writes; holds nothing that the log and the checkpoints don't hold.
Called by the projector's core.
"""

from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from actors.machines.messages.events import Event
from actors.machines.messages.record import decode_events
from couch_views.classes import DocumentClass
from couch_views.shapes import CheckpointDocument, checkpoint_document_id
from rabbit.log import Position, Reader, Record

RECORDS_PER_READ: Final = 32
QUEUED_BYTES_MAX: Final = 2 * 1_048_576
"""So much of each stream is kept for the later class; what is beyond is read from the log again."""


class Folding(NamedTuple):
    """A record with its events read.

    How much work it is, is told by its bytes: an event may become one document or a hundred.
    """

    record: Record
    events: tuple[Event, ...]


def read(record: Record) -> Folding:
    return Folding(record, decode_events(record.body))


class Place:
    """How far a class of documents has come in a stream, with its checkpoint as it is stored."""

    def __init__(self, stream: str, of: DocumentClass, checkpoint: CheckpointDocument | None) -> None:
        self.checkpoint = checkpoint or CheckpointDocument(
            _id=checkpoint_document_id(stream, of), kind="checkpoint", stream=stream, sequence=0, digest=""
        )
        self.position = Position(self.checkpoint["sequence"], bytes.fromhex(self.checkpoint["digest"]))

    def next_checkpoint(self) -> CheckpointDocument:
        return {**self.checkpoint, "sequence": self.position.sequence, "digest": self.position.digest.hex()}


class Backlog(Place):
    """What the later class has yet to take of a stream, up to where the first one is.

    Usually the first class hands its records over. What it didn't (before a start, or because there is no
    room) is read again, by a reader that is open only for so long.
    """

    def __init__(
        self, stream: str, open_reader: Callable[[], Reader], checkpoint: CheckpointDocument | None
    ) -> None:
        super().__init__(stream, DocumentClass.HISTORY, checkpoint)
        self._open_reader = open_reader
        self._reader: Reader | None = None
        self._queue: deque[Folding] = deque()
        self._queued_bytes = 0

    def hand_over(self, folding: Folding) -> None:
        """The next record of the first class; taken if it follows what is here, and there is room."""
        newest = self._queue[-1].record.sequence if self._queue else self.position.sequence
        if folding.record.sequence == newest + 1 and self._queued_bytes < QUEUED_BYTES_MAX:
            self._put(folding)

    def take(self, until: int, size: int) -> list[Folding]:
        """Records up to ``until``, until there are so many bytes; moves the position past them."""
        taken: list[Folding] = []
        while size > 0 and self.position.sequence < until and (self._queue or self._read(until)):
            folding = self._queue.popleft()
            self._queued_bytes -= len(folding.record.body)
            size -= len(folding.record.body)
            self.position = folding.record.position
            taken.append(folding)
        if self.position.sequence >= until:
            self.close()
        return taken

    def close(self) -> None:
        """Lets go of the log."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _read(self, until: int) -> bool:
        if self._reader is None:
            self._reader = self._open_reader()
        for record in self._reader.read(self.position, RECORDS_PER_READ):
            if record.sequence <= until:
                self._put(read(record))
        return bool(self._queue)

    def _put(self, folding: Folding) -> None:
        self._queue.append(folding)
        self._queued_bytes += len(folding.record.body)


class Following(Place):
    """One stream, as the first class follows it; ``later`` comes behind."""

    def __init__(
        self,
        stream: str,
        open_reader: Callable[[], Reader],
        checkpoint: CheckpointDocument | None,
        later: CheckpointDocument | None,
    ) -> None:
        super().__init__(stream, DocumentClass.CURRENT, checkpoint)
        self.later = Backlog(stream, open_reader, later)
        self._reader = open_reader()

    @property
    def has_backlog(self) -> bool:
        return self.later.position.sequence < self.position.sequence

    def take(self, timeout_s: float) -> list[Folding]:
        """The next records, waiting so long for the first one; moves the position past them."""
        records = self._reader.follow(self.position, RECORDS_PER_READ, timeout_s)
        if records:
            self.position = records[-1].position
        return [read(record) for record in records]

    def take_later(self, size: int) -> list[Folding]:
        """What the later class takes next, so many bytes, never more than the first has taken."""
        return self.later.take(self.position.sequence, size)

    def close(self) -> None:
        self._reader.close()
        self.later.close()
