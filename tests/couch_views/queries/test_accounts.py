"""Owns the cases of reading members, accounts, positions, statements and how far documents have come.

Never tests how they come about: that stands with the projection.
Called by pytest.
"""

import pytest

from actors.machines.messages.events import MoneyDeposited
from couch_views.classes import DocumentClass
from couch_views.queries.accounts import account, member, positions, reached, statement
from couch_views.queries.pages import QueryError
from couch_views.shapes import checkpoint_document_id
from tests.couch_views.projection.records import UNIT, project, registered
from tests.couch_views.shelf import Shelf, ids, movement, position


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put(*project([registered(16, "alice"), MoneyDeposited(16, UNIT, UNIT)]).values())
    return shelf


def test_an_account_is_found_by_its_id(shelf: Shelf) -> None:
    found = account(shelf, 16)
    assert found is not None
    assert (found["username"], found["balance"]) == ("alice", "1.00")
    assert account(shelf, 17) is None


def test_a_member_is_found_by_username(shelf: Shelf) -> None:
    found = member(shelf, "alice")
    assert found is not None
    assert found["display_name"] == "Alice"
    assert member(shelf, "alic") is None


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_a_statement_is_in_order(limit: int) -> None:
    shelf = Shelf()
    shelf.put(*(movement(sequence, index) for sequence in (2, 10) for index in (0, 1, 2)))
    shelf.put(movement(5, 0, account_id=17))
    expected = [int(f"{sequence}{index:07d}") for sequence in (2, 10) for index in (0, 1, 2)]
    for sort in (None, "id", "-id", "-created"):
        page = statement(shelf, 16, sort, limit)
        found = ids(page.items)
        while page.next_cursor is not None:
            page = statement(shelf, 16, sort, limit, page.next_cursor)
            found += ids(page.items)
        assert found == (expected[::-1] if sort in ("-id", "-created") else expected)


def test_a_statement_sorts_by_nothing_else() -> None:
    with pytest.raises(QueryError, match="sort: unknown field 'amount'"):
        statement(Shelf(), 16, "amount")


def test_positions_are_ones_own_the_newest_market_first() -> None:
    shelf = Shelf()
    shelf.put(*(position(market) for market in (1, 9, 10)), position(5, account_id=17))
    first = positions(shelf, 16, 2)
    second = positions(shelf, 16, 2, first.next_cursor)
    assert [one["market_id"] for one in first.items + second.items] == ["10", "9", "1"]
    assert second.next_cursor is None


def test_how_far_the_documents_have_come() -> None:
    shelf = Shelf()
    stream = "accounts-1"
    for of, sequence in ((DocumentClass.CURRENT, 7), (DocumentClass.HISTORY, 5)):
        identity = checkpoint_document_id(stream, of)
        shelf.put({"_id": identity, "kind": "checkpoint", "stream": stream, "sequence": sequence})
    assert reached(shelf, ["markets-0", stream]) == {"markets-0": 0, "accounts-1": 7}
    assert reached(shelf, ["markets-0", stream], DocumentClass.HISTORY) == {"markets-0": 0, "accounts-1": 5}
