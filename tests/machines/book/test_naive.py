"""Owns the proof that the obvious book is right: its order is the definition of price/time priority.

Never repeats what ``test_interface.py`` says of both books.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.book.naive import NaiveBook, opposite, reaches
from actors.machines.messages.words import Side

PRICES = st.integers(4998, 5002)


@given(st.sampled_from(Side), st.lists(PRICES, max_size=30))
def test_priority_is_price_then_time(side: Side, prices: list[int]) -> None:
    book = NaiveBook()
    for order_id, price in enumerate(prices, start=1):
        book.rest(order_id, 1, side, price, 10)
    sign = -1 if side is Side.BUY else 1
    expected = sorted((sign * price, order_id) for order_id, price in enumerate(prices, start=1))
    assert [(sign * order.price, order.order_id) for order in book.resting()] == expected


@pytest.mark.parametrize(
    ("side", "price", "other", "reached"),
    [
        (Side.BUY, 5000, 5001, False),
        (Side.BUY, 5000, 5000, True),
        (Side.BUY, 5000, 4999, True),
        (Side.SELL, 5000, 5001, True),
        (Side.SELL, 5000, 5000, True),
        (Side.SELL, 5000, 4999, False),
    ],
)
def test_a_bid_reaches_down_and_an_offer_up(side: Side, price: int, other: int, reached: bool) -> None:
    assert reaches(side, price, other) is reached


def test_the_opposite_of_buying_is_selling() -> None:
    assert [opposite(side) for side in (Side.BUY, Side.SELL)] == [Side.SELL, Side.BUY]
