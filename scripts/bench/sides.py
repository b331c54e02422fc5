"""Owns how two exchanges are compared under the same load: in turns, so that both see the same machine.

Never starts an exchange and never prints.
Called by the benchmarks that compare the exchange with itself, otherwise set up.
"""

import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import psutil

from scripts.bench.flow import Flow
from scripts.bench.http import Case, run
from scripts.bench.table import Row
from scripts.broker.node import Broker
from scripts.exchange import Exchange

ROUNDS: Final = 7
SECONDS: Final = 3.0
WARM_UP_S: Final = 2.0
LOOK_EVERY_S: Final = 0.5
REST_SHARE_MAX: Final = 0.15
"""Of one processor: an exchange that takes no more has nothing left to catch up with."""
REST_WITHIN_S: Final = 120.0


class Side(NamedTuple):
    """One exchange, the orders sent to it, and its broker's process if it has one."""

    name: str
    exchange: Exchange
    flow: Flow
    broker: Broker | None = None


class Measured(NamedTuple):
    """One turn: orders a second, and the processor time of an order, of the exchange and of its broker."""

    per_second: float
    exchange_ms: float
    broker_ms: float


def measured(case: Case, sides: Sequence[Side]) -> dict[str, list[Measured]]:
    """The turns of each side, after one to warm up."""
    turns: dict[str, list[Measured]] = {side.name: [] for side in sides}
    for side in sides:
        run(side.exchange.port, side.flow, case, WARM_UP_S)
        _rest(side)
    for _ in range(ROUNDS):
        for side in sides:
            turns[side.name].append(_measure(side, case))
    return turns


def rows_of(what: str, case: Case, turns: Mapping[str, list[Measured]]) -> list[Row]:
    """A row for each side; ``ratio`` and ``worst`` compare its turns with the first side's before them."""
    first = next(iter(turns.values()))
    return [
        {
            what: name,
            "from": case.connections,
            "each": case.orders,
            "orders/s": round(statistics.median(turn.per_second for turn in own)),
            "ratio": statistics.median(_ratios(first, own)),
            "worst": min(_ratios(first, own)),
            "cpu ms": round(statistics.median(turn.exchange_ms for turn in own), 4),
            "broker ms": round(statistics.median(turn.broker_ms for turn in own), 4),
        }
        for name, own in turns.items()
    ]


def _ratios(first: Sequence[Measured], own: Sequence[Measured]) -> list[float]:
    return [one.per_second / other.per_second for other, one in zip(first, own, strict=True)]


def _measure(side: Side, case: Case) -> Measured:
    """The load's turn; what the exchange does after it, for its followers to catch up, counts as its work."""
    before = _seconds_used(side)
    load = run(side.exchange.port, side.flow, case, SECONDS)
    _rest(side)
    after = _seconds_used(side)
    orders = len(load.latencies_s) * case.orders
    used = [1_000 * (late - early) / orders for early, late in zip(before, after, strict=True)]
    return Measured(load.per_second * case.orders, *used)


def _rest(side: Side) -> None:
    """Returns once there is nothing left to catch up with: it would be done in the other side's turn."""
    give_up = time.monotonic() + REST_WITHIN_S
    used, share = _used(side.exchange.launcher.pid), 1.0
    while share > REST_SHARE_MAX and time.monotonic() < give_up:
        time.sleep(LOOK_EVERY_S)
        now = _used(side.exchange.launcher.pid)
        used, share = now, (now - used) / LOOK_EVERY_S


def _seconds_used(side: Side) -> tuple[float, float]:
    """Processor time so far of the exchange's processes and of the broker's."""
    broker_s = 0.0 if side.broker is None else _used(side.broker.pid)
    return _used(side.exchange.launcher.pid), broker_s


def _used(pid: int) -> float:
    top = psutil.Process(pid)
    times = [process.cpu_times() for process in (top, *top.children(recursive=True))]
    return sum(time.user + time.system for time in times)
