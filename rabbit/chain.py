"""Owns the rules by which a record follows the one before it, in one class for writers and readers.

Never does I/O and never skips a doubt: what does not follow is a ``LogCorruptError`` that says why.
Called by whatever reads or writes a stream, in every implementation of the log.
"""

from typing import Final, NoReturn

import msgspec

from rabbit.frame import EpochPayload, FrameError, Payload, RecordPayload, newer, seal, unseal
from rabbit.log import FORMAT_VERSION, LogCorruptError, Position, Record

START: Final = Position()


class Chain:
    """What is known of a stream after the last frame taken, and whether the next one follows.

    Born at a position, it first looks for the record that stands there: frames before it are passed
    over, and the first that should be it must be it. Frames must come from no later than that record.

    ``fenced``: the store refuses a writer that was replaced, so a stale record in it is an accident, and
    each row refers to the one before. Without it (RabbitMQ: a publish may arrive after its writer was
    replaced) stale records are passed over.
    """

    def __init__(self, log: str, stream: str, after: Position = START, *, fenced: bool = True) -> None:
        self._log = log
        self._stream = stream
        self._fenced = fenced
        self._sequence = after.sequence
        self._digest = after.digest
        self._row_digest = b""
        self._time = 0
        self._epoch = 0
        self._nonce = ""
        self._arrived = after.sequence == 0

    @property
    def position(self) -> Position:
        """The last record taken (while it is still looked for: the one that is looked for)."""
        return Position(self._sequence, self._digest)

    @property
    def arrived(self) -> bool:
        """Whether the record at the starting position has been found."""
        return self._arrived

    @property
    def epoch(self) -> int:
        """The newest epoch, 0 before the first."""
        return self._epoch

    @property
    def nonce(self) -> str:
        """The nonce of the newest epoch, if its beginning was among the frames taken."""
        return self._nonce

    def take(self, frame: bytes) -> Record | None:
        """The frame's record if it is the next one; None if the frame holds nothing new to a reader.

        Raises ``LogCorruptError`` for a frame that is torn, altered, foreign, repeated, out of order
        or that leaves a gap; the chain is as before then.
        """
        digest, payload = self.open(frame)
        if isinstance(payload, EpochPayload):
            self._take_epoch(payload)
            record = None
        elif not self._arrived:
            self._look_at(digest, payload)
            record = None
        else:
            record = self._take_record(digest, payload)
        self._row_digest = digest
        return record

    def open(self, frame: bytes) -> tuple[bytes, Payload]:
        """The digest and payload of a frame that is whole and of this stream, whatever its place."""
        try:
            digest, payload = unseal(frame)
        except FrameError as error:
            self.stop(str(error))
        if payload.version > FORMAT_VERSION:
            self.stop(newer(payload.version))
        if payload.version != FORMAT_VERSION:
            self.stop(f"is foreign: there never was a format {payload.version}")
        if payload.log != self._log:
            self.stop(f"is foreign: it belongs to the log {payload.log}, not to {self._log}")
        if payload.stream != self._stream:
            self.stop(f"is foreign: it belongs to the stream {payload.stream}")
        return digest, payload

    def next_record(self, body: bytes, time: int) -> bytes:
        """The frame that follows: this epoch, the next sequence, a time not before the last one's."""
        return seal(
            RecordPayload(
                version=FORMAT_VERSION,
                log=self._log,
                stream=self._stream,
                epoch=self._epoch,
                sequence=self._sequence + 1,
                time=max(time, self._time),
                previous=self._digest,
                body=msgspec.Raw(body),
            )
        )

    def epoch_record(self, epoch: int, nonce: str, previous: bytes) -> bytes:
        """The frame with which a writer begins an epoch; ``previous`` is the digest of the row before."""
        return seal(
            EpochPayload(
                version=FORMAT_VERSION,
                log=self._log,
                stream=self._stream,
                epoch=epoch,
                nonce=nonce,
                previous=previous,
            )
        )

    def stop(self, reason: str) -> NoReturn:
        """Raises ``LogCorruptError`` about what should come next; the reason ends the sentence."""
        raise LogCorruptError(f"{self._place()} {reason}")

    def cut_back(self, newest: int) -> NoReturn:
        """Raises ``LogCorruptError``: the rows end at ``newest``, before the chain's position."""
        raise LogCorruptError(
            f"stream {self._stream}: the log ends at row {newest}, before what was read here before"
            f" (record {self._sequence}): it was cut back or replaced"
        )

    def _take_epoch(self, payload: EpochPayload) -> None:
        if not self._arrived:
            self._epoch = max(self._epoch, payload.epoch)
            return
        if payload.epoch > self._epoch + 1:
            self.stop(f"begins epoch {payload.epoch}, but epoch {self._epoch + 1} never began")
        if self._fenced and payload.epoch <= self._epoch:
            self.stop(f"begins epoch {payload.epoch} again: repeated or out of order")
        if self._fenced and payload.previous != self._row_digest:
            self.stop(f"begins epoch {payload.epoch}, but not after the row that stands before it")
        # Of two writers that wanted the same epoch the first in the log has it; the other reads this.
        if payload.epoch > self._epoch:
            self._epoch, self._nonce = payload.epoch, payload.nonce

    def _look_at(self, digest: bytes, payload: RecordPayload) -> None:
        if payload.epoch < self._epoch or payload.sequence < self._sequence:
            return
        if payload.sequence != self._sequence or digest != self._digest:
            raise LogCorruptError(
                f"stream {self._stream}: record {self._sequence} is not the one that was read here before:"
                " the log was replaced, or cut back and written anew"
            )
        self._arrived = True
        self._move_to(digest, payload)
        self._epoch = payload.epoch

    def _take_record(self, digest: bytes, payload: RecordPayload) -> Record | None:
        if payload.epoch < self._epoch:
            if self._fenced:
                self.stop(
                    f"is record {payload.sequence} of epoch {payload.epoch}, but epoch {self._epoch} had"
                    " begun: out of order"
                )
            return None
        self._require_next(digest, payload)
        self._move_to(digest, payload)
        return Record(
            stream=payload.stream,
            epoch=payload.epoch,
            sequence=payload.sequence,
            time=payload.time,
            digest=digest,
            body=bytes(payload.body),
        )

    def _require_next(self, digest: bytes, payload: RecordPayload) -> None:
        sequence, last = payload.sequence, self._sequence
        if payload.epoch > self._epoch:
            self.stop(f"is of epoch {payload.epoch}, which never began")
        if sequence == last and digest == self._digest:
            self.stop(f"is record {sequence} again: repeated")
        if sequence == last:
            self.stop(f"is a second record {sequence}, with other content")
        if sequence < last:
            self.stop(f"is record {sequence}: repeated or out of order")
        if sequence > last + 1:
            self.stop(f"is record {sequence}: what lies between is missing")
        if payload.previous != self._digest:
            self.stop(f"does not follow the record {last} that stands before it: one was replaced")
        if payload.time < self._time:
            self.stop(f"is of time {payload.time}, earlier than the record before ({self._time})")

    def _move_to(self, digest: bytes, payload: RecordPayload) -> None:
        self._sequence, self._digest, self._time = payload.sequence, digest, payload.time

    def _place(self) -> str:
        if self._arrived:
            return f"stream {self._stream}: what should be record {self._sequence + 1}"
        return f"stream {self._stream}: a record on the way to record {self._sequence}"
