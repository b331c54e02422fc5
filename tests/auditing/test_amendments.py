"""Owns the tests of the rules on amendments, at the account and at the market: a table of falsified events.

Never tests what an amendment does in a book.
Called by pytest.
"""

from functools import cache

import pytest
from msgspec import structs

from actors.auditing.breaches import Rule
from actors.auditing.entries import Entry
from actors.machines.messages.amendments import AmendOrder, AmendRefused, AmendRequested
from actors.machines.messages.answers import OrderResult
from actors.machines.messages.book_events import (
    AmendDelayed,
    AmendMissed,
    OrderMatched,
    OrderReduced,
    OrderReplaced,
)
from actors.machines.messages.commands import PlaceOrder, TurnInPlay
from actors.machines.messages.events import (
    Event,
    ExchangeStateNoted,
    OrderUpdated,
    VerdictNoted,
)
from actors.machines.messages.parts import Amended, Conditions, Verdict
from actors.machines.messages.words import ExchangeState, MarketState, OrderState, Reason, Side, TimeInForce
from actors.machines.streams import account_stream_of_id
from tests.auditing.recorded import Change, RecordedTown, audited, doubled, falsified, fields, found_in, rules
from tests.machines.town import LOT

KEPT = TimeInForce.KEEP_IN_PLAY
DELAY_MS = 2_000


@cache
def amendments() -> tuple[Entry, ...]:
    """Reduced, replaced, missed and ended by an amendment; then again in play, where some have to wait."""
    town = RecordedTown(in_play_delay_ms=DELAY_MS)
    first = bid(town, 5_000, 10)
    town.place(town.bob, Side.BUY, 5_000, LOT)
    town.place(town.bob, Side.SELL, 5_100, 3 * LOT)
    town.send(town.alice, AmendOrder(first, 8 * LOT))
    town.place(town.bob, Side.SELL, 5_000, LOT)
    town.send(town.alice, AmendOrder(first, 12 * LOT, 5_200))
    town.send(town.alice, AmendOrder(first, 2 * LOT))
    kept = bid(town, 4_000, 10)
    town.move(MarketState.HALTED)
    town.send(town.alice, AmendOrder(kept, 10 * LOT, 4_100))
    town.move(MarketState.OPEN)
    town.send(town.staff, TurnInPlay(1))
    wait(town, AmendOrder(kept, 10 * LOT, 4_200))
    wait(town, PlaceOrder(1, 1, Side.BUY, 1_000, 4 * LOT), shrinking=True)
    say(town, AmendOrder(kept, 10 * LOT, 4_300))
    town.settle(1)
    town.assert_sound()
    return tuple(town.entries)


def bid(town: RecordedTown, price: int, lots: int) -> int:
    placed = town.place(town.alice, Side.BUY, price, lots * LOT, time_in_force=KEPT)
    assert isinstance(placed, OrderResult)
    return placed.order_id


def say(town: RecordedTown, command: AmendOrder | PlaceOrder) -> None:
    """Alice asks for it; whatever has to wait, waits."""
    town.turn(account_stream_of_id(town.alice), [("ticket", town.request_of(town.alice, command))])
    town.deliver()


def wait(town: RecordedTown, command: AmendOrder | PlaceOrder, *, shrinking: bool = False) -> None:
    """The same, until the delay is over; an order may become less of it meanwhile."""
    say(town, command)
    if shrinking:
        orders = town.accounts(account_stream_of_id(town.alice)).accounts[town.alice].orders
        say(town, AmendOrder(max(orders), LOT))
    town.time += DELAY_MS * 1_000 + 10
    town.turn(town.streams.of_market(1))
    town.deliver()


def arriving(**changes: object) -> Change:
    """A replaced order that arrived with other fields."""

    def change(event: Event) -> Event:
        assert isinstance(event, OrderReplaced)
        return structs.replace(event, arrival=structs.replace(event.arrival, **changes))

    change.__name__ = f"arrival: {', '.join(f'{name}={value}' for name, value in changes.items())}"
    return change


def unamended(event: Event) -> Event:
    assert isinstance(event, OrderUpdated)
    return structs.replace(event, amended=None)


def test_the_history_is_lawful_and_has_it_all() -> None:
    assert audited(amendments()) == []
    happened = [event for entry in amendments() for event in entry.body.events]
    kinds = (AmendRequested, AmendRefused, OrderReduced, OrderReplaced, AmendMissed, AmendDelayed)
    counts = {kind.__name__: sum(type(event) is kind for event in happened) for kind in kinds}
    assert counts == {
        "AmendRequested": 7,
        "AmendRefused": 2,
        "OrderReduced": 3,
        "OrderReplaced": 2,
        "AmendMissed": 2,
        "AmendDelayed": 2,
    }


@pytest.mark.parametrize(
    ("kind", "nth", "change", "rule"),
    [
        # Asked for.
        (AmendRequested, 0, fields(order_id=999), Rule.ORDER),
        (AmendRequested, 0, fields(account_id=999), Rule.ORDER),
        (AmendRequested, 0, doubled, Rule.ORDER),
        (AmendRequested, 0, doubled, Rule.ONCE),
        (AmendRequested, 0, fields(quantity_before=LOT), Rule.ORDER),
        (AmendRequested, 0, fields(exposure=0), Rule.EXPOSURE),
        (AmendRequested, 1, fields(market_exposure=0), Rule.EXPOSURE),
        (AmendRequested, 1, fields(quantity=3_000 * LOT), Rule.EXPOSURE),
        (
            AmendRequested,
            1,
            fields(
                quantity=3_000 * LOT,
                exposure=3_000 * LOT * 5_200 - LOT * 200,
                market_exposure=3_000 * LOT * 5_200 - LOT * 200,
            ),
            Rule.FUNDS,
        ),
        (AmendRequested, 1, fields(time_in_force=TimeInForce.GOOD_TIL_HALTED), Rule.TOLD),
        # Refused.
        (AmendRefused, 0, fields(exposure=0), Rule.EXPOSURE),
        (AmendRefused, 0, fields(account_id=999), Rule.ORDER),
        (AmendRefused, 0, fields(market_id=9), Rule.ORDER),
        (AmendRefused, 0, doubled, Rule.CAUSE),
        # Carried out in the book.
        (OrderReduced, 0, fields(order_id=999), Rule.ORDER),
        (OrderReduced, 0, fields(contract_id=2), Rule.ORDER),
        (OrderReduced, 0, fields(contract_id=9), Rule.LIFE),
        (OrderReduced, 0, fields(left=7 * LOT), Rule.ORDER),
        (OrderReduced, 0, fields(reduced=3 * LOT, left=7 * LOT), Rule.CAUSE),
        (OrderReduced, 0, fields(quantity=7 * LOT), Rule.CAUSE),
        (OrderReduced, 0, fields(waits=True), Rule.ORDER),
        (OrderReduced, 0, doubled, Rule.CAUSE),
        (OrderReplaced, 0, fields(price=4_900), Rule.ORDER),
        (OrderReplaced, 0, fields(left=LOT), Rule.ORDER),
        (OrderReplaced, 0, fields(quantity=13 * LOT), Rule.CAUSE),
        (OrderReplaced, 0, arriving(price=5_150), Rule.CAUSE),
        (OrderReplaced, 0, arriving(quantity=12 * LOT, left=9 * LOT), Rule.CAUSE),
        (OrderReplaced, 0, arriving(side=Side.SELL), Rule.ORDER),
        (OrderReplaced, 0, arriving(fills=(), left=11 * LOT), Rule.CROSSED),
        (OrderReplaced, 0, arriving(left=LOT), Rule.QUANTITY),
        (OrderReplaced, 0, arriving(time_in_force=TimeInForce.GOOD_TIL_HALTED), Rule.CAUSE),
        (AmendMissed, 0, fields(order_id=999), Rule.CAUSE),
        (AmendMissed, 0, fields(reason=Reason.TOO_LATE), Rule.TOLD),
        # After a delay.
        (AmendDelayed, 0, fields(price=4_300), Rule.CAUSE),
        (AmendDelayed, 0, fields(due_time=1), Rule.CONDITIONS),
        (AmendDelayed, 0, doubled, Rule.ORDER),
        (OrderReplaced, 1, fields(delayed=False), Rule.CONDITIONS),
        (OrderReplaced, 1, arriving(price=4_250), Rule.ORDER),
        (OrderReplaced, 0, fields(delayed=True), Rule.ORDER),
        (OrderReduced, 2, fields(price=1_001), Rule.CONDITIONS),
        (AmendMissed, 1, fields(delayed=False), Rule.CAUSE),
        (OrderReduced, 0, fields(side=Side.SELL), Rule.ORDER),
    ],
)
def test_a_falsified_event_is_found(kind: type, nth: int, change: Change, rule: Rule) -> None:
    assert rule in found_in(kind, change, nth, amendments)


def nth_amended(wanted: int) -> int:
    """Which of the market's words on orders is the so manieth on an amendment."""
    words = [
        event for entry in amendments() for event in entry.body.events if isinstance(event, OrderUpdated)
    ]
    return [at for at, event in enumerate(words) if event.amended is not None][wanted]


@pytest.mark.parametrize(
    ("wanted", "change", "rule"),
    [
        (0, unamended, Rule.ORDER),
        (0, fields(amended=Amended(5_000, 7 * LOT)), Rule.ORDER),
        (0, fields(amended=Amended(4_000, 8 * LOT)), Rule.CAUSE),
        (1, fields(amended=Amended(5_200, 13 * LOT)), Rule.ORDER),
        (1, fields(state=OrderState.CREATED), Rule.ORDER),
        (2, fields(amended=Amended(5_200, 3 * LOT)), Rule.ORDER),
    ],
)
def test_an_order_becomes_at_its_account_what_it_became_in_the_book(
    wanted: int, change: Change, rule: Rule
) -> None:
    assert rule in found_in(OrderUpdated, change, nth_amended(wanted), amendments)


def test_an_amendment_that_nobody_asked_for_is_found() -> None:
    nth = next(
        at
        for at, event in enumerate(
            event for entry in amendments() for event in entry.body.events if isinstance(event, OrderUpdated)
        )
        if event.amended is None and event.left
    )
    assert Rule.ORDER in found_in(OrderUpdated, fields(amended=Amended(5_000, 10 * LOT)), nth, amendments)


def test_who_loses_the_place_that_a_reduced_order_kept_is_found() -> None:
    """The order that was reduced is the older one: a match that passes it over is a breach of priority."""
    entries, _ = falsified(OrderMatched, passing_the_first_over, 3, amendments)
    assert Rule.PRIORITY in rules(audited(entries))


def passing_the_first_over(event: Event) -> Event:
    assert isinstance(event, OrderMatched)
    (fill,) = event.fills
    return structs.replace(event, fills=(structs.replace(fill, order_id=33, account_id=33),))


def test_an_amendment_is_not_carried_out_before_its_time() -> None:
    entries, entry = falsified(AmendDelayed, fields(due_time=10**15), 0, amendments)
    later = [breach for breach in audited(entries) if breach.sequence > entry.sequence]
    assert "is amended before its time, 1000000000000000" in later[0].what


@pytest.mark.parametrize(
    ("before", "rule"),
    [
        (ExchangeStateNoted(1, ExchangeState.HALTED, False, "fire", 1), Rule.LIFE),
        (VerdictNoted(1, Verdict(1, (1,)), 0), Rule.LIFE),
    ],
)
def test_nothing_is_replaced_in_a_halted_exchange_or_a_settled_market(
    before: ExchangeStateNoted | VerdictNoted, rule: Rule
) -> None:
    town = RecordedTown()
    order_id = bid(town, 5_000, 1)
    town.send(town.alice, AmendOrder(order_id, LOT, 5_100))
    assert rule in found_with(town.entries, before)


def found_with(entries: list[Entry], event: Event) -> list[Rule]:
    """What is found if this happened just before the amendment was asked for."""
    changed = [
        entry._replace(
            body=structs.replace(
                entry.body,
                events=tuple(
                    each
                    for known in entry.body.events
                    for each in ((event, known) if isinstance(known, AmendRequested) else (known,))
                ),
            )
        )
        for entry in entries
    ]
    return rules(audited(changed))


def test_prices_and_sizes_that_the_market_lacks_are_found() -> None:
    def enlarged(event: Event) -> Event:
        assert isinstance(event, AmendRequested)
        return structs.replace(event, quantity=10**10 + 1)

    assert Rule.TERMS in found_in(AmendRequested, enlarged, 1, amendments)


def test_conditions_are_those_of_the_order() -> None:
    post_only = fields(conditions=Conditions(post_only=True))
    assert Rule.TOLD in found_in(AmendRequested, post_only, 0, amendments)
