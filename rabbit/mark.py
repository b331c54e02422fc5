"""Owns a stream's mark: a small file in which the writer notes its process and its newest durable row.

Never needed to read a log: it only proves that rows are gone (a damaged WAL ends early without a word).
Called by rabbit/sqlite_rows.py.
"""

import os
from pathlib import Path
from typing import Final

import msgspec

MARK_BYTES: Final = 64


class Mark(msgspec.Struct, frozen=True):
    """Who wrote last, and the number of its newest row that is known to be durable."""

    pid: int = 0
    row: int = 0


class MarkFile:
    """The mark as its writer keeps it up to date: always after the row is durable, hence never ahead.

    It is not synchronised to the disk itself: if it is behind after a power cut, it only proves less.
    """

    def __init__(self, path: Path, row: int) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        self._open = True
        self.note(row)

    def note(self, row: int) -> None:
        text = msgspec.json.encode(Mark(os.getpid(), row))
        os.pwrite(self._descriptor, text.ljust(MARK_BYTES), 0)

    def close(self) -> None:
        # Once only: by then the number may be another file's.
        if self._open:
            self._open = False
            os.close(self._descriptor)


def read_mark(path: Path) -> Mark:
    """The mark, or one that proves nothing if it is missing or unreadable."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Mark)
    except (FileNotFoundError, msgspec.MsgspecError):
        return Mark()
