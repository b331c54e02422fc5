"""Owns the tables of what the map function of the design ``ledger`` emits, and what it passes over.

Never runs a query.
Called by pytest.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines import limits
from actors.machines.money import format_money
from couch_views.json_values import Json
from couch_views.queries.keys import key_digits
from couch_views.queries.ledger import units_of
from tests.couch_views.shelf import Shelf, movement, transaction


def rows(**fields: object) -> list[tuple[Json, Json]]:
    """Key and value of each row of a transaction with these fields."""
    shelf = Shelf()
    shelf.put({**transaction(9, 3, {"account/16": "1.00", "external": "-1.00"}), **fields})
    return [(row.key, row.value) for row in shelf.view("ledger", "balances")]


def values(*amounts: str) -> list[Json]:
    entries = [{"account": f"account/{number}", "amount": amount} for number, amount in enumerate(amounts, 1)]
    return [value for _, value in rows(entries=entries)]


def test_each_entry_is_a_row_of_its_account_where_it_was_booked() -> None:
    entries = [
        {"account": "account/16", "amount": "2.00"},
        {"account": "clearing/7", "amount": "-2.00"},
        {"account": "account/16", "amount": "-0.01"},
        {"account": "commission", "amount": "0.01"},
    ]
    booked = [key_digits(11), key_digits(9)]
    # A CouchDB says nothing of the order of rows that have the same key and document.
    assert sorted(rows(stream="accounts-11", entries=entries), key=str) == [
        (["account" + key_digits(16), *booked], [0, -1, 0, 0]),
        (["account" + key_digits(16), *booked], [0, 200, 0, 1]),
        (["clearing" + key_digits(7), *booked], [0, -200, 0, 0]),
        (["commission" + key_digits(0), *booked], [0, 1, 0, 0]),
    ]


@pytest.mark.parametrize(
    ("amount", "parts"),
    [
        ("0.00", [0, 0, 0]),
        ("0.00000001", [0, 0, 1]),
        ("-0.00000001", [0, 0, -1]),
        ("0.01", [0, 1, 0]),
        ("0.01000001", [0, 1, 1]),
        ("9999.99999999", [0, 999_999, 999_999]),
        ("10000.00", [1, 0, 0]),
        ("-90071992547.40993", [-9_007_199, -254_740, -993_000]),
        ("999999999999.99999999", [99_999_999, 999_999, 999_999]),
    ],
)
def test_an_amount_is_emitted_in_parts(amount: str, parts: list[int]) -> None:
    assert values(amount) == [[*parts, 1]]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(-(16 * limits.MONEY_PER_STREAM_MAX), 16 * limits.MONEY_PER_STREAM_MAX), max_size=40)
)
def test_no_unit_is_lost_however_much_money_there_is(amounts: list[int]) -> None:
    assert [units_of(value) for value in values(*map(format_money, amounts))] == amounts


def test_sums_stay_exact_in_javascript_for_billions_of_entries() -> None:
    all_there_is = limits.MONEY_PER_STREAM_MAX * limits.STREAMS_OF_A_KIND_MAX
    largest_part = max(10**6 - 1, all_there_is // 10**12)
    assert 2**53 // largest_part > 5 * 10**9


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "statement"},
        {"stream": None},
        {"stream": "accounts"},
        {"stream": ["accounts-0"]},
        {"sequence": "9"},
        {"entries": None},
        {"entries": {"account": "external", "amount": "1.00"}},
        {"entries": []},
        {"entries": [None]},
        {"entries": [{"account": "external"}]},
        {"entries": [{"amount": "1.00"}]},
        {"entries": [{"account": True, "amount": "1.00"}]},
        {"entries": [{"account": "account/x", "amount": "1.00"}]},
        *(
            {"entries": [{"account": "external", "amount": amount}]}
            for amount in (1, 1.5, None, True, ["1.00"], "", "1", "1.0", "1e5", "NaN", "+1.00", "1.000000001")
        ),
    ],
    ids=str,
)
def test_what_is_not_wholly_a_transaction_moves_nothing(fields: dict[str, object]) -> None:
    assert rows(**fields) == []


def test_one_entry_that_is_none_leaves_its_transaction_out_and_breaks_no_sum() -> None:
    shelf = Shelf()
    broken = transaction(2, 0, {"account/16": "5.00", "external": "five"})
    shelf.put(transaction(1, 0, {"account/16": "1.00", "external": "-1.00"}), broken, movement(3))
    (everything,) = shelf.reduce("ledger", "balances")
    assert everything.value == [0, 0, 0, 1]


def test_every_key_is_of_one_shape() -> None:
    """Keys of [0-9a-z] sort alike in CouchDB and in the embedded store."""
    for key, _ in rows():
        assert isinstance(key, list)
        assert len(key) == 3
        assert set("".join(map(str, key))) <= set("0123456789abcdefghijklmnopqrstuvwxyz")
