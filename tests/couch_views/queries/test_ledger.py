"""Owns the tests of the reads of the ledger: balances as of a record, totals, transactions in order.

Never writes a transaction otherwise than the projection would.
Called by pytest.
"""

import pytest

from couch_views.queries import ledger
from couch_views.queries.ledger import Booked, balance_at, balances_at, totals, transactions
from couch_views.shapes import transaction_document_id
from tests.couch_views.shelf import Shelf, movement, transaction

ALICE = Booked("account/16", "accounts-0")
OUTSIDE = Booked("external", "accounts-0")
OTHER_OUTSIDE = Booked("external", "accounts-1")


@pytest.fixture
def shelf() -> Shelf:
    """1.00 comes in at record 5, 0.25 leaves at record 10, both of accounts-0; 7.00 comes in elsewhere."""
    shelf = Shelf()
    shelf.put(
        transaction(5, 0, {"account/16": "1.00", "external": "-1.00"}),
        transaction(10, 3, {"external": "0.25", "account/16": "-0.25"}),
        transaction(7, 0, {"account/17": "7.00", "external": "-7.00"}, "accounts-1"),
        movement(5),
    )
    return shelf


@pytest.mark.parametrize(
    ("booked", "sequence", "units"),
    [
        (ALICE, 4, 0),
        (ALICE, 5, 10**8),
        (ALICE, 9, 10**8),
        (ALICE, 10, 75 * 10**6),
        (ALICE, 10**15, 75 * 10**6),
        (OUTSIDE, 10, -75 * 10**6),
        (OTHER_OUTSIDE, 10, -7 * 10**8),
        (Booked("account/16", "accounts-1"), 10, 0),
        (Booked("account/160", "accounts-0"), 10, 0),
        (Booked("clearing/7", "accounts-0"), 10, 0),
    ],
)
def test_a_balance_is_that_of_a_record(shelf: Shelf, booked: Booked, sequence: int, units: int) -> None:
    assert balance_at(shelf, booked, sequence) == units


def test_all_balances_at_once_are_those_of_a_record_of_each_stream(shelf: Shelf) -> None:
    everything = {
        ALICE: 75 * 10**6,
        Booked("account/17", "accounts-1"): 7 * 10**8,
        OUTSIDE: -75 * 10**6,
        OTHER_OUTSIDE: -7 * 10**8,
    }
    assert balances_at(shelf, {"accounts-0": 10, "accounts-1": 7}) == everything
    earlier = everything | {ALICE: 10**8, OUTSIDE: -(10**8)}
    assert balances_at(shelf, {"accounts-0": 9, "accounts-1": 99}) == earlier


def test_a_stream_that_was_not_asked_for_is_left_out(shelf: Shelf) -> None:
    assert balances_at(shelf, {"accounts-0": 10}) == {ALICE: 75 * 10**6, OUTSIDE: -75 * 10**6}


def test_what_is_booked_meanwhile_is_no_part_of_the_balance(shelf: Shelf) -> None:
    shelf.put(*(transaction(11, place, {"account/16": "1.00", "external": "-1.00"}) for place in range(3)))
    shelf.put(transaction(12, 0, {"account/32": "1.00", "external": "-1.00"}))
    assert balances_at(shelf, {"accounts-0": 10}) == {
        ALICE: 75 * 10**6,
        OUTSIDE: -75 * 10**6,
        Booked("account/32", "accounts-0"): 0,
    }


def test_the_total_is_zero_unless_somebody_meddles(shelf: Shelf) -> None:
    assert totals(shelf) == (0, 3)
    shelf.put(transaction(11, 0, {"account/16": "1.00", "external": "-1.00000001"}))
    assert totals(shelf) == (-1, 4)


def test_a_ledger_without_transactions_is_empty() -> None:
    shelf = Shelf()
    assert (totals(shelf), balances_at(shelf, {"accounts-0": 1})) == ((0, 0), {})
    assert list(transactions(shelf, "accounts-0")) == []


@pytest.mark.parametrize("at_once", [1, 2, 1_000])
def test_transactions_come_in_the_order_of_their_positions(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(ledger, "TRANSACTIONS_PER_READ", at_once)
    shelf = Shelf()
    places = [(1, 0), (1, 1), (2, 0), (10, 5), (10, 12), (11, 0)]
    shelf.put(*(transaction(*place, {"account/16": "1.00"}) for place in reversed(places)))
    shelf.put(transaction(3, 0, {"account/17": "1.00"}, "accounts-1"))

    def found(*between: int) -> list[str]:
        return [one["_id"] for some in transactions(shelf, "accounts-0", *between) for one in some]

    assert found() == [transaction_document_id("accounts-0", *place) for place in places]
    assert found(1, 10) == [transaction_document_id("accounts-0", *place) for place in places[2:5]]
    assert found(11) == found(0, 0) == found(5, 5) == []
