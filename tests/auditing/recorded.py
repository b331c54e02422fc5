"""Owns lawful logs for the tests of the audit: a town of real machines, its records in the order of turns.

Never judges: ``falsified`` makes a log with one event changed, ``found_in`` says what an audit finds in it.
Called by the tests of the audit.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache

from msgspec import structs

from actors.auditing.auditor import Auditor
from actors.auditing.breaches import Breach, Rule
from actors.auditing.entries import Entry
from actors.machines.messages.answers import OrderResult, Result
from actors.machines.messages.challenges import AcceptChallenge, DeclineChallenge, Offer, OfferChallenge
from actors.machines.messages.commands import (
    Asked,
    CancelOrder,
    CancelReference,
    Deposit,
    PlaceOrder,
    Withdraw,
)
from actors.machines.messages.events import Event
from actors.machines.messages.letters import Letter
from actors.machines.messages.record import Body, decode, encode
from actors.machines.messages.words import MarketState, Side, TimeInForce
from actors.machines.stream.state import Reading
from actors.machines.streams import Streams
from tests.machines.town import LOT, UNIT, OpenTown

Change = Callable[[Event], Event | list[Event]]
History = Callable[[], tuple[Entry, ...]]


class RecordedTown(OpenTown):
    """An open town that keeps every record as a follower of the log gets it."""

    def __init__(
        self,
        contracts: tuple[str, ...] = ("Yes", "No"),
        commission: int = 0,
        streams: Streams | None = None,
        *,
        opened: bool = True,
        winner_count: int = 1,
        in_play_delay_ms: int = 0,
        cross_matching: bool = False,
    ) -> None:
        self.entries: list[Entry] = []
        super().__init__(
            contracts,
            commission,
            streams,
            winner_count=winner_count,
            opened=opened,
            in_play_delay_ms=in_play_delay_ms,
            cross_matching=cross_matching,
        )

    def turn(
        self,
        name: str,
        asks: Sequence[tuple[object, Asked]] = (),
        letters: Sequence[Letter] = (),
        read: Sequence[Reading] = (),
    ) -> Body | None:
        body = super().turn(name, asks, letters, read)
        if body is not None:
            self.entries.append(Entry(name, len(self.bodies[name]), self.time, decode(encode(body))))
        return body


def audited(entries: Iterable[Entry], streams: Streams | None = None) -> list[Breach]:
    """All that an auditor finds in these records, and at rest after them."""
    auditor = Auditor((streams or Streams()).names)
    found = [breach for entry in entries for breach in auditor.feed(entry)]
    return found + auditor.at_rest()


def rules(breaches: Iterable[Breach]) -> list[Rule]:
    """Their rules, each once."""
    return list(dict.fromkeys(breach.rule for breach in breaches))


@cache
def history() -> tuple[Entry, ...]:
    """A market from its making to a verdict, its correction and its voiding; members do well or badly."""
    town = RecordedTown(("Home", "Draw", "Away"), commission=200)
    town.send(town.staff, Withdraw("bob", 100 * UNIT))
    town.place(town.alice, Side.BUY, 5_000, 10 * LOT)
    town.place(town.bob, Side.BUY, 5_000, 10 * LOT)
    town.place(town.bob, Side.SELL, 4_000, 5 * LOT)
    town.place(town.bob, Side.SELL, 6_000, 5 * LOT, reference_id="first")
    town.place(town.alice, Side.BUY, 7_000, 2 * LOT)
    town.place(town.alice, Side.SELL, 9_000, 5 * LOT, contract_id=2)
    town.place(town.alice, Side.BUY, 100, LOT, time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL)
    town.place(town.alice, Side.BUY, 9_000, 1_000_000 * LOT)
    town.send(town.bob, CancelReference("first"))
    (late,) = town.send(town.alice, PlaceOrder(1, 2, Side.BUY, 200, LOT))
    assert isinstance(late, OrderResult)
    town.send(town.alice, CancelOrder(late.order_id), CancelOrder(late.order_id))
    town.move(MarketState.HALTED)
    town.place(town.alice, Side.BUY, 5_000, 10 * LOT)
    town.move(MarketState.OPEN)
    town.place(town.bob, Side.SELL, 5_000, 3 * LOT)
    town.settle(1)
    town.settle(2)
    town.settle(void=True)
    town.send(town.staff, Deposit("nobody", UNIT))
    town.assert_sound()
    return tuple(town.entries)


@cache
def heats() -> tuple[Entry, ...]:
    """Two of four win; three share the second place, and by a correction all four share both."""
    town = RecordedTown(("Gulls", "Herons", "Terns", "Auks"), commission=333, winner_count=2)
    for contract_id, price in ((1, 5_000), (2, 4_100), (3, 6_300), (4, 900)):
        town.place(town.bob, Side.SELL, price, 10 * LOT + contract_id, contract_id=contract_id)
        town.place(town.alice, Side.BUY, price, 7 * LOT + contract_id, contract_id=contract_id)
    town.place(town.bob, Side.BUY, 2_000, 3 * LOT, contract_id=4)
    town.settle(2, dead_heat=(4, 1, 3))
    town.settle(dead_heat=(1, 2, 3, 4))
    town.settle(1, 4)
    town.assert_sound()
    return tuple(town.entries)


@cache
def duels() -> tuple[Entry, ...]:
    """Challenges that alice offers: to bob, who accepts one, declines one and sees others end; to anyone."""
    town = RecordedTown()
    soon = town.time + 1_000_000
    to_bob = Offer(town.bob, "bob", soon, "I dare you")
    to_anyone = Offer(0, None, soon)
    accepted, declined, withdrawn, _, _ = (
        order_id_of(town.send(town.alice, OfferChallenge(1, 1, Side.BUY, 4_000, 10 * LOT, offer)))
        for offer in (to_bob, to_bob, to_bob, to_anyone, Offer(0, None, 2 * soon))
    )
    acceptance = AcceptChallenge(1, accepted, 1, Side.BUY, 4_000, 10 * LOT)
    town.send(town.bob, acceptance)
    town.send(town.bob, acceptance, DeclineChallenge(1, declined), DeclineChallenge(1, declined))
    town.send(town.alice, CancelOrder(withdrawn))
    town.time = soon
    town.turn(town.streams.of_market(1))
    town.deliver()
    town.settle(1)
    town.assert_sound()
    return tuple(town.entries)


def order_id_of(results: tuple[Result, ...]) -> int:
    (result,) = results
    assert isinstance(result, OrderResult), result
    return result.order_id


def fields(**changes: object) -> Change:
    """An event with other fields. The function is named after them, and so are the tests that use it."""

    def change(event: Event) -> Event:
        return structs.replace(event, **changes)

    change.__name__ = ", ".join(f"{name}={value}" for name, value in changes.items())
    return change


def followed_by(*events: Event) -> Change:
    """An event, and others after it."""

    def change(event: Event) -> list[Event]:
        return [event, *events]

    change.__name__ = f"followed by {', '.join(type(event).__name__ for event in events)}"
    return change


def after(*events: Event) -> Change:
    """An event, and others before it."""

    def change(event: Event) -> list[Event]:
        return [*events, event]

    change.__name__ = f"after {', '.join(type(event).__name__ for event in events)}"
    return change


def falsified(kind: type, change: Change, nth: int = 0, of: History = history) -> tuple[list[Entry], Entry]:
    """The history with one event (the nth of its kind) changed, and the record that holds it."""
    entries = list(of())
    places = [
        (at, inside)
        for at, entry in enumerate(entries)
        for inside, event in enumerate(entry.body.events)
        if type(event) is kind
    ]
    at, inside = places[nth]
    body = entries[at].body
    changed = change(body.events[inside])
    instead = tuple(changed) if isinstance(changed, list) else (changed,)
    events = (*body.events[:inside], *instead, *body.events[inside + 1 :])
    entries[at] = entries[at]._replace(body=structs.replace(body, events=events))
    return entries, entries[at]


def found_in(kind: type, change: Change, nth: int = 0, of: History = history) -> list[Rule]:
    """The rules that the changed record breaks; it must be the first that breaks any."""
    entries, entry = falsified(kind, change, nth, of)
    breaches = audited(entries)
    assert breaches, "nothing was found"
    assert (breaches[0].stream, breaches[0].sequence) == (entry.stream, entry.sequence), breaches[0]
    return rules(breach for breach in breaches if breach.sequence == entry.sequence)


def removed(_event: Event) -> list[Event]:
    """Instead of an event: none."""
    return []


def doubled(event: Event) -> list[Event]:
    """Instead of an event: it, twice."""
    return [event, event]
