"""Owns the log in SQLite files: one file a stream, written ahead (WAL), each append synchronised to disk.

Never lets a reader hold the writer up, and never makes a file but by ``initialise``.
Called through rabbit.open by hosts and followers.

The folder: ``log.json`` (the log's identity and its streams), and for each stream ``NAME.sqlite`` (the
rows), ``NAME.lock`` (held as long as the writer's process lives) and ``NAME.mark`` (rabbit/mark.py).
"""

import os
import re
import secrets
import sqlite3
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from rabbit.chain import Chain
from rabbit.log import FORMAT_VERSION, LogCorruptError, LogError, Reader, Writer
from rabbit.rows import RowsReader, RowsWriter
from rabbit.sqlite_rows import SqliteRows, SqliteWriterRows, make_rows

STREAM_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
DESCRIPTION_NAME: Final = "log.json"


class Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``log.json`` holds."""

    version: int
    log: str
    streams: tuple[str, ...]


class SqliteLog:
    """A ``rabbit.log.Log`` in a folder. Its readers and writers belong to the thread that made them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def initialise(self, streams: tuple[str, ...]) -> None:
        for stream in streams:
            if not STREAM_NAME.fullmatch(stream):
                raise LogError(f"a stream's name has small letters, digits and dashes, not {stream!r}")
        description = self._description()
        if description is None:
            description = self._make(streams)
        if description.streams != streams:
            raise LogError(
                f"the log in {self._folder} already exists, with the streams {', '.join(description.streams)}"
            )

    def streams(self) -> tuple[str, ...]:
        description = self._description()
        return () if description is None else description.streams

    def writer(self, stream: str) -> Writer:
        identity = self._identity_for(stream)
        rows = SqliteWriterRows(self._folder, stream)
        try:
            return RowsWriter(stream, rows, lambda after: Chain(identity, stream, after))
        except BaseException:
            rows.close()
            raise

    def reader(self, stream: str) -> Reader:
        identity = self._identity_for(stream)
        return RowsReader(SqliteRows(self._folder, stream), lambda after: Chain(identity, stream, after))

    def _description(self) -> Description | None:
        path = self._folder / DESCRIPTION_NAME
        try:
            description = msgspec.json.decode(path.read_bytes(), type=Description)
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError as error:
            raise LogCorruptError(f"{path} is not the description of a log: {error}") from error
        if description.version != FORMAT_VERSION:
            raise LogError(
                f"{path} describes a log of format {description.version}, this program knows {FORMAT_VERSION}"
            )
        return description

    def _identity_for(self, stream: str) -> str:
        description = self._description()
        if description is None:
            raise LogError(f"there is no log in {self._folder}: it is made by initialising it")
        if stream not in description.streams:
            raise LogError(f"the log in {self._folder} has no stream {stream}")
        return description.log

    def _make(self, streams: tuple[str, ...]) -> Description:
        """Makes the folder beside its place and moves it there whole, so that it is there or not."""
        parent = self._folder.parent
        try:
            parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=f"{self._folder.name}.", dir=parent) as draft:
                description = _draft(Path(draft) / "log", streams)
                (Path(draft) / "log").rename(self._folder)
            _synchronise_folder(parent)
        except (OSError, sqlite3.Error) as error:
            made_by_another = self._description()
            if made_by_another is None:
                raise LogError(f"the log can't be made in {self._folder}: {error}") from error
            return made_by_another
        return description


def _draft(folder: Path, streams: tuple[str, ...]) -> Description:
    description = Description(FORMAT_VERSION, secrets.token_hex(16), streams)
    folder.mkdir()
    for stream in streams:
        make_rows(folder, stream)
    with (folder / DESCRIPTION_NAME).open("wb") as file:
        file.write(msgspec.json.encode(description))
        file.flush()
        os.fsync(file.fileno())
    _synchronise_folder(folder)
    return description


def _synchronise_folder(folder: Path) -> None:
    """Makes names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
