"""Owns the tests of the audit of voided contracts: a lawful history, and what in it may not be otherwise.

Never tests a settlement: test_money.py does.
Called by pytest.
"""

from functools import cache

import pytest
from msgspec import structs

from actors.auditing.breaches import Rule
from actors.auditing.entries import Entry
from actors.machines.messages.book_events import OrderCancelled
from actors.machines.messages.challenges import ChallengeEnded, Offer, OfferChallenge
from actors.machines.messages.events import (
    Event,
    MarketSettled,
    PositionSettled,
    VerdictNoted,
)
from actors.machines.messages.posted import Instruct, Posted
from actors.machines.messages.voiding import (
    ContractVoidAcknowledged,
    ContractVoided,
    ContractVoidNoted,
    StakesReturned,
    VoidContract,
)
from actors.machines.messages.words import Reason, Side
from tests.auditing.recorded import (
    Change,
    RecordedTown,
    audited,
    doubled,
    fields,
    followed_by,
    found_in,
    removed,
)
from tests.machines.town import LOT, UNIT


@cache
def withdrawn() -> tuple[Entry, ...]:
    """Four contracts trade, of which one is voided, and later another; one of the two left wins."""
    town = RecordedTown(("Gulls", "Herons", "Terns", "Auks"), commission=333)
    for contract_id, price in ((1, 5_000), (2, 4_100), (3, 6_300)):
        town.place(town.bob, Side.SELL, price, 10 * LOT + contract_id, contract_id=contract_id)
        town.place(town.alice, Side.BUY, price, 7 * LOT + contract_id, contract_id=contract_id)
    offer = Offer(town.bob, "bob", town.time + 60_000_000)
    town.send(town.alice, OfferChallenge(1, 1, Side.BUY, 4_000, LOT, offer))
    town.send(town.staff, VoidContract(1, 1, "withdrawn"))
    town.place(town.alice, Side.SELL, 4_000, 3 * LOT, contract_id=2)
    town.send(town.staff, VoidContract(1, 4, "withdrawn, too"))
    town.send(town.staff, VoidContract(1, 4, "withdrawn, too"))
    town.settle(2)
    town.settle(dead_heat=(2, 3))
    town.assert_sound()
    return tuple(town.entries)


def as_if_settled(event: Event) -> Event:
    """The verdict as it would be of a market that is whole."""
    assert isinstance(event, MarketSettled | VerdictNoted)
    return structs.replace(event, verdict=structs.replace(event.verdict, voided=()))


def test_a_voided_contract_is_lawful() -> None:
    assert audited(withdrawn()) == []


@pytest.mark.parametrize(
    ("kind", "nth", "change", "rule"),
    [
        (ContractVoided, 0, fields(contract_id=9), Rule.LIFE),
        (ContractVoided, 0, fields(contract_id=2), Rule.LIFE),
        (ContractVoided, 0, doubled, Rule.LIFE),
        (ContractVoided, 1, fields(contract_id=1), Rule.LIFE),
        (ContractVoided, 0, removed, Rule.LIFE),
        (ContractVoidAcknowledged, 0, removed, Rule.CAUSE),
        (ContractVoidAcknowledged, 0, fields(contract_id=2), Rule.LIFE),
        (ContractVoidAcknowledged, 0, fields(stream="accounts-9"), Rule.LIFE),
        (OrderCancelled, 0, removed, Rule.LIFE),
        (OrderCancelled, 0, fields(reason=Reason.MEMBER_REQUESTED), Rule.CAUSE),
        (ChallengeEnded, 0, removed, Rule.LIFE),
        (StakesReturned, 0, removed, Rule.SETTLEMENT),
        (StakesReturned, 0, doubled, Rule.SETTLEMENT),
        (StakesReturned, 0, fields(account_id=999), Rule.SETTLEMENT),
        (StakesReturned, 1, fields(order_ids=()), Rule.SETTLEMENT),
        (StakesReturned, 0, fields(order_ids=(1, 2)), Rule.SETTLEMENT),
        (StakesReturned, 0, fields(exposure=1), Rule.EXPOSURE),
        (StakesReturned, 0, fields(market_exposure=UNIT), Rule.EXPOSURE),
        (StakesReturned, 0, fields(contract_id=2), Rule.SETTLEMENT),
        (ContractVoidNoted, 0, removed, Rule.SETTLEMENT),
        (ContractVoidNoted, 0, fields(market_id=9), Rule.SETTLEMENT),
        (ContractVoidNoted, 0, doubled, Rule.SETTLEMENT),
        (MarketSettled, 0, as_if_settled, Rule.SETTLEMENT),
        (VerdictNoted, 0, as_if_settled, Rule.SETTLEMENT),
        (VerdictNoted, 0, followed_by(ContractVoidNoted(1, 2)), Rule.SETTLEMENT),
        (PositionSettled, 0, fields(market_exposure=1), Rule.EXPOSURE),
    ],
)
def test_a_falsified_event_is_found(kind: type, nth: int, change: Change, rule: Rule) -> None:
    assert rule in found_in(kind, change, nth, withdrawn)


def asking_for_another(message: Posted) -> Posted:
    if isinstance(message, Instruct) and isinstance(message.command, VoidContract):
        return structs.replace(message, command=structs.replace(message.command, contract_id=3))
    return message


def test_staff_must_have_asked_for_this_contract() -> None:
    entries = []
    for entry in withdrawn():
        sent = {
            name: structs.replace(batch, messages=tuple(map(asking_for_another, batch.messages)))
            for name, batch in entry.body.sent.items()
        }
        entries.append(entry._replace(body=structs.replace(entry.body, sent=sent)))
    assert Rule.CAUSE in {breach.rule for breach in audited(entries)}
