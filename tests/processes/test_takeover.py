"""Owns the proof that streams move: hosts elsewhere take them over while orders flow, and end in every way.

Never looks inside the exchange but for its journal: the verdict is that of the kill test.
Called by pytest. "Elsewhere" is a process with a folder of its own that shares nothing but the broker.
"""

import contextlib
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from actors.machines import limits
from actors.processes.away_host import GIVEN_BACK, LOST, REFUSED
from actors.processes.settings import Settings
from scripts.broker.node import Broker, private_broker
from tests.chaos.venue import username_on
from tests.processes.programs import Program, free_port, kill, started, wait_for
from tests.processes.test_kill import (
    STAFF_PASSWORD,
    STREAMS,
    TRADERS,
    Exchange,
    every_answer_holds,
    every_trade_has_two_sides,
    journal,
    money_is_conserved,
)

pytestmark = pytest.mark.whole

MARKETS: Final = "markets-1"
ACCOUNTS: Final = "accounts-1"
PAUSE_S: Final = 0.05
"""Between two requests of a trader, so that the documents keep up with the orders."""
TAKEN_WITHIN_S: Final = 60.0
ANSWERED_WITHIN_S: Final = limits.ANSWER_UNKNOWN_AFTER_MS / 1_000
"""How long an order of streams that stay may take while others move: nobody asks in vain."""


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with private_broker() as broker:
        yield broker


@pytest.fixture
def exchange(tmp_path: Path, broker: Broker) -> Iterator[Exchange]:
    settings = Settings(
        var=tmp_path / "home",
        port=free_port(),
        demo=False,
        hashing_cost="cheap",
        staff_password=STAFF_PASSWORD,
        log=broker.url,
    )
    with started(settings, "actors.processes.launcher") as program:
        wait_for(lambda: "Credence is at" in program.said(), 60, "the start of the exchange")
        running = Exchange(program, random.Random(2))
        for trader in running.traders:
            trader.pause_s = PAUSE_S
        yield running
        running.close()


@contextlib.contextmanager
def elsewhere(exchange: Exchange, stream: str, options: str = "") -> Iterator[Program]:
    """A host of the stream with a folder of its own, started by hand and left alone."""
    home = exchange.program.settings
    folder = Path(tempfile.mkdtemp(prefix=f"away-{stream}-", dir=home.var.parent))
    settings = replace(home, var=folder, log=f"{home.log}{options}")
    with started(settings, "actors.processes.away_host", stream) as host:
        yield host


def is_here(host: Program, stream: str) -> None:
    wait_for(lambda: f"{stream} is here" in host.said(), TAKEN_WITHIN_S, f"the takeover of {stream}")


@contextlib.contextmanager
def bystanding(exchange: Exchange) -> Iterator[list[float]]:
    """A member of accounts-0 trades in the markets of markets-0: how many seconds each order took."""
    member = exchange._member(username_on(STREAMS, "accounts-0", TRADERS), seed=1)
    trader = replace(member, contracts=tuple(exchange.contracts["markets-0"]))
    exchange.traders.append(trader)
    seconds: list[float] = []
    stop = threading.Event()

    def trade() -> None:
        while not stop.is_set():
            began = time.monotonic()
            trader._place()
            seconds.append(time.monotonic() - began)
            stop.wait(PAUSE_S)

    thread = threading.Thread(target=trade)
    thread.start()
    try:
        yield seconds
    finally:
        stop.set()
        thread.join()


def journalled(exchange: Exchange, event: str) -> list[str]:
    """The streams of which the exchange's journal tells this, in its order."""
    lines = journal(exchange.program.settings)
    return [str(line.get("stream")) for line in lines if line["event"] == event]


def test_streams_move_while_orders_flow_and_come_back_whatever_becomes_of_their_hosts(
    exchange: Exchange,
) -> None:
    with exchange.trading():
        with bystanding(exchange) as seconds:
            two_streams_move_and_come_back(exchange)
        the_tree_dies_and_the_host_elsewhere_is_replaced(exchange)
    assert len(seconds) > 20
    assert max(seconds) < ANSWERED_WITHIN_S
    assert [trader.problems for trader in exchange.traders] == [[] for _ in exchange.traders]
    for trader in exchange.traders:
        every_answer_holds(trader)
    every_trade_has_two_sides(exchange)
    money_is_conserved(exchange)
    assert journalled(exchange, "breach") == [], "the auditor has seen two writers, or worse"


def two_streams_move_and_come_back(exchange: Exchange) -> None:
    """One after its host was killed, the other after its host was told to stop."""
    with elsewhere(exchange, MARKETS) as first, elsewhere(exchange, ACCOUNTS) as second:
        is_here(first, MARKETS)
        is_here(second, ACCOUNTS)
        exchange.wait_until_served(1)
        kill(exchange.program.below()[MARKETS])  # the one that stands in
        exchange.wait_until_served(2)
        kill(second.pid)
        exchange.wait_until_served(3)
        first.process.terminate()
        assert first.wait() == GIVEN_BACK
        exchange.wait_until_served(4)
    assert sorted(journalled(exchange, "has lent its stream")) == [ACCOUNTS, MARKETS]
    assert sorted(journalled(exchange, "stands in")) == [ACCOUNTS, MARKETS, MARKETS]
    assert journalled(exchange, "takes the stream back") == [ACCOUNTS]
    assert journalled(exchange, "has its stream back") == [MARKETS]


def the_tree_dies_and_the_host_elsewhere_is_replaced(exchange: Exchange) -> None:
    """It goes on while the tree is gone; paused until it was replaced, it never writes again."""
    with elsewhere(exchange, MARKETS, "?heartbeat=2") as host:
        is_here(host, MARKETS)
        with elsewhere(exchange, MARKETS) as another:
            assert another.wait(TAKEN_WITHIN_S) == REFUSED
            assert f"another host has {MARKETS} already" in another.said()
        wait_for(lambda: journalled(exchange, "stands in").count(MARKETS) == 3, TAKEN_WITHIN_S)
        kill(exchange.program.below()["supervisor"])
        wait_for(lambda: journalled(exchange, "stands in").count(MARKETS) == 4, TAKEN_WITHIN_S)
        exchange.wait_until_served(5)
        assert host.process.poll() is None
        recoveries = journalled(exchange, "recovered").count(MARKETS)
        os.kill(host.pid, signal.SIGSTOP)
        wait_for(lambda: journalled(exchange, "recovered").count(MARKETS) > recoveries, TAKEN_WITHIN_S)
        exchange.wait_until_served(6)
        os.kill(host.pid, signal.SIGCONT)
        assert host.wait() == LOST
        assert "is not here (any more)" in host.said()
        exchange.wait_until_served(7)
