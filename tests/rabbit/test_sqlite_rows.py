"""Owns the tests of the rows in SQLite: durability, readers that hold nobody up, damage anywhere in a file.

Never repeats the contract (test_log.py) nor what happens to processes (test_sqlite.py).
Called by pytest.
"""

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rabbit import sqlite_rows
from rabbit.log import LogCorruptError, LogError, LogUnavailableError, Record
from rabbit.sqlite import SqliteLog
from rabbit.sqlite_rows import SqliteWriterRows, make_rows
from tests.rabbit.rigs import START, STREAM, append, recovered

MEGABYTE = 1_048_576
LARGE = b'"' + b"x" * (MEGABYTE // 4) + b'"'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a log with one stream."""
    SqliteLog(tmp_path / "log").initialise((STREAM,))
    return tmp_path / "log"


def everything(folder: Path) -> list[Record]:
    """All records, page by page."""
    records: list[Record] = []
    with closing(SqliteLog(folder).reader(STREAM)) as reader:
        while page := reader.read(records[-1].position if records else START, 1_000):
            records += page
    return records


# Durability.


def test_each_append_is_synchronised_to_the_disk(tmp_path: Path) -> None:
    make_rows(tmp_path, STREAM)
    rows = SqliteWriterRows(tmp_path, STREAM)
    (synchronous,) = rows._database.execute("PRAGMA synchronous").fetchone()
    (journal,) = rows._database.execute("PRAGMA journal_mode").fetchone()
    # 2 is FULL: in a WAL each commit is synchronised (1, NORMAL, would leave that to the checkpoints).
    assert (synchronous, journal) == (2, "wal")


def test_a_file_system_without_a_wal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A database in memory is one where SQLite can't write ahead.
    monkeypatch.setattr(sqlite_rows, "_connect", lambda *_: sqlite3.connect(":memory:"))
    with pytest.raises(LogError, match="SQLite can't write ahead on this file system"):
        make_rows(tmp_path, STREAM)


# Readers and the writer.


def test_the_wal_is_allocated_once_and_then_written_over(tmp_path: Path) -> None:
    """A file that grows is slow to synchronise: the journal of the file system has to go first."""
    make_rows(tmp_path, STREAM)
    wal = tmp_path / f"{STREAM}.sqlite-wal"
    with closing(SqliteWriterRows(tmp_path, STREAM)) as rows:
        allocated = wal.stat().st_size
        for number in range(8):
            rows.append(number, LARGE)
        assert wal.stat().st_size == allocated >= sqlite_rows.WAL_ALLOCATED_BYTES
        tables = rows._database.execute("SELECT name FROM sqlite_schema").fetchall()
        assert tables == [("records",)]
        copied = shutil.copytree(tmp_path, tmp_path / "after a kill")
    # What a kill leaves has its WAL, which is taken as it is.
    before = (copied / wal.name).read_bytes()
    with closing(SqliteWriterRows(copied, STREAM)) as rows:
        assert rows.newest() == 8
        assert (copied / wal.name).read_bytes() == before


def test_the_wal_stays_small_while_readers_read_all_the_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_rows, "WAL_CHECK_BYTES", MEGABYTE)
    monkeypatch.setattr(sqlite_rows, "WAL_BYTES_MAX", 8 * MEGABYTE)
    writer = recovered(SqliteLog(folder))
    append(writer, 1)
    done = threading.Event()

    def read() -> None:
        reader = SqliteLog(folder).reader(STREAM)
        while not done.is_set():
            reader.read(START, 10)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    largest = 0
    for number in range(200):
        writer.append(LARGE, number)
        largest = max(largest, (folder / f"{STREAM}.sqlite-wal").stat().st_size)
    done.set()
    for reader in readers:
        reader.join()
    # Fifty megabytes went through it.
    assert largest < 12 * MEGABYTE


def test_a_stranger_with_an_open_transaction_holds_nobody_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_rows, "WAL_CHECK_BYTES", MEGABYTE)
    monkeypatch.setattr(sqlite_rows, "WAL_BYTES_MAX", 8 * MEGABYTE)
    monkeypatch.setattr(sqlite_rows, "WAL_WAIT_S_MAX", 0.001)
    wal = folder / f"{STREAM}.sqlite-wal"
    writer = recovered(SqliteLog(folder))
    append(writer, 1)
    with closing(sqlite3.connect(folder / f"{STREAM}.sqlite", isolation_level=None)) as stranger:
        stranger.execute("BEGIN")
        stranger.execute("SELECT * FROM records").fetchall()
        for number in range(60):
            writer.append(LARGE, number)
        assert wal.stat().st_size > 8 * MEGABYTE
    for number in range(10):
        writer.append(LARGE, number)
    assert wal.stat().st_size < 8 * MEGABYTE
    assert len(everything(folder)) == 71


def test_a_page_ends_where_it_is_large_enough(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_rows, "BATCH_BYTES_MAX", MEGABYTE)
    writer = recovered(SqliteLog(folder))
    records = [writer.append(LARGE, number) for number in range(10)]
    reader = SqliteLog(folder).reader(STREAM)
    assert reader.read(START, 100) == records[:4]
    assert reader.read(records[3].position, 100) == records[4:8]


# Troubles of the machine.


def test_an_append_that_can_t_get_through_leaves_it_in_doubt(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_rows, "BUSY_S_MAX", 0.01)
    writer = recovered(SqliteLog(folder))
    with closing(sqlite3.connect(folder / f"{STREAM}.sqlite", isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogUnavailableError, match=r"stream accounts-0: .* database is locked"):
            append(writer, 1)
    with pytest.raises(LogError, match="has failed"):
        append(writer, 1)
    writer.close()
    assert append(recovered(SqliteLog(folder)), 1)[0].sequence == 1


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_rows, "WAL_ALLOCATED_BYTES", 0)
    make_rows(tmp_path, STREAM)
    rows = SqliteWriterRows(tmp_path, STREAM)
    rows._database.execute("PRAGMA max_page_count = 3")
    with pytest.raises(LogUnavailableError, match="database or disk is full"):
        rows.append(0, LARGE)
    assert rows.newest() == 0


def test_a_mark_that_can_t_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_rows(tmp_path, STREAM)
    rows = SqliteWriterRows(tmp_path, STREAM)

    def fail(_: int) -> None:
        raise OSError("Input/output error")

    monkeypatch.setattr(rows._mark, "note", fail)
    with pytest.raises(LogUnavailableError, match=r"stream accounts-0: .*: Input/output error"):
        rows.append(0, b"frame")


def test_a_lock_that_can_t_be_opened_is_told(folder: Path) -> None:
    (folder / f"{STREAM}.lock").mkdir()
    with pytest.raises(LogUnavailableError, match="stream accounts-0 can't be locked"):
        SqliteLog(folder).writer(STREAM)


def test_a_lock_file_that_is_something_else_is_told(folder: Path) -> None:
    (folder / f"{STREAM}.lock").write_text("not a lock" * 1_000)
    with pytest.raises(LogUnavailableError, match="can't be locked: file is not a database"):
        SqliteLog(folder).writer(STREAM)


def test_a_writer_that_could_not_begin_leaves_the_lock_free(folder: Path) -> None:
    recovered(SqliteLog(folder)).close()
    path, hidden = folder / f"{STREAM}.sqlite", folder / "hidden"
    path.rename(hidden)
    with pytest.raises(LogCorruptError, match="is gone"):
        SqliteLog(folder).writer(STREAM)
    hidden.rename(path)
    assert recovered(SqliteLog(folder)).epoch == 2


@pytest.mark.parametrize(
    ("spoil", "kind", "reason"),
    [
        (Path.mkdir, LogUnavailableError, "(unable to open database file|disk I/O error)"),
        (lambda path: path.write_text("no rows" * 1_000), LogCorruptError, "file is not a database"),
    ],
    ids=["a folder", "a text"],
)
def test_a_file_that_can_t_be_opened_is_told(
    folder: Path, spoil: Callable[[Path], None], kind: type[LogError], reason: str
) -> None:
    path = folder / f"{STREAM}.sqlite"
    path.unlink()
    spoil(path)
    for use in (SqliteLog(folder).reader, SqliteLog(folder).writer):
        for _ in range(2):
            with pytest.raises(kind, match=f"^stream accounts-0: .*{reason}"):
                use(STREAM)


# A file that is not what it was.


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_was_removed_is_neither_read_nor_written_any_more(
    folder: Path, *, replaced: bool
) -> None:
    writer = recovered(SqliteLog(folder))
    (record,) = append(writer, 1)
    reader = SqliteLog(folder).reader(STREAM)
    reader.read(START, 10)
    for path in folder.glob(f"{STREAM}.sqlite*"):
        path.unlink()
    if replaced:
        make_rows(folder, STREAM)
    reason = "was replaced by another" if replaced else "is gone"
    with pytest.raises(LogCorruptError, match=reason):
        reader.read(record.position, 10)
    with pytest.raises(LogCorruptError, match=reason):
        reader.follow(record.position, 10, 5)
    with pytest.raises(LogCorruptError, match=reason):
        append(writer, 1)


def test_a_file_that_ends_before_what_was_durable_stops_everybody(folder: Path) -> None:
    writer = recovered(SqliteLog(folder))
    append(writer, 3)
    writer.close()
    with closing(sqlite3.connect(folder / f"{STREAM}.sqlite")) as database, database:
        database.execute("DELETE FROM records WHERE number > 2")
    for use in (SqliteLog(folder).reader, SqliteLog(folder).writer):
        with pytest.raises(LogCorruptError, match=r"ends at row 2, but row 4 was durable"):
            use(STREAM)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("DELETE FROM records WHERE number = 3", "record 2 is missing: after row 2 comes row 4"),
        ("UPDATE records SET number = 9 WHERE number = 4", "record 3 is missing: after row 3 comes row 9"),
        ("UPDATE records SET frame = 7 WHERE number = 3", "row 3 holds no bytes"),
        ("DROP TABLE records", "no such table: records"),
    ],
)
def test_rows_that_are_missing_or_no_bytes_stop_a_reader(folder: Path, statement: str, reason: str) -> None:
    writer = recovered(SqliteLog(folder))
    append(writer, 3)
    writer.close()
    with closing(sqlite3.connect(folder / f"{STREAM}.sqlite")) as database, database:
        database.execute(statement)
    with pytest.raises(LogCorruptError, match=f"^stream accounts-0: .*{reason}"):
        everything(folder)


class Kept(NamedTuple):
    """Folders ``closed``, whose rows are in the file, and ``open``, whose rows are in the WAL."""

    folder: Path
    records: list[Record]

    def __repr__(self) -> str:
        return f"Kept({self.folder})"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("kept")
    log = SqliteLog(folder / "closed")
    log.initialise((STREAM,))
    with pytest.MonkeyPatch.context() as patch:
        # Nothing allocated: every byte of the WAL is one that counts.
        patch.setattr(sqlite_rows, "WAL_ALLOCATED_BYTES", 0)
        writer = recovered(log)
    records = append(writer, 60)
    shutil.copytree(folder / "closed", folder / "open", ignore=shutil.ignore_patterns("*.sqlite-shm"))
    writer.close()
    return Kept(folder, records)


@pytest.mark.parametrize(
    ("state", "file"), [("closed", "sqlite"), ("open", "sqlite-wal"), ("open", "sqlite")]
)
@settings(max_examples=100)
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(0, 255))
def test_damage_anywhere_in_a_file_is_noticed_or_harmless(
    kept: Kept, state: str, file: str, place: float, flip: int
) -> None:
    """Flips bits of a byte, or for ``flip`` 0 cuts the file there."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(shutil.copytree(kept.folder / state, Path(temporary) / "log"))
        path = copy / f"{STREAM}.{file}"
        content = bytearray(path.read_bytes())
        index = int(place * len(content))
        if flip:
            content[index] ^= flip
        else:
            del content[index:]
        path.write_bytes(content)
        for read in (everything, recovery):
            assert not wrong(read, copy, kept.records)


def test_a_damaged_wal_is_left_as_it_is(kept: Kept, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(kept.folder / "open", tmp_path / "log"))
    wal = copy / f"{STREAM}.sqlite-wal"
    content = bytearray(wal.read_bytes())
    content[len(content) // 2] ^= 1
    wal.write_bytes(content)
    for read in (everything, recovery):
        with pytest.raises(LogCorruptError, match=r"ends at row \d+, but row 61 was durable"):
            read(copy)
        assert wal.read_bytes() == content


def wrong(read: Callable[[Path], list[Record]], folder: Path, records: list[Record]) -> bool:
    """Whether reading gives, without an error, anything but the records."""
    try:
        return read(folder) != records
    except LogError:
        return False


def recovery(folder: Path) -> list[Record]:
    with closing(SqliteLog(folder).writer(STREAM)) as writer:
        return list(writer.recover())
