"""Owns a log in memory whose writers fail when a test says so: before or after a record is stored.

Never fails by itself.
Called by the tests of the host core.
"""

from collections.abc import Iterator

from rabbit.log import LogLockedError, LogUnavailableError, Position, Record, Writer
from rabbit.memory import MemoryLog


class FailingWriter:
    """A writer whose next append fails, before or after the record is stored."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.fails: str | None = None

    @property
    def epoch(self) -> int:
        return self._writer.epoch

    def recover(self, after: Position = Position()) -> Iterator[Record]:
        return self._writer.recover(after)

    def keep_alive(self) -> None:
        if self.fails is not None:
            raise LogLockedError("taken over")
        self._writer.keep_alive()

    def append(self, body: bytes, time: int) -> Record:
        if self.fails == "before":
            raise LogUnavailableError("not stored")
        entry = self._writer.append(body, time)
        if self.fails == "after":
            raise LogUnavailableError("stored, but who knows")
        return entry

    def close(self) -> None:
        self._writer.close()


class FailingLog(MemoryLog):
    def __init__(self) -> None:
        super().__init__()
        self.writers: dict[str, FailingWriter] = {}

    def writer(self, stream: str) -> Writer:
        self.writers[stream] = FailingWriter(super().writer(stream))
        return self.writers[stream]
