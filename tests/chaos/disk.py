"""Owns a small disk under the log (embedded profile) that can be full: a tmpfs, made as root.

Never fills memory: a full disk is one that was made as small as what is on it.
Called by the disturbances; unmounted whatever happens.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOM_BYTES: Final = 2**30
SPARE_BYTES: Final = 16_384


class SmallDisk:
    """A mounted tmpfs."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fill(self) -> None:
        """From here on there is no room (writing over what is there goes on)."""
        used = shutil.disk_usage(self._path).used
        _run("mount", "-o", f"remount,size={used + SPARE_BYTES}", str(self._path))

    def free(self) -> None:
        """There is room again."""
        _run("mount", "-o", f"remount,size={ROOM_BYTES}", str(self._path))


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
