"""Owns the tests of the small disk: a log on it can't go on while it is full, and loses nothing.

Never needs to be root: without a mount the folder stays as it is.
Called by pytest.
"""

import os
from contextlib import closing
from pathlib import Path

import pytest

from rabbit.log import LogUnavailableError, Position
from rabbit.sqlite import SqliteLog
from tests.chaos.disk import small_disk_under


def append(log: SqliteLog, body: bytes) -> None:
    with closing(log.writer("markets-0")) as writer:
        list(writer.recover())
        writer.append(body, 1)


def bodies(log: SqliteLog) -> list[bytes]:
    with closing(log.reader("markets-0")) as reader:
        return [record.body for record in reader.read(Position(), 10)]


def test_a_log_on_a_full_disk_waits_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "log")
    log.initialise(("markets-0",))
    append(log, b"1")
    with small_disk_under(tmp_path / "log") as disk:
        assert (disk is not None) == os.path.ismount(tmp_path / "log")
        append(log, b"2")
        if disk is not None:
            for _ in range(2):
                disk.fill()
                with pytest.raises(LogUnavailableError, match="full"):
                    append(log, b"0")
                assert bodies(log) == [b"1", b"2"]
                disk.free()
        append(log, b"3")
    assert not os.path.ismount(tmp_path / "log")
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
    assert bodies(log) == [b"1", b"2", b"3"]
