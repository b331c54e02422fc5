"""Owns the tests of reading who follows whom, who is blocked and muted, and what was set.

Never tests who may see it.
Called by pytest.
"""

from collections.abc import Sequence

import pytest

from couch_views.formats import format_time
from couch_views.json_values import JsonObject
from couch_views.queries import relations
from couch_views.queries.lists import Listing
from couch_views.relation_shapes import (
    block_document_id,
    follow_document_id,
    mute_document_id,
    privacy_document_id,
)
from tests.couch_views.shelf import Shelf


def follow(account_id: int, stream: str, seconds: int, *, active: bool = True) -> JsonObject:
    followed, _, number = stream.partition("/")
    return {
        "_id": follow_document_id(account_id, stream),
        "kind": "follow",
        "account_id": str(account_id),
        "username": f"member{account_id}",
        "followed": followed,
        "followed_id": number,
        "active": active,
        "created_datetime": format_time(seconds * 1_000_000),
    }


def between(identity: str, other: int, *, active: bool = True) -> JsonObject:
    return {"_id": identity, "other_account_id": str(other), "active": active}


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put(
        follow(16, "member/32", 5),
        follow(16, "market/3", 7),
        follow(16, "event/3", 6),
        follow(16, "member/48", 8, active=False),
        follow(48, "member/32", 9),
        follow(64, "member/32", 2),
        follow(64, "market/32", 1),
        *(between(block_document_id(16, other), other, active=other != 48) for other in (32, 48, 64)),
        between(mute_document_id(16, 80), 80),
        {"_id": privacy_document_id(16), "settings": {"order": {"audience": "members"}}},
    )
    return shelf


def whole(documents: Sequence[JsonObject]) -> Sequence[JsonObject]:
    return documents


def listed(shelf: Shelf, listing: Listing, limit: int = 10) -> list[str]:
    """The ends of the ids, page by page."""
    found: list[str] = []
    cursor = None
    while True:
        page = listing.page_of_shown(shelf, limit, cursor, whole)
        found += [str(each["_id"])[-22:].lstrip("et") for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 10])
@pytest.mark.parametrize(
    ("followed", "expected"),
    [(None, [3, 3, 32]), ("member", [32]), ("market", [3]), ("event", [3])],
)
def test_what_is_followed_now_newest_first(
    shelf: Shelf, followed: str | None, expected: list[int], limit: int
) -> None:
    assert [int(each[-10:]) for each in listed(shelf, relations.following(16, followed), limit)] == expected


def test_who_follows_now_newest_first(shelf: Shelf) -> None:
    page = relations.followers("member", 32).page_of_shown(shelf, 10, None, whole)
    assert [each["account_id"] for each in page.items] == ["48", "16", "64"]
    assert relations.followers("member", 48).page_of_shown(shelf, 10, None, whole).items == []


def test_the_streams_that_are_followed(shelf: Shelf) -> None:
    assert relations.followed_streams(shelf, 16) == ["market/3", "event/3", "member/32"]
    assert relations.followed_streams(shelf, 32) == []


def test_one_is_there_while_it_holds(shelf: Shelf) -> None:
    assert relations.follow(shelf, 16, "member/32") is not None
    assert relations.follow(shelf, 16, "member/48") is None
    assert relations.follow(shelf, 16, "member/80") is None
    assert (relations.block(shelf, 16, 32) is None, relations.block(shelf, 16, 48) is None) == (False, True)
    assert (relations.mute(shelf, 16, 80) is None, relations.mute(shelf, 16, 32) is None) == (False, True)


def test_whom_somebody_has_blocked_and_muted(shelf: Shelf) -> None:
    blocks = relations.blocks(shelf, 16, 1, None)
    assert [each["other_account_id"] for each in blocks.items] == ["64"]
    rest = relations.blocks(shelf, 16, 5, blocks.next_cursor)
    assert ([each["other_account_id"] for each in rest.items], rest.next_cursor) == (["32"], None)
    assert [each["other_account_id"] for each in relations.mutes(shelf, 16, 5, None).items] == ["80"]


def test_what_was_set(shelf: Shelf) -> None:
    assert relations.privacy(shelf, 16) == {"order": {"audience": "members"}}
    assert relations.privacy(shelf, 32) == {}


# Pages of what is shown.


def odd_ones(documents: Sequence[JsonObject]) -> list[int | None]:
    """Those of uneven seconds."""
    return [
        second if (second := int(str(each["created_datetime"])[17:19])) % 2 else None for each in documents
    ]


def nothing(documents: Sequence[JsonObject]) -> Sequence[JsonObject | None]:
    return [None for _ in documents]


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_a_page_is_full_while_there_is_more_and_its_cursor_tells_of_what_is_shown(limit: int) -> None:
    shelf = Shelf()
    shelf.put(*(follow(16, f"market/{second}", second) for second in range(1, 31)))
    listing = relations.following(16)
    found: list[int] = []
    cursor = None
    while True:
        page = listing.page_of_shown(shelf, limit, cursor, odd_ones)
        found += page.items
        if page.next_cursor is None:
            break
        assert len(page.items) == limit
        cursor = page.next_cursor
        shown_alone = listing.page(shelf, 30 - found[-1] + 1, None).next_cursor
        assert cursor == shown_alone
    assert found == list(range(29, 0, -2))


def test_past_what_is_looked_at_for_a_page_the_list_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("couch_views.queries.lists.SCANNED_MAX", 4)
    shelf = Shelf()
    shelf.put(*(follow(16, f"market/{second}", second) for second in range(1, 31)))
    page = relations.following(16).page_of_shown(shelf, 3, None, nothing)
    assert (page.items, page.next_cursor) == ([], None)
