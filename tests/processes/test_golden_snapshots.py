"""Owns the test that snapshots of this format, as once written, are read; and those of others refused.

Never writes a golden snapshot: tests/processes/golden_snapshots.py does.
Called by pytest.
"""

from pathlib import Path

import pytest

from actors.machines.market_stream.markets import Markets
from actors.processes import snapshots
from actors.processes.recovery import Replica
from actors.processes.snapshot_files import SnapshotFiles
from actors.processes.snapshots import FORMAT_VERSION
from tests.processes.golden_snapshots import RECORDS, folder
from tests.rabbit.golden import kept_log, oracle
from tests.rabbit.golden_teller import STREAMS
from tests.rabbit.rigs import everything

VERSIONS = range(1, FORMAT_VERSION + 1)


class Reading:
    """One stream's golden snapshot of a format, and what is said against it."""

    def __init__(self, version: int, stream: str) -> None:
        self.stream = stream
        self.reasons: list[str] = []
        self._files = SnapshotFiles(folder(version), stream, self._refused)

    def recovered(self) -> Replica:
        """The state at the end of the golden log."""
        replica = Replica(self.stream, STREAMS, self._files)
        for record in everything(kept_log().reader(self.stream))[replica.begun_at :]:
            replica.take(record)
        return replica

    def _refused(self, _path: Path, reason: str) -> None:
        self.reasons.append(reason)


@pytest.mark.parametrize("stream", RECORDS)
def test_a_snapshot_of_this_format_is_read_and_the_log_behind_it_comes_to_the_same(stream: str) -> None:
    """If this fails, the shape of the state has changed: see the first lines of golden_snapshots.py."""
    reading = Reading(FORMAT_VERSION, stream)
    replica = reading.recovered()
    assert reading.reasons == []
    assert replica.begun_at == RECORDS[stream] < oracle().ends[stream].records
    assert replica.state.state_hash() == oracle().ends[stream].state_hash


@pytest.mark.parametrize("stream", RECORDS)
def test_a_program_of_another_format_says_so_and_replays_the_log(
    stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "FORMAT_VERSION", FORMAT_VERSION + 1)
    for version in VERSIONS:
        reading = Reading(version, stream)
        replica = reading.recovered()
        expected = f"it has format {version}, and this program reads format {FORMAT_VERSION + 1}"
        assert (replica.begun_at, reading.reasons) == (0, [expected])
        assert replica.state.state_hash() == oracle().ends[stream].state_hash


def test_every_format_has_its_snapshots_and_something_rests_in_them() -> None:
    for version in VERSIONS:
        assert sorted(path.name for path in folder(version).iterdir()) == sorted(RECORDS)
    resting = 0
    for name in STREAMS.market_names:
        machines = Replica(name, STREAMS, SnapshotFiles(folder(FORMAT_VERSION), name)).state.machines
        assert isinstance(machines, Markets)
        resting += sum(len(market.resting) for market in machines.markets.values())
    assert resting > 0
