"""Owns the tests of what a market maker wants, as tables and drawn books.

Never asks an exchange.
Called by pytest.
"""

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.client.shapes import Cancel, LadderStep, Market, NewOrder, Order, Side
from scripts.maker.strategy import Quote, Style, changes, followed, opening, wanted

STYLE = Style(half_spread=100, step=50, levels=2, size=10_000, skew=20, held_max=30_000)
EVERY_TICK = Market("1", "1", "Winner", "open", (LadderStep(1, 9999, 1),))
COARSE = Market("1", "1", "Winner", "open", (LadderStep(100, 1900, 100), LadderStep(2000, 9500, 500)))


def resting(order_id: str, side: Side, price: int, quantity: int = 10_000) -> Order:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Order(order_id, "created", "1", "7", side, price, quantity, 0, quantity, now)


def drawn(quotes: Sequence[Quote]) -> tuple[list[int], list[int]]:
    """The prices that are bid and offered, best first."""
    bids = sorted((quote.price for quote in quotes if quote.side == "buy"), reverse=True)
    return bids, sorted(quote.price for quote in quotes if quote.side == "sell")


@pytest.mark.parametrize(
    ("fair", "held", "bids", "offers"),
    [
        (5000, 0, [4900, 4850], [5100, 5150]),
        # What is held moves both sides against it.
        (5000, 20_000, [4860, 4810], [5060, 5110]),
        (5000, -20_000, [4940, 4890], [5140, 5190]),
        # At the most that may be held, nothing adds to it.
        (5000, 30_000, [], [5040, 5090]),
        (5000, -30_000, [4960, 4910], []),
        # At the ends of the ladder.
        (60, 0, [1], [160, 210]),
        (9950, 0, [9850, 9800], [9999]),
    ],
)
def test_quotes_stand_around_the_fair_value(fair: int, held: int, bids: list[int], offers: list[int]) -> None:
    assert drawn(wanted("7", fair, held, STYLE, EVERY_TICK.possible)) == (bids, offers)


@given(
    st.integers(1, 9999),
    st.integers(-100_000, 100_000),
    st.sampled_from([EVERY_TICK, COARSE]),
    st.builds(
        Style,
        st.integers(1, 500),
        st.integers(1, 500),
        st.integers(1, 5),
        st.just(10_000),
        st.integers(0, 500),
        st.integers(1, 200_000),
    ),
)
def test_quotes_are_possible_and_never_trade_with_each_other(
    fair: int, held: int, market: Market, style: Style
) -> None:
    quotes = wanted("7", fair, held, style, market.possible)
    bids, offers = drawn(quotes)
    assert all(market.possible(price) == price for price in bids + offers)
    assert len(set(quotes)) == len(quotes)
    assert not bids or not offers or max(bids) < min(offers)


@pytest.mark.parametrize(
    ("quotes", "before", "cancels", "news"),
    [
        ([("buy", 4900)], [], [], [("buy", 4900)]),
        ([("buy", 4900)], [resting("1", "buy", 4900)], [], []),
        ([("buy", 4900)], [resting("1", "buy", 4800)], ["1"], [("buy", 4900)]),
        ([("buy", 4900)], [resting("1", "sell", 4900)], ["1"], [("buy", 4900)]),
        # What is partly executed isn't what is wanted any more.
        ([("buy", 4900)], [resting("1", "buy", 4900, 9_999)], ["1"], [("buy", 4900)]),
        # One of two alike is enough.
        ([("buy", 4900)], [resting("1", "buy", 4900), resting("2", "buy", 4900)], ["2"], []),
        ([], [resting("1", "buy", 4900)], ["1"], []),
    ],
)
def test_what_is_right_keeps_its_place(
    quotes: list[tuple[Side, int]], before: list[Order], cancels: list[str], news: list[tuple[Side, int]]
) -> None:
    asked = changes("1", [Quote("7", side, price, 10_000) for side, price in quotes], before)
    assert asked == (
        [Cancel(order_id) for order_id in cancels],
        [NewOrder("1", "7", side, price, 10_000, post_only=True) for side, price in news],
    )


def test_the_fair_value_follows_the_trades() -> None:
    assert followed(5000, None) == 5000
    assert followed(5000, 5400) == 5100
    assert followed(5000, 4600) == 4900


def test_a_fair_value_is_given_or_traded_or_as_good_as_any() -> None:
    assert opening(["1", "2", "3", "4"], {"1": 7000, "2": 100}, {"2": 900, "3": 800}) == {
        "1": 7000,
        "2": 100,
        "3": 800,
        "4": 2500,
    }
