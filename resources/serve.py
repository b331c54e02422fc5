"""Owns the web's program: the application under uvicorn, from its start to a graceful stop.

Never restarts itself; the launcher does, and makes it end with the launcher.
Called by the launcher, as ``python -m resources.serve``.

SIGTERM or SIGINT: no new connections, what is in flight is answered, then the end.
"""

import asyncio
import gc
import os
import signal
import sys
import time
from typing import Final

import uvicorn
import uvloop
from setproctitle import setproctitle

from actors.processes.journal import open_journal
from actors.processes.settings import Settings, SettingsError
from actors.processes.thespian_gateway import open_gateway
from couch_views.client import open_documents
from resources.app import create_app

MISCONFIGURED: Final = 2
GRACE_S: Final = 1
"""How long requests in flight may take once the program is asked to stop."""
KEEP_ALIVE_S: Final = 75
GARBAGE_THRESHOLD: Final = 50_000
"""Objects between two collections: requests make few cycles, and each collection is a pause."""


def main() -> int:
    """The program. Returns its exit code."""
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"The web is not started: {error}\n")
        return MISCONFIGURED
    setproctitle(f"credence web {settings.var}")
    open_journal(settings, "web")
    # uvicorn handles both while it runs, and raises them again at its end, when they must not kill us.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings))
    return 0


async def serve(settings: Settings) -> None:
    """Serves until it is asked to stop."""
    gateway = open_gateway(settings)
    documents = open_documents(settings.documents, settings.documents_folder, writer=False)
    app = create_app(gateway, documents, settings, lambda: time.time_ns() // 1_000)
    config = uvicorn.Config(
        app,
        host=settings.address,
        port=settings.port,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    try:
        await uvicorn.Server(config).serve()
    finally:
        gateway.close()
        documents.close()


if __name__ == "__main__":
    sys.exit(main())
