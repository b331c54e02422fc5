"""Owns how the web's server stops: no new commands, what is under way is answered, then the end.

Never cuts off who waits for an answer that is still to come.
Called by resources/serve.py.
"""

import asyncio
import socket
from collections.abc import Callable
from types import FrameType
from typing import Final

import uvicorn

from actors.machines import limits
from resources.toolkit.admission import Gates

DRAIN_WITHIN_MS: Final = limits.ANSWER_PENDING_AFTER_MS + 500
"""As long as an order may wait for its market, and a little."""
LOOK_EVERY_MS: Final = 20


class DrainingServer(uvicorn.Server):
    """A server that a signal asks to drain, and then to stop; a second one stops it at once.

    ``give_up`` answers what the actors haven't answered; it may block.
    """

    def __init__(self, config: uvicorn.Config, gates: Gates, give_up: Callable[[], None]) -> None:
        super().__init__(config)
        self._gates = gates
        self._give_up = give_up
        self._draining: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """In the signal's handler: between any two lines of the loop."""
        if self._loop is None or self._draining is not None:
            super().handle_exit(sig, frame)
        else:
            self._loop.call_soon_threadsafe(self._begin_to_drain, sig)

    def _begin_to_drain(self, sig: int) -> None:
        self._gates.close_to_commands()
        self._draining = asyncio.create_task(self._drain(sig))

    async def _drain(self, sig: int) -> None:
        for _ in range(DRAIN_WITHIN_MS // LOOK_EVERY_MS):
            if not self._gates.has_commands:
                break
            await asyncio.sleep(LOOK_EVERY_MS / 1_000)
        else:
            # Who is left is told that the outcome isn't known.
            await asyncio.to_thread(self._give_up)
        super().handle_exit(sig, None)
