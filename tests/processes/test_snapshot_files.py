"""Owns the tests of snapshots as files: whole or not there, the newest two, and no bad one serves.

Never starts a process.
Called by pytest.
"""

import os
import random
from pathlib import Path

import pytest
import structlog

from actors.processes import snapshot_files, snapshots
from actors.processes.snapshot_files import SnapshotFiles
from actors.processes.snapshots import SnapshotError
from tests.processes.test_snapshots import STREAMS, TOWN, at

STREAM = "accounts-0"
STATE = TOWN.all[STREAM]


class Shelf:
    """The files of one stream, and what was said against them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / STREAM
        self.reasons: dict[str, str] = {}
        self.files = SnapshotFiles(folder, STREAM, self._refused)

    def _refused(self, path: Path, reason: str) -> None:
        self.reasons[path.name] = reason

    def save(self, *sequences: int) -> None:
        for sequence in sequences:
            self.files.save(STATE, *at(sequence))

    def path(self, sequence: int) -> Path:
        return self.folder / f"{sequence:020}.snapshot"

    def usable(self) -> list[int]:
        """The sequences of the usable ones, in the order in which they are offered."""
        return [snapshot.header.sequence for snapshot in self.files.newest_first(STREAMS)]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_the_newest_two_are_kept_and_drafts_are_swept_up(shelf: Shelf) -> None:
    for sequence in (9, 10, 11):
        shelf.folder.mkdir(exist_ok=True)
        (shelf.folder / "left.draft").touch()
        shelf.save(sequence)
    assert (shelf.usable(), shelf.reasons) == ([11, 10], {})
    assert sorted(shelf.folder.iterdir()) == [shelf.path(10), shelf.path(11)]


def test_its_size_is_told(shelf: Shelf) -> None:
    assert shelf.files.save(STATE, *at(1)) == shelf.path(1).stat().st_size


def test_no_folder_is_no_snapshot(shelf: Shelf) -> None:
    assert (shelf.usable(), shelf.reasons) == ([], {})


def test_unless_told_otherwise_the_journal_hears_of_what_is_refused(shelf: Shelf) -> None:
    shelf.save(1)
    shelf.path(1).write_bytes(b"")
    with structlog.testing.capture_logs() as lines:
        assert list(SnapshotFiles(shelf.folder.parent, STREAM).newest_first(STREAMS)) == []
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("snapshot refused", "error")
    assert (line["path"], line["reason"]) == (str(shelf.path(1)), "it is torn or altered")


def test_a_file_under_another_name_is_refused(shelf: Shelf) -> None:
    shelf.save(1, 2)
    held = shelf.path(1).read_bytes()
    shelf.path(1).write_bytes(shelf.path(2).read_bytes())
    shelf.path(2).write_bytes(held)
    assert shelf.usable() == []
    assert shelf.reasons[shelf.path(1).name] == "it is of record 2, which is not its name"
    assert shelf.reasons[shelf.path(2).name] == "it is of record 1, which is not its name"


def test_a_file_from_beyond_does_not_push_out_what_this_log_made(shelf: Shelf) -> None:
    shelf.save(1, 2)
    shelf.path(99).write_bytes(b"whatever it is")
    shelf.save(3)
    assert shelf.usable() == [3, 2]
    assert set(shelf.reasons) == {shelf.path(99).name}


def test_a_file_that_cannot_be_read_is_told_and_one_that_went_meanwhile_is_not(shelf: Shelf) -> None:
    shelf.save(1, 2)
    found = shelf.files.newest_first(STREAMS)
    assert next(found).header.sequence == 2
    shelf.path(1).unlink()
    assert list(found) == []
    assert shelf.reasons == {}
    shelf.path(1).mkdir()
    assert shelf.usable() == [2]
    assert "directory" in shelf.reasons[shelf.path(1).name]


@pytest.mark.parametrize("fails_at", ["fsync", "rename"])
def test_where_writing_fails_what_was_there_stays_and_nothing_else_does(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    shelf.save(1, 2)

    def fail(*_arguments: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patches:
        patches.setattr(*((os, "fsync", fail) if fails_at == "fsync" else (Path, "rename", fail)))
        with pytest.raises(OSError, match="no space"):
            shelf.save(3)
    assert (shelf.usable(), shelf.reasons) == ([2, 1], {})
    assert sorted(shelf.folder.iterdir()) == [shelf.path(1), shelf.path(2)]


def test_a_state_that_would_not_come_back_alike_pushes_nothing_out(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.save(1, 2)
    with monkeypatch.context() as patches:
        patches.setattr(snapshots, "_load", lambda _pickled: (TOWN.all["accounts-1"], ""))
        with pytest.raises(SnapshotError):
            shelf.save(3)
    assert shelf.usable() == [2, 1]


def test_the_name_is_durable_before_an_older_one_goes(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.save(1, 2)
    there: list[bool] = []
    monkeypatch.setattr(
        snapshot_files, "synchronise_folder", lambda _folder: there.append(shelf.path(1).exists())
    )
    shelf.save(3)
    assert there == [True]
    assert not shelf.path(1).exists()


def test_bytes_may_be_damaged_anywhere(shelf: Shelf) -> None:
    shelf.save(1, 2)
    whole = shelf.path(2).read_bytes()
    chance = random.Random(7)
    for _ in range(100):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        shelf.path(2).write_bytes(damaged)
        shelf.reasons.clear()
        assert shelf.usable() == [1]
        assert set(shelf.reasons) == {shelf.path(2).name}
