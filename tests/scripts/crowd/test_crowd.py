"""Owns the tests of the crowd at work, in the sandbox: who joins, what is done, and that it ends.

Never lasts long: its members hardly pause.
Called by pytest.
"""

import asyncio
import datetime as dt

import pytest

from scripts.client import RefusedError
from scripts.client.operations import account
from scripts.crowd.crowd import (
    KINDS,
    MONEY,
    CrowdError,
    Limits,
    Member,
    Tally,
    live_together,
    look_around,
    names,
)
from scripts.crowd.traders import Kind
from scripts.sandbox.faults import FaultKind
from scripts.sandbox.fixtures import LocalSandbox
from scripts.sandbox.world import PASSWORD

LONG = dt.datetime(2026, 1, 1, 1, tzinfo=dt.UTC)


async def joined(sandbox: LocalSandbox, count: int, password: str = PASSWORD) -> list[Member]:
    """The first of a crowd; their clients hold nothing that had to be closed."""
    staff = await sandbox.async_client("staff")
    members = []
    for number, name in enumerate(names(1, count)):
        client = await sandbox.async_client()
        members.append(Member(name, KINDS[number % len(KINDS)], 1, client))
        await members[-1].join(password, staff)
    return members


def test_the_same_seed_has_the_same_members() -> None:
    assert names(1, 50) == names(1, 50)
    assert names(1, 3) == names(1, 50)[:3]
    assert len({*names(1, 50), *names(2, 50)}) == 100
    assert set(KINDS) == set(Kind)


async def test_a_crowd_trades_and_talks_until_it_has_done_enough(sandbox: LocalSandbox) -> None:
    members, tally = await joined(sandbox, 6), Tally()
    place = await look_around(await sandbox.async_client())
    assert len(place.markets) == 2
    await live_together(members, place, Limits(60.0, 150, 0.001), tally, lambda: LONG)
    assert 150 <= tally.acts < 150 + len(members)
    assert {"order", "comment", "follow", "challenge"} <= set(tally.done)
    assert tally.refused.total() < tally.done.total() / 10
    with sandbox.client() as anybody:
        made = anybody.get("/markets/1,2/executions/?limit=1000")["executions"]
        said = [anybody.get(f"/markets/{market}/comments/")["comments"] for market in (1, 2)]
    assert len(made) > 8
    assert any(said)


async def test_its_time_is_bounded(sandbox: LocalSandbox) -> None:
    members, tally = await joined(sandbox, 2), Tally()
    place = await look_around(await sandbox.async_client())
    async with asyncio.timeout(30):
        await live_together(members, place, Limits(0.2, 1_000_000, 0.001), tally, lambda: LONG)
    assert tally.acts < 1_000


async def test_who_was_here_before_comes_back_and_gets_no_more_money(sandbox: LocalSandbox) -> None:
    await joined(sandbox, 1)
    await joined(sandbox, 1)
    with sandbox.client() as client:
        client.sign_in(names(1, 1)[0], PASSWORD)
        assert client.do(account()).balance == int(float(MONEY))
    with pytest.raises(RefusedError, match="401"):
        await joined(sandbox, 1, "another long password")


async def test_what_is_refused_or_unanswered_is_counted_and_life_goes_on(sandbox: LocalSandbox) -> None:
    members, tally = await joined(sandbox, 3), Tally()
    place = await look_around(await sandbox.async_client())
    sandbox.control.switch_on(FaultKind.MARKET_HALTED, method="POST", market_id="1")
    await live_together(members, place, Limits(60.0, 60, 0.001), tally, lambda: LONG)
    assert tally.refused["MARKET_NOT_OPEN"] > 0
    assert tally.done["order"] > 0


async def test_without_a_market_there_is_no_crowd(sandbox: LocalSandbox) -> None:
    with sandbox.client("staff") as staff:
        for market in (1, 2):
            staff.call("PATCH", f"/markets/{market}/", {"state": "halted"})
    with pytest.raises(CrowdError, match="no open market"):
        await look_around(await sandbox.async_client())
