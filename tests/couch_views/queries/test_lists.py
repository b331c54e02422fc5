"""Owns the conversations of paging: ranges that are merged, documents that move meanwhile, bounded search.

Never tests a resource's filters: those stand with their queries.
Called by pytest.
"""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.messages.words import OrderState
from couch_views.client import ABSENT, Absent
from couch_views.json_values import Json
from couch_views.queries import lists
from couch_views.queries.lists import IdRange, Listing, ViewRange, distinct, in_life_order, read_known
from couch_views.queries.pages import Page, QueryError, Sort, encode_cursor
from couch_views.queries.reading import Row
from couch_views.shapes import OrderDocument, StatementDocument, document_id
from tests.couch_views.shelf import Shelf, event, ids, movement, order

UP, DOWN = Sort(("id",), descending=False), Sort(("id",), descending=True)
ACCOUNT = "00000000000000000016"


def in_states(sort: Sort, *states: str) -> Listing:
    """Account 16's orders in these states."""
    return Listing("orders", [ViewRange("orders", (ACCOUNT, "state", state)) for state in states], sort)


def page_of(
    shelf: Shelf,
    listing: Listing,
    limit: int,
    cursor: str | None = None,
    matches: Callable[[OrderDocument], bool] = lambda _: True,
) -> Page[OrderDocument]:
    return listing.page(shelf, limit, cursor, matches)


def read_all(
    shelf: Shelf,
    listing: Listing,
    limit: int,
    *,
    between: Callable[[], None] = lambda: None,
    matches: Callable[[OrderDocument], bool] = lambda _: True,
) -> list[int]:
    """The ids on all pages, one after the other."""
    page = page_of(shelf, listing, limit, None, matches)
    found = ids(page.items)
    while page.next_cursor is not None:
        between()
        page = page_of(shelf, listing, limit, page.next_cursor, matches)
        found += ids(page.items)
    return found


@pytest.mark.parametrize("sort", [UP, DOWN], ids=["up", "down"])
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7, 1_000])
def test_several_ranges_are_one_list(sort: Sort, limit: int) -> None:
    shelf = Shelf()
    states = ["created", "partial", "created", "filled", "partial", "created", "created"]
    shelf.put(*(order(number, state) for number, state in enumerate(states, 1)))
    expected = [1, 2, 3, 5, 6, 7]
    found = read_all(shelf, in_states(sort, "created", "partial"), limit)
    assert found == (expected[::-1] if sort.descending else expected)


def test_an_empty_list_has_one_empty_page() -> None:
    assert page_of(Shelf(), in_states(UP, "created"), 5) == Page([], None)


def test_a_last_page_that_is_full_is_the_last() -> None:
    shelf = Shelf()
    shelf.put(*(order(number) for number in range(1, 5)))
    first = page_of(shelf, in_states(UP, "created"), 2)
    second = page_of(shelf, in_states(UP, "created"), 2, first.next_cursor)
    assert (ids(first.items), ids(second.items), second.next_cursor) == ([1, 2], [3, 4], None)


def test_the_item_that_a_cursor_names_may_be_gone() -> None:
    shelf = Shelf()
    shelf.put(*(order(number) for number in range(1, 6)))
    page = page_of(shelf, in_states(DOWN, "created"), 2)
    shelf.remove(document_id("order", 4))
    assert ids(page_of(shelf, in_states(DOWN, "created"), 2, page.next_cursor).items) == [3, 2]


LIFE = ("created", "partial", "filled", "settled")
CHANGES = st.lists(st.tuples(st.integers(1, 20), st.sampled_from(["on", "gone"])), max_size=4)


@given(
    st.dictionaries(st.integers(1, 20), st.sampled_from(LIFE), min_size=3),
    st.lists(CHANGES, max_size=12),
    st.integers(1, 5),
    st.sampled_from([UP, DOWN]),
)
def test_paging_while_the_list_changes_neither_repeats_nor_misses(
    states: dict[int, str], changes: list[list[tuple[int, str]]], limit: int, sort: Sort
) -> None:
    """Orders come, go and move on through their states between any two pages."""
    shelf = Shelf()
    shelf.put(*(order(number, state) for number, state in states.items()))
    wanted = LIFE[:3]
    always = {number for number, state in states.items() if state in wanted}
    coming = iter(changes)

    def change() -> None:
        for number, what in next(coming, []):
            if what == "gone":
                shelf.remove(document_id("order", number))
                states.pop(number, None)
            else:
                at = LIFE.index(states[number]) + 1 if number in states else 0
                states[number] = LIFE[min(at, len(LIFE) - 1)]
                shelf.put(order(number, states[number]))
            if states.get(number) not in wanted:
                always.discard(number)

    found = read_all(shelf, in_states(sort, *wanted), limit, between=change)
    assert found == sorted(set(found), reverse=sort.descending)
    assert always <= set(found)


class Moving(Shelf):
    """A store in which something happens before a view is asked for the n-th time."""

    def __init__(self, before: int, act: Callable[[Shelf], None]) -> None:
        super().__init__()
        self.before = before
        self.act = act

    def view(
        self,
        design: str,
        view: str,
        *,
        start: Json | Absent = ABSENT,
        end: Json | Absent = ABSENT,
        descending: bool = False,
        limit: int | None = None,
    ) -> list[Row]:
        if self.before == 0:
            self.act(self)
        self.before -= 1
        return super().view(design, view, start=start, end=end, descending=descending, limit=limit)


@pytest.mark.parametrize("before", range(4))
def test_an_order_that_moves_on_while_a_page_is_read_is_listed_once(before: int) -> None:
    shelf = Moving(before, lambda shelf: shelf.put(order(2, "partial")))
    shelf.put(order(1), order(2), order(3, "filled"))
    assert ids(page_of(shelf, in_states(UP, "created", "partial", "filled"), 5).items) == [1, 2, 3]


def test_an_order_that_is_gone_when_documents_are_read_is_left_out() -> None:
    class Losing(Shelf):
        def get_many(self, identities: object) -> list[dict[str, Json] | None]:
            return [None, *super().get_many([document_id("order", 2)])]

    shelf = Losing()
    shelf.bulk([order(1), order(2)])
    assert ids(page_of(shelf, in_states(UP, "created"), 5).items) == [2]


def test_what_no_view_serves_is_looked_for_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "SCANNED_MAX", 20)
    shelf = Shelf()
    shelf.put(*(order(number, market_id=number % 50) for number in range(1, 201)))
    listing = in_states(UP, "created")

    def matches(document: OrderDocument) -> bool:
        return document["market_id"] == "7"

    first = page_of(shelf, listing, 2, None, matches)
    assert ids(first.items) == [7]
    assert first.next_cursor is not None
    assert read_all(shelf, listing, 2, matches=matches) == [7, 57, 107, 157]
    assert read_all(shelf, listing, 1, matches=matches) == [7, 57, 107, 157]


def test_a_range_of_ids_ends_where_others_begin() -> None:
    shelf = Shelf()
    shelf.put(*(movement(sequence, 0, account) for sequence in (1, 9, 10) for account in (15, 16, 17)))
    span = IdRange(document_id("statement", 16), 40)
    for sort, expected in ((UP, [1, 9, 10]), (DOWN, [10, 9, 1])):
        listing = Listing("statement", [span], sort)
        page: Page[StatementDocument] = listing.page(shelf, 2, None)
        rest: Page[StatementDocument] = listing.page(shelf, 2, page.next_cursor)
        found = [document["sequence"] for document in page.items + rest.items]
        assert found == expected


def second_of(second: int) -> str:
    """A time as keys have it."""
    return f"197001010000{second:02d}000000"


@pytest.mark.parametrize(
    ("lowest", "highest", "expected"),
    [(0, 59, [1, 2, 3, 4]), (20, 30, [2, 3, 4]), (21, 29, []), (0, 20, [1, 2, 3]), (30, 30, [4])],
)
def test_a_range_of_a_view_has_bounds(lowest: int, highest: int, expected: list[int]) -> None:
    shelf = Shelf()
    shelf.put(event(1, start=10), event(2, start=20), event(3, start=20), event(4, start=30))
    span = ViewRange("events", ("start", "0", "0"), second_of(lowest), second_of(highest))
    for sort in (UP, DOWN):
        found = span.read(shelf, None, 10, descending=sort.descending)
        assert [int(entry.place[1]) for entry in found] == (expected[::-1] if sort.descending else expected)


@pytest.mark.parametrize(
    "places", [{}, {"after": ("1", "2")}, {"before": ("1",)}, {"after": ("1",), "more": ("1",)}]
)
def test_a_cursor_of_another_shape_is_refused(places: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(QueryError, match="cursor"):
        page_of(Shelf(), in_states(UP, "created"), 5, encode_cursor("orders", UP, places))


@pytest.mark.parametrize("sort", [UP, DOWN], ids=["up", "down"])
@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_ranges_may_lie_beside_each_other(sort: Sort, limit: int) -> None:
    """A place within one range is then outside of the other."""
    shelf = Shelf()
    shelf.put(*(event(number, start=10 + number) for number in range(1, 10)))
    spans = [
        ViewRange("events", ("start", "0", "0"), second_of(low), second_of(high))
        for low, high in ((16, 18), (12, 13), (19, 11))
    ]
    listing = Listing("events", spans, Sort(("start_datetime", "id"), sort.descending))
    expected = [2, 3, 6, 7, 8]
    assert read_all(shelf, listing, limit) == (expected[::-1] if sort.descending else expected)


def test_many_documents_are_read_in_several_requests() -> None:
    shelf = Shelf()
    names = [document_id("order", number) for number in range(lists.CHUNK_MAX + 1)]
    shelf.put(order(0), order(lists.CHUNK_MAX))
    assert [document["id"] for document in read_known(shelf, names)] == ["0", str(lists.CHUNK_MAX)]


def test_values_are_taken_once_in_the_order_given() -> None:
    assert distinct([3, 1, 3, 2, 1]) == [3, 1, 2]


def test_states_are_read_in_the_order_of_a_life() -> None:
    assert in_life_order(["filled", "created", "filled"], OrderState) == ["created", "filled"]
    with pytest.raises(QueryError, match="states: one or more of pending, created, partial"):
        in_life_order(["created", "bogus"], OrderState)
