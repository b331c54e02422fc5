"""Owns the benchmark of the middleware: what each component costs a request, alone and all together.

Never needs an exchange: the application behind them has one answer.
Called by ``make bench-middleware``; each server that it starts is this module, with the names of components.

In CPU time, as the machine may have other work: once of nothing but the components, called directly, and once
of the web's server with and without all of them.
"""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import psutil
import uvicorn
import uvloop

from actors.processes.journal import open_journal
from actors.processes.settings import Settings
from resources.middleware.access_log import AccessLog
from resources.middleware.asgi import Application, Event, Scope
from resources.middleware.compression import Compression
from resources.middleware.request_id import RequestId
from resources.middleware.request_limits import RequestLimits
from resources.middleware.security_headers import SecurityHeaders
from resources.middleware.stack import BOUNDS, surrounded
from resources.opening import spare_the_collector
from resources.serve import configuration
from scripts.bench import limit_server
from scripts.bench.load import drive, http_request, until
from scripts.bench.table import Row, print_table
from scripts.exchange import free_port, wait_until_answered

CALLS: Final = 20_000
ROUNDS: Final = 5
SECONDS: Final = 3.0
CONNECTIONS: Final = 16
HEADERS: Final = (
    (b"host", b"127.0.0.1:8000"),
    (b"user-agent", b"a client of the usual kind/1.0"),
    (b"accept", b"application/json"),
    (b"accept-encoding", b"gzip, deflate, br"),
    (b"authorization", b"Session-Token " + b"x" * 200),
)

COMPONENTS: Final[Mapping[str, Callable[[Application], Application]]] = {
    "nothing": lambda app: app,
    "request id": RequestId,
    "browsers' rules": SecurityHeaders,
    "limits": partial(RequestLimits, bounds=BOUNDS),
    "compression (of nothing)": Compression,
    "all": surrounded,
    "access log": AccessLog,
    "all, and access log": partial(surrounded, access_log=True),
}


def main() -> None:
    """Prints both tables."""
    with tempfile.TemporaryDirectory(prefix="credence-") as folder:
        open_journal(Settings(var=Path(folder)), "bench")
        rows: list[Row] = [{"around an application": name, "µs": us} for name, us in added_us().items()]
    print_table("CPU time that components add to a GET", rows)
    print_table("A GET of a constant, CPU time of the web's server", served_rows())


def added_us() -> dict[str, float]:
    """Component -> CPU microseconds that it adds."""
    alone = {name: float("inf") for name in COMPONENTS}
    for _ in range(ROUNDS):
        for name, component in COMPONENTS.items():
            alone[name] = min(alone[name], uvloop.run(called_us(component(limit_server.app))))
    nothing = alone.pop("nothing")
    return {name: us - nothing for name, us in alone.items()}


async def called_us(app: Application) -> float:
    """CPU microseconds of a request, of many in a row."""

    async def receive() -> Event:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_event: Event) -> None:
        pass

    began = time.process_time()
    for _ in range(CALLS):
        await app(a_scope(), receive, send)
    return (time.process_time() - began) / CALLS * 1_000_000


def a_scope() -> Scope:
    """What a server makes of a GET."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/v3/markets/1/quotes/",
        "raw_path": b"/v3/markets/1/quotes/",
        "query_string": b"depth=3",
        "client": ("203.0.113.9", 4711),
        "headers": list(HEADERS),
    }


def served_rows() -> list[Row]:
    """The server without and with all components, in turn."""
    with server("nothing") as bare, server("all") as whole:
        figures = [(cpu_us(*bare), cpu_us(*whole)) for _ in range(ROUNDS)]
    without, with_all = (min(column) for column in zip(*figures, strict=True))
    return [{"without µs": without, "with all µs": with_all, "more µs": with_all - without}]


def cpu_us(port: int, process: psutil.Process) -> float:
    """CPU microseconds of the server for each request."""
    request = http_request("GET", "/", None)
    before = process.cpu_times()
    deadline_s = time.perf_counter() + SECONDS
    load = uvloop.run(drive(port, [until(deadline_s, lambda: request)] * CONNECTIONS))
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / len(load.latencies_s) * 1_000_000


@contextlib.contextmanager
def server(name: str) -> Iterator[tuple[int, psutil.Process]]:
    """The web's server with these components around a constant, as a process; its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "scripts.bench.middleware", name, str(port)])
    try:
        wait_until_answered(port, "/", process)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def serve(name: str, port: int) -> None:
    spare_the_collector()
    app = COMPONENTS[name](limit_server.app)
    uvicorn.Server(configuration(app, "127.0.0.1", port)).run()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1], int(sys.argv[2]))
    else:
        main()
