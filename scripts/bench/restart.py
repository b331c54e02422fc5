"""Owns the measuring of how long a killed host is missed: from the kill to the first order accepted again.

Never touches a running exchange of somebody: it starts its own, on a temporary state.
Called by ``make bench-restart``.

For each length of the log an exchange is filled through the API with batches of orders. Then its hosts are
killed while one client orders: first with the snapshots that the keeper has written, then without. Each is
killed once for a start of the exchange: one that fails again soon is made again later, to spare the others.
"""

import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import httpx
import psutil

from actors.processes.journal import path as journal_path
from actors.processes.settings import Settings
from rabbit.open import open_log
from scripts.bench.flow import MEMBERS, Flow, prepare
from scripts.bench.http import BATCH, Case, run
from scripts.bench.recovery import count
from scripts.bench.table import Row, print_table
from scripts.exchange import Exchange, ExchangeError, running_exchange

EVENTS: Final = (2_000, 200_000)
"""How many events the first account stream is to have at least."""
STARTS: Final = 3
FILL_S: Final = 0.3
SNAPSHOT_RECORDS: Final = 10
WITHIN_S: Final = 120.0
PAUSE_S: Final = 0.005
UNUSABLE: Final = {400, 401, 403, 404, 409, 422}
"""What it makes no sense to ask again."""
ENVIRONMENT: Final = {
    "CREDENCE_HASHING_COST": "cheap",
    "CREDENCE_SNAPSHOT_RECORDS": str(SNAPSHOT_RECORDS),
}


class Missed(NamedTuple):
    """One kill, in seconds: until an order was accepted; and of that the host's own part, recovering."""

    accepted_s: float
    recovered_s: float
    from_snapshot: bool


def main() -> None:
    """Measures at the lengths given as arguments, or at two far apart."""
    rows = []
    for events in [int(argument) for argument in sys.argv[1:]] or EVENTS:
        with tempfile.TemporaryDirectory(prefix="credence-") as folder:
            rows += measured(Settings(Path(folder)), events)
    print_table("A killed host: from the kill to the next order accepted, each host killed in turn", rows)


def measured(settings: Settings, events: int) -> list[Row]:
    """A row with snapshots, and a row without."""
    with running_exchange(ENVIRONMENT, settings.var) as exchange:
        flow = prepare(exchange.url, exchange.staff_password)
        records, events = filled(settings, exchange, flow, events)
        wait_for_snapshot(settings, records)
    rows: list[Row] = []
    for with_snapshots in (True, False):
        kills = [kill for _ in range(STARTS) for kill in each_killed(settings, flow, with_snapshots)]
        rows.append(
            {
                "events": events,
                "snapshots": "yes" if with_snapshots else "no",
                "kills": len(kills),
                "p50 s": median(kill.accepted_s for kill in kills),
                "max s": max(kill.accepted_s for kill in kills),
                "recovery p50 s": median(kill.recovered_s for kill in kills),
                "recovery max s": max(kill.recovered_s for kill in kills),
                "from a snapshot": sum(kill.from_snapshot for kill in kills),
            }
        )
    return rows


def filled(settings: Settings, exchange: Exchange, flow: Flow, events: int) -> tuple[int, int]:
    """Orders until the first account stream has so many events; gives its records and events."""
    log = open_log(settings.log, settings.log_folder)
    while (length := count(log, settings.streams.account_names[0]))[1] < events:
        with contextlib.suppress(ExchangeError):  # on a busy machine some are turned away
            run(exchange.port, flow, Case(8, BATCH), FILL_S)
    return length


def wait_for_snapshot(settings: Settings, records: int) -> None:
    """Until the keeper has followed."""
    folder = settings.snapshots_folder / settings.streams.account_names[0]
    give_up = time.monotonic() + WITHIN_S
    while not any(int(path.stem) >= records - SNAPSHOT_RECORDS for path in folder.glob("*.snapshot")):
        if time.monotonic() > give_up:
            raise ExchangeError("the keeper does not follow")
        time.sleep(PAUSE_S)


def each_killed(settings: Settings, flow: Flow, with_snapshots: bool) -> list[Missed]:  # noqa: FBT001
    """One start of the exchange; each host is killed once."""
    kills = []
    with running_exchange(ENVIRONMENT, settings.var) as exchange, httpx.Client(trust_env=False) as client:
        for stream in settings.streams.names:
            order = order_through(settings, flow, stream)
            until_accepted(client, exchange, order)
            if not with_snapshots:
                shutil.rmtree(settings.snapshots_folder / stream, ignore_errors=True)
            pid = pid_of(exchange, stream)
            began = time.perf_counter()
            os.kill(pid, signal.SIGKILL)
            until_accepted(client, exchange, order)
            accepted_s = time.perf_counter() - began
            line = last_recovery(settings, stream)
            kills.append(Missed(accepted_s, float(line["seconds"]), line["snapshot"] > 0))
    return kills


def order_through(settings: Settings, flow: Flow, stream: str) -> tuple[str, bytes]:
    """A member's token and an order that this stream has a part in."""
    token, order = flow.tokens[0], flow.orders[0]
    if stream in settings.streams.account_names:
        names = [f"bench-{number}" for number in range(MEMBERS)]
        token = flow.tokens[[settings.streams.of_username(name) for name in names].index(stream)]
    else:
        streams = [settings.streams.of_market(int(json.loads(each)["market_id"])) for each in flow.orders]
        order = flow.orders[streams.index(stream)]
    return token, order


def until_accepted(client: httpx.Client, exchange: Exchange, order: tuple[str, bytes]) -> None:
    """Sends one order until it is accepted and the market has spoken, too."""
    token, body = order
    key = os.urandom(8).hex()
    headers = {
        "Authorization": f"Session-Token {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    give_up = time.monotonic() + WITHIN_S
    while time.monotonic() < give_up:
        with contextlib.suppress(httpx.TransportError):
            answer = client.post(f"{exchange.url}/v3/orders/", content=body, headers=headers)
            if answer.status_code == httpx.codes.OK:
                return
            if answer.status_code in UNUSABLE:
                raise ExchangeError(answer.text)
        time.sleep(PAUSE_S)
    raise ExchangeError(f"no order was accepted within {WITHIN_S:g} s")


def pid_of(exchange: Exchange, name: str) -> int:
    """The process of this name in the exchange's tree."""
    for child in psutil.Process(exchange.launcher.pid).children(recursive=True):
        if child.cmdline()[:1] and " ".join(child.cmdline()).startswith(f"credence {name} "):
            return child.pid
    raise ExchangeError(f"there is no process {name}")


def last_recovery(settings: Settings, stream: str) -> dict[str, float]:
    """What the journal says of the last time that this host recovered."""
    lines = map(json.loads, reversed(journal_path(settings).read_text().splitlines()))
    return next(line for line in lines if line["event"] == "recovered" and line["stream"] == stream)


if __name__ == "__main__":
    main()
