"""Owns the reading of documents for the web: in a few threads, and how current what is read has to be.

Never writes a document; a read waits for what its reader is entitled to see, but never long.
Called by every resource that shows documents.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, Generic, NamedTuple, TypeVar

from actors.machines import limits
from couch_views.client import DocumentsForbiddenError, DocumentsUnavailableError
from couch_views.queries.accounts import reached
from couch_views.queries.pages import QueryError
from couch_views.queries.reading import Reads
from resources.freshness import LastWrites, Progress
from resources.toolkit.positions import Position, wanted_position, wanted_wait_s
from resources.toolkit.problems import invalid, unavailable
from resources.toolkit.query import Query
from resources.toolkit.resource import Call

T = TypeVar("T")
QueryT = TypeVar("QueryT", bound=Query)

_THREADS: Final = 4
_OWN_WRITE_WAIT_S: Final = limits.OWN_WRITE_WAIT_MS / 1_000


class Found(NamedTuple, Generic[T]):
    """What was read, and the position that all of it reflects at least."""

    value: T
    position: Position


class Reader:
    """Reads documents, which any thread may use."""

    def __init__(self, documents: Reads, streams: Sequence[str], writes: LastWrites) -> None:
        self._documents = documents
        self._streams = streams
        self._writes = writes
        self.progress = Progress(self._look)
        self._threads = ThreadPoolExecutor(_THREADS, "documents")
        self._waiting = 0

    async def read(self, call: Call[None, QueryT], query: Callable[[Reads], T]) -> Found[T]:
        """What the query finds, once it shows the member's own last write and what the client wants to see.

        It is not waited for long: the position says what is shown. A parameter that is refused is 422.
        """
        await self._wait(call)
        began = asyncio.get_running_loop().time()
        try:
            found = await self._run(partial(self._read, query))
        except QueryError as error:
            raise invalid(error.field, error.message) from None
        self.progress.seen(found.position, began)
        return found

    async def reach(self, position: Position, wait_s: float) -> bool:
        """Waits until all documents reflect a position; false if they don't in time."""
        return await self.progress.reach(position, wait_s)

    async def _wait(self, call: Call[None, QueryT]) -> None:
        if call.visitor is not None and (own := self._writes.of(call.visitor.account_id)):
            await self.progress.reach(own, _OWN_WRITE_WAIT_S)
        if wanted := wanted_position(call.request):
            await self.progress.reach(wanted, min(wanted_wait_s(call.request), limits.WAIT_S_MAX))

    async def _look(self) -> Position:
        return await self._run(lambda: reached(self._documents, self._streams))

    def _read(self, query: Callable[[Reads], T]) -> Found[T]:
        # The position first: what is read after it can only be newer.
        position = reached(self._documents, self._streams)
        return Found(query(self._documents), position)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= limits.READS_WAITING_MAX:
            raise unavailable("Too many are reading at this moment.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except (DocumentsUnavailableError, DocumentsForbiddenError):
            raise unavailable("The documents can't be reached now; trading is not affected.") from None
        finally:
            self._waiting -= 1
