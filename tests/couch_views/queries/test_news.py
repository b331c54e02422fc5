"""Owns the tests of reading news: of some markets or all, page by page, month by month.

Never tests what is news.
Called by pytest.
"""

import pytest

from couch_views.queries.news import Months, months_beside, news
from couch_views.shapes import NewsDocument, document_id
from tests.couch_views.shelf import Shelf


def entry(market_id: int, sequence: int, created: str) -> NewsDocument:
    return {
        "_id": document_id("news", market_id, sequence, 0),
        "kind": "news",
        "stream": "markets-0",
        "sequence": sequence,
        "id": f"{sequence}0000000",
        "market_id": str(market_id),
        "type": "opened",
        "reason": None,
        "winners": [],
        "created_datetime": f"{created}T00:00:00.000000Z",
    }


ENTRIES = (
    entry(1, 1, "2026-08-01"),
    entry(1, 2, "2026-08-31"),
    entry(2, 3, "2026-10-01"),
    entry(1, 4, "2026-10-05"),
    entry(2, 5, "2026-10-05"),
    entry(3, 6, "2026-11-01"),
)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put(*ENTRIES)
    return shelf


def sequences(found: list[NewsDocument]) -> list[int]:
    return [each["sequence"] for each in found]


@pytest.mark.parametrize(
    ("market_ids", "expected"),
    [([], [6, 5, 4, 3, 2, 1]), ([1], [4, 2, 1]), ([3, 2], [6, 5, 3]), ([2, 2], [5, 3]), ([9], [])],
)
def test_newest_first(shelf: Shelf, market_ids: list[int], expected: list[int]) -> None:
    assert sequences(news(shelf, market_ids).items) == expected


@pytest.mark.parametrize("market_ids", [[], [1, 2, 3]])
@pytest.mark.parametrize("limit", [1, 2, 4, 6])
def test_page_by_page(shelf: Shelf, market_ids: list[int], limit: int) -> None:
    found, cursor = [], None
    for _ in range(10):
        page = news(shelf, market_ids, limit, cursor)
        found += sequences(page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("month", "expected"), [("2026-08", [2, 1]), ("2026-09", []), ("2026-10", [5, 4, 3]), ("2026-11", [6])]
)
def test_a_month_alone(shelf: Shelf, month: str, expected: list[int]) -> None:
    assert sequences(news(shelf, [], month=month).items) == expected


@pytest.mark.parametrize(
    ("market_ids", "month", "beside"),
    [
        ([], "2026-10", Months("2026-08", "2026-11")),
        ([], "2026-08", Months(None, "2026-10")),
        ([], "2026-12", Months("2026-11", None)),
        ([1], "2026-09", Months("2026-08", "2026-10")),
        ([1, 3], "2026-10", Months("2026-08", "2026-11")),
        ([9], "2026-10", Months(None, None)),
    ],
)
def test_where_it_goes_on(shelf: Shelf, market_ids: list[int], month: str, beside: Months) -> None:
    assert months_beside(shelf, market_ids, month) == beside
