"""Owns the test of the first start against a started exchange: killed at every step, it ends the same.

Never kills a process: each request of the demo is the last one once, which is all that a kill can do.
Called by pytest.
"""

import datetime as dt
from functools import partial

import pytest

from scripts.client import Client, Operation, RefusedError
from scripts.client.core import T
from scripts.exchange import Exchange, running_exchange
from scripts.first_start import demo
from tests.processes.caught_up import wait_until_caught_up

pytestmark = pytest.mark.whole
CHEAP = {"CREDENCE_HASHING_COST": "cheap"}
TODAY = dt.date(2026, 11, 20)
IMMORTAL = -1


class KilledError(Exception):
    """Stands for the end of the process."""


class MortalClient(Client):
    """Dies once ``left`` requests were made by all of its kind: the last was carried out, its answer lost."""

    left = IMMORTAL

    def do(self, asked: Operation[T]) -> T:
        answer = super().do(asked)
        MortalClient.left -= 1
        if MortalClient.left == 0:
            raise KilledError
        return answer


def password_of(name: str) -> str:
    return f"password of {name}"


def make_demo(exchange: Exchange) -> None:
    connect = partial(MortalClient, exchange.url)
    demo.make_demo(connect, exchange.staff_password, password_of, TODAY)


def test_a_demo_that_is_killed_at_every_step_is_made_once() -> None:
    with running_exchange(CHEAP) as exchange:
        lives = 0
        while True:
            lives += 1
            MortalClient.left = lives
            try:
                make_demo(exchange)
            except KilledError:
                continue
            break
        assert lives > 15
        the_demo_is_there(exchange)
        MortalClient.left = IMMORTAL
        make_demo(exchange)
        the_demo_is_there(exchange)


def the_demo_is_there(exchange: Exchange) -> None:
    """Once: its event, its markets, its members' money, their orders, the trades."""
    wait_until_caught_up(exchange)
    with Client(exchange.url) as anybody:
        assert [event["name"] for event in anybody.get("/events/")["events"]] == [demo.EVENT]
        markets = anybody.get("/markets/?sort=id")["markets"]
        assert [(market["name"], market["state"]) for market in markets] == [
            (market.name, "open") for market in demo.MARKETS
        ]
        ids = ",".join(market["id"] for market in markets)
        executions = anybody.get(f"/markets/{ids}/executions/?limit=100")["executions"]
        assert len(executions) == len(demo.TRADES)
    known = [demo.Market(str(at), dict.fromkeys(m.percents, "")) for at, m in enumerate(demo.MARKETS)]
    for name in demo.MEMBERS:
        with Client(exchange.url) as member:
            member.sign_in(name, password_of(name))
            assert member.get("/accounts/")["account"]["balance"] == demo.PLAY_MONEY
            orders = member.get("/orders/?limit=100")["orders"]
            assert len(orders) == len(list(demo.orders_of(name, known)))


def test_a_member_with_another_password_is_not_taken_for_the_demos(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_exchange(CHEAP) as exchange:
        with Client(exchange.url) as somebody:
            demo.join(somebody, demo.BUYER, "somebody else's")
        with pytest.raises(RefusedError, match="401"):
            make_demo(exchange)
