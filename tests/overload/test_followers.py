"""Owns the test of followers that stand still: trading goes on as if they were at work, and they catch up.

Never kills one: what is silent for too long is replaced, which is tested elsewhere.
Called by pytest.
"""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from actors.processes.settings import Settings
from resources.toolkit.positions import HEADER, covers, parse_position
from scripts.bench.flow import Flow, prepare
from scripts.exchange import Exchange, running_exchange
from tests.overload.run import ENVIRONMENT, closed_loop, processes
from tests.processes.caught_up import CAUGHT_UP_WITHIN_S, log_ends, shown
from tests.processes.programs import wait_for

pytestmark = pytest.mark.whole

FOLLOWERS: Final = ("projector", "keeper", "auditor")
LOAD_S: Final = 0.5
ROUNDS_MAX: Final = 6
THROUGHPUT_MIN: Final = 0.6
"""Of that with followers. They take processor time, so without them it is rather more.

One round that shows it is enough: this machine may be busy with something else in the others.
"""


def test_followers_that_stand_still_cost_their_masters_nothing_and_catch_up(tmp_path: Path) -> None:
    often = ENVIRONMENT | {"CREDENCE_SNAPSHOT_RECORDS": "1"}
    with running_exchange(often, tmp_path) as exchange:
        flow = prepare(exchange.url, exchange.staff_password)
        closed_loop(exchange, flow, LOAD_S)
        before = {name: process.pid for name, process in processes(exchange).items()}
        shares: list[float] = []
        while not shares or (shares[-1] < THROUGHPUT_MIN and len(shares) < ROUNDS_MAX):
            at_work = closed_loop(exchange, flow, LOAD_S)
            with standing_still(exchange):
                without = closed_loop(exchange, flow, LOAD_S)
                wanted = written(exchange, flow)
                assert not covers(shown(exchange), wanted)
                ends = log_ends(tmp_path)
            assert set(without.statuses) <= {"200", "202"}
            shares.append(without.per_second / at_work.per_second)
        assert shares[-1] >= THROUGHPUT_MIN, shares
        wait_for(lambda: covers(shown(exchange), wanted), CAUGHT_UP_WITHIN_S, "the documents")
        wait_for(lambda: snapshots_cover(tmp_path, ends), CAUGHT_UP_WITHIN_S, "the snapshots")
        assert {name: process.pid for name, process in processes(exchange).items()} == before


@contextlib.contextmanager
def standing_still(exchange: Exchange) -> Iterator[None]:
    """Every follower is stopped, and goes on afterwards."""
    found = processes(exchange)
    for name in FOLLOWERS:
        found[name].send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for name in FOLLOWERS:
            found[name].send_signal(signal.SIGCONT)


def written(exchange: Exchange, flow: Flow) -> dict[str, int]:
    """The position of one more order."""
    headers = {"Authorization": f"Session-Token {flow.tokens[0]}", "Content-Type": "application/json"}
    answer = httpx.post(f"{exchange.url}/v3/orders/", content=flow.orders[0], headers=headers, timeout=30)
    assert answer.status_code in {200, 202}, answer.text
    return dict(parse_position(answer.headers[HEADER]))


def snapshots_cover(var: Path, ends: dict[str, int]) -> bool:
    """Whether the newest snapshot of each stream is of this record or a later one."""
    folder = Settings(var=var).snapshots_folder
    return all(newest(folder / stream) >= end for stream, end in ends.items())


def newest(folder: Path) -> int:
    return max((int(path.stem) for path in folder.glob("*.snapshot")), default=0)
