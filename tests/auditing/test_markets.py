"""Owns the tests of the audit of a market stream: a table of falsified events.

Never repeats the table of matching: test_books.py has it.
Called by pytest.
"""

import pytest
from msgspec import structs

from actors.auditing.breaches import Rule
from actors.machines.messages.book_events import OrderCancelled, OrderMatched
from actors.machines.messages.events import (
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketOpened,
    MarketSettled,
    SettlementCompleted,
    TermsAcknowledged,
    VerdictAcknowledged,
    VerdictNoted,
)
from actors.machines.messages.parts import Share, Verdict
from tests.auditing.recorded import (
    Change,
    after,
    audited,
    doubled,
    fields,
    followed_by,
    found_in,
    heats,
    removed,
)
from tests.machines.town import LOT


@pytest.mark.parametrize(
    ("kind", "nth", "change", "rule"),
    [
        (MarketCreated, 0, doubled, Rule.IDENTITY),
        (MarketCreated, 0, followed_by(VerdictNoted(1, Verdict(1, (1,)), 0)), Rule.SEQUENCE),
        # Only an open market trades.
        (MarketHalted, 0, followed_by(MarketClosed(1)), Rule.LIFE),
        (OrderMatched, 0, after(MarketHalted(1)), Rule.LIFE),
        (OrderMatched, 0, fields(market_id=9), Rule.LIFE),
        (OrderMatched, 0, fields(contract_id=9), Rule.LIFE),
        (MarketOpened, 0, fields(market_id=9), Rule.LIFE),
        (MarketOpened, 1, doubled, Rule.LIFE),
        (MarketClosed, 0, doubled, Rule.LIFE),
        (OrderCancelled, 2, removed, Rule.LIFE),
        # What was awaited.
        (TermsAcknowledged, 0, followed_by(MarketOpened(1)), Rule.LIFE),
        (TermsAcknowledged, 0, doubled, Rule.LIFE),
        (TermsAcknowledged, 0, fields(stream="accounts-9"), Rule.LIFE),
        (VerdictAcknowledged, 0, followed_by(SettlementCompleted(1, 1)), Rule.SETTLEMENT),
        (VerdictAcknowledged, 0, fields(version=2), Rule.SETTLEMENT),
        (VerdictAcknowledged, 1, fields(clearing=1), Rule.CLEARING),
        (SettlementCompleted, 0, fields(version=2), Rule.SETTLEMENT),
        # Verdicts.
        (MarketSettled, 0, fields(verdict=Verdict(2, (1,))), Rule.SETTLEMENT),
        (MarketSettled, 0, fields(verdict=Verdict(1, (9,))), Rule.SETTLEMENT),
        (MarketSettled, 0, fields(verdict=Verdict(1, (1, 2))), Rule.SETTLEMENT),
        (MarketSettled, 0, fields(verdict=Verdict(1, ())), Rule.SETTLEMENT),
        (MarketSettled, 0, doubled, Rule.LIFE),
        (MarketSettled, 2, fields(verdict=Verdict(3, (1,), True)), Rule.SETTLEMENT),
        # Orders.
        (OrderCancelled, 0, doubled, Rule.ORDER),
        (OrderCancelled, 0, fields(order_id=999), Rule.ORDER),
        (OrderCancelled, 0, fields(quantity=LOT), Rule.QUANTITY),
        (OrderCancelled, 0, fields(price=1), Rule.QUANTITY),
    ],
)
def test_a_falsified_event_is_found(kind: type, nth: int, change: Change, rule: Rule) -> None:
    assert rule in found_in(kind, change, nth)


@pytest.mark.parametrize("execution_id", [1, 3])
def test_executions_are_numbered_without_gaps(execution_id: int) -> None:
    def renumbered(event: object) -> OrderMatched:
        assert isinstance(event, OrderMatched)
        fill = fields(execution_id=execution_id)(event.fills[0])  # type: ignore[arg-type]
        return fields(fills=(fill,))(event)  # type: ignore[return-value]

    assert Rule.EXECUTIONS in found_in(OrderMatched, renumbered, 4)


def test_several_winners_and_dead_heats_are_lawful() -> None:
    assert audited(heats()) == []


HEAT = Verdict(1, (2,), dead_heat=(Share(1, 3_334), Share(3, 3_333), Share(4, 3_333)))


@pytest.mark.parametrize(
    "verdict",
    [
        structs.replace(HEAT, winners=(2, 3)),
        structs.replace(HEAT, winners=()),
        structs.replace(HEAT, winners=(1,)),
        structs.replace(HEAT, dead_heat=HEAT.dead_heat[:1]),
        structs.replace(HEAT, dead_heat=(*HEAT.dead_heat[:2], Share(9, 3_333))),
        structs.replace(HEAT, dead_heat=HEAT.dead_heat[::-1]),
        structs.replace(HEAT, dead_heat=(Share(1, 3_333), *HEAT.dead_heat[1:])),
        structs.replace(HEAT, dead_heat=(Share(1, 3_332), Share(3, 3_334), Share(4, 3_334))),
        structs.replace(HEAT, void=True),
    ],
)
def test_a_verdict_that_pays_otherwise_is_found(verdict: Verdict) -> None:
    assert Rule.SETTLEMENT in found_in(MarketSettled, fields(verdict=verdict), of=heats)
