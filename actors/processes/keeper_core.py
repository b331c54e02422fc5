"""Owns the follower of the log that keeps snapshots: a replica of each stream, written down now and then.

Never disturbs a writer (it only reads the log), never does much in one step; knows nothing of Thespian.
Called by the keeper's process, and by rigs that run everything in one thread.

What it holds is the states themselves, whatever the length of the log. A snapshot is due after so many
records, or so many events, which is what replaying takes time by; but not so often that writing takes more
than a fifth of the time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, NamedTuple

from actors.machines.streams import Streams
from actors.processes.recovery import Replica
from actors.processes.snapshots import SnapshotError, Snapshots
from rabbit.log import Log, LogCorruptError, LogUnavailableError, Reader, Record

RECORDS_PER_READ: Final = 64
EVENTS_PER_SLICE: Final = 5_000
"""So much of each stream is taken in one step: some 20 ms of work."""
EVENTS_PER_SNAPSHOT: Final = 50_000
REST_FACTOR: Final = 4
"""After a snapshot, its stream gets none for so many times as long as writing it took."""


class Written(NamedTuple):
    """A snapshot was written: of which record, its size, and how long it took."""

    stream: str
    sequence: int
    size: int
    seconds: float


class Failed(NamedTuple):
    """A snapshot could not be written; it is tried again when the next one is due."""

    stream: str
    sequence: int
    reason: str


@dataclass(slots=True)
class Step:
    """What a step came to. Without records or outcomes there was nothing to do for now."""

    records: int = 0
    outcomes: list[Written | Failed] = field(default_factory=list)


class _Kept:
    """One stream: its replica, its reader, and what was written of it."""

    def __init__(self, replica: Replica, reader: Reader, snapshots: Snapshots) -> None:
        self.replica = replica
        self.snapshots = snapshots
        self.written = self.tried = replica.begun_at
        """The record of the newest snapshot, and of the last one that was tried; 0: there is none."""
        self.rests_until = 0.0
        self.wanted = False
        """A snapshot of the log's present end was asked for, and the end has not been reached."""
        self.ended = False
        """It was, so that snapshot is to be written."""
        self._reader = reader
        self._events = 0

    @property
    def sequence(self) -> int:
        return self.replica.position.sequence

    def follow(self) -> int:
        """Takes a slice of what is new; gives the number of records."""
        taken, enough = 0, self._events + EVENTS_PER_SLICE
        while self._events < enough:
            records = self._read()
            if not records:
                self.ended = self.ended or (self.wanted and self.sequence > self.written)
                self.wanted = False
                break
            self._events += sum(max(1, self.replica.take(record)) for record in records)
            taken += len(records)
        return taken

    def is_due(self, snapshot_records: int, now: float) -> bool:
        if self.ended:
            return True
        many = self.sequence - self.tried >= snapshot_records or self._events >= EVENTS_PER_SNAPSHOT
        return many and now >= self.rests_until

    def write(self) -> int:
        """Writes the snapshot that is due; gives its bytes."""
        self.ended, self._events, self.tried = False, 0, self.sequence
        size = self.snapshots.save(self.replica.state, self.replica.position, self.replica.time)
        self.written = self.sequence
        return size

    def close(self) -> None:
        self._reader.close()

    def _read(self) -> list[Record]:
        try:
            # Only reading is sure of the end, which at a broker takes a while to find out.
            if self.wanted:
                return self._reader.read(self.replica.position, RECORDS_PER_READ)
            return self._reader.follow(self.replica.position, RECORDS_PER_READ, 0)
        except LogCorruptError as error:
            raise self.replica.explained(error) from error


class Keeper:
    """Follows every stream of a log and writes its snapshots, each into its own place.

    ``snapshot_records``: after how many records the next one is due. ``clock``: seconds that never go back.
    After ``LogUnavailableError`` a further step goes on; after any other exception only a new keeper may.
    """

    def __init__(
        self,
        log: Log,
        streams: Streams,
        place: Callable[[str], Snapshots],
        snapshot_records: int,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._log = log
        self._streams = streams
        self._place = place
        self._snapshot_records = snapshot_records
        self._clock = clock
        self._unopened = list(streams.names)
        self._kept: dict[str, _Kept] = {}
        self._all_wanted = False

    @property
    def positions(self) -> dict[str, int]:
        """Stream -> the record that its newest snapshot is of, 0 if it has none."""
        return {name: kept.written for name, kept in self._kept.items()}

    @property
    def is_writing_all(self) -> bool:
        """Whether what ``write_all`` asked for is still to be done."""
        return any(kept.wanted or kept.ended for kept in self._kept.values()) or (
            self._all_wanted and bool(self._unopened)
        )

    def write_all(self) -> None:
        """Steps to come read each stream to its present end, and write what has no snapshot yet."""
        self._all_wanted = True
        for kept in self._kept.values():
            kept.wanted = True

    def step(self) -> Step:
        """Opens one more stream, or takes a slice of each one and writes at most one snapshot.

        Raises what reading the log raises; ``LogCorruptError`` also for a log that does not reach to its
        snapshots, or is not the one that they are of.
        """
        if self._unopened:
            self._open(self._unopened[0])
            return Step(records=1)
        step = Step(sum(kept.follow() for kept in self._kept.values()))
        now = self._clock()
        due = (name for name, kept in self._kept.items() if kept.is_due(self._snapshot_records, now))
        if (name := next(due, None)) is not None:
            step.outcomes.append(self._write(name, self._kept[name]))
        return step

    def close(self) -> None:
        """Lets go of the log's readers."""
        for kept in self._kept.values():
            kept.close()

    def _open(self, name: str) -> None:
        if not self._log.streams():
            raise LogUnavailableError("the log has not been initialised yet")
        snapshots = self._place(name)
        kept = _Kept(Replica(name, self._streams, snapshots), self._log.reader(name), snapshots)
        kept.wanted = self._all_wanted
        self._kept[name] = kept
        self._unopened.pop(0)

    def _write(self, name: str, kept: _Kept) -> Written | Failed:
        began = self._clock()
        try:
            size = kept.write()
        except (SnapshotError, OSError) as error:
            return Failed(name, kept.sequence, str(error))
        finally:
            seconds = self._clock() - began
            kept.rests_until = began + seconds * (1 + REST_FACTOR)
        return Written(name, kept.sequence, size, seconds)
