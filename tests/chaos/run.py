"""Owns one run: start, load, campaign, rest, settlement, verdict.

Never decides what is right or wrong, never prints what it came to.
Called by the command.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from actors.machines.streams import Streams
from couch_views.client import DocumentsError
from rabbit.log import LogError
from scripts.client import Client, ClientError
from scripts.exchange import Exchange, running_exchange
from tests.chaos.asking import Asker
from tests.chaos.campaign import Campaign, say
from tests.chaos.challenging import Board, Challenger
from tests.chaos.findings import Findings
from tests.chaos.floor import Floor
from tests.chaos.history import History, LogReader
from tests.chaos.judge_activity import judge_activity
from tests.chaos.judge_documents import judge_documents, positions
from tests.chaos.judge_markets import judge_markets
from tests.chaos.judge_rules import judge_rules
from tests.chaos.ledger import Ledger, Member
from tests.chaos.operating import Operator
from tests.chaos.outages import Hold
from tests.chaos.processes import Kill, Murderer
from tests.chaos.schedule import Deed, make_schedule
from tests.chaos.stores import ChaosError, Stores
from tests.chaos.venue import (
    COMMISSIONS,
    Contracts,
    Treasury,
    open_markets,
    register,
    settle_markets,
    username_on,
)
from tests.chaos.verdict import judge
from tests.chaos.workload import Cashier, Load, Served, Trader

STREAMS: Final = Streams()
TRADERS: Final = 8
DEPOSIT: Final = 10_000
ENVIRONMENT: Final = {
    "CREDENCE_HASHING_COST": "cheap",
    # Every cut of the log counts as a restart of each host: a run needs more than anybody should allow.
    "CREDENCE_RESTARTS": "1000000",
    # So that a run has many snapshots, and recoveries from them.
    "CREDENCE_SNAPSHOT_RECORDS": "500",
}
PATIENCE_S: Final = 120.0
REST_WITHIN_S: Final = 60.0
CATCH_UP_WITHIN_S: Final = 180.0
LOOK_AGAIN_S: Final = 0.2


class Plan(NamedTuple):
    """What is asked of a run: how many orders at least, of each deed how many and how long each holds."""

    orders: int
    counts: Mapping[Deed, int]
    holds_s: Mapping[Deed, float]
    seed: int


class Outcome(NamedTuple):
    """What a run came to; moments in ``time.monotonic``."""

    ledger: Ledger
    findings: Findings
    kills: list[Kill]
    holds: list[Hold]
    served: list[Served]
    began: float
    ended: float


def run(plan: Plan, var: Path, stores: Stores) -> Outcome:
    """Runs it all on an exchange of its own, which is stopped in order at the end."""
    with running_exchange({**ENVIRONMENT, **stores.environment}, var) as exchange:
        return _run(plan, exchange, stores)


def _run(plan: Plan, exchange: Exchange, stores: Stores) -> Outcome:
    chance = random.Random(plan.seed)
    schedule = make_schedule(chance, plan.counts)
    campaign = Campaign(
        schedule, stores.deeds, plan.holds_s, Murderer(exchange.launcher.pid, random.Random(plan.seed))
    )
    ledger, given_up, problems = Ledger(), threading.Event(), list[str]()
    with contextlib.ExitStack() as stack:
        staff = stack.enter_context(Client(exchange.url, PATIENCE_S))
        token = _sign_in(staff, exchange.staff_password)
        contracts = open_markets(staff, STREAMS, COMMISSIONS, cross_matched=True)
        patience_s = PATIENCE_S + max(plan.holds_s.values(), default=0.0)

        def asker() -> Asker:
            made = Asker(exchange.url, ledger, patience_s, given_up)
            stack.callback(made.close)
            return made

        load = _make_load(staff, token, contracts, asker, chance)
        began = time.monotonic()
        load.start()
        try:
            campaign.carry_out(load, plan.orders, lambda: exchange.launcher.poll() is None)
        except ChaosError as error:
            problems.append(str(error))
            given_up.set()
        except BaseException:
            given_up.set()
            raise
        finally:
            ended = time.monotonic()
            load.stop()
        findings = _conclude(ledger, stores, lambda: settle_markets(staff, contracts))
    findings.other += [*problems, *load.problems]
    return Outcome(ledger, findings, campaign.kills, campaign.holds, load.served, began, ended)


def _sign_in(staff: Client, password: str) -> str:
    session = staff.call("POST", "/sessions/", {"username": "staff", "password": password})
    token: str = session["token"]
    staff.use_token(token)
    return token


def _make_load(
    staff: Client, token: str, contracts: Contracts, asker: Callable[[], Asker], chance: random.Random
) -> Load:
    """Funded members on every account stream, who trade in every market; staff runs some of these."""
    floor = Floor(one for several in contracts.values() for one in several)
    treasury = Treasury(asker(), token)
    operator = Operator(asker(), token, floor, random.Random(chance.random()))
    members, board = _members(staff), Board()
    traders = []
    for member in members:
        treasury.deposit(member, DEPOSIT)
        own_asker, own_chance = asker(), random.Random(chance.random())
        others = tuple(other.username for other in members if other is not member)
        challenger = Challenger(member, own_asker, board, others, own_chance)
        traders.append(Trader(member, own_asker, challenger, floor, STREAMS, own_chance))
    return Load(traders, Cashier(treasury, members, random.Random(chance.random())), operator)


def _members(staff: Client) -> tuple[Member, ...]:
    """Members on every account stream."""
    streams = [STREAMS.account_names[number % len(STREAMS.account_names)] for number in range(TRADERS)]
    names = (username_on(STREAMS, stream, number) for number, stream in enumerate(streams))
    return tuple(register(staff, STREAMS, name) for name in names)


def _conclude(ledger: Ledger, stores: Stores, settle: Callable[[], None]) -> Findings:
    """Lets everything come to rest, settles, and judges. What can't be judged is a finding, too."""
    reader, history = LogReader(stores.log), History()
    pending: list[int] = []
    problems: list[str] = []
    try:
        say("the load has ended: waiting until no order is pending")
        pending = _wait_for_rest(reader, history)
        settle()
        say("all is settled: waiting for the documents")
        documents = stores.documents()
        try:
            _wait_for_documents(reader, history, lambda: positions(documents, STREAMS.names))
            say(f"judging {history.events} events of the log and the documents")
            findings = judge(ledger, history, pending)
            judge_rules(stores.log, findings)
            judge_markets(stores.log, findings)
            judge_activity(stores.log, history, findings)
            judge_documents(stores.log, documents, history, findings)
        finally:
            documents.close()
    except (ChaosError, LogError, DocumentsError, ClientError, httpx.HTTPError) as error:
        problems.append(f"{type(error).__name__}: {error}")
        findings = judge(ledger, history, pending)
    findings.other += problems
    return findings


def _wait_for_rest(reader: LogReader, history: History) -> list[int]:
    """The orders that still are pending when it is time that none is."""
    give_up = time.monotonic() + REST_WITHIN_S
    while True:
        history.take(reader.read())
        pending = history.unfinished
        if not pending or time.monotonic() > give_up:
            return pending
        time.sleep(LOOK_AGAIN_S)


def _wait_for_documents(reader: LogReader, history: History, shown: Callable[[], Mapping[str, int]]) -> None:
    """Returns when the documents have reached the end of every stream, and the log has ended there, too.

    Seen twice: hosts of social streams follow the others, and write a moment later.
    """
    give_up = time.monotonic() + CATCH_UP_WITHIN_S
    before: dict[str, int] = {}
    while True:
        history.take(reader.read())
        ends = reader.ends
        with contextlib.suppress(DocumentsError):
            if shown() == ends == before:
                return
        before = ends
        if time.monotonic() > give_up:
            raise ChaosError(f"the documents don't catch up: the log ends at {ends}")
        time.sleep(LOOK_AGAIN_S)
