"""Owns reading and writing a stream that is kept as numbered rows, one frame a row.

Never knows where rows are kept: SQLite and memory each say how to get at them.
Called by rabbit/sqlite.py and rabbit/memory.py, whose readers and writers these are.
"""

import time
from collections.abc import Generator
from typing import Final, Protocol

from rabbit.chain import Chain
from rabbit.log import LogCorruptError, LogLockedError, Position, Record
from rabbit.writing import ChainFrom, StoreWriter

RECOVERY_PAGE_RECORDS: Final = 1_000
BATCH_BYTES_MAX: Final = 4 * 1_048_576
"""A batch of rows ends with the one that takes it past this size."""


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


class RowsStore:
    """A ``rabbit.writing.Store``: a frame is added only if nobody has added one since this store did."""

    def __init__(self, stream: str, rows: WriterRows) -> None:
        self._stream = stream
        self._rows = rows
        self._last_row = rows.newest()

    def newest(self) -> bytes | None:
        if self._last_row == 0:
            return None
        batch = self._rows.batch(self._last_row, 1)
        if not batch:
            raise LogCorruptError(f"stream {self._stream}: row {self._last_row} is missing")
        return batch[0][1]

    def append(self, frame: bytes) -> None:
        self._rows.append(self._last_row, frame)
        self._last_row += 1

    def pages(self, chain: Chain) -> Generator[list[Record], None, None]:
        walk = Walk(self._rows, chain)
        while page := walk.page(RECOVERY_PAGE_RECORDS):
            yield page

    def check(self) -> None:
        if self._rows.newest() != self._last_row:
            raise LogLockedError(f"stream {self._stream} was taken over by another writer")

    def close(self) -> None:
        self._rows.close()


def rows_writer(stream: str, rows: WriterRows, chain_from: ChainFrom) -> StoreWriter:
    """A writer of rows; it closes the rows it is given, which frees the lock."""
    return StoreWriter(stream, RowsStore(stream, rows), chain_from)
