"""Owns the tests of which event belongs to which message.

Never judges whether they agree.
Called by pytest.
"""

import pytest

from actors.auditing.keyed import EVERY_MARKET, key_of_event, key_of_message
from actors.machines.messages.answers import Refused
from actors.machines.messages.book_events import CancelMissed, OrderCancelled
from actors.machines.messages.commands import ChangeExchangeState
from actors.machines.messages.events import (
    Event,
    ExchangeHalted,
    ExchangeStateNoted,
    ItemAnswered,
    MarketHalted,
    OrdersSwept,
    SwitchAcknowledged,
)
from actors.machines.messages.posted import (
    ExchangeSwitched,
    Instruct,
    Instructed,
    Posted,
    SweepOrders,
    SwitchExchange,
    WithdrawOrder,
)
from actors.machines.messages.words import ExchangeState, Reason, Side

GONE = Refused(Reason.NOT_FOUND)
HALTED = ExchangeState.HALTED
NOTHING: frozenset[int] = frozenset()


def cancelled(reason: Reason) -> OrderCancelled:
    return OrderCancelled(7, 1, 17, 33, Side.BUY, 5_000, 1, reason)


@pytest.mark.parametrize(
    ("message", "event"),
    [
        (WithdrawOrder(7, 17, 33, Reason.MEMBER_REQUESTED), cancelled(Reason.MEMBER_REQUESTED)),
        (WithdrawOrder(7, 17, 33, Reason.MEMBER_REQUESTED), CancelMissed(7, 17, 33)),
        (Instructed(16, 5, 0, GONE), ItemAnswered(16, 5, 0, GONE)),
        (Instruct(16, 5, 0, ChangeExchangeState(HALTED)), ExchangeHalted(1, True, "fire", 16, 5, 0, 1)),
        (SwitchExchange(1, HALTED, True, "fire", 1), ExchangeStateNoted(1, HALTED, True, "fire", 1)),
        (SweepOrders(1), OrdersSwept(1, done=True)),
        (ExchangeSwitched("accounts-0", 1), SwitchAcknowledged("accounts-0", 1)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_they_belong_together(message: Posted, event: Event) -> None:
    assert key_of_event(event, set(), NOTHING) == key_of_message(message)


@pytest.mark.parametrize(
    ("event", "free"),
    [
        (cancelled(Reason.MARKET_HALTED), frozenset({7})),
        (cancelled(Reason.ADMIN_REQUESTED), frozenset({EVERY_MARKET})),
        (ItemAnswered(16, 5, 0, GONE), NOTHING),
        (ExchangeHalted(1, False, "auditor: ...", 0, 0, 0, 1), NOTHING),
        (MarketHalted(7), NOTHING),
    ],
    ids=[
        "as it closes",
        "as all is swept",
        "to its own request",
        "by the exchange itself",
        "no move of orders",
    ],
)
def test_some_need_no_message(event: Event, free: frozenset[int]) -> None:
    assert key_of_event(event, {5}, free) is None


@pytest.mark.parametrize("free", [NOTHING, frozenset({8})], ids=["none", "another"])
@pytest.mark.parametrize("reason", [Reason.MARKET_HALTED, Reason.ADMIN_REQUESTED, Reason.MEMBER_REQUESTED])
def test_a_cancel_is_asked_for_unless_its_market_closes(reason: Reason, free: frozenset[int]) -> None:
    assert key_of_event(cancelled(reason), set(), free) == ("withdrawal", 17, 33)
