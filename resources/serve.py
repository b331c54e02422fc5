"""Owns the web's program: the application under uvicorn, from its start to a graceful stop.

Never restarts itself; the launcher does, and makes it end with the launcher.
Called by the launcher, through standby; by hand as ``python -m resources.serve``.

SIGTERM or SIGINT: no new commands, what is in flight is answered, then the end (see draining).
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Final

import uvicorn
import uvloop
from setproctitle import setproctitle

from actors.processes.journal import open_journal
from actors.processes.lifeline import Lifeline
from actors.processes.settings import Settings, SettingsError
from resources.certificate import Certificate
from resources.connections import GuardedConnection, end_the_late
from resources.draining import DrainingServer
from resources.opening import allow_connections, open_web

MISCONFIGURED: Final = 2
GRACE_S: Final = 1
"""How long requests in flight may take once the program is asked to stop."""
KEEP_ALIVE_S: Final = 75
LOOK_EVERY_S: Final = 0.1


def main(lifeline: Lifeline | None = None) -> int:
    """The program; ``lifeline`` leads to the launcher, if there is one. Returns its exit code."""
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
        runner.run(serve(settings, lifeline))
    return 0


async def serve(settings: Settings, lifeline: Lifeline | None) -> None:
    """Serves until it is asked to stop, on the launcher's socket if there is one."""
    web = open_web(settings)
    certificate = Certificate.of(settings)
    configured = configuration(web.app, settings.address, settings.port, certificate)
    server = DrainingServer(configured, web.gates, web.gateway.close)
    try:
        # One that fails ends the program, which the launcher then makes again.
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(end_the_late(server.server_state, allow_connections()))]
            if lifeline is not None:
                beside.append(group.create_task(_give_signs(server, lifeline)))
            if certificate is not None:
                beside.append(group.create_task(certificate.keep_current()))
            await server.serve(lifeline.sockets if lifeline is not None else None)
            for task in beside:
                task.cancel()
    finally:
        web.close()


def configuration(
    app: Callable[..., object], address: str, port: int, certificate: Certificate | None = None
) -> uvicorn.Config:
    """How uvicorn serves an ASGI application: the exchange's, and what benchmarks hold it against."""
    return uvicorn.Config(
        app,
        host=address,
        port=port,
        loop="uvloop",
        http=GuardedConnection,
        ssl_context_factory=None if certificate is None else lambda _config, _default: certificate.context,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # what clients get wrong is not the operator's journal's
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )


async def _give_signs(server: uvicorn.Server, lifeline: Lifeline) -> None:
    """From the loop that serves: when it hangs, the signs end."""
    while True:
        if server.started:
            lifeline.sign()
        await asyncio.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    sys.exit(main())
