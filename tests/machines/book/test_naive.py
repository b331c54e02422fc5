"""Owns the proof that the obvious book is right: its order is the definition of price/time priority.

Never repeats what ``test_interface.py`` says of both books.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.book.naive import NaiveBook, is_better, opposite
from actors.machines.messages.words import Side

ARRIVALS = st.lists(st.tuples(st.sampled_from(Side), st.integers(4998, 5002)), max_size=30)


@given(ARRIVALS)
def test_priority_is_price_then_time(arrivals: list[tuple[Side, int]]) -> None:
    book = NaiveBook()
    for order_id, (side, price) in enumerate(arrivals, start=1):
        book.rest(order_id, 1, side, price, 10)
    bids = [(-price, order_id) for order_id, (side, price) in enumerate(arrivals, 1) if side is Side.BUY]
    offers = [(price, order_id) for order_id, (side, price) in enumerate(arrivals, 1) if side is Side.SELL]
    expected = [order_id for _, order_id in sorted(bids) + sorted(offers)]
    assert [order.order_id for order in book.resting()] == expected


@pytest.mark.parametrize(
    ("side", "price", "other", "better"),
    [
        (Side.BUY, 5001, 5000, True),
        (Side.BUY, 5000, 5000, False),
        (Side.BUY, 4999, 5000, False),
        (Side.SELL, 5001, 5000, False),
        (Side.SELL, 5000, 5000, False),
        (Side.SELL, 4999, 5000, True),
    ],
)
def test_a_higher_bid_and_a_lower_offer_are_better(side: Side, price: int, other: int, better: bool) -> None:
    assert is_better(side, price, other) is better


def test_the_opposite_of_buying_is_selling() -> None:
    assert [opposite(side) for side in (Side.BUY, Side.SELL)] == [Side.SELL, Side.BUY]
