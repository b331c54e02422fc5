"""Owns a small disk under the log (embedded profile) that can be full: a tmpfs, made as root.

Never changes a record: what it puts into the log's files is a table of its own, and taken out again.
Called by the disturbances; unmounted whatever happens.

A full disk is one that was made as small as what is on it. SQLite would not notice for long, because it
writes a WAL over that is as long as it ever gets; so a reader keeps it from starting over, and it is filled
to its end.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from rabbit.sqlite_rows import WAL_ALLOCATED_BYTES

ROOM_BYTES: Final = 2**30
SPARE_BYTES: Final = 4_096
BUSY_S_MAX: Final = 10.0
SHRINK_TRIES_MAX: Final = 100


class SmallDisk:
    """A mounted tmpfs with SQLite files."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._readers: list[sqlite3.Connection] = []

    def fill(self) -> None:
        """From here on nothing can be added."""
        for file in self._files:
            self._readers.append(_reading(file))
            with closing(_connect(file)) as database:
                database.execute("CREATE TABLE ballast (content BLOB)")
                database.execute("INSERT INTO ballast VALUES (zeroblob(?))", (WAL_ALLOCATED_BYTES,))
        for _ in range(SHRINK_TRIES_MAX):
            # What is written between the look and the mount makes the disk too small for what is on it.
            with contextlib.suppress(subprocess.CalledProcessError):
                self._resize(shutil.disk_usage(self._path).used + SPARE_BYTES)
                return
        raise OSError(f"{self._path} fills faster than it can be made full")

    def free(self) -> None:
        """There is room again."""
        self._resize(ROOM_BYTES)
        while self._readers:
            self._readers.pop().close()
        for file in self._files:
            with closing(_connect(file)) as database:
                database.execute("DROP TABLE IF EXISTS ballast")

    def _resize(self, size: int) -> None:
        _run("mount", "-o", f"remount,size={size}", str(self._path))

    @property
    def _files(self) -> list[Path]:
        return sorted(self._path.glob("*.sqlite"))


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, timeout=BUSY_S_MAX)


def _reading(file: Path) -> sqlite3.Connection:
    """A connection in the middle of reading."""
    database = _connect(file)
    database.execute("BEGIN")
    database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return database


@contextlib.contextmanager
def small_disk_under(folder: Path) -> Iterator[SmallDisk | None]:
    """Moves a folder onto a disk of its own, and at the end back; None where no disk may be mounted."""
    aside = folder.with_name(f"{folder.name}.aside")
    if os.geteuid() != 0 or not _may_mount(folder, aside):
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        shutil.copytree(folder, aside)
        _run("umount", str(folder))
        _move(aside, folder)


def _may_mount(folder: Path, aside: Path) -> bool:
    shutil.copytree(folder, aside)
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={ROOM_BYTES}", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError):
        shutil.rmtree(aside)
        return False
    _move(aside, folder)
    return True


def _move(source: Path, destination: Path) -> None:
    shutil.copytree(source, destination, dirs_exist_ok=True)
    shutil.rmtree(source)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
