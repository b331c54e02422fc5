"""Owns the log in SQLite files: one file a stream, written ahead (WAL), each append synchronised to disk.

Never lets a reader hold the writer up, and never makes a file but by ``initialise``.
Called through rabbit.open by hosts and followers.

The folder: ``log.json`` (the log's identity and its streams), and for each stream ``NAME.sqlite`` (the
rows), ``NAME.lock`` (held as long as the writer's process lives) and ``NAME.mark`` (rabbit/mark.py).
"""

import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Final

from rabbit.chain import Chain
from rabbit.description import (
    Description,
    decode,
    encode,
    identity_for,
    new_description,
    require_names,
    require_streams,
)
from rabbit.log import LogError, Reader, Writer
from rabbit.rows import RowsReader, rows_writer
from rabbit.sqlite_rows import SqliteRows, SqliteWriterRows, make_rows

DESCRIPTION_NAME: Final = "log.json"


class SqliteLog:
    """A ``rabbit.log.Log`` in a folder. Its readers and writers belong to the thread that made them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._where = f"in {folder}"

    def initialise(self, streams: tuple[str, ...]) -> None:
        require_names(streams)
        description = self._description() or self._make(streams)
        require_streams(description, streams, self._where)

    def streams(self) -> tuple[str, ...]:
        description = self._description()
        return () if description is None else description.streams

    def writer(self, stream: str) -> Writer:
        identity = identity_for(self._description(), stream, self._where)
        rows = SqliteWriterRows(self._folder, stream)
        try:
            return rows_writer(stream, rows, lambda after: Chain(identity, stream, after))
        except BaseException:
            rows.close()
            raise

    def reader(self, stream: str) -> Reader:
        identity = identity_for(self._description(), stream, self._where)
        return RowsReader(SqliteRows(self._folder, stream), lambda after: Chain(identity, stream, after))

    def _description(self) -> Description | None:
        path = self._folder / DESCRIPTION_NAME
        try:
            encoded = path.read_bytes()
        except FileNotFoundError:
            return None
        return decode(encoded, str(path))

    def _make(self, streams: tuple[str, ...]) -> Description:
        """Makes the folder beside its place and moves it there whole, so that it is there or not."""
        parent = self._folder.parent
        try:
            parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=f"{self._folder.name}.", dir=parent) as draft:
                description = _draft(Path(draft) / "log", streams)
                (Path(draft) / "log").rename(self._folder)
            synchronise_folder(parent)
        except (OSError, sqlite3.Error) as error:
            made_by_another = self._description()
            if made_by_another is None:
                raise LogError(f"the log can't be made in {self._folder}: {error}") from error
            return made_by_another
        return description


def _draft(folder: Path, streams: tuple[str, ...]) -> Description:
    description = new_description(streams)
    folder.mkdir()
    for stream in streams:
        make_rows(folder, stream)
    with (folder / DESCRIPTION_NAME).open("wb") as file:
        file.write(encode(description))
        file.flush()
        os.fsync(file.fileno())
    synchronise_folder(folder)
    return description


def synchronise_folder(folder: Path) -> None:
    """Makes names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
