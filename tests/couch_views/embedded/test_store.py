"""Owns the tests of the file: one writer, readers in other processes and threads, kill -9.

Never tests what is in an answer beyond what shows that it was stored.
Called by pytest.
"""

import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest

from couch_views.client import Documents, DocumentsRefusedError, DocumentsUnavailableError
from couch_views.embedded.errors import CouchError
from couch_views.embedded.server import EmbeddedServer
from couch_views.embedded.store import FILE_NAME, Store
from couch_views.json_values import JsonObject
from couch_views.opening import open_documents

PROCESSES = multiprocessing.get_context("spawn")
DESIGN: JsonObject = {
    "_id": "_design/d",
    "digest": "1",
    "views": {"by_round": {"map": "function (doc) { emit(doc.round, doc.x); emit([doc._id], null); }"}},
}
PER_ROUND = 50


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Documents]:
    opened = open_documents("sqlite", tmp_path, writer=True)
    opened.ensure_database()
    yield opened
    opened.close()


def test_a_reader_waits_until_the_writer_has_made_the_documents(tmp_path: Path) -> None:
    reader = open_documents("sqlite", tmp_path, writer=False)
    with pytest.raises(DocumentsUnavailableError, match="not been made yet"):
        reader.get("a")
    sqlite3.connect(tmp_path / FILE_NAME).close()
    with pytest.raises(DocumentsUnavailableError, match="not been made yet"):
        reader.get("a")
    writer = open_documents("sqlite", tmp_path, writer=True)
    with pytest.raises(DocumentsUnavailableError, match="Database does not exist"):
        reader.get("a")
    writer.ensure_database()
    assert reader.get("a") is None
    writer.close()
    reader.close()


def test_a_reader_writes_nothing(writer: Documents, tmp_path: Path) -> None:
    reader = open_documents("sqlite", tmp_path, writer=False)
    with pytest.raises(DocumentsRefusedError, match="403 forbidden"):
        reader.bulk([{"_id": "a"}])
    with pytest.raises(DocumentsRefusedError, match="403 forbidden"):
        reader.ensure_database()
    assert writer.get("a") is None
    reader.close()


def test_a_reader_reads_after_the_writer_has_gone(writer: Documents, tmp_path: Path) -> None:
    writer.bulk([{"_id": "a"}])
    writer.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE_NAME]
    reader = open_documents("sqlite", tmp_path, writer=False)
    assert reader.get("a") is not None
    reader.close()


def test_each_thread_reads_by_itself(writer: Documents) -> None:
    writer.bulk([{"_id": f"d{place}"} for place in range(100)])
    found: list[int] = []

    def read() -> None:
        found.extend(len(writer.identities(start="d", end="dz")) for _ in range(20))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [100] * 80


def test_a_reader_sees_a_bulk_wholly_or_not(writer: Documents, tmp_path: Path) -> None:
    writer.ensure_designs([DESIGN])
    reader = open_documents("sqlite", tmp_path, writer=False)
    done = threading.Event()
    partial: list[int] = []

    def watch() -> None:
        while not done.is_set():
            seen = len(reader.view("d", "by_round", start=0, end=1_000))
            if seen % PER_ROUND:
                partial.append(seen)

    watching = threading.Thread(target=watch)
    watching.start()
    for number in range(30):
        write_round(writer, number)
    done.set()
    watching.join()
    assert partial == []
    assert len(reader.view("d", "by_round", start=0, end=1_000)) == 30 * PER_ROUND
    reader.close()


def write_round(writer: Documents, number: int) -> None:
    writer.bulk(
        [{"_id": f"r{number:06d}d{place:03d}", "round": number, "x": place} for place in range(PER_ROUND)]
    )


def keep_writing(folder: Path, pipe: Pipe) -> None:
    """The writing process: tells the number of each round that is written."""
    writer = open_documents("sqlite", folder, writer=True)
    writer.ensure_database()
    writer.ensure_designs([DESIGN])
    number = len(writer.identities(start="r", end="rz")) // PER_ROUND
    while True:
        write_round(writer, number)
        pipe.send(number)
        number += 1


@pytest.mark.whole
def test_a_killed_writer_leaves_whole_bulks_and_their_rows(tmp_path: Path) -> None:
    reader = open_documents("sqlite", tmp_path, writer=False)
    last = -1
    for _ in range(3):
        ours, theirs = PROCESSES.Pipe()
        process = PROCESSES.Process(target=keep_writing, args=(tmp_path, theirs), daemon=True)
        process.start()
        theirs.close()
        deadline = time.monotonic() + 120
        told = -1
        while told < last + 10 and time.monotonic() < deadline:
            told = ours.recv()
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        while ours.poll():
            try:
                told = ours.recv()
            except EOFError:
                break
        ours.close()
        process.close()
        identities = reader.identities(start="r", end="rz")
        last, rest = divmod(len(identities), PER_ROUND)
        assert rest == 0
        assert last > told >= 0
        assert [row.id for row in reader.view("d", "by_round", start=0, end=10**6)] == identities
        assert len(reader.view("d", "by_round")) == 2 * len(identities)
    reader.close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    Store(tmp_path, writer=True).close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CouchError, match="format 99, not 2: rebuild them"):
        Store(tmp_path, writer=True)


# What a file of format 1 held: its tables, a document, a view, and a number that a dropped view had.
FORMAT_1 = """
CREATE TABLE databases (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, identity TEXT NOT NULL,
    sequence INTEGER NOT NULL DEFAULT 0, document_count INTEGER NOT NULL DEFAULT 0,
    deleted_count INTEGER NOT NULL DEFAULT 0);
CREATE TABLE documents (number INTEGER PRIMARY KEY, database INTEGER NOT NULL, id TEXT NOT NULL,
    revision TEXT NOT NULL, deleted INTEGER NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL,
    emitted BLOB, UNIQUE (database, id));
CREATE UNIQUE INDEX documents_by_sequence ON documents (database, sequence);
CREATE TABLE local_documents (database INTEGER NOT NULL, id TEXT NOT NULL, revision TEXT NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (database, id)) WITHOUT ROWID;
CREATE TABLE views (number INTEGER PRIMARY KEY AUTOINCREMENT, database INTEGER NOT NULL,
    design TEXT NOT NULL, name TEXT NOT NULL, map TEXT NOT NULL, reduce TEXT NOT NULL,
    row_count INTEGER NOT NULL DEFAULT 0, UNIQUE (database, design, name));
CREATE TABLE rows (view INTEGER NOT NULL, key BLOB NOT NULL, id TEXT NOT NULL, place INTEGER NOT NULL,
    value BLOB NOT NULL, PRIMARY KEY (view, key, id, place)) WITHOUT ROWID;
INSERT INTO databases VALUES (1, 'credence', 'cafe', 2, 2, 0);
INSERT INTO documents VALUES (1, 1, '_design/d', '1-a', 0, 1,
    CAST('{"views":{"v":{"map":"function (doc) { emit(doc.x); }"}}}' AS BLOB), NULL);
INSERT INTO documents VALUES (2, 1, 'a', '1-b', 0, 2, CAST('{"x":true}' AS BLOB),
    CAST('{"3":[[true,null]],"7":[[1,null]]}' AS BLOB));
INSERT INTO views VALUES (7, 1, '_design/d', 'dropped', '', '', 1);
DELETE FROM views;
INSERT INTO views VALUES (3, 1, '_design/d', 'v', 'function (doc) { emit(doc.x); }', '', 1);
INSERT INTO rows VALUES (3, x'03', 'a', 0, CAST('null' AS BLOB));
PRAGMA user_version = 1;
"""


def test_a_file_of_the_format_before_is_taken_over(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.executescript(FORMAT_1)
    connection.close()
    documents = open_documents("sqlite", tmp_path, writer=True)
    assert [tuple(row) for row in documents.view("d", "v")] == [("a", True, None)]
    documents.bulk([{"_id": "a", "_rev": "1-b", "x": 2}])
    assert [row.key for row in documents.view("d", "v")] == [2]
    documents.ensure_database()
    documents.close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("INSERT INTO indexes (database, map) VALUES (1, 'next')")
    assert connection.execute("SELECT number FROM indexes").fetchall() == [(3,), (8,)]
    connection.close()


def test_a_failed_request_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path, writer=True)

    def write_and_fail() -> None:
        with store.writing() as connection:
            connection.execute("INSERT INTO databases (name, identity) VALUES ('a', 'b')")
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    with store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM databases").fetchone() == (0,)
    store.close()


def test_after_closing_nothing_is_answered(writer: Documents) -> None:
    writer.close()
    with pytest.raises(DocumentsUnavailableError, match="closed database"):
        writer.get("a")


def test_what_is_in_memory_is_there_for_others_to_begin_with() -> None:
    first = EmbeddedServer(None, writer=True)
    documents = Documents(lambda: first, first.close)
    documents.ensure_database()
    documents.ensure_designs([DESIGN])
    documents.bulk([{"_id": "a", "round": 1, "x": 1}])
    second = EmbeddedServer(None, writer=True, image=first.image())
    documents.bulk([{"_id": "b", "round": 2, "x": 2}])
    others = Documents(lambda: second, second.close)
    assert [row.id for row in others.view("d", "by_round", start=1, end=2)] == ["a"]
    others.bulk([{"_id": "c", "round": 2, "x": 3}])
    assert [row.id for row in others.view("d", "by_round", start=1, end=2)] == ["a", "c"]
    assert [row.id for row in documents.view("d", "by_round", start=1, end=2)] == ["a", "b"]
    documents.close()
    others.close()
