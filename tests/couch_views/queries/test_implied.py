"""Owns the proof of what is really available: drawn books, and what orders really get in the machines' books.

Never stores a document.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.book import FastBook, SetBooks
from actors.machines.book.interface import Book
from actors.machines.limits import PRICE_MAX, PRICE_MIN
from actors.machines.messages.words import Side
from couch_views.queries.implied import Levels, available
from couch_views.shapes import QuotesDocument
from tests.couch_views import shelf

Sides = tuple[Levels, Levels]


def books(*sides: Sides) -> list[QuotesDocument]:
    return [shelf.quotes(1, number, bids, offers) for number, (bids, offers) in enumerate(sides, 1)]


def shown(*sides: Sides, depth: int = 10) -> list[Sides]:
    return [(quotes["bids"], quotes["offers"]) for quotes in available(books(*sides), depth)]


NOTHING: Sides = ([], [])


def test_two_bids_imply_each_other_s_offer() -> None:
    assert shown(([[4_000, 5]], []), ([[5_900, 7], [5_000, 1]], [])) == [
        ([[4_000, 5]], [[4_100, 7], [5_000, 1]]),
        ([[5_900, 7], [5_000, 1]], [[6_000, 5]]),
    ]


def test_offers_imply_bids() -> None:
    assert shown(([], [[6_500, 5]]), ([], [[5_000, 3], [9_999, 3]]))[0] == (
        [[5_000, 3], [1, 3]],
        [[6_500, 5]],
    )


def test_a_level_is_as_deep_as_the_least_of_all_others() -> None:
    first = shown(NOTHING, ([[4_000, 5], [3_900, 5]], []), ([[3_000, 3], [2_000, 9]], []))[0]
    assert first == ([], [[3_000, 3], [4_000, 2], [4_100, 5]])


def test_nothing_is_implied_while_another_contract_has_nothing() -> None:
    assert shown(NOTHING, ([[4_000, 5]], []), NOTHING) == [NOTHING, ([[4_000, 5]], []), NOTHING]


def test_what_is_there_at_one_price_is_one_level() -> None:
    assert shown(([], [[6_000, 2], [6_100, 1]]), ([[4_000, 5]], []))[0][1] == [[6_000, 7], [6_100, 1]]


def test_bids_of_more_than_everything_imply_the_lowest_price() -> None:
    assert shown(NOTHING, ([[6_000, 5]], []), ([[5_500, 2], [5_000, 9]], []))[0][1] == [[1, 5]]


def test_offers_of_more_than_everything_imply_no_bid() -> None:
    first = shown(NOTHING, ([], [[6_000, 5]]), ([], [[3_000, 2], [5_000, 9]]))[0]
    assert first == ([[1_000, 2]], [])


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_it_is_as_deep_as_asked(depth: int) -> None:
    bids = [[4_000 - step, 1] for step in range(5)]
    (first, second) = shown(([], [[6_001, 3]]), (bids, []), depth=depth)
    assert first[1] == [[6_000, 1], [6_001, 4], [6_002, 1]][:depth]
    assert second[0] == [[4_000, 1], [3_999, 4], [3_998, 1]][:depth]


def test_what_rests_stays_as_it_was() -> None:
    given = books(([[4_000, 5]], []), ([[5_900, 7]], []))
    available(given, 10)
    assert given == books(([[4_000, 5]], []), ([[5_900, 7]], []))


PLACED = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(Side), st.integers(-30, 30), st.integers(1, 5)), max_size=25
)


@given(contracts=st.integers(2, 4), orders=PLACED, side=st.sampled_from(Side), at=st.integers(0, 3))
def test_an_order_gets_what_is_shown(
    contracts: int, orders: list[tuple[int, Side, int, int]], side: Side, at: int
) -> None:
    made: dict[int, Book] = {contract_id: FastBook() for contract_id in range(1, contracts + 1)}
    sets = SetBooks(made)
    for order_id, (each, its_side, near, quantity) in enumerate(orders, 1):
        contract_id, price = each % contracts + 1, 10_000 // contracts + 7 * near
        match = sets.of(contract_id).match(order_id, its_side, price, quantity, 1)
        made[contract_id].take(match.fills)
        sets.take(match.sets)
        if match.left:
            made[contract_id].rest(order_id, order_id, its_side, price, match.left)
        sets.touched(contract_id)
    contract_id = at % contracts + 1
    found = available(books(*map(levels_of, made.values())), 99)[contract_id - 1]
    limit = PRICE_MAX if side is Side.BUY else PRICE_MIN
    match = sets.of(contract_id).match(999, side, limit, 10**6, 1)
    traded: dict[int, int] = {}
    for price, quantity in [
        *((fill.price, fill.quantity) for fill in match.fills),
        *((one.price, one.quantity) for one in match.sets),
    ]:
        traded[price] = traded.get(price, 0) + quantity
    levels = found["offers" if side is Side.BUY else "bids"]
    assert sorted(traded.items()) == sorted((price, quantity) for price, quantity in levels)


def levels_of(book: Book) -> Sides:
    bids, offers = ([list(level) for level in book.levels(side, 99)] for side in (Side.BUY, Side.SELL))
    return bids, offers
