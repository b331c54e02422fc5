"""Owns the benchmark of the two profiles side by side: orders with the log in files, and at a broker.

Never touches a running exchange of somebody: it starts its own two, and a broker of its own.
Called by ``make bench-profiles``.

The two take turns, a few seconds each, so that both see the same machine; the one that waits does next to
nothing. What a broker costs beside the exchange is shown as processor time, which load doesn't change much.
"""

import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Final, NamedTuple

import psutil

from scripts.bench.flow import Flow, prepare
from scripts.bench.http import BATCH, Case, run
from scripts.bench.table import Row, print_table
from scripts.broker.node import Broker, private_broker
from scripts.exchange import Exchange, running_exchange

ROUNDS: Final = 7
SECONDS: Final = 3.0
WARM_UP_S: Final = 2.0
CASES: Final = (Case(8, BATCH), Case(32, 1))
EMBEDDED, FULL = "embedded", "full"


class Side(NamedTuple):
    """One profile: its exchange, the orders sent to it, and its broker's process if it has one."""

    name: str
    exchange: Exchange
    flow: Flow
    broker: Broker | None = None


class Measured(NamedTuple):
    """One turn: orders a second, and the processor time of an order, of the exchange and of its broker."""

    per_second: float
    exchange_ms: float
    broker_ms: float


def main() -> None:
    """Runs the cases and prints the table."""
    with ExitStack() as stack:
        broker = stack.enter_context(private_broker())
        sides = (
            _side(stack, EMBEDDED, None),
            _side(stack, FULL, broker),
        )
        rows = [row for case in CASES for row in rows_of(case, measured(case, sides))]
    print_table("Orders over HTTP, by where the log is", rows)


def _side(stack: ExitStack, name: str, broker: Broker | None) -> Side:
    extra = {"CREDENCE_HASHING_COST": "cheap", "CREDENCE_RESTARTS": "100"}
    if broker is not None:
        extra["CREDENCE_LOG"] = broker.url
    exchange = stack.enter_context(running_exchange(extra))
    return Side(name, exchange, prepare(exchange.url, exchange.staff_password), broker)


def measured(case: Case, sides: Sequence[Side]) -> dict[str, list[Measured]]:
    """The turns of each profile, after one to warm up."""
    turns: dict[str, list[Measured]] = {side.name: [] for side in sides}
    for side in sides:
        run(side.exchange.port, side.flow, case, WARM_UP_S)
    for _ in range(ROUNDS):
        for side in sides:
            turns[side.name].append(_measure(side, case))
    return turns


def rows_of(case: Case, turns: Mapping[str, list[Measured]]) -> list[Row]:
    """A row for each profile; ``ratio`` and ``worst`` compare turns that followed each other."""
    pairs = zip(turns[EMBEDDED], turns[FULL], strict=True)
    ratios = [full.per_second / embedded.per_second for embedded, full in pairs]
    return [
        _row(case, EMBEDDED, turns[EMBEDDED], [1.0]),
        _row(case, FULL, turns[FULL], ratios),
    ]


def _row(case: Case, name: str, turns: list[Measured], ratios: list[float]) -> Row:
    return {
        "profile": name,
        "from": case.connections,
        "each": case.orders,
        "orders/s": round(statistics.median(turn.per_second for turn in turns)),
        "ratio": statistics.median(ratios),
        "worst": min(ratios),
        "cpu ms": round(statistics.median(turn.exchange_ms for turn in turns), 4),
        "broker ms": round(statistics.median(turn.broker_ms for turn in turns), 4),
    }


def _measure(side: Side, case: Case) -> Measured:
    before = _seconds_used(side)
    load = run(side.exchange.port, side.flow, case, SECONDS)
    after = _seconds_used(side)
    orders = len(load.latencies_s) * case.orders
    used = [1_000 * (late - early) / orders for early, late in zip(before, after, strict=True)]
    return Measured(load.per_second * case.orders, *used)


def _seconds_used(side: Side) -> tuple[float, float]:
    """Processor time so far of the exchange's processes and of the broker's."""
    broker_s = 0.0 if side.broker is None else _used(side.broker.pid)
    return _used(side.exchange.launcher.pid), broker_s


def _used(pid: int) -> float:
    top = psutil.Process(pid)
    times = [process.cpu_times() for process in (top, *top.children(recursive=True))]
    return sum(time.user + time.system for time in times)


if __name__ == "__main__":
    main()
