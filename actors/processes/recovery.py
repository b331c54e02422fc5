"""Owns how a stream's state comes back: from its newest usable snapshot and the records behind that.

Never goes on without a record that a snapshot proves to have been in the log; never writes anything.
Called by the host's core, which goes on from there, and by the keeper, whose replicas follow the log.
"""

from actors.machines.messages.record import decode
from actors.machines.streams import Streams
from actors.machines.turn import Stream
from actors.processes.snapshots import Snapshots
from rabbit.log import LogCorruptError, Position, Record, Writer


class Replica:
    """A stream's state as of a record of the log: ``position`` and ``time`` are that record's."""

    def __init__(self, name: str, streams: Streams, snapshots: Snapshots | None) -> None:
        """Begins with the newest usable snapshot, or with nothing."""
        self.state = Stream(name, streams)
        self.position = Position()
        self.time = 0
        snapshot = None if snapshots is None else next(snapshots.newest_first(streams), None)
        if snapshot is not None:
            self.state = snapshot.stream
            self.position = snapshot.header.position
            self.time = snapshot.header.time
        self.begun_at = self.position.sequence
        """The record of the snapshot that this began with; 0: there was none."""

    def take(self, record: Record) -> int:
        """The next record; gives the number of its events."""
        body = decode(record.body)
        self.state.replay(body)
        self.position, self.time = record.position, record.time
        return len(body.events)

    def explained(self, error: LogCorruptError) -> LogCorruptError:
        """An error of reading on from here, with what it takes to understand it."""
        if not self.begun_at:
            return error
        return LogCorruptError(f"{error}; the log was read on from a snapshot as of record {self.begun_at}")


def recovered(name: str, streams: Streams, snapshots: Snapshots | None, writer: Writer) -> Replica:
    """The stream's state at the end of its log.

    Raises what the log raises; ``LogCorruptError`` also if it doesn't reach to the snapshot, or isn't the one
    that the snapshot is of: what the snapshot proves to have been accepted would be lost.
    """
    replica = Replica(name, streams, snapshots)
    try:
        for record in writer.recover(replica.position):
            replica.take(record)
    except LogCorruptError as error:
        raise replica.explained(error) from error
    return replica
