"""Owns the line between the launcher and a program that it started: "begin" goes down, signs of life come up.

Never decides what silence means (supervision does), and carries nothing of the exchange.
Called by the launcher, by standby, which waits at its end of the line, and by the programs.
"""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Sequence
from typing import Final

from actors.processes import lineage

SIGN_EVERY_S: Final = 0.5
SOCKETS_MAX: Final = 4
_BEGIN: Final = b"begin"
_SIGN: Final = b"."
_SIGNS_READ: Final = 4_096


class Lifeline:
    """A program's end. ``sockets`` is what it was given to listen on, with the word to begin."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._next_sign = 0.0
        self.sockets: list[socket.socket] = []

    def wait(self) -> bool:
        """Until it is this program's turn; false if there is no launcher any more."""
        said, descriptors, _, _ = socket.recv_fds(self._end, len(_BEGIN), SOCKETS_MAX)
        self.sockets = [socket.socket(fileno=descriptor) for descriptor in descriptors]
        self._end.setblocking(False)
        return said == _BEGIN

    def sign(self) -> None:
        """Says that this program is at work; to be called often, it says so every ``SIGN_EVERY_S``."""
        now = time.monotonic()
        if now >= self._next_sign:
            self._next_sign = now + SIGN_EVERY_S
            with contextlib.suppress(OSError):  # a launcher that is gone ends this process otherwise
                self._end.send(_SIGN)


class Program:
    """The launcher's end: a process that was started, and, if it is on standby, waits for its turn."""

    def __init__(self, command: tuple[str, ...]) -> None:
        """In a session of its own, so that Ctrl-C reaches the launcher alone, which stops in order."""
        launcher = os.getpid()
        self._end, end = socket.socketpair()
        with end:
            self.process = subprocess.Popen(
                command,
                stdin=end.fileno(),
                start_new_session=True,
                preexec_fn=lambda: lineage.die_with(launcher),  # noqa: PLW1509 (the launcher has one thread)
            )
        self._end.setblocking(False)

    @property
    def pid(self) -> int:
        pid: int = self.process.pid
        return pid

    def begin(self, sockets: Sequence[socket.socket]) -> None:
        """It is its turn. One that has just ended is found by whoever collects the processes."""
        with contextlib.suppress(OSError):
            socket.send_fds(self._end, [_BEGIN], [each.fileno() for each in sockets])

    def gave_signs(self) -> bool:
        """Whether it gave a sign of life since this was asked last."""
        with contextlib.suppress(OSError):
            return self._end.recv(_SIGNS_READ) != b""
        return False

    def ended(self, code: int) -> None:
        """It was collected, with this exit code."""
        self.process.returncode = code
        self._end.close()
