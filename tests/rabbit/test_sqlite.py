"""Owns the tests of the SQLite log as a whole: its folder, and its writers as processes that are killed.

Never repeats the contract (test_log.py).
Called by pytest.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rabbit.log import LogCorruptError, LogError, LogLockedError
from rabbit.sqlite import SqliteLog
from tests.rabbit.appender import ROOT, append_one, appender, line_of
from tests.rabbit.rigs import START, STREAM, STREAMS, append, recovered


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a log that was initialised."""
    SqliteLog(tmp_path / "var" / "log").initialise(STREAMS)
    return tmp_path / "var" / "log"


# The folder.


def test_the_folder_holds_a_description_and_a_file_for_each_stream(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "accounts-0.sqlite",
        "log.json",
        "markets-0.sqlite",
    ]
    assert [path.name for path in folder.parent.iterdir()] == ["log"]


def test_using_a_log_that_is_not_there_makes_nothing(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "log")
    for use in (log.writer, log.reader):
        with pytest.raises(LogError, match="there is no log in"):
            use(STREAM)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "Accounts", "a/b", "../x", "-a", "a b", "é", "a" * 65])
def test_a_name_that_is_no_file_name_everywhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LogError, match="a stream's name has"):
        SqliteLog(tmp_path / "log").initialise(("accounts-0", name))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "notes.txt").write_text("mine")
    with pytest.raises(LogError, match="can't be made in"):
        SqliteLog(tmp_path / "log").initialise(STREAMS)
    assert [path.name for path in tmp_path.rglob("*")] == ["log", "notes.txt"]


def test_a_log_that_can_t_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("rabbit.sqlite.make_rows", fail)
    with pytest.raises(LogError, match=r"can't be made in .*: database or disk is full"):
        SqliteLog(tmp_path / "log").initialise(STREAMS)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_becomes_the_log(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    SqliteLog(tmp_path / "log").initialise(STREAMS)
    assert SqliteLog(tmp_path / "log").streams() == STREAMS


def test_many_may_initialise_at_once_and_make_one_log(tmp_path: Path) -> None:
    count = 8
    barrier = threading.Barrier(count)

    def initialise(_: int) -> bytes:
        barrier.wait()
        SqliteLog(tmp_path / "log").initialise(STREAMS)
        return (tmp_path / "log" / "log.json").read_bytes()

    with ThreadPoolExecutor(count) as pool:
        assert len(set(pool.map(initialise, range(count)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


WANTED = (*STREAMS, "social-0")


def test_a_file_that_was_added_is_never_made_again(folder: Path) -> None:
    """Somebody else may have added it meanwhile, and written."""
    before = (folder / "log.json").read_bytes()
    SqliteLog(folder).initialise(WANTED, older=STREAMS)
    records = append(recovered(SqliteLog(folder), "social-0"), 2)
    (folder / "log.json").write_bytes(before)
    SqliteLog(folder).initialise(WANTED, older=STREAMS)
    assert SqliteLog(folder).reader("social-0").read(START, 10) == records
    assert [path.name for path in folder.parent.iterdir()] == ["log"]


def test_streams_that_can_t_be_added_leave_the_log_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("rabbit.sqlite.make_rows", fail)
    with pytest.raises(LogError, match=r"streams can't be added to the log in .*: database or disk is full"):
        SqliteLog(folder).initialise(WANTED, older=STREAMS)
    assert SqliteLog(folder).streams() == STREAMS
    assert [path.name for path in folder.parent.iterdir()] == ["log"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not the description of a log"),
        ('{"version":1}', "is not the description of a log"),
        ('{"version":2,"log":"0af3","streams":[]}', "of format 2, this program knows 1"),
    ],
)
def test_a_damaged_description_stops_the_log(folder: Path, text: str, reason: str) -> None:
    (folder / "log.json").write_text(text)
    for use in (SqliteLog(folder).streams, lambda: SqliteLog(folder).initialise(STREAMS)):
        with pytest.raises(LogError, match=reason):
            use()


def test_a_missing_file_is_not_made_again(folder: Path) -> None:
    (folder / f"{STREAM}.sqlite").unlink()
    log = SqliteLog(folder)
    log.initialise(STREAMS)
    for use in (log.writer, log.reader):
        with pytest.raises(LogCorruptError, match=r"stream accounts-0: its file .* is gone"):
            use(STREAM)
    assert not (folder / f"{STREAM}.sqlite").exists()


# Processes.


@pytest.mark.whole
def test_a_live_writer_keeps_others_out_even_when_it_is_stopped(folder: Path) -> None:
    with appender(folder) as holder:
        assert line_of(holder) == "epoch 1"
        with pytest.raises(LogLockedError, match=f"has a writer already: process {holder.pid}$"):
            SqliteLog(folder).writer(STREAM)
        with appender(folder) as second:
            assert line_of(second) == f"refused: stream accounts-0 has a writer already: process {holder.pid}"
        holder.send_signal(signal.SIGSTOP)
        with pytest.raises(LogLockedError):
            SqliteLog(folder).writer(STREAM)


@pytest.mark.whole
def test_the_lock_of_a_killed_writer_is_free_as_soon_as_it_is_gone(folder: Path) -> None:
    for epoch in (1, 3, 5):
        with appender(folder) as holder:
            assert line_of(holder) == f"epoch {epoch}"
            holder.kill()
            holder.wait()
            successor = recovered(SqliteLog(folder))
            assert successor.epoch == epoch + 1
            successor.close()


@pytest.mark.whole
def test_a_child_that_outlives_its_parent_does_not_keep_its_lock(folder: Path) -> None:
    # The parent takes the lock, forks a child that stays, and dies by a signal.
    program = f"""
import os, signal, time
from pathlib import Path
from tests.rabbit.rigs import STREAM, recovered
from rabbit.sqlite import SqliteLog
writer = recovered(SqliteLog(Path({str(folder)!r})))
if child := os.fork():
    print(child, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        child = int(line_of(parent))
        try:
            parent.wait()
            os.kill(child, 0)
            assert recovered(SqliteLog(folder)).epoch == 2
        finally:
            os.kill(child, signal.SIGKILL)


@pytest.mark.whole
@pytest.mark.parametrize("seed", range(5))
def test_what_was_durable_when_the_writer_was_killed_is_there(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    durable: list[str] = []
    for _ in range(3):
        with appender(folder) as process:
            assert line_of(process).startswith("epoch")
            durable += [line_of(process) for _ in range(chance.randrange(1, 200))]
            process.kill()
            # It went on for a moment: what it had still told is durable, too.
            assert process.stdout is not None
            durable += [line for line in process.stdout.read().split("\n")[:-1] if line]
        records = SqliteLog(folder).reader(STREAM).read(START, 10_000)
        found = [f"{record.sequence} {record.digest.hex()}" for record in records]
        # At most the one record that was in doubt may be there beyond what was told.
        assert found[: len(durable)] == durable
        assert len(found) <= len(durable) + 1
        durable = found


@pytest.mark.whole
def test_a_writer_whose_lock_was_taken_from_it_writes_nothing(folder: Path) -> None:
    with appender(folder, "paced") as process:
        assert line_of(process) == "epoch 1"
        append_one(process)
        assert line_of(process).startswith("1 ")
        (folder / f"{STREAM}.lock").unlink()
        records = append(recovered(SqliteLog(folder)), 3)
        append_one(process)
        assert line_of(process) == "refused: stream accounts-0 was taken over by another writer"
    assert SqliteLog(folder).reader(STREAM).read(START, 10)[1:] == records
