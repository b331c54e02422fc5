"""Owns histories for tests: what real machines make of a member's commands, as a log.

Never invents an event.
Called by the tests of this folder and of the queries.
"""

import random

from actors.machines.messages.commands import (
    CancelAll,
    ChangeMarketState,
    ChangeProfile,
    Command,
    Deposit,
    SettleMarket,
    Withdraw,
)
from actors.machines.messages.parts import Conditions
from actors.machines.messages.record import decode
from actors.machines.messages.words import MarketState, SelfTrade, Side, TimeInForce
from couch_views.shapes import Document
from rabbit.memory import MemoryLog
from tests.couch_views.projection.records import SECOND, project
from tests.machines.drawn_orders import order_of
from tests.machines.town import UNIT, OpenTown

PRICES = (4_000, 4_500, 5_000, 5_500, 6_000)


def play(chance: random.Random, requests: int) -> dict[str, list[bytes]]:
    """The bodies of each stream of a small town in which so many more requests are made."""
    town = OpenTown(commission=200, cross_matching=chance.random() < 0.5)
    for _ in range(requests):
        if chance.random() < 0.15:
            town.send(town.staff, _of_staff(chance))
        else:
            member = chance.choice([town.alice, town.bob])
            town.send(member, *(_of_member(chance) for _ in range(chance.randint(1, 5))))
    town.assert_sound()
    return town.bodies


def _of_member(chance: random.Random) -> Command:
    match chance.randrange(12):
        case 0:
            return CancelAll()
        case 1:
            return ChangeProfile(bio=str(chance.randrange(100)))
        case _:
            special = chance.random() < 0.3
            conditions = Conditions(
                chance.random() < 0.1, chance.choice([*SelfTrade]), chance.randint(1_000_100, 1_001_000)
            )
            return order_of(
                chance.choice([1, 2]),
                chance.choice(list(Side)),
                chance.choice(PRICES),
                chance.randint(1, 9) * 10_000,
                chance.choice(list(TimeInForce)) if special else TimeInForce.GOOD_TIL_CANCELLED,
                conditions,
                chance.choice([None, "mine"]),
            )


def _of_staff(chance: random.Random) -> Command:
    match chance.randrange(6):
        case 0:
            return ChangeMarketState(1, MarketState.HALTED)
        case 1:
            return ChangeMarketState(1, MarketState.OPEN)
        case 2:
            return Deposit("alice", UNIT)
        case 3:
            return Withdraw("bob", UNIT)
        case 4:
            return ChangeMarketState(1, MarketState.CLOSED)
        case _:
            return SettleMarket(1, (chance.choice([1, 2]),), chance.random() < 0.3, "said so")


def folded_at_once(bodies: dict[str, list[bytes]]) -> dict[str, Document]:
    """What the documents come to, without a store, a batch or a checkpoint."""
    documents: dict[str, Document] = {}
    for stream, records in bodies.items():
        documents |= project(*(decode(body).events for body in records), stream=stream)
    return documents


def append(log: MemoryLog, stream: str, bodies: list[bytes]) -> None:
    """Adds records; record n of a stream is of second n, as in ``project``."""
    writer = log.writer(stream)
    newest = sum(1 for _ in writer.recover())
    for sequence, body in enumerate(bodies, newest + 1):
        writer.append(body, sequence * SECOND)
    writer.close()
