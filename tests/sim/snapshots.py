"""Owns the fake place of snapshots: the newest two of a stream in memory, torn when the seed says so.

Never mends what is torn: whoever reads it must refuse it.
Called by the simulated keeper (writes) and hosts (recover).
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.streams import Streams
from actors.machines.turn import Stream
from actors.processes.snapshot_files import KEPT
from actors.processes.snapshots import Snapshot, SnapshotError, decode, encode
from rabbit.log import Position
from tests.sim.faults import Fault, Faults
from tests.sim.trace import Trace

THOUSAND: Final = 1_000


class TornSnapshots:
    """``Snapshots`` of one stream."""

    def __init__(self, stream: str, faults: Faults, trace: Trace) -> None:
        self._stream = stream
        self._faults = faults
        self._trace = trace
        self._kept: list[tuple[int, bytes]] = []
        """Sequence and bytes, the newest first."""

    def newest_first(self, streams: Streams) -> Iterator[Snapshot]:
        for sequence, content in list(self._kept):
            try:
                yield decode(content, self._stream, streams)
            except SnapshotError:
                self._trace.note(f"{self._stream}: the snapshot of {sequence} is refused")

    def save(self, state: Stream, position: Position, time: int) -> int:
        content = encode(state, position, time)
        self._trace.note(f"{self._stream}: a snapshot of {position.sequence}")
        self._faults.crash_if(Fault.FOLLOWER_CRASH)
        if self._faults.strikes(Fault.SNAPSHOT_TORN):
            content = self._torn(content)
        older = [kept for kept in self._kept if kept[0] < position.sequence]
        self._kept = [(position.sequence, content), *older][:KEPT]
        return len(content)

    def _torn(self, content: bytes) -> bytes:
        """The beginning only, or all with a block in the middle that was never written."""
        at = len(content) * self._faults.delay_us(0, THOUSAND) // THOUSAND
        if self._faults.delay_us(0, 1):
            return content[:at]
        block = bytes(min(512, len(content) - at))
        return content[:at] + block + content[at + len(block) :]
