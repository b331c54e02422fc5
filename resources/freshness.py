"""Owns how current documents are: how far they have come, and what was written last through here, by whom.

Never reads a document itself; waits, but never longer than it is told.
Called by resources/exchange.py (writes) and resources/reading.py (reads); made by resources/app.py.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from actors.machines import limits
from resources.toolkit.positions import Position, covers

_LOOK_EVERY_S: Final = 0.004
_MARK_FRESH_S: Final = limits.PUBLIC_ANSWER_AGE_MS / 1_000
_MARK_LOOK_AFTER_S: Final = _MARK_FRESH_S / 5


class LastWrites:
    """The position of each member's last command, of those who were here lately; ``newest``: of all."""

    def __init__(self) -> None:
        self._positions: dict[int, Position] = {}
        self.newest: Position = {}

    def note(self, account_id: int, position: Position) -> None:
        self._positions.pop(account_id, None)
        self._positions[account_id] = position
        later = {name: at for name, at in position.items() if at > self.newest.get(name, 0)}
        if later:
            self.newest = {**self.newest, **later}
        if len(self._positions) > limits.MEMBERS_REMEMBERED_MAX:
            del self._positions[next(iter(self._positions))]

    def of(self, account_id: int) -> Position:
        """Empty if nothing is remembered."""
        return self._positions.get(account_id, {})


class Progress:
    """How far the documents have come, as last seen; ``look`` reads it anew."""

    def __init__(self, look: Callable[[], Awaitable[Position]]) -> None:
        self._look = look
        self.reached: Position = {}
        self.changes = 0
        self._seen_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self._next_look = 0.0

    def seen(self, position: Position, at: float) -> None:
        """Somebody has read how far they have come; they began to at this time of the loop."""
        if position != self.reached:
            self.changes += 1
        self.reached = position
        self._seen_at = max(self._seen_at, at)

    def mark(self) -> int | None:
        """Equal as long as the documents have come no further; ``None`` if nobody has looked lately."""
        age = asyncio.get_running_loop().time() - self._seen_at
        if age <= _MARK_LOOK_AFTER_S:
            return self.changes
        # Who asks next is to know; whoever asks now doesn't wait for it.
        self._begin_to_look()
        return self.changes if age <= _MARK_FRESH_S else None

    async def reach(self, wanted: Position, wait_s: float) -> bool:
        """Waits until the documents reflect ``wanted``; false if they don't in time."""
        if covers(self.reached, wanted):
            return True
        try:
            async with asyncio.timeout(wait_s):
                while not covers(self.reached, wanted):
                    await self._look_together()
        except TimeoutError:
            return False
        return True

    async def _look_together(self) -> None:
        await asyncio.shield(self._begin_to_look())

    def _begin_to_look(self) -> asyncio.Task[None]:
        # However many wait, one of them looks.
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_once())
            # Its failure is for those who wait; perhaps nobody does any more.
            self._looking.add_done_callback(lambda look: look.cancelled() or look.exception())
        return self._looking

    async def _look_once(self) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._next_look - loop.time())
        began = loop.time()
        self._next_look = began + _LOOK_EVERY_S
        self.seen(await self._look(), began)
