"""Owns the proof of the full profile's outages: a broker that takes nothing, or is gone, and returns.

Never looks inside the exchange but into its journal.
Called by pytest.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import count
from typing import Final

import httpx
import pytest

from actors.processes import journal
from actors.processes.settings import Settings
from scripts.broker.node import Broker, private_broker
from scripts.client import Client
from scripts.exchange import Exchange, running_exchange
from tests.processes.programs import Program, wait_for, whole_lines
from tests.processes.trader import trader_at

pytestmark = pytest.mark.whole

AT_ONCE_S: Final = 1.5
"""Judged by the best of several: this machine may do other things, too. Alone it takes some milliseconds."""
SHOWN_WITHIN_S: Final = 60.0
"""Documents may lag, and on a busy machine they do; here it only counts that they come."""
PACE_S: Final = 0.05
ORDER_RISKS: Final = Decimal("0.01")
WAITS, RETURNS = "waits for the log", "has the log again"


class Scene:
    """An exchange at a broker, with an open market and a member who trades."""

    def __init__(self, broker: Broker, exchange: Exchange, staff: Client) -> None:
        self.broker = broker
        self.settings = Settings(exchange.var)
        staff.sign_in("staff", exchange.staff_password)
        self._trader = trader_at(exchange.url, staff)
        self.http = self._trader.http
        self._program = Program(exchange.launcher, self.settings, exchange.var / "launcher.out")
        self._keys = count()

    def place(self, key: str) -> httpx.Response:
        return self.http.post("/orders/", json=self._trader.order, headers={"Idempotency-Key": key})

    def place_until_answered(self, key: str) -> None:
        wait_for(lambda: self.place(key).status_code == 200, name=f"order {key}")

    @contextmanager
    def trading(self) -> Iterator[dict[str, int]]:
        """Places an order after another; yields the status of each by its key."""
        placed: dict[str, int] = {}
        stop = threading.Event()

        def trade() -> None:
            while not stop.is_set():
                key = f"order {next(self._keys)}"
                placed[key] = self.place(key).status_code
                stop.wait(PACE_S)

        thread = threading.Thread(target=trade)
        thread.start()
        wait_for(lambda: len(placed) > 3, name="orders flow")
        try:
            yield placed
        finally:
            stop.set()
            thread.join()

    def wait_until_refused(self, placed: dict[str, int]) -> None:
        wait_for(lambda: 503 in placed.values(), name="a refusal")

    def hosts(self) -> dict[str, int]:
        """The processes of the hosts, by stream."""
        below = self._program.below()
        return {stream: below[stream] for stream in self.settings.streams.names}

    def orders(self) -> int:
        """How many orders there are, by the money that they hold."""
        account = self.http.get("/accounts/").json()["account"]
        return int(Decimal(account["exposure"]) / ORDER_RISKS)

    def noted(self) -> dict[str, list[str]]:
        """What the host of each stream noted about its log, in its order."""
        notes: dict[str, list[str]] = {stream: [] for stream in self.settings.streams.names}
        for line in map(json.loads, whole_lines(journal.path(self.settings))):
            if line["event"] in {WAITS, RETURNS}:
                notes[line["stream"]].append(line["event"])
        return notes

    def wait_until_all(self, what: str) -> None:
        """Until this is the last that each host has noted."""
        wait_for(lambda: all(notes[-1:] == [what] for notes in self.noted().values()), name=what)


def environment(broker: Broker) -> dict[str, str]:
    """A busy machine may need several tries until all is there."""
    return {"CREDENCE_LOG": broker.url, "CREDENCE_HASHING_COST": "cheap", "CREDENCE_RESTARTS": "100"}


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with (
        private_broker() as broker,
        running_exchange(environment(broker)) as exchange,
        Client(exchange.url) as staff,
    ):
        scene = Scene(broker, exchange, staff)
        yield scene
        scene.http.close()


def test_an_alarm_is_503_with_retry_after_while_reading_goes_on(scene: Scene) -> None:
    scene.place_until_answered("before")
    wait_for(lambda: scene.orders() == 1, SHOWN_WITHIN_S, "its document")
    scene.broker.raise_alarm()
    try:
        scene.wait_until_all(WAITS)
        seconds: list[float] = []
        for number in range(3):
            began = time.monotonic()
            answer = scene.place(f"amid {number}")
            seconds.append(time.monotonic() - began)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert answer.json()["detail"] == "Nothing was done: its stream waits for the log."
            assert scene.http.get("/accounts/").status_code == 200
            assert scene.orders() == 1
        assert min(seconds) < AT_ONCE_S
    finally:
        scene.broker.clear_alarm()
    scene.wait_until_all(RETURNS)
    scene.place_until_answered("amid 0")
    wait_for(lambda: scene.orders() == 2, SHOWN_WITHIN_S, "what was refused was not done")


def test_what_an_alarm_or_a_death_of_the_broker_met_is_done_once(scene: Scene) -> None:
    first, hosts, noted = scene.orders(), scene.hosts(), scene.noted()
    keys: list[str] = []
    for trouble, end in (
        (scene.broker.raise_alarm, scene.broker.clear_alarm),
        (scene.broker.kill, scene.broker.start),
    ):
        with scene.trading() as placed:
            trouble()
            scene.wait_until_refused(placed)
            end()
        assert set(placed.values()) <= {200, 202, 503, 504}
        keys += placed
    for key in keys:
        scene.place_until_answered(key)
    wait_for(lambda: scene.orders() >= first + len(keys), SHOWN_WITHIN_S, "all documents")
    assert scene.orders() == first + len(keys)
    scene.wait_until_all(RETURNS)
    for stream, notes in scene.noted().items():
        new = notes[len(noted[stream]) :]
        assert new == [WAITS, RETURNS] * (len(new) // 2), "each once for each outage"
    assert scene.hosts() == hosts, "no process had to die"
