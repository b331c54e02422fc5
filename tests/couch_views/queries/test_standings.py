"""Owns the tests of reading leaderboards: ranks and ties, page by page, without those who may not be shown.

Never tests who may be.
Called by pytest.
"""

from collections.abc import Collection, Sequence

import pytest

from actors.machines.messages.scores import Cell
from actors.machines.messages.social_words import Audience
from couch_views.leaderboards import BOARDS
from couch_views.queries import standings as queries
from couch_views.queries.pages import Page, QueryError
from couch_views.queries.standings import Standing, standings, standings_among
from couch_views.score_shapes import ScoreDocument, score_document_id
from tests.couch_views.shelf import Shelf

PROFIT, CALIBRATION = BOARDS["profit"], BOARDS["calibration"]
CELL = Cell("category:sport", "2026-W47")
EVERYONE, MEMBERS = (Audience.EVERYONE,), (Audience.EVERYONE, Audience.MEMBERS)


def score(
    account_id: int,
    profit: int,
    audience: str = "everyone",
    cell: Cell = CELL,
    listed: Sequence[str] = ("profit",),
) -> ScoreDocument:
    """On two boards, with a Brier score of a tenth of the profit."""
    return {
        "_id": score_document_id(account_id, cell.scope, cell.period),
        "kind": "score",
        "stream": "social-0",
        "sequence": 1,
        "account_id": str(account_id),
        "username": f"member-{account_id}",
        "scope": cell.scope,
        "period": cell.period,
        "markets": 1,
        "profit": "0.00",
        "stake": "0.00",
        "volume": 1,
        "brier": "0",
        "current_streak": 0,
        "longest_streak": 0,
        "keys": {"profit": PROFIT.key(profit), "calibration": CALIBRATION.key(profit // 10)},
        "audience": audience,
        "detail": "profit",
        "listed": list(listed),
        "updated_datetime": "2026-11-20T00:00:00.000000Z",
    }


SCORES = (
    score(1, 50),
    score(2, 70),
    score(3, 50),
    score(4, -20, "members"),
    score(5, 50, "members"),
    score(6, 60, "followers"),
    score(7, 90, "only_me"),
    score(8, 80, listed=("calibration",)),
    score(9, 100, cell=Cell("category:sport", "all")),
    score(10, 0),
)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put(*SCORES)
    return shelf


def everybody(account_ids: Sequence[int]) -> Collection[int]:
    return account_ids


def but(*hidden: int) -> queries.Allowed:
    return lambda account_ids: {each for each in account_ids if each not in hidden}


def ranks(found: Page[Standing]) -> list[tuple[int, int, int]]:
    """Rank, member and value."""
    return [(each.rank, int(each.score["account_id"]), each.value) for each in found.items]


ALL = [(1, 2, 70), (2, 1, 50), (2, 3, 50), (2, 5, 50), (5, 10, 0), (6, 4, -20)]


def test_who_is_as_good_as_another_has_the_same_rank(shelf: Shelf) -> None:
    assert ranks(standings(shelf, PROFIT, CELL, MEMBERS, everybody, 10)) == ALL


def test_who_shows_themselves_to_members_is_not_seen_by_others(shelf: Shelf) -> None:
    assert ranks(standings(shelf, PROFIT, CELL, EVERYONE, everybody, 10)) == [
        (1, 2, 70),
        (2, 1, 50),
        (2, 3, 50),
        (4, 10, 0),
    ]


def test_the_lowest_score_may_be_the_best(shelf: Shelf) -> None:
    assert ranks(standings(shelf, CALIBRATION, CELL, MEMBERS, everybody, 10)) == [(1, 8, 8)]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("hidden", [(), (2,), (1, 3), (5,), (4, 10), (2, 1, 3, 5, 10, 4)])
def test_page_by_page_ranks_go_on_and_who_is_hidden_leaves_no_trace(
    shelf: Shelf, limit: int, hidden: tuple[int, ...]
) -> None:
    found, cursor = [], None
    for _ in range(10):
        page = standings(shelf, PROFIT, CELL, MEMBERS, but(*hidden), limit, cursor)
        found += ranks(page)
        cursor = page.next_cursor
        if cursor is None:
            break
    values = [value for _, member, value in ALL if member not in hidden]
    assert found == [
        (1 + sum(better > value for better in values), member, value)
        for _, member, value in ALL
        if member not in hidden
    ]


def test_one_page_passes_over_a_bounded_number(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "SCANNED_MAX", 2)
    page = standings(shelf, PROFIT, CELL, MEMBERS, but(1, 3, 5), 1)
    assert ranks(page) == [(1, 2, 70)]
    following = standings(shelf, PROFIT, CELL, MEMBERS, but(1, 3, 5), 1, page.next_cursor)
    assert following == Page([], None)


def test_a_row_that_is_older_than_its_document_is_passed_over(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = {each["_id"]: each for each in (score(2, 10), *SCORES[2:])}
    monkeypatch.setattr(shelf, "get_many", lambda ids: [changed.get(each) for each in ids])
    assert [member for _, member, _ in ranks(standings(shelf, PROFIT, CELL, EVERYONE, everybody, 10))] == [
        3,
        10,
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_among_some_members_all_count_who_may_be_shown(shelf: Shelf, limit: int) -> None:
    found, cursor = [], None
    for _ in range(10):
        page = standings_among(shelf, PROFIT, CELL, [6, 3, 1, 9, 8, 7, 99], but(7), limit, cursor)
        found += ranks(page)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == [(1, 8, 80), (2, 6, 60), (3, 1, 50), (3, 3, 50)]


@pytest.mark.parametrize("cursor", ["", "x", "W10"])
def test_what_is_no_cursor_is_refused(shelf: Shelf, cursor: str) -> None:
    with pytest.raises(QueryError):
        standings(shelf, PROFIT, CELL, EVERYONE, everybody, 1, cursor)


def test_a_cursor_is_of_its_board_its_cell_and_its_place(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = standings(shelf, PROFIT, CELL, EVERYONE, everybody, 1).next_cursor
    for board, cell in ((CALIBRATION, CELL), (PROFIT, Cell("exchange", "2026-W47"))):
        with pytest.raises(QueryError):
            standings(shelf, board, cell, EVERYONE, everybody, 1, cursor)
    monkeypatch.setattr(queries, "_PLACE_FIELDS", 3)
    with pytest.raises(QueryError, match="not a cursor"):
        standings(shelf, PROFIT, CELL, EVERYONE, everybody, 1, cursor)


def test_the_view_passes_over_what_it_can_t_read(shelf: Shelf) -> None:
    good = score(50, 1, cell=Cell("exchange", "all"))
    whole: dict[str, object] = {**good}
    broken: list[dict[str, object]] = [
        {**whole, "_id": f"broken{at}", name: value}
        for at, (name, value) in enumerate(
            (
                ("listed", None),
                ("keys", None),
                ("account_id", 5),
                ("scope", None),
                ("period", 1),
                ("listed", [None, "volume"]),
            )
        )
    ]
    shelf.put(good, *broken)
    found = standings(shelf, PROFIT, Cell("exchange", "all"), EVERYONE, everybody, 10)
    assert ranks(found) == [(1, 50, 1)]
