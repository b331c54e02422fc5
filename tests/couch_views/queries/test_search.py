"""Owns the tests of search: what is found by which words, once, page by page; beside a model that reads all.

Never decides who may see whom.
Called by pytest.
"""

from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from couch_views.json_values import JsonObject
from couch_views.queries import search
from couch_views.queries.pages import Page
from couch_views.shapes import document_id, member_document_id
from tests.couch_views.shelf import Shelf

NAMES: Final = st.lists(st.sampled_from("ab"), min_size=1, max_size=3).map("".join)
TEXTS: Final = st.lists(NAMES, max_size=4).map(" ".join)


def member(account_id: int, username: str, display_name: str = "") -> JsonObject:
    return {
        "_id": member_document_id(username),
        "kind": "member",
        "account_id": str(account_id),
        "username": username,
        "display_name": display_name,
    }


def event(number: int, name: str) -> JsonObject:
    identity = document_id("event", number)
    return {"_id": identity, "kind": "event", "id": str(number), "name": name, "state": "upcoming"}


def market(number: int, name: str, *contracts: str) -> JsonObject:
    return {
        "_id": document_id("market", number),
        "kind": "market",
        "id": str(number),
        "event_id": "1",
        "name": name,
        "state": "open",
        "contracts": [{"name": contract} for contract in contracts],
    }


TOWN: Final = (
    member(16, "ada_l", "Ada Löwe"),
    member(32, "ben-2", "Ben"),
    member(48, "harbour"),
    event(1, "Harbour Cup, the 12th"),
    event(2, "Cups & saucers"),
    market(1, "Winner", "Gulls", "Herons"),
    market(2, "Who wins the CUP?", "Adamant"),
)


def found(
    shelf: Shelf, text: str, kinds: Sequence[str] = (), limit: int = 20, cursor: str | None = None
) -> Page[search.Hit]:
    words = search.words_of(text)

    def show(documents: Sequence[JsonObject]) -> list[search.Hit | None]:
        hits = [search.hit(document) for document in documents]
        return [hit if hit.has(words) else None for hit in hits]

    return search.search(words, kinds).page_of_shown(shelf, limit, cursor, show)


def named(page: Page[search.Hit]) -> list[str]:
    return [hit.name for hit in page.items]


@pytest.mark.parametrize(
    ("text", "kinds", "names"),
    [
        ("cup", (), ["Harbour Cup, the 12th", "Who wins the CUP?", "Cups & saucers"]),
        ("CUP", ("event",), ["Harbour Cup, the 12th", "Cups & saucers"]),
        ("cu", ("market", "member"), ["Who wins the CUP?"]),
        ("harb", (), ["harbour", "Harbour Cup, the 12th"]),
        ("harbour cup", (), ["Harbour Cup, the 12th"]),
        ("12TH harbour", (), ["Harbour Cup, the 12th"]),
        ("ada", (), ["Ada Löwe", "Who wins the CUP?"]),
        ("lö", (), ["Ada Löwe"]),
        ("LÖWE", (), ["Ada Löwe"]),
        ("ada_l", (), ["Ada Löwe"]),
        ("ben-2", (), ["Ben"]),
        ("gulls", (), ["Winner"]),
        ("gullsandherons", (), []),
        ("arbour", (), []),
        ("open", (), []),
    ],
)
def test_what_is_found(text: str, kinds: Sequence[str], names: list[str]) -> None:
    shelf = Shelf()
    shelf.put(*TOWN)
    assert named(found(shelf, text, kinds)) == names
    shelf.close()


def test_words_longer_than_what_is_listed_of_them_are_told_apart() -> None:
    shelf = Shelf()
    shelf.put(event(1, "Championship"), event(2, "Championchips championship"), event(3, "Champion"))
    assert named(found(shelf, "championship")) == ["Championship", "Championchips championship"]
    assert named(found(shelf, "championchips")) == ["Championchips championship"]
    assert len(named(found(shelf, "champ"))) == 3
    shelf.close()


def test_a_change_of_name_is_found_and_the_name_before_is_not() -> None:
    shelf = Shelf()
    shelf.put(member(16, "ada", "Countess"))
    (document,) = shelf.get_many([member_document_id("ada")])
    assert document is not None
    shelf.put({**document, "display_name": "Engineer"})
    assert (named(found(shelf, "count")), named(found(shelf, "eng"))) == ([], ["Engineer"])
    shelf.close()


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXTS, max_size=12), TEXTS.filter(bool), st.integers(1, 4))
def test_pages_hold_each_once_and_all_that_a_reader_of_everything_would_find(
    names: list[str], text: str, limit: int
) -> None:
    shelf = Shelf()
    shelf.put(*(event(number, name) for number, name in enumerate(names, 1)))
    wanted = text.split()
    expected = sorted(
        number
        for number, name in enumerate(names, 1)
        if all(any(word.startswith(each) for word in name.split()) for each in wanted)
    )
    pages, cursor = list[str](), None
    while True:
        page = found(shelf, text, limit=limit, cursor=cursor)
        pages += [hit.identity for hit in page.items]
        if (cursor := page.next_cursor) is None:
            break
        assert len(page.items) == limit
    assert sorted(map(int, pages)) == expected
    shelf.close()


def test_documents_that_are_not_as_they_should_be_are_passed_over() -> None:
    shelf = Shelf()
    strange: list[JsonObject] = [
        {"_id": "event1", "kind": "event", "id": 1, "name": "cup"},
        {"_id": "event2", "kind": "event", "id": "2", "name": None},
        {"_id": "other", "kind": "order", "id": "3", "name": "cup"},
    ]
    shelf.put(*strange)
    assert named(found(shelf, "cup")) == []
    shelf.close()
