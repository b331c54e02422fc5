"""Owns the test that a trade with oneself, or an end by one's own order told otherwise, is a finding.

Never tests the machines: they write the honest events into which lies are planted.
Called by pytest.
"""

from collections.abc import Callable
from typing import Final

import msgspec
import pytest

from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.commands import PlaceOrder
from actors.machines.messages.events import Event, OrderPlaced, OrderUpdated
from actors.machines.messages.parts import PLAIN, Conditions
from actors.machines.messages.words import Reason, SelfTrade, Side, TimeInForce
from tests.auditing.recorded import RecordedTown
from tests.chaos.findings import Findings
from tests.chaos.history import Happened, History
from tests.chaos.judge_self_trades import judge_self_trades
from tests.machines.town import LOT

PAST_OWN: Final = Conditions(self_trade=SelfTrade.CANCEL_MAKER)


@pytest.fixture(scope="module")
def honest() -> list[Happened]:
    """Alice meets her own bid twice: once it goes, once what comes; then she sells to Bob."""
    town = RecordedTown()
    for conditions in (PAST_OWN, PLAIN):
        _send(town, town.alice, Side.BUY, PLAIN)
        _send(town, town.alice, Side.SELL, conditions)
    _send(town, town.bob, Side.BUY, PLAIN)
    return [(entry.stream, event) for entry in town.entries for event in entry.body.events]


def _send(town: RecordedTown, account_id: int, side: Side, conditions: Conditions) -> None:
    kind = TimeInForce.GOOD_TIL_CANCELLED
    town.send(account_id, PlaceOrder(1, 1, side, 5_000, LOT, kind, conditions=conditions))


def found(events: list[Happened]) -> Findings:
    history, findings = History(), Findings()
    history.take(events)
    judge_self_trades(history, findings)
    return findings


def test_honest_ends_are_found_clean(honest: list[Happened]) -> None:
    assert found(honest) == Findings()
    assert sum(is_heard(event) for _, event in honest) == 2


def is_heard(event: Event) -> bool:
    return isinstance(event, OrderUpdated) and event.reason is Reason.SELF_TRADE


def is_met(event: Event) -> bool:
    return isinstance(event, OrderMatched) and bool(event.cancelled)


def is_trade(event: Event) -> bool:
    return isinstance(event, OrderMatched) and bool(event.fills)


def is_past_own(event: Event) -> bool:
    return isinstance(event, OrderPlaced) and event.conditions == PAST_OWN


Change = Callable[[Event], tuple[Event, ...]]


def as_other(**fields: object) -> Change:
    return lambda event: (msgspec.structs.replace(event, **fields),)


def with_itself(event: Event) -> tuple[Event, ...]:
    """Who took is who had been waiting."""
    assert isinstance(event, OrderMatched)
    return (msgspec.structs.replace(event, order_id=event.fills[0].order_id),)


LIES: Final[dict[str, tuple[Callable[[Event], bool], Change, str]]] = {
    "a trade with oneself": (is_trade, with_itself, "lost"),
    "an end that the account never heard of": (is_heard, lambda _: (), "lost"),
    "an end that the account heard of twice": (is_heard, lambda event: (event, event), "doubled"),
    "an end that the market never told": (is_met, as_other(cancelled=()), "doubled"),
    "what was there went, and what came was to go": (is_past_own, as_other(conditions=PLAIN), "lost"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_planted_lie_is_found(honest: list[Happened], lie: str) -> None:
    wanted, change, kind = LIES[lie]
    place = next(place for place, (_, event) in enumerate(honest) if wanted(event))
    stream, event = honest[place]
    told = [*honest[:place], *((stream, each) for each in change(event)), *honest[place + 1 :]]
    assert found(told).by_kind()[kind] != []
