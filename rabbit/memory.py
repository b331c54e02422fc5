"""Owns a log in memory: the same frames and the same rules, for tests and for an exchange in one thread.

Never outlives its process, and never spares its users a rule that a file would make them keep.
Called by tests, the simulation and whoever runs the exchange without files.
"""

import secrets
import threading

from rabbit.chain import Chain
from rabbit.log import LogError, LogLockedError, Reader, Writer
from rabbit.rows import RowsReader, rows_writer
from rabbit.writing import ChainFrom


class MemoryLog:
    """A ``rabbit.log.Log``. Hand the same object to whatever is restarted on it.

    ``free`` does what the death of a writer's process does. ``frames`` are a stream's rows, to be
    damaged by those who want to see it noticed. With an ``identity`` of its own a run repeats to the byte.
    Without ``fenced`` it is like a broker: frames may be put into it whose writer was replaced meanwhile.
    """

    def __init__(self, identity: str | None = None, *, fenced: bool = True) -> None:
        self._identity = identity or secrets.token_hex(16)
        self._fenced = fenced
        self._streams: dict[str, _MemoryStream] = {}

    def initialise(self, streams: tuple[str, ...], older: tuple[str, ...] = ()) -> None:
        if self._streams and self.streams() not in (streams, older):
            raise LogError(f"the log already exists, with the streams {', '.join(self._streams)}")
        self._streams = {name: self._streams.get(name) or _MemoryStream(name) for name in streams}

    def streams(self) -> tuple[str, ...]:
        return tuple(self._streams)

    def writer(self, stream: str) -> Writer:
        rows = _MemoryRows(self._stream(stream), fenced=self._fenced)
        rows.lock()
        try:
            return rows_writer(stream, rows, self._chain_from(stream))
        except BaseException:
            rows.close()
            raise

    def reader(self, stream: str) -> Reader:
        return RowsReader(_MemoryRows(self._stream(stream)), self._chain_from(stream))

    def free(self, stream: str) -> None:
        """Frees the stream's lock, whoever holds it."""
        self._stream(stream).holder = None

    def frames(self, stream: str) -> list[bytes]:
        """The stream's rows themselves, not a copy."""
        return self._stream(stream).frames

    def _chain_from(self, stream: str) -> ChainFrom:
        return lambda after: Chain(self._identity, stream, after, fenced=self._fenced)

    def _stream(self, name: str) -> "_MemoryStream":
        if name not in self._streams:
            raise LogError(f"the log has no stream {name}: streams are made by initialising it")
        return self._streams[name]


class _MemoryStream:
    def __init__(self, name: str) -> None:
        self.name = name
        self.frames: list[bytes] = []
        self.holder: _MemoryRows | None = None
        self.changed = threading.Condition()


class _MemoryRows:
    """``rabbit.rows.Rows`` for one reader, or for the writer that holds the lock."""

    def __init__(self, stream: _MemoryStream, *, fenced: bool = True) -> None:
        self._stream = stream
        self._fenced = fenced

    def lock(self) -> None:
        with self._stream.changed:
            if self._stream.holder is not None:
                raise LogLockedError(f"stream {self._stream.name} has a writer already")
            self._stream.holder = self

    def newest(self) -> int:
        return len(self._stream.frames)

    def batch(self, first: int, count: int) -> list[tuple[int, bytes]]:
        return list(enumerate(self._stream.frames[first - 1 : first - 1 + count], first))

    def append(self, newest: int, frame: bytes) -> None:
        with self._stream.changed:
            moved = self._fenced and len(self._stream.frames) != newest
            if self._stream.holder is not self or moved:
                raise LogLockedError(f"stream {self._stream.name} was taken over by another writer")
            self._stream.frames.append(frame)
            self._stream.changed.notify_all()

    def wait(self, newest: int, timeout_s: float) -> None:
        with self._stream.changed:
            self._stream.changed.wait_for(lambda: len(self._stream.frames) != newest, timeout_s)

    def close(self) -> None:
        with self._stream.changed:
            if self._stream.holder is self:
                self._stream.holder = None
