"""Owns the tests of the small disk: it can be full, and what is on it is there before and after.

Never needs to be root: without a mount the folder stays as it is.
Called by pytest.
"""

import errno
import os
from pathlib import Path

import pytest

from tests.chaos.disk import SPARE_BYTES, small_disk_under


def test_a_disk_is_full_until_it_is_freed_and_all_that_is_on_it_stays(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    (folder / "before").write_text("kept")
    with small_disk_under(folder) as disk:
        assert (folder / "before").read_text() == "kept"
        assert (disk is not None) == os.path.ismount(folder)
        if disk is not None:
            disk.fill()
            with pytest.raises(OSError, match="No space") as refused:
                (folder / "too much").write_bytes(bytes(10 * SPARE_BYTES))
            assert refused.value.errno == errno.ENOSPC
            disk.free()
        (folder / "during").write_bytes(bytes(10 * SPARE_BYTES))
    assert not os.path.ismount(folder)
    assert (folder / "before").read_text() == "kept"
    assert (folder / "during").stat().st_size == 10 * SPARE_BYTES
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
