"""Owns the proof of the promise: any process is killed while orders flow, no answer is lost or doubled.

Never looks inside the exchange: the verdict reads the API, and ledgers of the test's own.
Called by pytest. ``SEED=7 pytest ...`` takes other chances; threads make each run different all the same.
"""

import contextlib
import itertools
import json
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from actors.machines.messages.activity import EntryAdded, JoinedContent
from actors.machines.messages.record import decode
from actors.machines.streams import Streams
from actors.processes.journal import path as journal_path
from actors.processes.settings import Settings
from actors.processes.social_rederive import rederive
from rabbit.log import Log
from rabbit.open import open_log
from scripts.client import Client
from tests.chaos.venue import open_markets, username_on
from tests.processes.ledger import MONEY_SCALE, PATIENCE_S, Trader, money, result_of
from tests.processes.programs import Program, free_port, kill, started, wait_for, whole_lines
from tests.processes.slowness import slowness, start_s
from tests.rabbit.rigs import everything

pytestmark = pytest.mark.whole

SEED: Final = int(os.environ.get("SEED", "2"))
STAFF_PASSWORD: Final = "the password of staff"
STREAMS: Final = Streams()
TRADERS: Final = 6
DEPOSIT: Final = 2_000
ROUNDS_MAX: Final = 3
"""Who was late in a round is killed again: this machine may have been busy with something else."""
FLOW_S: Final = (0.15, 0.6)
"""Between two kills, orders flow undisturbed for this long."""
SNAPSHOT_RECORDS: Final = 40
"""So few that hosts recover from snapshots, not only from the log."""
KILLS_WITHOUT_WAITING: Final = 20
PAUSE_S: Final = (0.02, 0.4)
ALONE_WITHIN_S: Final = 2.0
TREE_WITHIN_S: Final = 5.0
"""On a machine that does nothing else; a slower one has longer.

Judged by the best of the rounds.
"""
SETTLED_WITHIN_S: Final = 60.0
"""Documents step back behind trading: where processors are scarce, they come to rest long after it."""
HOSTS: Final = STREAMS.names
FOLLOWERS: Final = ("projector", "keeper", "auditor")
TREE: Final = ("root", "admin", "logger", "supervisor")
VICTIMS: Final = (*HOSTS, *FOLLOWERS, "web", *TREE, "standby-web", "standby-root")
LIVE: Final = {"pending", "created", "partial"}

Json = Any


Side = tuple[str, str, str, int, int]
"""Market, execution, role, price, quantity."""


class Exchange:
    """A running exchange: open markets on each market stream, funded members on each account stream."""

    def __init__(self, program: Program, chance: random.Random) -> None:
        self.program = program
        self._opened = contextlib.ExitStack()
        self.staff = self._client()
        self.staff.sign_in("staff", STAFF_PASSWORD)
        self.contracts = open_markets(self.staff, STREAMS)
        self.numbers = itertools.count()
        """Of kills: no two have the same keys."""
        account_streams = STREAMS.account_names
        self.traders = [
            self._member(
                username_on(STREAMS, account_streams[number % len(account_streams)], number), chance.random()
            )
            for number in range(TRADERS)
        ]
        self.probes = {
            stream: self._member(username_on(STREAMS, stream, 99), 0) for stream in account_streams
        }

    def _member(self, username: str, seed: float) -> Trader:
        contracts = tuple(contract for some in self.contracts.values() for contract in some)
        trader = Trader(self._client(), username, f"password of {username}", contracts, random.Random(seed))
        trader.register()
        self.deposit(trader, "first")
        return trader

    def deposit(self, trader: Trader, key: str) -> None:
        path = f"/accounts/{trader.username}/deposits/"
        self.staff.call("POST", path, {"amount": f"{DEPOSIT}.00"}, f"{trader.username}-{key}")
        trader.deposited += DEPOSIT * MONEY_SCALE

    def _client(self) -> Client:
        return self._opened.enter_context(Client(self.program.settings.url, PATIENCE_S))

    def close(self) -> None:
        self._opened.close()

    @contextlib.contextmanager
    def trading(self) -> Iterator[None]:
        """All traders trade, each in a thread with a connection of its own."""
        stop = threading.Event()
        threads = [threading.Thread(target=trader.trade_until, args=(stop,)) for trader in self.traders]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def wait_until_served(self, number: int) -> None:
        """Returns once each account stream had an order decided by each market stream."""
        for account_stream, probe in self.probes.items():
            for market_stream, contracts in self.contracts.items():
                reference = f"probe-{number}-{account_stream}-{market_stream}"
                order = {
                    "market_id": contracts[0].market_id,
                    "contract_id": contracts[0].contract_id,
                    "side": "buy",
                    "price": 1,
                    "quantity": 1,
                    "type": "immediate_or_cancel",
                    "reference_id": reference,
                }

                def is_decided(probe: Trader = probe, order: Json = order) -> bool:
                    answer = probe.client.call("POST", "/orders/", order, order["reference_id"])
                    return bool(answer["state"] == "cancelled")

                wait_for(is_decided, name=f"the end of {reference}")

    def is_ready_again(self, name: str, before: int) -> bool:
        """Whether another process than ``before`` is at work under this name."""
        pid = self.program.below().get(name, before)
        return pid != before and any(
            line["event"] == "ready" and line["pid"] == pid for line in journal(self.program.settings)
        )


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    settings = Settings(
        var=tmp_path / "var",
        port=free_port(),
        demo=False,
        restarts=1_000,
        snapshot_records=SNAPSHOT_RECORDS,
        hashing_cost="cheap",
        staff_password=STAFF_PASSWORD,
    )
    with started(settings, "actors.processes.launcher") as program:
        wait_for(lambda: "Credence is at" in program.said(), 60, "the start of the exchange")
        running = Exchange(program, random.Random(SEED))
        yield running
        running.close()


def test_nothing_answered_is_lost_or_doubled_whatever_is_killed(exchange: Exchange) -> None:
    chance = random.Random(SEED)
    with exchange.trading():
        late = VICTIMS
        for _ in range(ROUNDS_MAX):
            late = kill_each_in_turn(exchange, chance, late) if late else ()
        kill_without_waiting(exchange, chance)
    assert [trader.problems for trader in exchange.traders] == [[] for _ in exchange.traders]
    assert late == ()
    for trader in exchange.traders:
        every_answer_holds(trader)
    every_trade_has_two_sides(exchange)
    money_is_conserved(exchange)
    every_entry_is_there_once(exchange.program.settings)
    assert any(snapshot > 0 for snapshot in snapshots_begun_with(exchange.program.settings))
    assert [line for line in journal(exchange.program.settings) if line["event"] == "breach"] == []


def snapshots_begun_with(settings: Settings) -> list[int]:
    """The record of the snapshot that each recovery of a host began with; 0 for the whole log."""
    return [line["snapshot"] for line in journal(settings) if line["event"] == "recovered"]


def journal(settings: Settings) -> list[Json]:
    return [json.loads(line) for line in whole_lines(journal_path(settings))]


def is_late(victim: str, seconds: float, slower: float) -> bool:
    return seconds > slower * (TREE_WITHIN_S if victim in TREE else ALONE_WITHIN_S)


def kill_each_in_turn(exchange: Exchange, chance: random.Random, victims: tuple[str, ...]) -> tuple[str, ...]:
    """Returns who took too long until all was served again, for how slow this machine was meanwhile."""
    took: dict[str, float] = {}
    starts: list[float] = []
    for victim in chance.sample(victims, len(victims)):
        number = next(exchange.numbers)
        time.sleep(chance.uniform(*FLOW_S))
        starts.append(start_s())
        pid = wait_for(lambda victim=victim: exchange.program.below().get(victim), name=victim)  # type: ignore[misc]
        began = time.monotonic()
        kill(pid)
        exchange.deposit(chance.choice(exchange.traders), f"amid-{number}")
        exchange.wait_until_served(number)
        if victim in FOLLOWERS:
            wait_for(lambda victim=victim, pid=pid: exchange.is_ready_again(victim, pid), name=victim)  # type: ignore[misc]
        took[victim] = round(time.monotonic() - began, 2)
    orders = sum(len(trader.placed) for trader in exchange.traders)
    slower = slowness(starts)
    sys.stdout.write(
        f"seed {SEED}: {orders} orders; served again after {took} s, {slower:.1f} times too slow\n"
    )
    return tuple(victim for victim in took if is_late(victim, took[victim], slower))


def kill_without_waiting(exchange: Exchange, chance: random.Random) -> None:
    """One after the other, so that some are killed while they recover."""
    for _ in range(KILLS_WITHOUT_WAITING):
        time.sleep(chance.uniform(*PAUSE_S))
        if (pid := exchange.program.below().get(chance.choice(VICTIMS))) is not None:
            with contextlib.suppress(ProcessLookupError):
                kill(pid)
    exchange.wait_until_served(-1)


def every_answer_holds(trader: Trader) -> None:
    """Each accepted order is there once, no other is; it has at least the executions it was answered with."""
    orders, executions = wait_for(
        lambda: seen_whole(trader), SETTLED_WITHIN_S, "all orders with all that they executed"
    )
    shown = {order["reference_id"]: order for order in orders}
    assert len(shown) == len(orders)
    assert {reference: order["id"] for reference, order in shown.items()} == {
        reference: answer["order_id"] for reference, answer in trader.placed.items()
    }
    for reference, answer in trader.placed.items():
        order = shown[reference]
        answered = {execution["execution_id"] for execution in answer["executions"]}
        own = {execution["execution_id"] for execution in executions if execution["order_id"] == order["id"]}
        assert answered <= own, reference
    for reference, answer in trader.cancelled.items():
        state = shown[reference]["state"]
        # An answer that came before the market's word shows the order as it still was; it holds all the same.
        assert state == answer["state"] if answer["state"] not in LIVE else state not in LIVE, reference


def seen_whole(trader: Trader) -> tuple[list[Json], list[Json]] | None:
    """Orders and executions once the documents have come to rest: all tell the same; None before."""
    orders, executions = trader.orders(), trader.executions()
    executed: Counter[str] = Counter()
    for execution in executions:
        executed[execution["order_id"]] += execution["quantity"]
    complete = len(orders) >= len(trader.placed) and all(order["state"] != "pending" for order in orders)
    agree = all(executed[order["id"]] == order["total_executed_quantity"] for order in orders)
    live = {order["reference_id"] for order in orders if order["state"] in LIVE}
    return (orders, executions) if complete and agree and live.isdisjoint(trader.cancelled) else None


def every_trade_has_two_sides(exchange: Exchange) -> None:
    """Each market's executions are numbered without a gap; each was booked once by a maker and by a taker."""
    wait_for(lambda: booked(exchange) == traded(exchange), SETTLED_WITHIN_S, "both sides of every trade")
    assert len(traded(exchange)) > 100, "there was hardly any trade"


def every_entry_is_there_once(settings: Settings) -> None:
    """Social streams say what they had to say, and all who joined are met."""
    log = open_log(settings.log, settings.log_folder)
    wait_for(lambda: joined(log) == TRADERS + len(STREAMS.account_names) + 1, SETTLED_WITHIN_S, "all entries")
    assert [rederive(log, name).difference for name in STREAMS.social_names] == [None] * STREAMS.social


def joined(log: Log) -> int:
    """How many entries tell that somebody joined: the traders, who probes, and staff."""
    return sum(
        isinstance(event, EntryAdded) and isinstance(event.entry.content, JoinedContent)
        for name in STREAMS.social_names
        for record in everything(log.reader(name))
        for event in decode(record.body).events
    )


def booked(exchange: Exchange) -> Counter[Side]:
    """Each side of each execution as its member sees it."""
    sides: Counter[Side] = Counter()
    for trader in exchange.traders:
        for execution in trader.executions():
            names = ("market_id", "execution_id", "role", "price", "quantity")
            sides[tuple(execution[name] for name in names)] += 1
    return sides


def traded(exchange: Exchange) -> Counter[Side]:
    """Both sides of each execution as the market tells it."""
    sides: Counter[Side] = Counter()
    for market_id in {contract.market_id for contract in exchange.traders[0].contracts}:
        executions = all_executions(exchange.staff, market_id)
        assert [int(execution["execution_id"]) for execution in executions] == list(
            range(len(executions), 0, -1)
        )
        for execution in executions:
            for role in ("maker", "taker"):
                sides[
                    market_id, execution["execution_id"], role, execution["price"], execution["quantity"]
                ] += 1
    return sides


def all_executions(client: Client, market_id: str) -> list[Json]:
    found: list[Json] = []
    query: str | None = "?limit=1000"
    while query is not None:
        page = client.get(f"/markets/{market_id}/executions/{query}")
        found += page["executions"]
        query = page["pagination"]["next_page"]
    return found


def money_is_conserved(exchange: Exchange) -> None:
    """Everybody has what was deposited; after the settlement, what the executions say, to the last unit."""
    for trader in exchange.traders:
        assert money(trader.account()["balance"]) == trader.deposited
    winners: dict[str, str] = {}
    for market_id, contract_id in exchange.traders[0].contracts:
        if market_id not in winners:
            winners[market_id] = contract_id
            exchange.staff.call("PATCH", f"/markets/{market_id}/", {"state": "closed"})
            settlement = {"winners": [contract_id], "reason": "it won"}
            exchange.staff.call("PUT", f"/markets/{market_id}/settlement/", settlement)
    for trader in exchange.traders:
        expected = trader.deposited + result_of(trader.executions(), winners)

        def settled(trader: Trader = trader, expected: int = expected) -> bool:
            account = trader.account()
            return (
                money(account["balance"]) == money(account["available_balance"]) == expected
                and money(account["exposure"]) == 0
            )

        wait_for(settled, SETTLED_WITHIN_S, f"the settled balance of {trader.username}")
    balances = [money(trader.account()["balance"]) for trader in exchange.traders]
    assert sum(balances) == sum(trader.deposited for trader in exchange.traders)
