"""Owns the tests of record bodies: every message survives the wire, and names are unique.

Never tests what a record means.
Called by pytest.
"""

from typing import get_args

import msgspec
import pytest

from actors.machines.messages import commands, events, posted
from actors.machines.messages.record import Body, decode, decode_events, encode
from actors.machines.messages.words import Side
from tests.machines.town import LOT, OpenTown


def lived_in_town() -> OpenTown:
    """A town in which nearly everything has happened."""
    town = OpenTown(commission=100)
    town.place(town.alice, Side.BUY, 5000, LOT, reference_id="mine")
    town.place(town.bob, Side.SELL, 4000, 2 * LOT)
    town.place(town.bob, Side.BUY, 9000, LOT)
    town.send(town.bob, commands.CancelAll())
    town.send(town.alice, commands.CancelReference("mine"), commands.ChangeProfile("A", "b"))
    town.send(town.staff, commands.ChangeEvent(1, description="changed"), commands.Withdraw("bob", 1))
    town.settle(1)
    return town


def test_what_a_turn_wrote_is_what_is_read() -> None:
    bodies = [body for bodies in lived_in_town().bodies.values() for body in bodies]
    assert len(bodies) > 20
    for body in bodies:
        assert encode(decode(body)) == body


def test_a_body_is_readable_by_eye() -> None:
    body = Body({"accounts-0": 3}, (events.MarketOpened(7),), {}, {})
    assert encode(body) == b'[{"accounts-0":3},[["MarketOpened",7]],{},{},{}]'


def test_who_only_follows_what_happens_reads_the_events_alone() -> None:
    happened = (events.MarketOpened(7), events.MarketClosed(7))
    assert decode_events(encode(Body({"markets-0": 3}, happened, {}, {"markets-1": 4}))) == happened


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'[{},[["MarketOpened"]],{},{}]',
        b'[{},[["MarketOpened",0]],{},{}]',
        b'[{},[["MarketFlooded",7]],{},{}]',
        b'[{},[["MarketOpened",7.0]],{},{}]',
        b'[{},[["MarketOpened",7]],{"a":[1,[["MarketOpened",7]]]},{}]',
    ],
)
def test_what_is_no_body_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(data)


@pytest.mark.parametrize("union", [events.Event, posted.Posted, commands.Asked, commands.Command])
def test_the_names_of_a_union_are_unique(union: object) -> None:
    names = [kind.__name__ for kind in get_args(union)]
    assert len(names) == len(set(names)) > 3
