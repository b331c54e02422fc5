"""Owns the log in SQLite files: one file a stream, written ahead (WAL), each append synchronised to disk.

Never lets a reader hold the writer up, and never makes a file but by ``initialise``.
Called through rabbit.open by hosts and followers.

The folder: ``log.json`` (the log's identity and its streams), and for each stream ``NAME.sqlite`` (the
rows), ``NAME.lock`` (held as long as the writer's process lives) and ``NAME.mark`` (rabbit/mark.py).
"""

import contextlib
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
    with_added,
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

    def initialise(self, streams: tuple[str, ...], older: tuple[str, ...] = ()) -> None:
        require_names(streams)
        description = self._description() or self._make(streams)
        if description.streams != streams and description.streams == older:
            description = self._add(description, streams)
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

    def _add(self, old: Description, streams: tuple[str, ...]) -> Description:
        """Makes the missing streams' files, each whole; then the description that names them takes its place.

        Somebody else may be at it, or have been stopped half way: a file that is there is left as it is.
        """
        description = with_added(old, streams)
        try:
            with tempfile.TemporaryDirectory(prefix=f"{self._folder.name}.", dir=self._folder.parent) as name:
                draft = Path(name)
                for stream in streams:
                    if stream not in old.streams:
                        make_rows(draft, stream)
                        with contextlib.suppress(FileExistsError):
                            (self._folder / f"{stream}.sqlite").hardlink_to(draft / f"{stream}.sqlite")
                _write(draft / DESCRIPTION_NAME, description)
                synchronise_folder(self._folder)
                (draft / DESCRIPTION_NAME).replace(self._folder / DESCRIPTION_NAME)
            synchronise_folder(self._folder)
        except (OSError, sqlite3.Error) as error:
            raise LogError(f"streams can't be added to the log {self._where}: {error}") from error
        return description


def _draft(folder: Path, streams: tuple[str, ...]) -> Description:
    description = new_description(streams)
    folder.mkdir()
    for stream in streams:
        make_rows(folder, stream)
    _write(folder / DESCRIPTION_NAME, description)
    synchronise_folder(folder)
    return description


def _write(path: Path, description: Description) -> None:
    with path.open("wb") as file:
        file.write(encode(description))
        file.flush()
        os.fsync(file.fileno())


def synchronise_folder(folder: Path) -> None:
    """Makes names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
