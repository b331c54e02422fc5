"""Owns the tables of what a page understands: limits, sorts, cursors, and what it says otherwise.

Never reads documents.
Called by pytest.
"""

import base64

import pytest

from actors.machines import limits
from couch_views.queries.pages import (
    QueryError,
    Sort,
    check_limit,
    decode_cursor,
    encode_cursor,
    parse_sort,
)

NAMES = {"id": "id", "created": "id", "start_datetime": "start_datetime"}
ORDERS = (("id",), ("start_datetime", "id"))
BY_ID = Sort(("id",), descending=False)
BY_START = Sort(("start_datetime", "id"), descending=True)


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        (None, BY_ID),
        ("", BY_ID),
        (" , ", BY_ID),
        ("id", BY_ID),
        ("created", BY_ID),
        ("-id", Sort(("id",), descending=True)),
        ("-created", Sort(("id",), descending=True)),
        ("-created,-id", Sort(("id",), descending=True)),
        ("id,-start_datetime", BY_ID),
        ("start_datetime", Sort(("start_datetime", "id"), descending=False)),
        ("-start_datetime", BY_START),
        ("-start_datetime, -id", BY_START),
        ("-start_datetime,-created,name", None),
        ("-start_datetime,-start_datetime", BY_START),
        ("name", None),
        ("--id", None),
        ("id asc", None),
        ("start_datetime,-id", None),
    ],
)
def test_a_sort_is_one_of_the_lists_orders(text: str | None, sort: Sort | None) -> None:
    if sort is None:
        with pytest.raises(QueryError) as refused:
            parse_sort(text, NAMES, ORDERS)
        assert refused.value.field == "sort"
    else:
        assert parse_sort(text, NAMES, ORDERS) == sort


def test_an_unknown_field_is_named_and_the_known_ones_listed() -> None:
    with pytest.raises(ValueError, match="sort: unknown field 'name', not of id, created, start_datetime"):
        parse_sort("-name", NAMES, ORDERS)


def test_an_order_that_the_list_has_not_is_refused() -> None:
    with pytest.raises(QueryError, match="sort: this list sorts by event_id,display_order,id"):
        parse_sort(
            "display_order", {"display_order": "display_order"}, (("event_id", "display_order", "id"),)
        )


@pytest.mark.parametrize("limit", [0, -1, limits.PAGE_LIMIT_MAX + 1])
def test_a_limit_is_bounded(limit: int) -> None:
    with pytest.raises(QueryError, match="limit: from 1 to 1000"):
        check_limit(limit)


def test_a_cursor_comes_back() -> None:
    places = {"after": ("20261120", "7"), "8": ("9",)}
    cursor = encode_cursor("events", BY_START, places)
    assert decode_cursor("events", BY_START, cursor) == places
    assert set(cursor) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert decode_cursor("events", BY_START, None) == {}


def raw(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "?",
        "é",
        "AAAA",
        "A",
        raw(b"[]"),
        raw(b'["events:-start_datetime,id",{"after":["x"]}]'),
        raw(b'["events:-start_datetime,id",{"after":[""]}]'),
        raw(b'["events:-start_datetime,id",{"after":[7]}]'),
        raw(b'["events:id",{"after":["7"]}]'),
        raw(b'["markets:-start_datetime,id",{"after":["7"]}]'),
        "A" * 10_000,
        encode_cursor("events", BY_START, {"after": ("1" * 41,)}),
    ],
)
def test_what_is_no_cursor_of_this_list_is_refused(cursor: str) -> None:
    with pytest.raises(QueryError, match="cursor: "):
        decode_cursor("events", BY_START, cursor)
