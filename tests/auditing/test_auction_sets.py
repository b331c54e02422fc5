"""Owns the tests of the rules on sets that auctions end with: a lawful history, and falsified events.

Never repeats which set is due in other cases: the machine's tests compare all with a rule of their own.
Called by pytest.
"""

from functools import cache

import pytest
from msgspec import structs

from actors.auditing.auction_sets import makes_a_set
from actors.auditing.books import RestingOrder
from actors.auditing.breaches import Rule
from actors.auditing.entries import Entry
from actors.machines import limits
from actors.machines.market_stream import auction_sets
from actors.machines.messages.auctions import SetUncrossed
from actors.machines.messages.book_events import OrderCancelled
from actors.machines.messages.events import Event, MarketOpened
from actors.machines.messages.posted import OrderReport
from actors.machines.messages.words import MarketState, Reason, Side
from tests.auditing.recorded import Change, after, audited, doubled, fields, followed_by, found_in, removed
from tests.machines.auction_town import MARKET, A, B, C, SetTown
from tests.machines.town import LOT

BUY = Side.BUY


@cache
def sets() -> tuple[Entry, ...]:
    """Two sets of bids, an order cancelled for its own account's, then one set of offers as it closes."""
    town = SetTown()
    town.order(town.alice, BUY, 5_000, 3)
    town.order(town.bob, BUY, 3_000, contract_id=B)
    town.order(town.bob, BUY, 2_900, 3, contract_id=B)
    town.order(town.carol, BUY, 2_500, 2, contract_id=C)
    town.order(town.alice, BUY, 2_450, 2, contract_id=C)
    town.move(MarketState.OPEN)
    town.move(MarketState.AUCTION)
    town.bid(5_100, 3_100, 1_000, side=Side.SELL)
    town.move(MarketState.CLOSED)
    town.assert_sound()
    return tuple(town.entries)


def test_a_lawful_history_of_such_sets_breaches_nothing() -> None:
    assert audited(sets()) == []
    events = [event for entry in sets() for event in entry.body.events]
    assert sum(isinstance(event, SetUncrossed) for event in events) == 3
    assert next(each.reason for each in events if isinstance(each, OrderCancelled)) is Reason.SELF_TRADE


def taken(**changes: object) -> Change:
    """The order that counts as arriving is another one."""

    def change(event: Event) -> SetUncrossed:
        assert isinstance(event, SetUncrossed)
        return structs.replace(event, taken=structs.replace(event.taken, **changes))

    change.__name__ = f"taken {changes}"
    return change


def one_set(**changes: object) -> Change:
    """The set is another one."""

    def change(event: Event) -> SetUncrossed:
        assert isinstance(event, SetUncrossed)
        (one,) = event.taken.sets
        return structs.replace(
            event, taken=structs.replace(event.taken, sets=(structs.replace(one, **changes),))
        )

    change.__name__ = f"set {changes}"
    return change


def first_leg(**changes: object) -> Change:
    """One of the others is another one."""

    def change(event: Event) -> Event:
        assert isinstance(event, SetUncrossed)
        leg, *legs = event.taken.sets[0].legs
        changed = one_set(legs=(structs.replace(leg, **changes), *legs))(event)
        assert isinstance(changed, SetUncrossed)
        return changed

    change.__name__ = f"first leg {changes}"
    return change


def instead(reason: Reason) -> Change:
    """The first of the others is cancelled, and then the set is traded nevertheless."""

    def change(event: Event) -> list[Event]:
        assert isinstance(event, SetUncrossed)
        leg = event.taken.sets[0].legs[0]
        return [
            OrderCancelled(MARKET, A, leg.order_id, leg.account_id, BUY, 5_000, 3 * LOT, reason),
            event,
        ]

    change.__name__ = f"instead {reason}"
    return change


NOT_THERE = OrderCancelled(MARKET, A, 16, 16, BUY, 5_000, LOT, Reason.SELF_TRADE)


@pytest.mark.parametrize(
    ("kind", "nth", "change", "rule"),
    [
        (SetUncrossed, 0, removed, Rule.CROSSED),
        (SetUncrossed, 2, removed, Rule.CROSSED),
        (SetUncrossed, 0, doubled, Rule.EXECUTIONS),
        (SetUncrossed, 2, doubled, Rule.AUCTION),
        (SetUncrossed, 0, fields(market_id=99), Rule.LIFE),
        (SetUncrossed, 0, after(MarketOpened(MARKET)), Rule.LIFE),
        (SetUncrossed, 0, taken(contract_id=99), Rule.LIFE),
        (SetUncrossed, 0, taken(quantity=2 * LOT), Rule.AUCTION),
        (SetUncrossed, 0, taken(price=2_600), Rule.AUCTION),
        (SetUncrossed, 0, taken(order_id=16), Rule.AUCTION),
        (SetUncrossed, 0, taken(side=Side.SELL), Rule.AUCTION),
        (SetUncrossed, 0, taken(left=LOT), Rule.AUCTION),
        (SetUncrossed, 0, one_set(execution_id=9), Rule.EXECUTIONS),
        (SetUncrossed, 0, one_set(price=2_001), Rule.AUCTION),
        (SetUncrossed, 0, one_set(quantity=2 * LOT), Rule.AUCTION),
        (SetUncrossed, 0, one_set(legs=()), Rule.AUCTION),
        (SetUncrossed, 0, first_leg(price=5_001), Rule.AUCTION),
        (SetUncrossed, 0, first_leg(account_id=99), Rule.AUCTION),
        (SetUncrossed, 0, first_leg(order_id=99), Rule.AUCTION),
        (OrderCancelled, 0, removed, Rule.CROSSED),
        (OrderCancelled, 0, fields(reason=Reason.LIMIT_EXCEEDED), Rule.AUCTION),
        (SetUncrossed, 0, instead(Reason.SELF_TRADE), Rule.AUCTION),
        (SetUncrossed, 0, instead(Reason.LIMIT_EXCEEDED), Rule.AUCTION),
        (SetUncrossed, 0, instead(Reason.INSUFFICIENT_LIQUIDITY), Rule.AUCTION),
        (SetUncrossed, 0, instead(Reason.MEMBER_REQUESTED), Rule.CAUSE),
        (SetUncrossed, 2, followed_by(NOT_THERE), Rule.ORDER),
    ],
)
def test_a_falsified_event_is_found(kind: type, nth: int, change: Change, rule: Rule) -> None:
    assert rule in found_in(kind, change, nth, sets)


def test_what_a_record_tells_of_a_set_is_compared() -> None:
    told = [
        message
        for entry in sets()
        if any(isinstance(event, SetUncrossed) for event in entry.body.events)
        for sent in entry.body.sent.values()
        for message in sent.messages
        if isinstance(message, OrderReport) and message.fills
    ]
    assert len(told) == 3 * 3
    assert Rule.TOLD in found_in(SetUncrossed, first_leg(price=4_999), 0, sets)


def test_so_many_sets_an_auction_may_end_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with another limit than the audit's: what it cancels, and what it doesn't."""

    def ended(machine: int, audit: int) -> list[str]:
        monkeypatch.setattr(auction_sets, "SET_LEGS_PER_AUCTION_MAX", machine)
        monkeypatch.setattr(limits, "SET_LEGS_PER_AUCTION_MAX", audit)
        town = SetTown()
        town.bid(5_000, 3_000, 2_500)
        town.move(MarketState.OPEN)
        return [breach.what for breach in audited(town.entries)]

    assert ended(1, 1) == ended(2, 2) == []
    assert "had to trade" in ended(1, 2)[0]
    assert "have 2 legs" in ended(2, 1)[0]


def test_a_set_needs_an_order_of_every_contract() -> None:
    town = SetTown()
    assert town.market.details.cross_matching
    assert not makes_a_set(A, RestingOrder(1, LOT, 9_999, buys=True), {})
