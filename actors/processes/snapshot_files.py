"""Owns the snapshots of a stream as files: each written whole and durably or not at all, the newest two kept.

Never judges what is in a file (actors/processes/snapshots.py does); an older file goes whatever is in it.
Called by the keeper (which writes) and by hosts (which recover).
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import structlog

from actors.machines.streams import Streams
from actors.machines.turn import Stream
from actors.processes.snapshots import Snapshot, SnapshotError, decode, encode
from rabbit.log import Position
from rabbit.sqlite import synchronise_folder

KEPT: Final = 2
"""The newest may turn out to be damaged."""

Refused = Callable[[Path, str], None]
"""Is told of each file that can't be used, and why."""

log = structlog.get_logger()


def tell_journal(path: Path, reason: str) -> None:
    """Says that a file can't be used: an older one serves, or the log is replayed, which takes longer."""
    log.error("snapshot refused", path=str(path), reason=reason)


class SnapshotFiles:
    """``Snapshots`` in a folder of their own: ``SEQUENCE.snapshot``. One process writes, any may read."""

    def __init__(self, folder: Path, stream: str, refused: Refused = tell_journal) -> None:
        self._folder = folder / stream
        self._stream = stream
        self._refused = refused

    def newest_first(self, streams: Streams) -> Iterator[Snapshot]:
        for path in self._paths():
            try:
                yield self._read(path, streams)
            except FileNotFoundError:
                pass  # two newer ones have come meanwhile
            except (SnapshotError, OSError) as error:
                self._refused(path, str(error))

    def save(self, state: Stream, position: Position, time: int) -> int:
        content = encode(state, position, time)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{position.sequence:020}.snapshot"
        draft = path.with_suffix(f".{os.getpid()}.draft")
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)  # on a full disk it must not take what room there is
        synchronise_folder(self._folder)
        self._forget_older(path)
        return len(content)

    def _read(self, path: Path, streams: Streams) -> Snapshot:
        snapshot = decode(path.read_bytes(), self._stream, streams)
        if path.stem != f"{snapshot.header.sequence:020}":
            raise SnapshotError(f"it is of record {snapshot.header.sequence}, which is not its name")
        return snapshot

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.snapshot"), reverse=True)

    def _forget_older(self, newest: Path) -> None:
        # A file of a later record is none that this log made: it stays, and must not push out what did.
        older = [path for path in self._paths() if path.name < newest.name]
        for path in older[KEPT - 1 :]:
            path.unlink(missing_ok=True)
        for draft in self._folder.glob("*.draft"):
            draft.unlink(missing_ok=True)
