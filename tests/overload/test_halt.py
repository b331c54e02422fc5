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

from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.events import (
    OrderPlaced,
)
from scripts.bench.flow import Flow, prepare
from scripts.bench.load import Load, drive
from scripts.client import Client
from scripts.exchange import Exchange, running_exchange
from tests.overload.log import times_of
from tests.overload.run import ENVIRONMENT
from tests.processes.programs import wait_for
from tests.processes.slowness import slowness, start_s

pytestmark = pytest.mark.whole

HALTS: Final = 5
CONNECTIONS: Final = 32
ASKED_BEFORE: Final = 10 * CONNECTIONS
ASKED_AFTER: Final = 2 * CONNECTIONS
"""Requests, each of which follows an answer: so more than one to a connection is enough to be answered."""
WITHIN_MS: Final = 250
"""Of a machine that does nothing else, by the best of several halts; a slower one has longer."""


class Halt(NamedTuple):
    """When it was asked for, and when the exchange was about to be opened again (microseconds since 1970).

    ``start_s``: how long it took to start Python meanwhile.
    """

    asked_at: int
    ended_at: int
    start_s: float


def test_nothing_is_accepted_soon_after_a_halt_is_asked_for_under_load(tmp_path: Path) -> None:
    with running_exchange(ENVIRONMENT, tmp_path) as exchange:
        flow = prepare(exchange.url, exchange.staff_password)
        with Client(exchange.url) as staff:
            staff.sign_in("staff", exchange.staff_password)
            halts = [halt(staff, exchange, flow) for _ in range(HALTS)]
    within_ms = WITHIN_MS * slowness([one.start_s for one in halts])
    for kind in (OrderPlaced, OrderMatched):
        times = times_of(tmp_path, kind)
        lasted_ms = [
            max((at - one.asked_at for at in times if one.asked_at <= at < one.ended_at), default=0) / 1_000
            for one in halts
        ]
        assert min(lasted_ms) <= within_ms, f"{kind.__name__}: {lasted_ms}"


def halt(staff: Client, exchange: Exchange, flow: Flow) -> Halt:
    """Halts the exchange amid orders, which go on to be sent; then opens it again."""
    ordering = Ordering(exchange, flow)
    ordering.start()
    wait_for(lambda: ordering.asked > ASKED_BEFORE, name="orders")
    start = start_s()
    asked_at = now_us()
    halted = staff.call("PUT", "/exchange/state/", {"state": "halted", "reason": "a drill"})
    assert halted["state"] == "halted"
    ordering.end_soon()
    ordering.join()
    statuses = ordering.loads[0].statuses
    assert statuses["200"] > 0
    assert statuses["409"] > 0, "the load went on after the halt"
    assert staff.get("/exchange/state/") == halted
    ended_at = now_us()
    assert staff.call("PUT", "/exchange/state/", {"state": "open"})["state"] == "open"
    return Halt(asked_at, ended_at, start)


class Ordering(threading.Thread):
    """Single orders from many connections; ``loads`` holds what became of them."""

    def __init__(self, exchange: Exchange, flow: Flow) -> None:
        super().__init__()
        self.asked = 0
        self.loads: list[Load] = []
        self._asked_max: int | None = None
        self._port = exchange.port
        self._sources = [self._counted(flow.singles(number)) for number in range(CONNECTIONS)]

    def run(self) -> None:
        self.loads.append(uvloop.run(drive(self._port, self._sources)))

    def end_soon(self) -> None:
        self._asked_max = self.asked + ASKED_AFTER

    def _counted(self, source: Callable[[], bytes]) -> Callable[[], bytes | None]:
        def next_request() -> bytes | None:
            if self._asked_max is not None and self.asked >= self._asked_max:
                return None
            self.asked += 1
            return source()

        return next_request


def now_us() -> int:
    return time.time_ns() // 1_000
