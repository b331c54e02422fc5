"""Owns the tables of how a member's orders and fills are listed.

Never tests paging itself: that stands with lists.
Called by pytest.
"""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.messages.words import OrderState
from couch_views.queries import orders as queries
from couch_views.queries.orders import OrderFilters, fills, order, orders
from couch_views.queries.pages import Page, QueryError
from couch_views.shapes import FillDocument, OrderDocument
from tests.couch_views import shelf as documents
from tests.couch_views.shelf import Shelf, ids

STATES = list(OrderState)
REFERENCES = (None, "mine", "Zo\u00eb \U0001f600")
ORDERS: list[OrderDocument] = [
    documents.order(number, state, 16, 1 + contract // 10, contract, reference)
    for number, (state, contract, reference) in enumerate(product(STATES, (1, 2, 11), REFERENCES), 1)
]


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put(*ORDERS)
    shelf.put(documents.order(900, "created", 17), documents.order(901, "created", 160, reference_id="mine"))
    return shelf


def read_all(read: Callable[[str | None], Page[OrderDocument]]) -> list[int]:
    page = read(None)
    found = ids(page.items)
    while page.next_cursor is not None:
        page = read(page.next_cursor)
        found += ids(page.items)
    return found


@given(
    st.lists(st.sampled_from(STATES), max_size=3),
    st.lists(st.sampled_from([1, 2, 3]), max_size=3),
    st.lists(st.sampled_from([1, 2, 11, 12]), max_size=3),
    st.lists(st.sampled_from(["mine", "min", "Zo\u00eb \U0001f600"]), max_size=2),
    st.sampled_from([None, "id", "-id", "created", "-created_datetime,-id"]),
    st.integers(1, 40),
    st.sampled_from([1, 8, 100]),
)
def test_filters_together_let_through_what_each_lets_through(
    states: list[str],
    market_ids: list[int],
    contract_ids: list[int],
    reference_ids: list[str],
    sort: str | None,
    limit: int,
    ranges_max: int,
) -> None:
    filters = OrderFilters(states, market_ids, contract_ids, reference_ids)
    expected = [
        int(one["id"])
        for one in ORDERS
        if (not states or one["state"] in states)
        and (not market_ids or int(one["market_id"]) in market_ids)
        and (not contract_ids or int(one["contract_id"]) in contract_ids)
        and (not reference_ids or one["reference_id"] in reference_ids)
    ]
    if sort not in ("id", "created"):
        expected.reverse()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "RANGES_MAX", ranges_max)
        found = read_all(lambda cursor: orders(SHARED, 16, filters, sort, limit, cursor))
    assert found == expected


SHARED = Shelf()
SHARED.put(*ORDERS)


def test_orders_are_ones_own(shelf: Shelf) -> None:
    assert ids(orders(shelf, 17).items) == [900]
    assert ids(orders(shelf, 160, OrderFilters(reference_ids=["mine"])).items) == [901]
    assert ids(orders(shelf, 1).items) == []


def test_the_newest_come_first(shelf: Shelf) -> None:
    assert ids(orders(shelf, 16, limit=3).items) == [len(ORDERS), len(ORDERS) - 1, len(ORDERS) - 2]


def test_one_order_is_shown_to_its_member_only(shelf: Shelf) -> None:
    found = order(shelf, 16, 1)
    assert found is not None
    assert found["id"] == "1"
    assert order(shelf, 17, 1) is None
    assert order(shelf, 16, 900) is None
    assert order(shelf, 16, 999) is None


@pytest.mark.parametrize(
    ("filters", "sort", "limit", "cursor", "field"),
    [
        (OrderFilters(["open"]), None, 20, None, "states"),
        (OrderFilters(), "price", 20, None, "sort"),
        (OrderFilters(), None, 0, None, "limit"),
        (OrderFilters(), None, 20, "bogus", "cursor"),
    ],
)
def test_what_is_wrong_is_named(
    filters: OrderFilters, sort: str | None, limit: int, cursor: str | None, field: str
) -> None:
    with pytest.raises(QueryError) as refused:
        orders(Shelf(), 16, filters, sort, limit, cursor)
    assert refused.value.field == field


BOOKED = [(2, 7, 1), (2, 8, 1), (3, 1, 2), (10, 9, 1), (10, 10, 1)]
"""Sequence, execution, market: as they were booked."""


def fills_of(shelf: Shelf, sort: str | None, limit: int) -> list[tuple[int, int, int]]:
    def shown(page: Page[FillDocument]) -> list[tuple[int, int, int]]:
        return [(one["sequence"], int(one["execution_id"]), int(one["market_id"])) for one in page.items]

    page = fills(shelf, 16, sort, limit)
    found = shown(page)
    while page.next_cursor is not None:
        page = fills(shelf, 16, sort, limit, page.next_cursor)
        found += shown(page)
    return found


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_fills_are_in_the_order_they_were_booked(limit: int) -> None:
    shelf = Shelf()
    shelf.put(
        *(documents.fill(5, execution, sequence, 16, market) for sequence, execution, market in BOOKED[::-1])
    )
    shelf.put(documents.fill(6, 7, 2, account_id=17))
    assert fills_of(shelf, None, limit) == BOOKED
    assert fills_of(shelf, "-id", limit) == BOOKED[::-1]
    assert fills_of(shelf, "-created_datetime", limit) == BOOKED[::-1]


def test_fills_of_one_order_are_found_by_its_id() -> None:
    shelf = Shelf()
    shelf.put(*(documents.fill(5, execution, 9 - execution, 16, 1) for execution in (1, 2, 3)))
    shelf.put(documents.fill(6, 4, 1, 16, 1))
    assert [fill["execution_id"] for fill in queries.fills_of_order(shelf, 5)] == ["1", "2", "3"]
    assert [fill["execution_id"] for fill in queries.fills_of_order(shelf, 5, limit=2)] == ["1", "2"]
    assert queries.fills_of_order(shelf, 7) == []
