"""Owns the cases of reading quotes, volumes and executions, of one market and of several.

Never tests how they come about: that stands with the projection.
Called by pytest.
"""

from collections.abc import Callable

import pytest

from couch_views.queries import prices
from couch_views.queries.pages import QueryError
from couch_views.queries.prices import executions, quotes, trading
from tests.couch_views import shelf as documents
from tests.couch_views.shelf import Shelf, execution, market


def test_quotes_come_contract_by_contract_as_deep_as_asked() -> None:
    shelf = Shelf()
    shelf.put(market(1, contracts=[12, 11]), market(2, contracts=[13]))
    shelf.put(
        documents.quotes(1, 11, [[5, 1], [4, 2], [3, 3]], [[6, 4]]),
        documents.quotes(1, 12, [], []),
        documents.quotes(2, 13, [], [[9, 1], [10, 2]]),
    )
    found = quotes(shelf, [2, 99, 1], depth=2)
    assert [(one["contract_id"], one["bids"], one["offers"]) for one in found] == [
        ("13", [], [[9, 1], [10, 2]]),
        ("12", [], []),
        ("11", [[5, 1], [4, 2]], [[6, 4]]),
    ]
    assert quotes(shelf, [99]) == []


def test_quotes_of_contracts_that_may_meet_have_what_others_imply() -> None:
    shelf = Shelf()
    shelf.put(market(1, contracts=[11, 12], cross_matching=True), market(2, contracts=[13, 14]))
    for market_id, first, second in ((1, 11, 12), (2, 13, 14)):
        shelf.put(
            documents.quotes(market_id, first, [[4_000, 5], [3_000, 1]], []),
            documents.quotes(market_id, second, [], [[7_500, 2]]),
        )
    found = quotes(shelf, [1, 2], depth=1)
    assert [(one["contract_id"], one["bids"], one["offers"]) for one in found] == [
        ("11", [[4_000, 5]], []),
        ("12", [], [[6_000, 5]]),
        ("13", [[4_000, 5]], []),
        ("14", [], [[7_500, 2]]),
    ]
    raw = quotes(shelf, [1], depth=1, raw=True)
    assert [(one["bids"], one["offers"]) for one in raw] == [([[4_000, 5]], []), ([], [[7_500, 2]])]


def test_while_they_are_collected_for_an_auction_nothing_is_implied() -> None:
    shelf, collecting = Shelf(), market(1, contracts=[11, 12], cross_matching=True)
    collecting["auction"] = {
        "kind": "opening",
        "ends_datetime": None,
        "references": {"11": 5_000, "12": 5_000},
    }
    shelf.put(collecting)
    shelf.put(documents.quotes(1, 11, [[4_000, 5]], []), documents.quotes(1, 12, [], [[7_500, 2]]))
    found = quotes(shelf, [1])
    assert [(one["bids"], one["offers"]) for one in found] == [([[4_000, 5]], []), ([], [[7_500, 2]])]
    assert [one["indicative"]["volume"] for one in found] == [0, 0]


@pytest.mark.parametrize("depth", [0, -1, 1_001])
def test_a_depth_is_bounded(depth: int) -> None:
    with pytest.raises(QueryError, match="depth: from 1 to 1000"):
        quotes(Shelf(), [1], depth)


def test_volumes_come_in_the_order_asked() -> None:
    shelf = Shelf()
    shelf.put(documents.trading(1, 10), documents.trading(2, 20))
    assert [one["volume"] for one in trading(shelf, [2, 99, 1, 2])] == [20, 10]


Key = tuple[int, int]
"""Market and execution."""

DONE = {(1, 1): 1, (1, 2): 3, (1, 3): 3, (2, 1): 2, (2, 2): 3, (2, 3): 9, (4, 1): 5}
"""Executions, and the second of each."""
IN_TIME: list[Key] = [(1, 1), (2, 1), (1, 2), (1, 3), (2, 2), (4, 1), (2, 3)]


def shelf_of(done: dict[Key, int]) -> Shelf:
    shelf = Shelf()
    shelf.put(*(execution(market, number, second) for (market, number), second in done.items()))
    return shelf


def read_all(
    shelf: Shelf,
    markets: list[int],
    sort: str | None,
    limit: int,
    between: Callable[[], None] = lambda: None,
) -> list[Key]:
    found: list[Key] = []
    page = executions(shelf, markets, sort, limit)
    while True:
        found += [(int(one["market_id"]), int(one["execution_id"])) for one in page.items]
        assert len(page.items) <= limit
        if page.next_cursor is None:
            return found
        between()
        page = executions(shelf, markets, sort, limit, page.next_cursor)


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 100])
@pytest.mark.parametrize("markets", [[1], [2, 1], [4, 2, 1, 99], [99], []])
@pytest.mark.parametrize("sort", ["-execution_id", "created", None])
def test_executions_of_several_markets_are_one_list(
    markets: list[int], sort: str | None, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prices, "CHUNK_OF_MANY", 2)
    expected = [key for key in IN_TIME if key[0] in markets]
    if sort != "created":
        expected.reverse()
    assert read_all(shelf_of(DONE), markets, sort, limit) == expected


@pytest.mark.parametrize("limit", [1, 2, 3])
@pytest.mark.parametrize("sort", [None, "created"])
def test_what_trades_while_pages_are_read_comes_after_the_others(sort: str | None, limit: int) -> None:
    """Newest first, it belongs before the first page; oldest first, it is the end of the list."""
    shelf = shelf_of(DONE)
    second = [10]

    def trade() -> None:
        for key in ((1, 4), (2, 4), (3, 1)):
            market, number = key[0], key[1] + second[0] - 10
            shelf.put(execution(market, number, second[0]))
        second[0] += 1

    found = read_all(shelf, [1, 2, 3, 4], sort, limit, trade if sort is None else stopping(trade, 3))
    assert len(found) == len(set(found))
    old = [key for key in found if key in DONE]
    if sort is None:
        assert old == found == IN_TIME[::-1]
    else:
        assert old == found[: len(IN_TIME)] == IN_TIME


def stopping(act: Callable[[], None], times: int) -> Callable[[], None]:
    """Acts so many times, then no more."""
    left = [act] * times

    def act_while_any() -> None:
        if left:
            left.pop()()

    return act_while_any


def test_ten_executions_follow_nine() -> None:
    shelf = shelf_of({(1, number): 1 for number in range(1, 12)})
    assert read_all(shelf, [1], "execution_id", 4) == [(1, number) for number in range(1, 12)]


@pytest.mark.parametrize(
    ("sort", "limit", "cursor", "field"),
    [("price", 20, None, "sort"), (None, 1_001, None, "limit"), (None, 20, "bogus", "cursor")],
)
def test_what_is_wrong_is_named(sort: str | None, limit: int, cursor: str | None, field: str) -> None:
    with pytest.raises(QueryError) as refused:
        executions(Shelf(), [1], sort, limit, cursor)
    assert refused.value.field == field
