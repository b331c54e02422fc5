"""Owns the sandbox at a port of the loopback: for clients in another process, or in another language.

Never listens on another address: whoever reaches it may do anything to it.
Called by the command (its own loop), and by the fixtures (a thread).
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Final

import uvicorn

from resources.connections import GuardedConnection
from resources.middleware.asgi import Application
from resources.serve import configuration
from scripts.sandbox.line import EXTENSION, SocketLine

ADDRESS: Final = "127.0.0.1"
START_WITHIN_S: Final = 30.0
LOOK_EVERY_S: Final = 0.002


class SandboxConnection(GuardedConnection):
    """A connection that the application behind it can cut."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: SocketLine(self.transport.abort)}  # type: ignore[dict-item]


def configured(application: Application, port: int) -> uvicorn.Config:
    config = configuration(application, ADDRESS, port)
    config.http = SandboxConnection
    return config


@contextlib.contextmanager
def serving(application: Application) -> Iterator[str]:
    """Serves in a thread, on a free port; gives the URL."""
    with socket.socket() as listening:
        listening.bind((ADDRESS, 0))
        server = uvicorn.Server(configured(application, 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="sandbox")
        thread.start()
        try:
            give_up = time.monotonic() + START_WITHIN_S
            while not server.started:
                assert thread.is_alive(), "the sandbox's server did not start"
                assert time.monotonic() < give_up, "the sandbox's server takes too long to start"
                time.sleep(LOOK_EVERY_S)
            yield f"http://{ADDRESS}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
