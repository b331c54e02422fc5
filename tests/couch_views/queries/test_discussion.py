"""Owns the tests of reading comments and reports.

Never decides who may see them.
Called by pytest.
"""

import pytest

from actors.machines.messages.comments import (
    CommentHidden,
    CommentReported,
    CommentWritten,
    Subject,
)
from actors.machines.messages.events import Event
from couch_views.activity_shapes import entry_document_id
from couch_views.comment_shapes import CommentDocument, ReportState
from couch_views.queries import discussion
from couch_views.queries.pages import Page, QueryError
from couch_views.shapes import member_document_id
from tests.couch_views.projection.records import project
from tests.couch_views.shelf import Shelf, ids

MARKET, ENTRY = Subject(3), Subject(entry_id=32, account_id=16)


def written(comment_id: int, subject: Subject) -> CommentWritten:
    return CommentWritten(comment_id, 16, "alice", subject, "Well.", (), 0, 0, 5)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    records: list[list[Event]] = [
        [written(number * 16, MARKET if number % 2 else ENTRY)] for number in range(1, 8)
    ]
    reported: list[list[Event]] = [
        [CommentReported(16, 32, "bob", "rude", True, 30)],
        [CommentReported(48, 32, "bob", "rude", True, 20)],
        [CommentReported(80, 32, "bob", "rude", False, 40)],
        [CommentHidden(112, 48, 1, 0, "rude", 50)],
    ]
    shelf.put(*project(*records, *reported, stream="social-0").values())
    shelf.put({"_id": entry_document_id("social-2", 34), "kind": "entry", "id": "34"})
    shelf.put({"_id": member_document_id("alice"), "kind": "member", "username": "alice"})
    return shelf


@pytest.mark.parametrize(
    ("about", "number", "sort", "expected"),
    [
        ("market", 3, None, [112, 80, 48, 16]),
        ("market", 3, "created_datetime", [16, 48, 80, 112]),
        ("market", 3, "-id", [112, 80, 48, 16]),
        ("entry", 32, None, [96, 64, 32]),
        ("market", 32, None, []),
        ("entry", 3, None, []),
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 20])
def test_comments_on_one_thing_page_by_page(
    shelf: Shelf, about: discussion.About, number: int, sort: str | None, expected: list[int], limit: int
) -> None:
    listing, cursor = discussion.comments(about, number, sort), None
    found: list[int] = []
    for _ in range(10):
        page: Page[CommentDocument] = listing.page(shelf, limit, cursor)
        found += ids(page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == expected


def test_there_is_no_other_order() -> None:
    with pytest.raises(QueryError, match="sort"):
        discussion.comments("market", 3, "username")


def test_one_by_one(shelf: Shelf) -> None:
    assert discussion.comment(shelf, 17) is None
    found = discussion.comment(shelf, 16)
    assert found is not None
    assert found["text"] == "Well."
    assert [each and each["id"] for each in discussion.comments_by_id(shelf, ["48", "17", "16"])] == [
        "48",
        None,
        "16",
    ]


def test_an_entry_is_found_where_it_was_made(shelf: Shelf) -> None:
    found = discussion.entry(shelf, 34)
    assert found is not None
    assert found["id"] == "34"
    assert discussion.entry(shelf, 35) is None


def test_members_that_there_are(shelf: Shelf) -> None:
    found = discussion.members(shelf, ["bob", "alice", "nobody"])
    assert [member["username"] for member in found] == ["alice"]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((), ["48", "16"]),
        (("queued",), ["48", "16"]),
        (("settled", "open"), ["80", "112"]),
        (("open", "queued", "settled"), ["48", "16", "80", "112"]),
    ],
)
def test_what_was_reported(shelf: Shelf, states: tuple[ReportState, ...], expected: list[str]) -> None:
    found: list[str] = []
    cursor = None
    for _ in range(10):
        page = discussion.reports(shelf, states, 1, cursor)
        found += [each["comment_id"] for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == expected
