"""Owns the tests of an account stream's effects: which event tells whom what.

Never delivers anything.
Called by pytest.
"""

import pytest

from actors.machines.account_stream.accounts import Accounts
from actors.machines.account_stream.accounts_effects import effects
from actors.machines.messages.answers import Refused
from actors.machines.messages.commands import CreateEvent
from actors.machines.messages.events import (
    AccountEvent,
    CancelRequested,
    InstructionSent,
    MarketNoted,
    MoneyMoveAnswered,
    MoneyMoveSent,
    OrderPlaced,
    TermsNoted,
    VerdictNoted,
)
from actors.machines.messages.parts import FULL_LADDER, Terms, Verdict
from actors.machines.messages.posted import (
    Instruct,
    Instructed,
    MoveMoney,
    Posted,
    SubmitOrder,
    TermsRecorded,
    VerdictApplied,
    WithdrawOrder,
)
from actors.machines.messages.words import Reason, Side, TimeInForce
from actors.machines.streams import Streams

STREAMS = Streams()
MARKET = STREAMS.of_market(3)
GTC = TimeInForce.GOOD_TIL_CANCELLED
NO = Refused(Reason.NOT_FOUND)
EVENT = CreateEvent("E", "t", 1)

TOLD: list[tuple[AccountEvent, list[tuple[str, Posted]]]] = [
    (
        OrderPlaced(16, 32, 1, 0, 3, 10, Side.BUY, 5000, 100, GTC, "mine", 0, 9, 9),
        [(MARKET, SubmitOrder(3, 10, 32, 16, Side.BUY, 5000, 100, GTC))],
    ),
    (
        CancelRequested(16, 32, 3, 1, 0, Reason.MEMBER_REQUESTED),
        [(MARKET, WithdrawOrder(3, 32, 16, Reason.MEMBER_REQUESTED))],
    ),
    (InstructionSent(16, 1, 0, "markets-0", EVENT), [("markets-0", Instruct(16, 1, 0, EVENT))]),
    (
        MoneyMoveSent(16, 1, 0, "accounts-1", "bob", 5, True),
        [("accounts-1", MoveMoney("bob", 5, True, 16, 1, 0))],
    ),
    (MoneyMoveAnswered("accounts-1", 17, 1, 0, NO), [("accounts-1", Instructed(17, 1, 0, NO))]),
    (TermsNoted(Terms(3, (10,), 1, 0, FULL_LADDER)), [(MARKET, TermsRecorded(3, "accounts-0"))]),
    (VerdictNoted(3, Verdict(2, (10,)), -7), [(MARKET, VerdictApplied(3, "accounts-0", 2, -7))]),
    (MarketNoted(3), []),
]


@pytest.mark.parametrize(("event", "told"), TOLD)
def test_an_event_tells_those_it_concerns(event: AccountEvent, told: list[tuple[str, Posted]]) -> None:
    assert effects(Accounts("accounts-0", STREAMS), event) == told
