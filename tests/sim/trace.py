"""Owns the trace of a run: what happened, line by line, and the digest over all of it.

Never judges a line; the same seed must give the same lines in every process.
Called by the parts of the simulated exchange for whatever they do.
"""

import hashlib
from typing import TextIO

from tests.sim.schedule import Schedule


class Trace:
    """Lines with their time, digested as they come, and written where somebody wants to read them."""

    def __init__(self, schedule: Schedule, file: TextIO | None = None) -> None:
        self._schedule = schedule
        self._file = file
        self._digest = hashlib.sha256()

    def note(self, line: str) -> None:
        """Adds a line."""
        timed = f"{self._schedule.now} {line}\n"
        self._digest.update(timed.encode())
        if self._file is not None:
            self._file.write(timed)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def digest_of(data: bytes) -> str:
    """Enough of a digest to tell two payloads apart in a line."""
    return hashlib.sha256(data).hexdigest()[:16]
