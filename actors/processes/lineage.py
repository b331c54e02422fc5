"""Owns who ends with whom: a process dies with its parent, orphans come to their nearest guardian.

Never decides to restart anything; knows nothing of actors. Linux only (prctl).
Called by transport (every actor process), root and launcher (the guardians).
"""

import contextlib
import ctypes
import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from typing import Final

import psutil

PR_SET_PDEATHSIG: Final = 1
PR_SET_CHILD_SUBREAPER: Final = 36
ADOPTION_WITHIN_S: Final = 2.0
ORPHANED_EXIT_CODE: Final = 75

_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {value}) is refused")


def adopt_orphans() -> None:
    """From now on, descendants whose parent dies become children of this process, not of init."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with(parent: int) -> None:
    """The kernel kills this process when its parent ends; ends it at once if that already happened.

    A process that double-forked waits here until its middle process is gone and its guardian
    ``parent`` has adopted it: armed earlier, it would die with the middle one.
    """
    deadline = time.monotonic() + ADOPTION_WITHIN_S
    while os.getppid() != parent and time.monotonic() < deadline:
        time.sleep(0.001)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(ORPHANED_EXIT_CODE)


def children() -> frozenset[int]:
    """The pids of this process's children, adopted ones included."""
    return frozenset(child.pid for child in psutil.Process().children())


@contextlib.contextmanager
def watching(pid: int) -> Iterator[Callable[[], bool]]:
    """Watches a process, whoever its parent is: the context's value tells whether it has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        yield lambda: True
        return
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    try:
        yield lambda: bool(poll.poll(0))
    finally:
        os.close(descriptor)


def reap() -> list[tuple[int, int]]:
    """Collects every child that has ended by now: pid and exit code (negative: killed by that signal)."""
    ended: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended.append((pid, os.waitstatus_to_exitcode(status)))


def kill_descendants(within_s: float, spare: frozenset[int] = frozenset()) -> bool:
    """Kills and reaps all that is below this process, except the spared children and what is below them.

    The caller must be the guardian (``adopt_orphans``). Returns whether nothing is left.
    """
    deadline = time.monotonic() + within_s
    while True:
        left = _descendants(spare)
        if not left:
            return True
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        for process in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process.pid, os.WNOHANG)
        if time.monotonic() > deadline:
            return not _descendants(spare)
        time.sleep(0.005)


def _descendants(spare: frozenset[int]) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for child in psutil.Process().children():
        if child.pid in spare:
            continue
        found.append(child)
        with contextlib.suppress(psutil.NoSuchProcess):
            found.extend(child.children(recursive=True))
    return found
