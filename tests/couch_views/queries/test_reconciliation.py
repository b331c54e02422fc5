"""Owns the tables of what is found where exchange, ledger and account documents differ, and where they don't.

Never asks an actor: what they would say is given.
Called by pytest.
"""

import pytest

from actors.machines.money import format_money
from couch_views.queries.ledger import Booked
from couch_views.queries.reconciliation import (
    Held,
    Shown,
    compare,
    needed,
    read_shown,
    transaction_problem,
)
from couch_views.shapes import AccountDocument, document_id, transaction_document_id
from tests.couch_views.shelf import Shelf, transaction

ALICE = Booked("account/16", "accounts-0")
BOB = Booked("account/17", "accounts-1")
OUTSIDE = Booked("external", "accounts-0")
UNIT = 10**8


def account(sequence: int, balance: int, account_id: int = 16) -> AccountDocument:
    return {
        "_id": document_id("account", account_id),
        "kind": "account",
        "stream": "accounts-0",
        "sequence": sequence,
        "account_id": str(account_id),
        "username": "alice",
        "currency": "PLY",
        "balance": format_money(balance),
        "available_balance": format_money(balance),
        "exposure": "0.00",
    }


@pytest.fixture
def shelf() -> Shelf:
    """Alice gets 5.00 at record 3 and loses 1.00 at record 8."""
    shelf = Shelf()
    shelf.put(
        transaction(3, 0, {"account/16": "5.00", "external": "-5.00"}),
        transaction(8, 0, {"account/16": "-1.00", "clearing/7": "1.00"}),
    )
    return shelf


def problems(shelf: Shelf, *held: Held) -> list[str]:
    shown = read_shown(shelf, held)
    return [problem for compared in compare(shelf, held, shown) for problem in compared.problems]


HAD = "account/16 of accounts-0 has"


@pytest.mark.parametrize(
    ("sequence", "balance", "document", "found"),
    [
        # All as it should be; documents may be older (nothing has changed since) and newer.
        (3, 5 * UNIT, account(3, 5 * UNIT), []),
        (7, 5 * UNIT, account(3, 5 * UNIT), []),
        (7, 5 * UNIT, account(8, 4 * UNIT), []),
        (8, 4 * UNIT, account(8, 4 * UNIT), []),
        (2, 0, account(1, 0), []),
        # One of the three differs, by however little.
        (7, 5 * UNIT + 1, account(3, 5 * UNIT + 1), [f"{HAD} 5.00000001 at record 7, 5.00 in the ledger"]),
        (7, 5 * UNIT, account(3, 5 * UNIT - 1), [f"{HAD} 5.00 at record 7, 4.99999999 in its document"]),
        (7, 5 * UNIT, account(8, 5 * UNIT), [f"{HAD} 4.00 at record 8, 5.00 in its document"]),
        (8, 4 * UNIT, account(3, 5 * UNIT), [f"{HAD} 4.00 at record 8, 5.00 in its document"]),
        (7, 5 * UNIT, None, [f"{HAD} 5.00 at record 7, and no document"]),
        (
            7,
            4 * UNIT,
            account(3, 5 * UNIT),
            [f"{HAD} 4.00 at record 7, 5.00 in the ledger", f"{HAD} 4.00 at record 7, 5.00 in its document"],
        ),
    ],
)
def test_a_member_s_account_is_compared_at_one_record(
    shelf: Shelf, sequence: int, balance: int, document: AccountDocument | None, found: list[str]
) -> None:
    if document is not None:
        shelf.put(document)
    assert problems(shelf, Held(ALICE, sequence, balance)) == found


def test_the_house_s_accounts_have_no_documents(shelf: Shelf) -> None:
    assert problems(shelf, Held(OUTSIDE, 8, -5 * UNIT), Held(OUTSIDE, 2, 0)) == []
    assert problems(shelf, Held(OUTSIDE, 8, 0)) == [
        "external of accounts-0 has 0.00 at record 8, -5.00 in the ledger"
    ]


def test_the_ledger_must_reach_what_is_held_and_what_is_shown() -> None:
    held = [Held(ALICE, 7, 0), Held(OUTSIDE, 9, 0), Held(BOB, 4, 0)]
    assert needed(held, {}) == {"accounts-0": 9, "accounts-1": 4}
    shown = {ALICE: Shown(12, 0), BOB: Shown(3, 0)}
    assert needed(held, shown) == {"accounts-0": 12, "accounts-1": 4}


def test_documents_are_read_at_once_and_for_members_only(shelf: Shelf) -> None:
    shelf.put(account(3, 5 * UNIT))
    held = [Held(OUTSIDE, 7, 0), Held(BOB, 7, 0), Held(ALICE, 7, 0)]
    assert read_shown(shelf, held) == {ALICE: Shown(3, 5 * UNIT)}


@pytest.mark.parametrize(
    ("amounts", "problem"),
    [
        (["1.00", "-1.00"], None),
        (["1.00", "-1.00", "-0.00000001", "0.00000001"], None),
        (["1.00", "-0.99"], "is out of balance by 0.01"),
        (["-90071992547.40993"], "is out of balance by -90071992547.40993"),
        (["1.00", "one"], "can't be read: a decimal number with up to 8 places is needed"),
    ],
)
def test_a_transaction_is_balanced_in_itself(amounts: list[str], problem: str | None) -> None:
    entries = {f"account/{number}": amount for number, amount in enumerate(amounts)}
    found = transaction_problem(transaction(3, 1, entries))
    assert found == (problem and f"{transaction_document_id('accounts-0', 3, 1)} {problem}")
