"""Owns reading and writing a stream that is kept as numbered rows, one frame a row.

Never knows where rows are kept: SQLite and memory each say how to get at them.
Called by rabbit/sqlite.py and rabbit/memory.py, whose readers and writers these are.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from actors.machines import limits
from rabbit.chain import Chain
from rabbit.log import LogCorruptError, LogError, LogLockedError, Position, Record

START: Final = Position()
RECOVERY_PAGE_RECORDS: Final = 1_000
BATCH_BYTES_MAX: Final = 4 * 1_048_576
"""A batch of rows ends with the one that takes it past this size."""

ChainFrom = Callable[[Position], Chain]


class Rows(Protocol):
    """The rows of one stream, numbered from 1 without gaps, as a reader gets at them."""

    def newest(self) -> int:
        """The number of the newest row, 0 if there is none."""

    def batch(self, first: int, count: int) -> list[tuple[int, bytes]]:
        """Rows in order from number ``first`` on, up to ``count`` or ``BATCH_BYTES_MAX``; empty if none."""

    def wait(self, newest: int, timeout_s: float) -> None:
        """Returns when ``newest`` is not the newest row any more, or after the time."""

    def close(self) -> None: ...


class WriterRows(Rows, Protocol):
    """The same, as the writer that holds the stream's lock gets at them."""

    def append(self, newest: int, frame: bytes) -> None:
        """Adds a row, durably, if ``newest`` still is the newest; ``LogLockedError`` otherwise."""


class Walk:
    """Takes rows through a chain, page by page, from the chain's position on."""

    def __init__(self, rows: Rows, chain: Chain) -> None:
        self.chain = chain
        self._rows = rows
        # A record's row never has a smaller number than the record: other rows only push it back.
        self.last_row = max(chain.position.sequence - 1, 0)

    def page(self, limit: int) -> list[Record]:
        """The next records, up to ``limit``; empty at the end.

        Raises ``LogCorruptError`` once the next record itself is damaged: those before it come first.
        """
        newest = self._rows.newest()
        if newest < self.last_row:
            self.chain.cut_back(newest)
        records: list[Record] = []
        while not records and self.last_row < newest:
            self._take(limit, records)
        if not self.chain.arrived:
            self.chain.cut_back(newest)
        return records

    def _take(self, count: int, records: list[Record]) -> None:
        batch = self._rows.batch(self.last_row + 1, count)
        if not batch:
            self.chain.stop(f"is missing: there is no row after row {self.last_row}")
        try:
            for number, frame in batch:
                if number != self.last_row + 1:
                    self.chain.stop(f"is missing: after row {self.last_row} comes row {number}")
                record = self.chain.take(frame)
                self.last_row = number
                if record is not None:
                    records.append(record)
        except LogCorruptError:
            if not records:
                raise


class RowsReader:
    """A ``rabbit.log.Reader``. Asked for what follows its last answer, it goes on from there."""

    def __init__(self, rows: Rows, chain_from: ChainFrom) -> None:
        self._rows = rows
        self._chain_from = chain_from
        self._walk: Walk | None = None

    def read(self, after: Position, limit: int) -> list[Record]:
        return self._page(self._walk_from(after), limit)

    def follow(self, after: Position, limit: int, timeout_s: float) -> list[Record]:
        deadline = time.monotonic() + timeout_s
        walk = self._walk_from(after)
        while True:
            records = self._page(walk, limit)
            left_s = deadline - time.monotonic()
            if records or left_s <= 0:
                return records
            self._rows.wait(walk.last_row, left_s)

    def close(self) -> None:
        self._walk = None
        self._rows.close()

    def _walk_from(self, after: Position) -> Walk:
        if self._walk is not None and self._walk.chain.position == after:
            return self._walk
        return Walk(self._rows, self._chain_from(after))

    def _page(self, walk: Walk, limit: int) -> list[Record]:
        # A walk that stopped is not gone on with: what it was about to take is in doubt.
        self._walk = None
        records = walk.page(limit)
        self._walk = walk
        return records


class RowsWriter:
    """A ``rabbit.log.Writer``; it closes the rows it is given, which frees the lock.

    It begins by appending its epoch record; each further append is refused by the rows if anybody
    else has appended since, so a writer that was replaced can't write.
    """

    def __init__(self, stream: str, rows: WriterRows, chain_from: ChainFrom) -> None:
        self._stream = stream
        self._rows = rows
        self._chain_from = chain_from
        self._nonce = secrets.token_hex(8)
        self._last_row = rows.newest()
        chain = chain_from(START)
        epoch, digest = self._newest_row(chain)
        self._epoch = epoch + 1
        self._append(chain.epoch_record(self._epoch, self._nonce, digest))
        self._chain: Chain | None = None

    @property
    def epoch(self) -> int:
        return self._epoch

    def recover(self, after: Position = START) -> Iterator[Record]:
        walk = Walk(self._rows, self._chain_from(after))
        while page := walk.page(RECOVERY_PAGE_RECORDS):
            yield from page
        chain = walk.chain
        if walk.last_row != self._last_row or (chain.epoch, chain.nonce) != (self._epoch, self._nonce):
            raise LogLockedError(f"stream {self._stream}: another writer has begun since")
        self._chain = chain

    def append(self, body: bytes, time: int) -> Record:
        chain = self._begin()
        frame = chain.next_record(body, time)
        if len(frame) > limits.RECORD_BYTES_MAX:
            raise LogError(
                f"stream {self._stream}: a record of {len(frame)} bytes is more than the"
                f" {limits.RECORD_BYTES_MAX} allowed"
            )
        record = _checked(chain, frame, body)
        self._append(frame)
        self._chain = chain
        return record

    def keep_alive(self) -> None:
        chain = self._begin()
        if self._rows.newest() != self._last_row:
            raise LogLockedError(f"stream {self._stream} was taken over by another writer")
        self._chain = chain

    def close(self) -> None:
        self._chain = None
        self._rows.close()

    def _begin(self) -> Chain:
        """The chain, which is given back only if nothing goes wrong: after an exception it is gone."""
        chain, self._chain = self._chain, None
        if chain is None:
            raise LogError(f"stream {self._stream}: this writer has not recovered, has failed or was closed")
        return chain

    def _append(self, frame: bytes) -> None:
        self._rows.append(self._last_row, frame)
        self._last_row += 1

    def _newest_row(self, chain: Chain) -> tuple[int, bytes]:
        """The newest row's epoch and digest. No row of an older epoch can follow one of a newer."""
        if self._last_row == 0:
            return 0, b""
        batch = self._rows.batch(self._last_row, 1)
        if not batch:
            raise LogCorruptError(f"stream {self._stream}: row {self._last_row} is missing")
        digest, payload = chain.open(batch[0][1])
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
