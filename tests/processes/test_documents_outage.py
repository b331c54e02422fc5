"""Owns the proof that trading needs no documents: the whole exchange while its document server fails.

Never looks inside the exchange.
Called by pytest.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from actors.machines import limits
from couch_views.remote import READ_TIMEOUT_S
from scripts.client import Client
from scripts.exchange import running_exchange
from tests.couch_views.stand_in import Fault, StandInProcess
from tests.processes.programs import free_port, wait_for
from tests.processes.trader import QUANTITY, trader_at

pytestmark = pytest.mark.whole

ORDERS_AMID: Final = 20
READS_AMID: Final = 5
TOLD_WITHIN_S: Final = READ_TIMEOUT_S + limits.OWN_WRITE_WAIT_MS / 1_000 + 20
"""The first reader finds it out; how long that takes on a busy machine."""
SHOWN_WITHIN_S: Final = 60.0


class Scene:
    """An exchange whose documents are at a server of their own, with an open market and a member."""

    def __init__(self, server: StandInProcess, url: str, staff: Client) -> None:
        self.server = server
        self.trader = trader_at(url, staff)
        self.http = self.trader.http
        self.placed = 0

    def trade(self) -> None:
        """Each order is accepted, as at any other time; a busy machine may answer before it is matched."""
        for _ in range(ORDERS_AMID):
            self.placed += 1
            key = {"Idempotency-Key": f"order {self.placed}"}
            assert self.http.post("/orders/", json=self.trader.order, headers=key).status_code in {200, 202}

    def read(self) -> httpx.Response:
        return self.http.get(f"/markets/{self.trader.market_id}/quotes/")

    def shown(self) -> int | None:
        """How many orders the documents show, by the quantity that is bid; None while they can't be read."""
        answer = self.read()
        if answer.status_code != 200:
            return None
        bids = answer.json()[self.trader.contract_id]["bids"]
        return sum(int(level["quantity"]) for level in bids) // QUANTITY

    def wait_until_shown(self) -> None:
        wait_for(lambda: self.shown() == self.placed, SHOWN_WITHIN_S, "all orders in the documents")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("documents")
    server = StandInProcess(free_port(), folder)
    server.start()
    environment = {"CREDENCE_DOCUMENTS": server.url, "CREDENCE_HASHING_COST": "cheap"}
    try:
        with running_exchange(environment) as exchange, Client(exchange.url) as staff:
            staff.sign_in("staff", exchange.staff_password)
            scene = Scene(server, exchange.url, staff)
            yield scene
            scene.http.close()
    finally:
        server.close()


def kill(server: StandInProcess) -> Callable[[], None]:
    server.kill()
    return server.start


def hang(server: StandInProcess) -> Callable[[], None]:
    server.hang()
    return server.go_on


def meeting(fault: Fault) -> Callable[[StandInProcess], Callable[[], None]]:
    def meet(server: StandInProcess) -> Callable[[], None]:
        server.order(fault)
        return lambda: server.order(Fault.NONE)

    return meet


OUTAGES: Final = [
    pytest.param(kill, id="killed"),
    pytest.param(hang, id="hanging"),
    *(
        pytest.param(meeting(fault), id=str(fault))
        for fault in (Fault.ERROR, Fault.CUT_AFTER, Fault.HALF_CHUNKED)
    ),
]


@pytest.mark.parametrize("begin", OUTAGES)
def test_an_outage_is_503_for_readers_and_nothing_for_traders(
    scene: Scene, begin: Callable[[StandInProcess], Callable[[], None]]
) -> None:
    scene.trade()
    scene.wait_until_shown()
    end = begin(scene.server)
    try:
        scene.trade()
        began = time.monotonic()
        answer = scene.read()
        assert time.monotonic() - began < TOLD_WITHIN_S
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert int(answer.headers["retry-after"]) >= 1
        statuses = Counter(scene.read().status_code for _ in range(READS_AMID))
        assert statuses == {503: READS_AMID}
        scene.trade()
    finally:
        end()
    scene.wait_until_shown()


def test_a_bulk_cut_in_the_middle_is_made_good(scene: Scene) -> None:
    for fault in (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.HALF, Fault.BROKEN):
        scene.server.order(fault, "_bulk_docs", 1)
        scene.trade()
        scene.wait_until_shown()
