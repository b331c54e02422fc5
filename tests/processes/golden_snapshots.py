"""Owns the golden snapshots: files as each format was once written, amid the golden log, kept for good.

Never changes those of a format that is in use somewhere: a changed shape of the state needs a higher
``FORMAT_VERSION`` in actors/processes/snapshots.py, and gets its own files.
Called by tests/processes/test_golden_snapshots.py; and after such a change as
``python -m tests.processes.golden_snapshots``.
"""

from pathlib import Path
from typing import Final

from actors.processes.recovery import Replica
from actors.processes.snapshot_files import SnapshotFiles
from actors.processes.snapshots import FORMAT_VERSION
from tests.rabbit.golden import DATA, kept_log
from tests.rabbit.golden_teller import STREAMS
from tests.rabbit.rigs import everything

RECORDS: Final = {"accounts-0": 27, "accounts-1": 18, "markets-0": 12, "markets-1": 7}
"""Stream -> the record that its snapshot is of: orders rest, others have traded."""


def folder(version: int) -> Path:
    """Where the snapshots of a format are, in the form that an installation has."""
    return DATA / "golden_snapshots" / f"format-{version}"


def write() -> None:
    """Writes those of today's format."""
    log = kept_log()
    for name, last in RECORDS.items():
        replica = Replica(name, STREAMS, None)
        for record in everything(log.reader(name))[:last]:
            replica.take(record)
        SnapshotFiles(folder(FORMAT_VERSION), name).save(replica.state, replica.position, replica.time)


if __name__ == "__main__":
    write()
