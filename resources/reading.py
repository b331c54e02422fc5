"""Owns the reading of documents for the web: in a few threads, and how current what is read has to be.

Never writes a document; a read waits for what its reader is entitled to see, but never long.
Called by every resource that shows documents.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Final, Generic, NamedTuple, TypeVar, cast

from actors.machines import limits
from couch_views.classes import DocumentClass
from couch_views.client import DocumentsForbiddenError, DocumentsUnavailableError
from couch_views.queries.accounts import all_reached
from couch_views.queries.pages import QueryError
from couch_views.queries.reading import Reads
from resources.freshness import LastWrites, Progress
from resources.toolkit.positions import Position, covers, wanted_position, wanted_wait_s
from resources.toolkit.problems import NOT_FOUND, ProblemError, invalid, unavailable
from resources.toolkit.query import Query
from resources.toolkit.resource import Call

T = TypeVar("T")
BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT", bound=Query)

_THREADS: Final = 2
SHARED_MAX: Final = 256
"""Answers found in public that are kept while the documents stay as they are."""
_OWN_WRITE_WAIT_S: Final = limits.OWN_WRITE_WAIT_MS / 1_000


class Found(NamedTuple, Generic[T]):
    """What was read, and the position that all of it reflects at least."""

    value: T
    position: Position


class Reader:
    """Reads documents, which any thread may use."""

    def __init__(
        self, documents: Reads, streams: Sequence[str], writes: LastWrites, *, shares: bool = False
    ) -> None:
        """``shares``: what is found in public is found once for all, as long as nothing has changed."""
        self._documents = documents
        self._streams = streams
        self._writes = writes
        self._progress = {of: Progress(partial(self._look, of)) for of in DocumentClass}
        self._threads = ThreadPoolExecutor(_THREADS, "documents")
        self._waiting = 0
        self._shares = shares
        self._mark: int | None = None
        self._shared: dict[tuple[str, str, str], object] = {}

    async def read(
        self,
        call: Call[BodyT, QueryT],
        query: Callable[[Reads], T],
        of: DocumentClass = DocumentClass.CURRENT,
    ) -> Found[T]:
        """What the query finds, once it shows the member's own last write and what the client wants to see.

        It is not waited for long: the position says what is shown. ``of`` is the last class of which the
        query reads documents: it is their position. A parameter that is refused is 422. Before it is said
        that something isn't there, what others were answered before is waited for, too: it may be theirs.
        """
        if call.for_page:
            of = DocumentClass.HISTORY  # which a page shows beside its content
        await self._wait(call, of)
        progress, newest = self._progress[of], self._writes.newest
        lagged = not covers(progress.reached, newest)
        try:
            return await self._read_now(call, query, of)
        except ProblemError as problem:
            there_may_be_more = problem.kind is NOT_FOUND and lagged
            if not there_may_be_more or not await progress.reach(newest, _OWN_WRITE_WAIT_S):
                raise
        return await self._read_now(call, query, of)

    async def _read_now(
        self, call: Call[BodyT, QueryT], query: Callable[[Reads], T], of: DocumentClass
    ) -> Found[T]:
        try:
            if (mark := self.mark()) is not None:
                # What was seen a moment ago is reflected by whatever is read from now on.
                position = self._progress[of].reached
                return Found(await self._found(call, query, mark), position)
            began = asyncio.get_running_loop().time()
            positions, value = await self._run(partial(self._read, query))
        except QueryError as error:
            raise invalid(error.field, error.message) from None
        self._seen(positions, began)
        return Found(value, positions[of])

    async def _found(self, call: Call[BodyT, QueryT], query: Callable[[Reads], T], mark: int) -> T:
        """What the query finds; for all who ask the same in public at the same state, found once."""
        if not self._shares or not call.public or call.for_page:
            return await self._run(partial(query, self._documents))
        if mark != self._mark:
            # A new one: what is still being found for the old state is kept for nobody.
            self._mark, self._shared = mark, {}
        shared = self._shared
        key = (call.request.path, call.request.query_string, call.format)
        if key in shared:
            return cast("T", shared[key])
        found = await self._run(partial(query, self._documents))
        if len(shared) < SHARED_MAX:
            shared[key] = found
        return found

    def mark(self) -> int | None:
        """Equal as long as no document has come further; ``None`` if nobody has looked lately."""
        # Whoever looks sees all classes at once, so that one of them tells whether anybody has.
        current = self._progress[DocumentClass.CURRENT].mark()
        return None if current is None else current + self._progress[DocumentClass.HISTORY].changes

    async def reach(self, position: Position, wait_s: float) -> bool:
        """Waits until all documents reflect a position; false if they don't in time."""
        return await self._progress[DocumentClass.HISTORY].reach(position, wait_s)

    async def settle(self, position: Position) -> None:
        """Waits, not long, until the current documents reflect a command: then it holds for everybody.

        The command is done, whether or not they can be read.
        """
        with suppress(ProblemError):
            await self._progress[DocumentClass.CURRENT].reach(position, _OWN_WRITE_WAIT_S)

    async def _wait(self, call: Call[BodyT, QueryT], of: DocumentClass) -> None:
        progress = self._progress[of]
        if call.visitor is not None and (own := self._writes.of(call.visitor.account_id)):
            await progress.reach(own, _OWN_WRITE_WAIT_S)
        if wanted := wanted_position(call.request):
            await progress.reach(wanted, min(wanted_wait_s(call.request), limits.WAIT_S_MAX))

    async def _look(self, of: DocumentClass) -> Position:
        began = asyncio.get_running_loop().time()
        positions = await self._run(lambda: all_reached(self._documents, self._streams))
        self._seen(positions, began)
        return positions[of]

    def _seen(self, positions: Mapping[DocumentClass, Position], at: float) -> None:
        for of, progress in self._progress.items():
            progress.seen(positions[of], at)

    def _read(self, query: Callable[[Reads], T]) -> tuple[dict[DocumentClass, dict[str, int]], T]:
        # The positions first: what is read after them can only be newer.
        positions = all_reached(self._documents, self._streams)
        return positions, query(self._documents)

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
