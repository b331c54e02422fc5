"""Owns an exchange in one thread that has traded, and the snapshots of its streams in a folder.

Never writes a snapshot unless it is told to.
Called by the tests of recovery and of the keeper.
"""

from pathlib import Path

from actors.processes.host_core import HostCore
from actors.processes.local import LocalExchange, SteppingClock
from actors.processes.recovery import Replica
from actors.processes.snapshot_files import SnapshotFiles
from rabbit.log import Position, Record
from rabbit.memory import MemoryLog
from tests.processes.workload import Floor


class Exchange:
    """An exchange that has traded, its snapshots, and what was said against them."""

    def __init__(self, folder: Path) -> None:
        self.log = MemoryLog()
        self.clock = SteppingClock()
        self.local = LocalExchange(log=self.log, clock=self.clock)
        self.streams = self.local.streams
        self.folder = folder
        self.reasons: list[str] = []
        self.floor = Floor(self.local.ask)
        self.trade(40)

    def trade(self, orders: int) -> None:
        for number in range(orders):
            side = self.floor.sell if number % 3 == 0 else self.floor.buy
            self.local.ask(side(5_000 + number % 7 - number % 5, 100 + number))

    def records(self, stream: str) -> list[Record]:
        return self.log.reader(stream).read(Position(), 1_000_000)

    def files(self, stream: str) -> SnapshotFiles:
        return SnapshotFiles(self.folder, stream, lambda _path, reason: self.reasons.append(reason))

    def write_snapshots(self, stream: str, *records_before_end: int) -> list[Path]:
        """Writes a snapshot so many records before the end, for each number; gives their files."""
        records = self.records(stream)
        replica = Replica(stream, self.streams, None)
        for record in records:
            replica.take(record)
            if len(records) - record.sequence in records_before_end:
                self.files(stream).save(replica.state, replica.position, replica.time)
        return sorted((self.folder / stream).glob("*.snapshot"))

    def recover(self, stream: str, *, log: MemoryLog | None = None) -> HostCore:
        """A new host of the stream, as after the death of the one before."""
        log = self.log if log is None else log
        log.free(stream)
        return HostCore(stream, self.streams, log, self.clock, self.files(stream))

    def end(self, stream: str) -> int:
        return len(self.records(stream))
