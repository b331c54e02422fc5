"""Owns what every writer of a stream does, wherever it is kept: epoch, recovery, appends, and dying for good.

Never knows how a frame gets into a store, nor what keeps other writers out of it.
Called by rabbit/rows.py and rabbit/amqp.py, which give it the stores that it writes to.
"""

import secrets
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from typing import Final, Protocol

from actors.machines import limits
from rabbit.chain import Chain
from rabbit.log import LogCorruptError, LogError, LogLockedError, Position, Record

START: Final = Position()

ChainFrom = Callable[[Position], Chain]


class Store(Protocol):
    """Where a stream is kept, as the writer that holds its lock gets at it."""

    def newest(self) -> bytes | None:
        """The newest frame; None if there is none."""

    def append(self, frame: bytes) -> None:
        """Adds a frame and returns once it is durable; raises what ``Writer.append`` raises."""

    def pages(self, chain: Chain) -> Generator[list[Record], None, None]:
        """Takes all there is through the chain, from its position to the end."""

    def check(self) -> None:
        """Raises ``LogLockedError`` if somebody else may write, ``LogUnavailableError`` if nobody can now.

        Tells the store that this writer still lives.
        """

    def close(self) -> None:
        """Gives the lock back. May be called twice."""


class StoreWriter:
    """A ``rabbit.log.Writer``. It begins by appending its epoch record; it closes the store it is given."""

    def __init__(self, stream: str, store: Store, chain_from: ChainFrom) -> None:
        self._stream = stream
        self._store = store
        self._chain_from = chain_from
        self._nonce = secrets.token_hex(8)
        chain = chain_from(START)
        epoch, digest = _epoch_and_digest(chain, store.newest())
        self._epoch = epoch + 1
        store.append(chain.epoch_record(self._epoch, self._nonce, digest))
        self._chain: Chain | None = None

    @property
    def epoch(self) -> int:
        return self._epoch

    def recover(self, after: Position = START) -> Iterator[Record]:
        chain = self._chain_from(after)
        with self._dying_of(Exception):
            with closing(self._store.pages(chain)) as pages:
                for page in pages:
                    yield from page
            if (chain.epoch, chain.nonce) != (self._epoch, self._nonce):
                raise LogLockedError(f"stream {self._stream}: another writer has begun since")
        self._chain = chain

    def append(self, body: bytes, time: int) -> Record:
        chain = self._begin()
        with self._dying_of(BaseException):
            frame = chain.next_record(body, time)
            if len(frame) > limits.RECORD_BYTES_MAX:
                raise LogError(
                    f"stream {self._stream}: a record of {len(frame)} bytes is more than the"
                    f" {limits.RECORD_BYTES_MAX} allowed"
                )
            record = _checked(chain, frame, body)
            self._store.append(frame)
        self._chain = chain
        return record

    def keep_alive(self) -> None:
        chain = self._begin()
        with self._dying_of(BaseException):
            self._store.check()
        self._chain = chain

    def close(self) -> None:
        self._chain = None
        self._store.close()

    def _begin(self) -> Chain:
        """The chain, which is put back only if nothing goes wrong: after an exception it is gone."""
        chain, self._chain = self._chain, None
        if chain is None:
            raise LogError(f"stream {self._stream}: this writer has not recovered, has failed or was closed")
        return chain

    @contextmanager
    def _dying_of(self, kind: type[BaseException]) -> Iterator[None]:
        """Gives the lock back at once if something goes wrong: who comes after may be waiting for it."""
        try:
            yield
        except kind:
            self.close()
            raise


def _epoch_and_digest(chain: Chain, newest: bytes | None) -> tuple[int, bytes]:
    """What the next epoch record refers to.

    Where stale records are possible, the newest frame may be one. Then the epoch that is begun is not
    new, recovery says so, and the next writer finds that epoch record to be the newest.
    """
    if newest is None:
        return 0, b""
    digest, payload = chain.open(newest)
    return payload.epoch, digest


def _checked(chain: Chain, frame: bytes, body: bytes) -> Record:
    """The record as any reader will get it: what can't be read again must not be written."""
    try:
        record = chain.take(frame)
    except LogCorruptError as error:
        raise LogError(f"this body can't be kept: {error}") from error
    if record is None or record.body != body:
        raise LogError("this body can't be kept: it is not one plain JSON value")
    return record
