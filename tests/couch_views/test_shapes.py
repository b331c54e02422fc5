"""Owns the tests of how documents are named.

Never tests what is in them.
Called by pytest.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couch_views.shapes import (
    AccountDocument,
    MarketDocument,
    checkpoint_document_id,
    document_id,
    fields_of,
    member_document_id,
)

NUMBERS = st.lists(st.integers(0, 10**20 - 1), min_size=2, max_size=2)


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (document_id("order", 42), "order00000000000000000042"),
        (document_id("order", "43"), "order00000000000000000043"),
        (document_id("fill", 1, 23), "fill0000000000000000000100000000000000000023"),
        (member_document_id("al-ice_1"), "member616c2d6963655f31"),
        (checkpoint_document_id("accounts-0"), "checkpointaccounts-0"),
    ],
)
def test_documents_are_named_by_kind_and_number(identity: str, expected: str) -> None:
    assert identity == expected


@given(NUMBERS, NUMBERS)
def test_names_sort_as_their_numbers(one: list[int], other: list[int]) -> None:
    assert (one < other) == (document_id("fill", *one) < document_id("fill", *other))


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=3, max_size=32))
def test_names_of_members_sort_everywhere_alike(username: str) -> None:
    assert re.fullmatch("member[0-9a-f]+", member_document_id(username))


def test_the_fields_of_a_kind_are_its_own_in_their_order() -> None:
    assert fields_of(AccountDocument) == (
        "account_id",
        "username",
        "currency",
        "balance",
        "available_balance",
        "exposure",
    )
    assert fields_of(MarketDocument, hidden=("rules",))[8:] == (
        "display_order",
        "created_datetime",
        "version",
        "in_play",
        "in_play_delay_ms",
        "cross_matching",
        "quantity_max",
        "opening_auction_s",
        "closing_auction_s",
        "contracts",
        "settlement_reason",
        "halt_reason",
        "auction",
    )
