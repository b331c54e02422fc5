"""Owns the tests of the rules on orders at their account: a table of falsified events.

Never looks into a book.
Called by pytest.
"""

import pytest
from msgspec import structs

from actors.auditing.breaches import Rule
from actors.machines.messages.events import (
    CancelRefused,
    CancelRequested,
    Event,
    ExchangeStateNoted,
    OrderPlaced,
    OrderUpdated,
    TermsNoted,
    VerdictNoted,
)
from actors.machines.messages.parts import Fill, LadderStep
from actors.machines.messages.words import ExchangeState, OrderState, Reason, Side, TimeInForce
from tests.auditing.recorded import (
    Change,
    after,
    audited,
    doubled,
    falsified,
    fields,
    followed_by,
    found_in,
    rules,
)
from tests.machines.town import LOT, UNIT

LATE = OrderPlaced(
    32, 999 << 4, 99, 0, 1, 1, Side.BUY, 5_000, LOT, TimeInForce.GOOD_TIL_CANCELLED, None, 1, 0, 0
)
LATE_FILL = OrderUpdated(
    32, 999 << 4, 1, 1, Side.BUY, (Fill(9, 5_000, LOT),), 0, OrderState.FILLED, None, True, 1, 0, 0
)


@pytest.mark.parametrize(
    ("kind", "nth", "change", "rule"),
    [
        # Accepted.
        (OrderPlaced, 0, fields(exposure=4 * UNIT), Rule.EXPOSURE),
        (OrderPlaced, 0, fields(market_exposure=4 * UNIT), Rule.EXPOSURE),
        (OrderPlaced, 0, fields(exposure=0, market_exposure=0), Rule.EXPOSURE),
        (OrderPlaced, 0, fields(quantity=3_000 * LOT), Rule.EXPOSURE),
        (
            OrderPlaced,
            0,
            fields(quantity=3_000 * LOT, exposure=1_500 * UNIT, market_exposure=1_500 * UNIT),
            Rule.FUNDS,
        ),
        (OrderPlaced, 0, fields(price=5_001), Rule.EXPOSURE),
        (OrderPlaced, 0, fields(side=Side.SELL, price=5_001), Rule.EXPOSURE),
        (OrderPlaced, 0, fields(contract_id=9), Rule.TERMS),
        (OrderPlaced, 0, fields(market_id=9), Rule.TERMS),
        (OrderPlaced, 0, fields(account_id=999), Rule.IDENTITY),
        (OrderPlaced, 0, fields(order_id=1 << 4 | 5), Rule.IDENTITY),
        (OrderPlaced, 1, doubled, Rule.IDENTITY),
        (OrderPlaced, 1, after(ExchangeStateNoted(1, ExchangeState.HALTED, False, "fire", 1)), Rule.LIFE),
        # The market's word.
        (OrderUpdated, 0, fields(order_id=999), Rule.ORDER),
        (OrderUpdated, 0, fields(account_id=999), Rule.ORDER),
        (OrderUpdated, 0, fields(market_id=9), Rule.ORDER),
        (OrderUpdated, 0, fields(contract_id=2), Rule.ORDER),
        (OrderUpdated, 0, fields(side=Side.SELL), Rule.ORDER),
        (OrderUpdated, 0, fields(left=LOT), Rule.ORDER),
        (OrderUpdated, 0, fields(left=LOT), Rule.EXPOSURE),
        (OrderUpdated, 0, fields(exposure=0), Rule.EXPOSURE),
        (OrderUpdated, 0, fields(market_exposure=0), Rule.EXPOSURE),
        (OrderUpdated, 0, fields(state=OrderState.PARTIAL), Rule.ORDER),
        (OrderUpdated, 0, fields(taker=False), Rule.ORDER),
        (OrderUpdated, 0, doubled, Rule.ORDER),
        (OrderUpdated, 0, fields(fills=(Fill(1, 5_100, LOT),), left=9 * LOT), Rule.ORDER),
        (OrderUpdated, 0, fields(fills=(Fill(1, 5_000, 11 * LOT),), left=0), Rule.ORDER),
        (OrderUpdated, 0, fields(reason=Reason.MARKET_HALTED), Rule.ORDER),
        # Once the market is settled.
        (VerdictNoted, 0, followed_by(LATE), Rule.LIFE),
        (VerdictNoted, 0, followed_by(LATE, LATE_FILL), Rule.LIFE),
        # Cancels.
        (OrderUpdated, 0, fields(reason=Reason.MEMBER_REQUESTED, left=0), Rule.ORDER),
        (CancelRequested, 0, fields(order_id=999), Rule.ORDER),
        (CancelRefused, 0, doubled, Rule.ORDER),
    ],
)
def test_a_falsified_event_is_found(kind: type, nth: int, change: Change, rule: Rule) -> None:
    assert rule in found_in(kind, change, nth)


def test_the_breach_names_the_market_and_says_what_was_seen() -> None:
    entries, entry = falsified(OrderPlaced, fields(exposure=4 * UNIT))
    breach = audited(entries)[0]
    assert (breach.market_id, breach.name) == (1, f"exposure at {entry.stream}:{entry.sequence}")
    assert "leaves account 17 with an exposure of 500000000 in its market and 400000000 in all" in breach.what
    assert "but the worst case is 500000000 there, which makes 500000000 in all" in breach.what


def test_a_wrong_exposure_is_said_once_and_gone_on_from() -> None:
    entries, _ = falsified(OrderPlaced, fields(exposure=4 * UNIT))
    exposures = [breach for breach in audited(entries) if breach.rule is Rule.EXPOSURE]
    assert len(exposures) == 2, "where it was falsified, and where the next event is as it was"


def test_a_price_is_on_the_ladder() -> None:
    """Of a market whose ladder had one price, every order would be found."""

    def narrowed(event: Event) -> Event:
        assert isinstance(event, TermsNoted)
        return TermsNoted(structs.replace(event.terms, ladder=(LadderStep(1, 1, 1),)))

    entries, _ = falsified(TermsNoted, narrowed)
    assert Rule.TERMS in rules(audited(entries))


def test_what_follows_a_fill_after_the_end_is_said_too() -> None:
    entries, entry = falsified(VerdictNoted, followed_by(LATE, LATE_FILL))
    whats = [breach.what for breach in audited(entries) if breach.sequence == entry.sequence]
    assert f"order {LATE.order_id} traded after its market was settled" in whats
