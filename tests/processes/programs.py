"""Owns how tests start programs of the tree in a state of their own, and look at their processes.

Never leaves a process behind, whatever the test does.
Called by the tests of incarnation, supervisor, launcher and of the whole tree.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import psutil
import pytest

from actors.processes.settings import Settings

T = TypeVar("T")
ROOT: Final = Path(__file__).resolve().parents[2]
WITHIN_S: Final = 30.0
"""A busy machine may take its time; what happens is not waited for any longer."""


def wait_for(what: Callable[[], T | None], within_s: float = WITHIN_S, name: str = "") -> T:
    """The first value that is not None or False; fails the test if there is none in time."""
    deadline = time.monotonic() + within_s
    while True:
        value = what()
        if value is not None and value is not False:
            return value
        if time.monotonic() > deadline:
            pytest.fail(f"{name or what} did not happen within {within_s:g} s")
        time.sleep(0.005)


def whole_lines(path: Path) -> list[str]:
    """The lines of a file that somebody writes: what is not ended yet is left out."""
    return path.read_text().split("\n")[:-1]


def pause(pid: int) -> None:
    """SIGSTOP, and waits until each thread stands still: on a busy machine some go on for a moment."""
    os.kill(pid, signal.SIGSTOP)
    tasks = Path(f"/proc/{pid}/task")
    wait_for(lambda: all("State:\tT" in (task / "status").read_text() for task in tasks.iterdir()))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Program:
    """A started program, and all that it started in turn."""

    process: subprocess.Popen[bytes]
    settings: Settings
    output: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        return self.output.read_text()

    def below(self) -> dict[str, int]:
        """The named processes below it: name (the second word of the title) -> pid."""
        named: dict[str, int] = {}
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                    title = " ".join(child.cmdline())
                    if title.startswith("credence "):
                        named[title.split()[1]] = child.pid
        return named

    def wait(self, within_s: float = WITHIN_S) -> int:
        return self.process.wait(within_s)


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make these settings (those that tests use)."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CREDENCE_")}
    return own | {
        "CREDENCE_VAR": str(settings.var),
        "CREDENCE_PORT": str(settings.port),
        "CREDENCE_RESTARTS": str(settings.restarts),
        "CREDENCE_SNAPSHOT_RECORDS": str(settings.snapshot_records),
        "CREDENCE_DEMO": "1" if settings.demo else "0",
        "CREDENCE_HASHING_COST": settings.hashing_cost,
        "CREDENCE_LOG": settings.log,
        "CREDENCE_STAFF_PASSWORD": settings.staff_password or "",
        "CREDENCE_TLS_CERT": str(settings.tls_certificate or ""),
        "CREDENCE_TLS_KEY": str(settings.tls_key or ""),
    }


@contextlib.contextmanager
def started(settings: Settings, module: str, *arguments: str) -> Iterator[Program]:
    """Runs ``python -m module``; at the end kills it, and all that is below it."""
    settings.var.mkdir(parents=True, exist_ok=True)
    output = settings.var / f"{module}.out"
    with output.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    program = Program(process, settings, output)
    try:
        yield program
    finally:
        remains = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.kill()
        process.wait()
        for remaining in remains:
            with contextlib.suppress(psutil.NoSuchProcess):
                remaining.kill()
        wait_for(
            lambda: all(is_gone(remaining.pid) for remaining in remains), name="the end of all processes"
        )


def kill(pid: int) -> None:
    """As if it had crashed, and worse: no handler runs."""
    os.kill(pid, signal.SIGKILL)


def is_gone(pid: int) -> bool:
    """Whether no process has this pid, other than one that only waits to be reaped."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
