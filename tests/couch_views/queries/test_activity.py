"""Owns the tests of reading activity: one stream or many, page by page, beside a model that sorts it all.

Never filters what is shown.
Called by pytest.
"""

from collections.abc import Sequence
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from couch_views.activity_shapes import EntryDocument
from couch_views.json_values import JsonObject
from couch_views.queries import activity
from couch_views.queries.pages import Page, QueryError
from couch_views.relation_shapes import privacy_document_id
from tests.couch_views.shelf import Shelf, entry, ids

NAMES = ("member/1", "member/2", "market/1", "exchange")
PLACED = st.lists(st.tuples(st.integers(0, 3), st.lists(st.sampled_from(NAMES), min_size=1, unique=True)))


def page_of(shelf: Shelf, names: Sequence[str], limit: int, cursor: str | None = None) -> Page[EntryDocument]:
    return activity.of_streams(names).page(shelf, limit, cursor)


@settings(deadline=None)
@given(PLACED, st.lists(st.sampled_from(NAMES), unique=True), st.integers(1, 7))
def test_pages_of_any_streams_are_what_stands_in_them_newest_first(
    placed: list[tuple[int, list[str]]], names: list[str], limit: int
) -> None:
    shelf = Shelf()
    entries = [entry(number, *places, at=at) for number, (at, places) in enumerate(placed, 1)]
    shelf.put(*entries)
    expected = [
        number
        for at, number, places in sorted(
            ((at, number, places) for number, (at, places) in enumerate(placed, 1)), reverse=True
        )
        if set(places) & set(names)
    ]
    found: list[int] = []
    page = page_of(shelf, names, limit)
    while True:
        found += ids(page.items)
        if page.next_cursor is None:
            break
        assert len(page.items) == limit
        page = page_of(shelf, names, limit, page.next_cursor)
    assert found == expected
    shelf.close()


def test_an_entry_of_several_social_streams_is_one() -> None:
    shelf = Shelf()
    shelf.put(entry(1, "member/1", stream="social-0"), entry(1, "market/1", stream="social-1"))
    assert ids(page_of(shelf, ["member/1", "market/1"], 5).items) == [1]


def all_shown(entries: Sequence[EntryDocument]) -> list[EntryDocument | None]:
    return [each if int(each["id"]) % 3 else None for each in entries]


@settings(deadline=None)
@given(PLACED, st.lists(st.sampled_from(NAMES), unique=True, min_size=1), st.integers(1, 5), st.data())
def test_who_reads_to_the_end_and_back_sees_each_once_each_way_and_what_came_meanwhile(
    placed: list[tuple[int, list[str]]], names: list[str], limit: int, data: st.DataObject
) -> None:
    """Every third entry isn't for who looks: no page tells of it."""
    shelf = Shelf()
    entries = [entry(number, *places, at=at) for number, (at, places) in enumerate(placed, 1)]
    shelf.put(*entries)
    listing = activity.of_streams(names)
    page = listing.page_of_shown(shelf, limit, None, all_shown)
    assert page.previous_cursor is None
    before = ids(page.items)
    pages = [page]
    while page.next_cursor is not None:
        page = listing.page_of_shown(shelf, limit, page.next_cursor, all_shown)
        pages.append(page)
        before += ids(page.items)
    arrived = data.draw(st.integers(0, 3))
    shelf.put(*(entry(1_000 + 3 * number, names[0], at=9) for number in range(arrived)))
    assert len(pages) == max(1, -(-len(before) // limit))
    back = ids(page.items)
    while page.previous_cursor is not None:
        page = listing.page_of_shown(shelf, limit, page.previous_cursor, all_shown)
        back = ids(page.items) + back
    came = [1_000 + 3 * number for number in reversed(range(arrived))] if len(pages) > 1 else []
    assert back == came + before
    shelf.close()


def test_the_last_page_is_read_from_the_end() -> None:
    shelf = Shelf()
    shelf.put(*(entry(number, "member/1", at=number) for number in range(10, 20)))
    listing = activity.of_streams(["member/1"])
    last = listing.page_of_shown(shelf, 4, activity.LAST_CURSOR, all_shown)
    assert (ids(last.items), last.next_cursor) == ([14, 13, 11, 10], None)
    before = listing.page_of_shown(shelf, 4, last.previous_cursor, all_shown)
    assert (ids(before.items), before.previous_cursor) == ([19, 17, 16], None)
    again = listing.page_of_shown(shelf, 4, before.next_cursor, all_shown)
    assert again.items == last.items


def test_a_page_of_which_nothing_is_shown_any_more_leads_nowhere() -> None:
    shelf = Shelf()
    shelf.put(*(entry(number, "member/1", at=number) for number in range(1, 6)))
    listing = activity.of_streams(["member/1"])
    second = listing.page_of_shown(shelf, 2, None, all_shown).next_cursor
    assert listing.page_of_shown(shelf, 2, second, lambda found: [None] * len(found)) == ([], None, None)


def test_a_list_that_is_read_one_way_takes_no_cursor_of_the_other() -> None:
    with pytest.raises(QueryError):
        activity.of_streams(["member/1"]).page(Shelf(), 2, activity.LAST_CURSOR)


def test_a_page_goes_on_where_it_was_whatever_comes() -> None:
    shelf = Shelf()
    shelf.put(*(entry(number, "member/1", at=number) for number in range(1, 6)))
    first = page_of(shelf, ["member/1", "member/2"], 2)
    shelf.put(entry(9, "member/2", at=9))
    assert ids(first.items) == [5, 4]
    assert ids(page_of(shelf, ["member/1", "member/2"], 2, first.next_cursor).items) == [3, 2]


def test_many_streams_are_read_by_few_requests() -> None:
    shelf = Shelf()
    shelf.put(
        *(entry(number, f"member/{number % 50 if number < 480 else 7}", at=number) for number in range(500))
    )
    names = [f"member/{number}" for number in range(50)]
    with patch.object(shelf, "views", wraps=shelf.views) as views:
        assert ids(page_of(shelf, names, 5).items) == [499, 498, 497, 496, 495]
    ranges = [call.args[2] for call in views.call_args_list]
    assert [len(each) for each in ranges] == [50, 1]


def test_orders_are_read_of_whom_it_is_asked() -> None:
    shelf = Shelf()
    shelf.put(entry(1, "orders/1"), entry(2, "member/1"), entry(3, "orders/2"))
    assert ids(activity.of_streams(["member/1"], [1]).page(shelf, 5, None).items) == [2, 1]


def test_who_shows_orders_to_others_has_set_so() -> None:
    shelf = Shelf()
    settings: dict[int, JsonObject] = {
        1: {},
        2: {"order": {"audience": "only_me", "detail": "profit"}},
        3: {"order": {"audience": "followers", "detail": "traded"}},
        4: {"fill": {"audience": "everyone", "detail": "traded"}},
        5: {"order": {"detail": "side"}},
    }
    shelf.put(
        *(
            {
                "_id": privacy_document_id(account_id),
                "kind": "privacy",
                "account_id": str(account_id),
                "settings": given,
            }
            for account_id, given in settings.items()
        )
    )
    assert activity.members_showing_orders(shelf, [1, 2, 3, 4, 5, 6]) == [3]
