"""Owns the tests of pages of entries: what is read for one, whom it names, what its cursor tells.

Never serves a page.
Called by pytest.
"""

from typing import Final

import pytest

from couch_views.json_values import JsonObject
from couch_views.queries import activity
from couch_views.queries.pages import QueryError
from resources.entries import Look, Seals, content_of, look_of, page_of
from resources.entry_ids import EntryIds
from resources.paging import OrderedPageQuery
from resources.privacy import NOBODY, Viewer
from resources.seals import Seal
from resources.toolkit.http import HttpRequest
from tests.couch_views.shelf import Shelf, entry, market

NEWS: Final[JsonObject] = {"step": "opened", "reason": None, "winners": []}
SEALS = Seals(Seal(b"a secret"), EntryIds(b"a secret"))
shown_as = SEALS.entry_ids.shown
REQUEST = HttpRequest("GET", "/v3/exchange/activity", "", {})
EVERYTHING = activity.of_streams(["exchange"])


def test_an_entry_names_what_documents_know_of() -> None:
    shelf = Shelf()
    contracts = {"contract_id": "1", "side": "buy"}
    shelf.put(
        market(1),
        entry(1, "exchange", at=1, account_id=16, market_id=1, content=contracts),
        entry(2, "exchange", at=2, account_id=16, market_id=2, content=contracts),
    )
    page = page_of(shelf, Look(Viewer(16), 5, None, SEALS.entry_ids), EVERYTHING)
    unknown, known = page.items
    assert unknown["member"] == {"username": "member16", "display_name": "member16"}
    assert (unknown["market"], unknown["event"]) == (None, None)
    assert unknown["contract"] == {"id": "1", "name": ""}
    assert isinstance(known["market"], dict)
    assert known["market"]["id"] == "1"


def test_what_is_of_nobody_is_shown_to_nobody_in_particular() -> None:
    shelf = Shelf()
    news: JsonObject = {"step": "opened", "reason": None, "winners": ["1"]}
    shelf.put(market(1), entry(1, "exchange", account_id=None, kind="news", content=news))
    (shown,) = page_of(shelf, Look(NOBODY, 5, None, SEALS.entry_ids), EVERYTHING).items
    assert shown["member"] is None
    assert isinstance(shown["winners"], list)
    assert len(shown["winners"]) == 1


def test_what_is_hidden_is_passed_over_and_pages_are_full() -> None:
    shelf = Shelf()
    shelf.put(
        *(entry(number, "exchange", at=number, kind="order") for number in range(1, 50)),
        *(
            entry(number, "exchange", at=number, account_id=None, kind="news", content=NEWS)
            for number in (50, 60, 70)
        ),
        *(entry(number, "exchange", at=number, kind="order") for number in range(51, 60)),
    )
    page = page_of(shelf, Look(NOBODY, 2, None, SEALS.entry_ids), EVERYTHING)
    assert [each["id"] for each in page.items] == [shown_as(70), shown_as(60)]
    rest = page_of(shelf, Look(NOBODY, 2, page.next_cursor, SEALS.entry_ids), EVERYTHING)
    assert [each["id"] for each in rest.items] == [shown_as(50)]
    assert rest.next_cursor is None


def test_a_cursor_is_sealed() -> None:
    shelf = Shelf()
    shelf.put(*(entry(number, "exchange", at=number) for number in (1, 2)))
    page = page_of(shelf, Look(Viewer(16), 1, None, SEALS.entry_ids), EVERYTHING)
    assert page.next_cursor is not None
    content = content_of(page, REQUEST, SEALS)
    assert page.next_cursor not in str(content["pagination"])
    sealed = OrderedPageQuery(limit=1, cursor=SEALS.cursors.close(page.next_cursor))
    assert look_of(NOBODY, sealed, SEALS) == Look(NOBODY, 1, page.next_cursor, SEALS.entry_ids)
    with pytest.raises(QueryError, match="not a cursor"):
        look_of(NOBODY, OrderedPageQuery(cursor=page.next_cursor), SEALS)
