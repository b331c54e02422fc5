"""Owns one run of the overload rig: what an exchange can do, then three times as much, and what became of it.

Never touches a running exchange of somebody: it starts its own, on a temporary state.
Called by the command and by the test of the rig.
"""

import itertools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil
import uvloop

from actors.machines.messages.events import OrderPlaced
from scripts.bench.flow import Flow, prepare
from scripts.bench.load import Load, drive, until
from scripts.exchange import Exchange, running_exchange
from tests.overload.log import times_of
from tests.overload.open_loop import Offered, offer
from tests.overload.verdict import ACCEPTED, Verdict, judge

TIMES: Final = 3
"""How many times as much as it can do is asked of the exchange."""
ORDERS_PER_REQUEST: Final = 20
"""Enough that the exchange is what is overloaded, and not the rig beside it."""
CONNECTIONS: Final = 32
"""So few that none is ever refused, however slow the machine is."""
CONNECTIONS_MAX: Final = 1_500
ENVIRONMENT: Final = {"CREDENCE_HASHING_COST": "cheap", "CREDENCE_MEMBER_RATE": "1000000000"}


def run(capacity_s: float, overload_s: float) -> Verdict:
    """Measures for so many seconds each, and judges."""
    with tempfile.TemporaryDirectory(prefix="credence-") as folder:
        var = Path(folder)
        with running_exchange(ENVIRONMENT, var) as exchange:
            flow = prepare(exchange.url, exchange.staff_password)
            closed_loop(exchange, flow, capacity_s / 2)
            capacity = done_per_s(closed_loop(exchange, flow, capacity_s))
            before, logged = memory_mb(exchange), len(times_of(var, OrderPlaced))
            offered = overload(exchange, flow, capacity * TIMES, overload_s)
            after = memory_mb(exchange)
            placed = len(times_of(var, OrderPlaced))
            # Others may have begun to use this machine meanwhile.
            capacity = min(capacity, done_per_s(closed_loop(exchange, flow, capacity_s)))
        acknowledged = sum(answer.orders for answer in offered.answers if answer.status in ACCEPTED)
        growth_mb = {name: after[name] - before[name] for name in before if name in after}
        orders = (acknowledged, placed - logged)
        return judge(capacity, overload_s, offered, orders, growth_mb)


def closed_loop(exchange: Exchange, flow: Flow, seconds: float) -> Load:
    """What a few clients get, each of which waits for its answers."""
    deadline_s = time.perf_counter() + seconds
    sources = [until(deadline_s, source) for source in sources_of(flow)]
    return uvloop.run(drive(exchange.port, sources))


def done_per_s(load: Load) -> float:
    """How many requests a second were carried out."""
    return sum(load.statuses.get(str(status), 0) for status in ACCEPTED) / load.seconds


def overload(exchange: Exchange, flow: Flow, per_s: float, seconds: float) -> Offered:
    """What clients get who don't wait."""
    requests = (source() for source in itertools.cycle(sources_of(flow)))
    return uvloop.run(offer(exchange.port, requests, per_s, seconds, CONNECTIONS_MAX))


def sources_of(flow: Flow) -> list[Callable[[], bytes]]:
    return [flow.batches(number, ORDERS_PER_REQUEST) for number in range(CONNECTIONS)]


def memory_mb(exchange: Exchange) -> dict[str, float]:
    """What each process of the exchange holds: resident megabytes."""
    return {name: one.memory_info().rss / 1_048_576 for name, one in processes(exchange).items()}


def processes(exchange: Exchange) -> dict[str, psutil.Process]:
    """The processes of the exchange, by the second word of their titles."""
    found: dict[str, psutil.Process] = {}
    for process in psutil.Process(exchange.launcher.pid).children(recursive=True):
        title = " ".join(process.cmdline()).split()
        if title[:1] == ["credence"]:
            found[title[1]] = process
    return found
