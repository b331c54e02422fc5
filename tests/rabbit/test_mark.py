"""Owns the tests of the mark: what it keeps, and that a damaged one proves nothing.

Never tests what the mark is compared with (test_sqlite_rows.py).
Called by pytest.
"""

import os
from pathlib import Path

import pytest

from rabbit.mark import MARK_BYTES, Mark, MarkFile, read_mark


def test_a_mark_tells_the_writer_and_its_newest_row(tmp_path: Path) -> None:
    path = tmp_path / "mark"
    file = MarkFile(path, 7)
    assert read_mark(path) == Mark(os.getpid(), 7)
    for row in (8, 10**18, 9):
        file.note(row)
        assert read_mark(path) == Mark(os.getpid(), row)
    assert path.stat().st_size == MARK_BYTES
    file.close()


def test_the_next_writer_goes_on_in_the_same_file(tmp_path: Path) -> None:
    MarkFile(tmp_path / "mark", 10**18).close()
    MarkFile(tmp_path / "mark", 3).close()
    assert read_mark(tmp_path / "mark").row == 3


@pytest.mark.parametrize(
    "content", [None, b"", b"\0" * MARK_BYTES, b'{"pid":1,"row":', b'{"pid":1,"row":""}']
)
def test_a_mark_that_is_missing_or_damaged_proves_nothing(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "mark").write_bytes(content)
    assert read_mark(tmp_path / "mark") == Mark(0, 0)
