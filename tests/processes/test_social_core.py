"""Owns the tests of a social host's core: it follows the logs of trading, and starts again where it was.

Never tests what an event leads to.
Called by pytest.
"""

import pytest

from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.commands import RegisterMember
from actors.machines.messages.record import decode
from actors.machines.streams import Streams
from actors.processes.local import LocalExchange
from rabbit.memory import MemoryLog
from tests.rabbit.rigs import everything

STREAMS = Streams(2, 2, 2)


def register(exchange: LocalExchange, username: str) -> None:
    exchange.ask(RegisterMember(username, "hash", username, f"key of {username}"))


def joined(log: MemoryLog) -> list[str]:
    return sorted(
        event.entry.username
        for name in STREAMS.social_names
        for record in everything(log.reader(name))
        for event in decode(record.body).events
        if isinstance(event, EntryAdded)
    )


@pytest.mark.parametrize("stopped", STREAMS.names)
def test_a_host_that_was_away_loses_and_doubles_nothing(stopped: str) -> None:
    log = MemoryLog()
    exchange = LocalExchange(STREAMS, log)
    members = ["ada", "bea", "cleo", "dora", "emil"]
    register(exchange, members[0])
    exchange.restart(stopped)
    for name in members[1:3]:
        register(exchange, name)
    for name in STREAMS.names:
        exchange.restart(name)
    for name in members[3:]:
        register(exchange, name)
    assert joined(log) == members
    hashes = exchange.state_hashes()
    for name in STREAMS.names:
        exchange.restart(name)
    assert exchange.state_hashes() == hashes


def test_members_who_came_while_it_was_stopped_are_met_afterwards() -> None:
    log = MemoryLog()
    exchange = LocalExchange(STREAMS, log)
    for name in STREAMS.social_names:
        exchange.stop(name)
    register(exchange, "ada")
    assert joined(log) == []
    for name in STREAMS.social_names:
        exchange.restart(name)
    assert joined(log) == ["ada"]
