"""Owns the tests of the rules on money: a table of falsified events, and of settlements.

Never looks at orders.
Called by pytest.
"""

import pytest
from msgspec import structs

from actors.auditing.breaches import Rule
from actors.machines.messages.events import (
    Event,
    MoneyDeposited,
    MoneyWithdrawn,
    PositionSettled,
    VerdictNoted,
)
from actors.machines.messages.parts import Verdict
from tests.auditing.recorded import Change, doubled, fields, found_in, heats, removed
from tests.machines.town import UNIT


def paid_a_unit_more(event: Event) -> Event:
    """One unit of 1/10^8 from nowhere."""
    assert isinstance(event, PositionSettled)
    return structs.replace(event, balance=event.balance + 1)


def rounded_up(event: Event) -> Event:
    assert isinstance(event, PositionSettled)
    return structs.replace(
        event, commission=event.commission + 1, commission_total=event.commission_total + 1
    )


def won_more(event: Event) -> Event:
    """Consistent in itself: only the fills tell that it is too much."""
    assert isinstance(event, PositionSettled)
    more = UNIT
    return structs.replace(
        event, gross=event.gross + more, result=event.result + more, balance=event.balance + more
    )


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        (MoneyDeposited, fields(balance=999 * UNIT), Rule.CONSERVED),
        (MoneyDeposited, fields(amount=999 * UNIT), Rule.CONSERVED),
        (MoneyDeposited, doubled, Rule.CONSERVED),
        (MoneyDeposited, fields(account_id=999), Rule.IDENTITY),
        (MoneyWithdrawn, fields(balance=1_000 * UNIT), Rule.CONSERVED),
        (MoneyWithdrawn, fields(amount=1_001 * UNIT), Rule.FUNDS),
        (PositionSettled, paid_a_unit_more, Rule.CONSERVED),
        (PositionSettled, rounded_up, Rule.SETTLEMENT),
        (PositionSettled, won_more, Rule.SETTLEMENT),
        (PositionSettled, fields(version=2), Rule.SETTLEMENT),
        (PositionSettled, fields(void=True), Rule.SETTLEMENT),
        (PositionSettled, fields(order_ids=()), Rule.SETTLEMENT),
        (PositionSettled, fields(exposure=1), Rule.EXPOSURE),
        (PositionSettled, fields(market_exposure=1), Rule.EXPOSURE),
        (PositionSettled, fields(market_id=9), Rule.SETTLEMENT),
        (PositionSettled, fields(account_id=999), Rule.SETTLEMENT),
        (PositionSettled, removed, Rule.SETTLEMENT),
        (PositionSettled, doubled, Rule.SETTLEMENT),
        (VerdictNoted, removed, Rule.SETTLEMENT),
        (VerdictNoted, fields(clearing=1), Rule.CLEARING),
        (VerdictNoted, fields(verdict=Verdict(2, (1,))), Rule.SETTLEMENT),
        (VerdictNoted, fields(verdict=Verdict(1, (2,))), Rule.SETTLEMENT),
        (VerdictNoted, fields(market_id=9), Rule.SETTLEMENT),
    ],
)
def test_a_falsified_event_is_found(kind: type, change: Change, rule: Rule) -> None:
    assert rule in found_in(kind, change)


def test_a_correction_is_judged_by_what_was_moved_before() -> None:
    """The second verdict of each account stream, and the third, which voids."""
    for nth in range(2, 6):
        assert Rule.SETTLEMENT in found_in(PositionSettled, won_more, nth)


@pytest.mark.parametrize("nth", range(6))
def test_a_share_of_a_dead_heat_is_computed_anew(nth: int) -> None:
    """Each of both members' results of the verdict and its corrections."""
    assert Rule.SETTLEMENT in found_in(PositionSettled, won_more, nth, heats)


def test_with_several_winners_an_exposure_is_that_of_their_worst_subset() -> None:
    assert found_in(PositionSettled, fields(market_exposure=1), of=heats) == [Rule.EXPOSURE]
