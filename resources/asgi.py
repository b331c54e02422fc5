"""Owns the web as an ASGI application that opens and closes itself: for any server that speaks lifespan.

Never answers before it is open, and never drains: what a server does with SIGTERM is its own.
Called by other servers than ours, by its name: ``resources.asgi:app``. The environment has the settings, but
for port, address and TLS, which are the server's.
"""

import os
from typing import Final

from actors.processes.journal import open_journal
from actors.processes.settings import Settings, SettingsError
from resources.middleware.asgi import Event, Receive, Scope, Send
from resources.opening import Web, allow_connections, open_web


class SelfOpening:
    """Opens the web when its server starts, and closes it when it stops."""

    def __init__(self) -> None:
        self._web: Web | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if self._web is None:
            raise RuntimeError("the server has not sent lifespan.startup: its lifespan must be on")
        await self._web.app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self._web = _open()
        except SettingsError as error:
            await send(_failed(f"The web is not started: {error}"))
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._web.close()
        await send({"type": "lifespan.shutdown.complete"})


def _open() -> Web:
    settings = Settings.from_environment(os.environ)
    open_journal(settings, "web")
    allow_connections()
    return open_web(settings)


def _failed(message: str) -> Event:
    return {"type": "lifespan.startup.failed", "message": message}


app: Final = SelfOpening()
