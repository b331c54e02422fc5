"""Owns the tables of what events make of the ledger, and that no history unbalances it.

Never stores a document.
Called by pytest.
"""

import random
from collections import Counter
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines.account_stream.accounts import Accounts
from actors.machines.messages.commands import Deposit, SettleMarket, Withdraw
from actors.machines.messages.events import Event, MoneyDeposited, MoneyWithdrawn
from actors.machines.messages.record import decode
from actors.machines.messages.words import Side
from actors.machines.money import parse_money
from actors.machines.turn import Stream
from couch_views.projection.ledger import COMMISSION, EXTERNAL, clearing_account, member_account
from couch_views.shapes import Document, TransactionDocument, transaction_document_id
from tests.couch_views.projection.records import UNIT, at, placed, project, registered, settled
from tests.machines.town import OpenTown, Town

DEPOSITED = MoneyDeposited(16, 100 * UNIT, 100 * UNIT)


def transactions(documents: dict[str, Document]) -> list[TransactionDocument]:
    """By position."""
    every = sorted(documents.items())
    return cast(
        "list[TransactionDocument]", [document for _, document in every if document["kind"] == "transaction"]
    )


def entries(transaction: TransactionDocument) -> list[tuple[str, str]]:
    return [(entry["account"], entry["amount"]) for entry in transaction["entries"]]


def test_a_transaction_says_where_it_is_from_and_what_it_moves() -> None:
    documents = project([registered()], [placed(), DEPOSITED], stream="accounts-11")
    assert transactions(documents) == [
        {
            "_id": "transaction" + "00000000000000000011" + "00000000000000000002" + "00000000000000000001",
            "kind": "transaction",
            "stream": "accounts-11",
            "sequence": 2,
            "type": "deposit",
            "market_id": None,
            "entries": [
                {"account": "account/16", "amount": "100.00"},
                {"account": "external", "amount": "-100.00"},
            ],
            "created_datetime": at(2),
        }
    ]


@pytest.mark.parametrize(
    ("event", "name", "market_id", "moved"),
    [
        (DEPOSITED, "deposit", None, "account/16 100.00, external -100.00"),
        (MoneyWithdrawn(16, 1, 7), "withdrawal", None, "external 0.00000001, account/16 -0.00000001"),
        (settled(10 * UNIT), "settlement", "7", "account/16 10.00, clearing/7 -10.00"),
        (settled(-10 * UNIT), "settlement", "7", "account/16 -10.00, clearing/7 10.00"),
        (
            settled(10 * UNIT, UNIT // 5),
            "settlement",
            "7",
            "account/16 10.00, clearing/7 -10.00, commission 0.20, account/16 -0.20",
        ),
        (
            settled(-15 * UNIT, -UNIT // 5, version=2),
            "correction",
            "7",
            "account/16 -15.00, clearing/7 15.00, commission -0.20, account/16 0.20",
        ),
        (settled(0, UNIT, version=3), "correction", "7", "commission 1.00, account/16 -1.00"),
    ],
)
def test_every_movement_of_money_has_its_contra_entry(
    event: Event, name: str, market_id: str | None, moved: str
) -> None:
    (transaction,) = transactions(project([registered(), placed()], [event]))
    assert (transaction["type"], transaction["market_id"]) == (name, market_id)
    assert ", ".join(f"{account} {amount}" for account, amount in entries(transaction)) == moved


@pytest.mark.parametrize("event", [settled(), settled(void=True), settled(result=UNIT, version=2)])
def test_what_moves_nothing_is_no_transaction(event: Event) -> None:
    assert transactions(project([registered(), placed()], [event])) == []


def balances(found: list[TransactionDocument]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for transaction in found:
        for account, amount in entries(transaction):
            sums[account] += parse_money(amount)
    return sums


def kept_by(machines: Accounts) -> Counter[str]:
    """What the ledger must say, from the machines."""
    kept = Counter({EXTERNAL: machines.external, COMMISSION: machines.commission})
    kept.update({member_account(number): one.balance for number, one in machines.accounts.items()})
    kept.update({clearing_account(market_id): units for market_id, units in machines.clearing.items()})
    return kept


def play(chance: random.Random, trades: int, moves: int) -> Town:
    """A market that is traded in, settled and corrected, while money comes and goes."""
    town = OpenTown(commission=chance.choice([0, 1, 200]))
    for _ in range(trades):
        member, side = chance.choice([town.alice, town.bob]), chance.choice(list(Side))
        town.place(member, side, chance.randint(4_000, 6_000), chance.randint(1, 10**6))
    town.settle(1)
    for _ in range(moves):
        command = chance.choice([Deposit, Withdraw, SettleMarket])
        if command is SettleMarket:
            town.settle(chance.choice([1, 2]), void=chance.random() < 0.2)
        else:
            town.send(town.staff, command(chance.choice(["alice", "bob"]), chance.randint(1, 2_000 * UNIT)))
    town.assert_sound()
    return town


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 20), st.integers(0, 8))
def test_after_every_record_the_ledger_says_what_the_machines_say(
    chance: random.Random, trades: int, moves: int
) -> None:
    town = play(chance, trades, moves)
    for name in town.streams.account_names:
        stream, known, ledger = Stream(name, town.streams), dict[str, Document](), Counter[str]()
        for sequence, body in enumerate(map(decode, town.bodies[name]), 1):
            stream.replay(body)
            before = known
            known = known | project(body.events, stream=name, documents=known, first=sequence)
            for transaction in transactions({key: known[key] for key in known.keys() - before}):
                assert transaction["sequence"] == sequence
                moved = balances([transaction])
                assert moved.total() == 0
                ledger.update(moved)
            assert isinstance(stream.machines, Accounts)
            assert not any((ledger - kept_by(stream.machines), kept_by(stream.machines) - ledger))


def test_transactions_are_in_the_order_of_their_positions() -> None:
    positions = [(0, 1, 0), (0, 1, 1), (0, 2, 0), (0, 10, 0), (1, 1, 0), (2, 1, 0), (10, 1, 0)]
    ids = [transaction_document_id(f"accounts-{index}", *rest) for index, *rest in positions]
    assert ids == sorted(ids)
