"""Owns the test of the kill switch under load: how long after it is asked for anything is accepted or traded.

Never trusts an answer: the times are those of the records in the log.
Called by pytest.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import uvloop

from actors.machines.messages.events import OrderMatched, OrderPlaced
from scripts.bench.flow import Flow, prepare
from scripts.bench.load import Load, drive, until
from scripts.client import Client
from scripts.exchange import Exchange, running_exchange
from tests.overload.log import times_of
from tests.overload.run import ENVIRONMENT

pytestmark = pytest.mark.serial

HALTS: Final = 5
CONNECTIONS: Final = 32
LOAD_S: Final = 1.5
HALT_AFTER_S: Final = 0.7
WITHIN_MS: Final = 250
"""Judged by the best of several halts: this machine may be busy with something else."""


class Halt(NamedTuple):
    """When it was asked for, and when the exchange was about to be opened again (microseconds since 1970)."""

    asked_at: int
    ended_at: int


def test_nothing_is_accepted_soon_after_a_halt_is_asked_for_under_load(tmp_path: Path) -> None:
    with running_exchange(ENVIRONMENT, tmp_path) as exchange:
        flow = prepare(exchange.url, exchange.staff_password)
        with Client(exchange.url) as staff:
            staff.sign_in("staff", exchange.staff_password)
            halts = [halt(staff, exchange, flow) for _ in range(HALTS)]
    for kind in (OrderPlaced, OrderMatched):
        times = times_of(tmp_path, kind)
        lasted_ms = [
            max((at - one.asked_at for at in times if one.asked_at <= at < one.ended_at), default=0) / 1_000
            for one in halts
        ]
        assert min(lasted_ms) <= WITHIN_MS, f"{kind.__name__}: {lasted_ms}"


def halt(staff: Client, exchange: Exchange, flow: Flow) -> Halt:
    """Halts the exchange amid orders, which go on to be sent; then opens it again."""
    loads: list[Load] = []
    ordering = threading.Thread(target=lambda: loads.append(order(exchange, flow)))
    ordering.start()
    time.sleep(HALT_AFTER_S)
    asked_at = now_us()
    halted = staff.call("PUT", "/exchange/state/", {"state": "halted", "reason": "a drill"})
    assert halted["state"] == "halted"
    ordering.join()
    statuses = loads[0].statuses
    assert statuses["200"] > 0
    assert statuses["409"] > 0, "the load went on after the halt"
    assert staff.get("/exchange/state/") == halted
    ended_at = now_us()
    assert staff.call("PUT", "/exchange/state/", {"state": "open"})["state"] == "open"
    return Halt(asked_at, ended_at)


def order(exchange: Exchange, flow: Flow) -> Load:
    """Single orders from many connections, for a while."""
    deadline_s = time.perf_counter() + LOAD_S
    sources: list[Callable[[], bytes | None]] = [
        until(deadline_s, flow.singles(number)) for number in range(CONNECTIONS)
    ]
    return uvloop.run(drive(exchange.port, sources))


def now_us() -> int:
    return time.time_ns() // 1_000
