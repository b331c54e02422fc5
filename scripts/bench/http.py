"""Owns the benchmark of the API: orders over HTTP to durable fills, beside a server with nothing behind it.

Never touches a running exchange of somebody: it starts its own, on a temporary state.
Called by ``make bench-http``.

Each run is bounded in time. The exchange and the limit are measured in turn, run by run, so that both see
the same machine.
"""

import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import uvloop

from scripts.bench.flow import Flow, made_up, prepare
from scripts.bench.load import Load, drive, until
from scripts.bench.recovery import recovery_rows
from scripts.bench.table import Row, print_table
from scripts.exchange import ExchangeError, free_port, running_exchange, wait_until_answered

SECONDS: Final = 4.0
WARM_UP_S: Final = 1.0
BATCH: Final = 100
READ_BESIDE: Final = 32


class Case(NamedTuple):
    """One row: how many connections, and how many orders each request of theirs carries."""

    connections: int
    orders: int


SINGLES: Final = (Case(1, 1), Case(32, 1), Case(128, 1))
BATCHES: Final = (Case(1, BATCH), Case(8, BATCH))


def main() -> None:
    """Runs the cases and prints the tables."""
    with tempfile.TemporaryDirectory(prefix="credence-") as folder:
        measure(Path(folder))
        print_table("Recovery of a host by replaying its stream", recovery_rows(Path(folder)))


def measure(var: Path) -> None:
    """What can be seen from outside, of an exchange on this state."""
    cheap = {"CREDENCE_HASHING_COST": "cheap"}
    with running_exchange(cheap, var) as exchange, limit_server() as limit_port:
        flow = prepare(exchange.url, exchange.staff_password)
        limit_flow = made_up()
        run(exchange.port, flow, Case(READ_BESIDE, 1), WARM_UP_S)
        rows = []
        for case in SINGLES + BATCHES:
            limit = run(limit_port, limit_flow, case, SECONDS)
            rows.append(row(case, run(exchange.port, flow, case, SECONDS), limit))
        print_table("Orders over HTTP, accepted durably and matched, beside the server's limit", rows)
        print_table("Quotes read while orders flow", [quotes_row(exchange.port, flow)])


def run(port: int, flow: Flow, case: Case, seconds: float) -> Load:
    """One case against one server; every answer must be 200 (or 202: accepted, not matched yet)."""
    deadline_s = time.perf_counter() + seconds
    sources = [until(deadline_s, source(flow, case, number)) for number in range(case.connections)]
    load = uvloop.run(drive(port, sources))
    accepted = load.statuses.get("200", 0) + load.statuses.get("202", 0)
    if accepted != len(load.latencies_s):
        raise ExchangeError(f"{case}: not every order was accepted: {load.statuses}")
    return load


def source(flow: Flow, case: Case, number: int) -> Callable[[], bytes]:
    return flow.singles(number) if case.orders == 1 else flow.batches(number, case.orders)


def row(case: Case, load: Load, limit: Load) -> Row:
    """A case's figures: connections, orders each request carries, orders a second, ms a request."""
    return {
        "from": case.connections,
        "each": case.orders,
        "orders/s": load.per_second * case.orders,
        "limit/s": limit.per_second * case.orders,
        "ratio": load.per_second / limit.per_second,
        "p50 ms": load.percentile_ms(50),
        "p99 ms": load.percentile_ms(99),
        "pending": load.statuses.get("202", 0),
    }


def quotes_row(port: int, flow: Flow) -> Row:
    """One more connection reads quotes while 32 send orders."""
    deadline_s = time.perf_counter() + SECONDS
    orders = [until(deadline_s, flow.singles(number)) for number in range(READ_BESIDE)]
    reads = until(deadline_s, flow.quotes())

    async def both() -> tuple[Load, Load]:
        async with asyncio.TaskGroup() as group:
            ordering = group.create_task(drive(port, orders))
            reading = group.create_task(drive(port, [reads]))
        return ordering.result(), reading.result()

    ordering, reading = uvloop.run(both())
    return {
        "orders from": READ_BESIDE,
        "orders/s": ordering.per_second,
        "quotes/s": reading.per_second,
        "p50 ms": reading.percentile_ms(50),
        "p99 ms": reading.percentile_ms(99),
        "200": reading.statuses.get("200", 0),
        "others": len(reading.latencies_s) - reading.statuses.get("200", 0),
    }


@contextlib.contextmanager
def limit_server() -> Iterator[int]:
    """The limit's server, as a process of its own; yields its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "scripts.bench.limit_server", str(port)])
    try:
        wait_until_answered(port, "/", process)
        yield port
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
