"""Owns the tests of what the actors say that accounts hold, some at a time: all of it, and nothing twice.

Never reads a document.
Called by pytest.
"""

import asyncio

import pytest

from actors.machines import limits
from actors.machines.account_stream.accounts import Accounts
from couch_views.queries.ledger import Booked
from couch_views.queries.reconciliation import Held
from resources.exchange import Exchange
from resources.freshness import LastWrites
from resources.held import FIRST, Portion, portion
from tests.resources.scripted import room
from tests.resources.world import World


def portions(world: World, limit: int = 16, cursor: str | None = FIRST) -> list[Portion]:
    """All portions from this one on."""
    exchange = Exchange(world.exchange.gateway, LastWrites(), room())
    streams = world.exchange.streams.account_names
    found: list[Portion] = []
    while cursor is not None:
        found.append(asyncio.run(portion(exchange, streams, cursor, limit)))
        cursor = found[-1].next_cursor
    return found


def holding(world: World, stream: str) -> Accounts:
    machines = world.exchange._hosts[stream]._stream.machines
    assert isinstance(machines, Accounts)
    return machines


def in_the_machines(world: World) -> dict[Booked, int]:
    found: dict[Booked, int] = {}
    for stream in world.exchange.streams.account_names:
        machines = holding(world, stream)
        found[Booked("external", stream)] = machines.external
        found[Booked("commission", stream)] = machines.commission
        found |= {Booked(f"clearing/{number}", stream): each for number, each in machines.clearing.items()}
        found |= {
            Booked(f"account/{number}", stream): account.balance
            for number, account in machines.accounts.items()
        }
    return found


@pytest.mark.parametrize(("members", "limit"), [(0, 2), (1, 2), (5, 2), (6, 2), (6, 3), (5, 16), (40, 7)])
@pytest.mark.parametrize("markets_at_once", [1, 2, 100])
def test_all_that_is_held_is_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch, members: int, limit: int, markets_at_once: int
) -> None:
    monkeypatch.setattr(limits, "CLEARING_PER_ANSWER_MAX", markets_at_once)
    for number in range(members):
        world.member(f"member{number}", money="10.00" if number < 3 else None)
    holding(world, "accounts-0").clearing = {7: 70, 3: -30, 5: 50}
    holding(world, "accounts-1").clearing = {4: 40, 5: -50}
    found = portions(world, limit)
    held = [each for some in found for each in some.held]
    assert {each.booked: each.balance for each in held} == in_the_machines(world)
    assert len({each.booked for each in held}) == len(held)
    assert all(len(some.held) <= max(limit, 2 * (2 + markets_at_once)) for some in found)


def test_what_is_held_is_held_at_a_record(world: World) -> None:
    world.member("ada", money="10.00")
    newest = {stream: len(world.log.frames(stream)) - 1 for stream in world.exchange.streams.account_names}
    for some in portions(world):
        for each in some.held:
            assert isinstance(each, Held)
            assert each.sequence == newest[each.booked.stream]
