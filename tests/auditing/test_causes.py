"""Owns the tests of the rule that streams move each other only by messages: a table of falsified events.

Never repeats what the rules within a stream find.
Called by pytest.
"""

import pytest
from msgspec import structs

from actors.auditing.breaches import Rule
from actors.machines.messages.answers import Refused
from actors.machines.messages.book_events import CancelMissed, OrderCancelled, OrderMatched, OrderRejected
from actors.machines.messages.commands import ChangeMarketState, PlaceOrder, SettleMarket
from actors.machines.messages.events import (
    CancelRefused,
    InstructionAnswered,
    ItemAnswered,
    MarketCreated,
    MarketNoted,
    MarketOpening,
    MarketSettled,
    MarketStateNoted,
    MoneyDeposited,
    MoneyMoveAnswered,
    OrderUpdated,
    TermsAcknowledged,
    TermsNoted,
    VerdictAcknowledged,
    VerdictNoted,
)
from actors.machines.messages.parts import Verdict
from actors.machines.messages.posted import Instruct
from actors.machines.messages.record import Sent
from actors.machines.messages.words import MarketState, Reason, Side
from actors.machines.streams import account_stream_of_id
from tests.auditing.recorded import Change, RecordedTown, audited, doubled, fields, found_in, history, removed
from tests.machines.town import LOT, UNIT

REFUSED = Refused(Reason.NOT_FOUND)


@pytest.mark.parametrize("change", [removed, doubled])
@pytest.mark.parametrize(
    "kind",
    [
        CancelMissed,
        CancelRefused,
        ItemAnswered,
        MarketCreated,
        MarketNoted,
        MarketOpening,
        MarketSettled,
        MarketStateNoted,
        MoneyDeposited,
        MoneyMoveAnswered,
        OrderCancelled,
        OrderMatched,
        OrderRejected,
        OrderUpdated,
        TermsAcknowledged,
        TermsNoted,
        VerdictAcknowledged,
        VerdictNoted,
    ],
)
def test_every_message_has_its_event_and_every_event_its_message(kind: type, change: Change) -> None:
    assert Rule.CAUSE in found_in(kind, change)


def test_a_command_of_staff_is_answered() -> None:
    """The second answer: the first is to a command that had to wait for all account streams."""
    assert Rule.CAUSE in found_in(InstructionAnswered, removed, 1)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (OrderUpdated, fields(left=1)),
        (OrderUpdated, fields(time=1)),
        (OrderUpdated, fields(reason=Reason.EXPIRED)),
        (OrderMatched, fields(price=5_001)),
        (OrderMatched, fields(quantity=1)),
        (OrderMatched, fields(reason=Reason.INSUFFICIENT_LIQUIDITY)),
        (OrderCancelled, fields(reason=Reason.ADMIN_REQUESTED, order_id=1)),
        (MarketSettled, fields(verdict=Verdict(1, (2,)))),
        (MoneyDeposited, fields(amount=1, balance=1)),
        (MoneyDeposited, fields(account_id=16)),
        (MoneyMoveAnswered, fields(result=REFUSED)),
        (VerdictAcknowledged, fields(clearing=1)),
    ],
)
def test_an_event_does_what_its_message_asks_for(kind: type, change: Change) -> None:
    assert Rule.CAUSE in found_in(kind, change)


def test_a_deposit_that_nobody_asked_for_is_named() -> None:
    """Consistent within its stream: only that no message asks for it tells."""
    entries = list(history())
    auditable = [at for at, entry in enumerate(entries) if entry.stream == "accounts-1"]
    at = auditable[-1]
    account_id = 17
    balance = next(
        event.balance
        for entry in reversed(entries)
        for event in reversed(entry.body.events)
        if getattr(event, "account_id", 0) == account_id and hasattr(event, "balance")
    )
    forged = MoneyDeposited(account_id, UNIT, balance + UNIT)
    body = structs.replace(entries[at].body, events=(*entries[at].body.events, forged))
    entries[at] = entries[at]._replace(body=body)
    (breach,) = audited(entries)
    assert (breach.rule, breach.market_id) == (Rule.CAUSE, None)
    assert breach.what == f"MoneyDeposited of {UNIT} for account 17 that nobody asked for"


def test_orders_of_one_source_are_taken_in_their_order() -> None:
    """Two of alice's orders come in one record, and the book sees the second first."""
    town = RecordedTown()
    stream, market = account_stream_of_id(town.alice), town.streams.of_market(1)
    orders = (PlaceOrder(1, 1, Side.BUY, 5_000, LOT), PlaceOrder(1, 1, Side.BUY, 5_000, LOT))
    town.turn(stream, [("t", town.request_of(town.alice, *orders))])
    (letter,) = town.letters_of(stream)
    town.turn(market, letters=[letter])
    entry = town.entries[-1]
    assert audited(town.entries) == []
    town.entries[-1] = entry._replace(body=structs.replace(entry.body, events=entry.body.events[::-1]))
    breach = next(breach for breach in audited(town.entries) if breach.rule is Rule.CAUSE)
    assert breach.what == "OrderMatched of order 33 came before its turn: SubmitOrder of order 17 was first"


def test_a_market_is_settled_by_staffs_command_to_settle_it() -> None:
    """The command on its way is another one: nobody asked for the verdict."""
    entries = list(history())
    for at, entry in enumerate(entries):
        for stream, sent in entry.body.sent.items():
            (first, *others) = sent.messages
            if isinstance(first, Instruct) and isinstance(first.command, SettleMarket):
                opened = structs.replace(first, command=ChangeMarketState(1, MarketState.OPEN))
                instead = {stream: Sent(sent.first, (opened, *others))}
                entries[at] = entry._replace(body=structs.replace(entry.body, sent=instead))
    assert "settled by ChangeMarketState" in [breach.what for breach in audited(entries)]
