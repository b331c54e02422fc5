"""Owns the tests of an auction's price: by a table, and beside trying every price.

Never tests who trades at it: ``test_auction.py`` does.
Called by pytest.
"""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines.market_stream.equilibrium import equilibrium, midpoint
from actors.machines.messages.parts import FULL_LADDER, LadderStep
from actors.machines.messages.words import Side
from tests.machines.collected import (
    AUCTIONS,
    BEST,
    BROKEN,
    HALVES,
    Collected,
    auction_of,
    brute_equilibrium,
    collected,
)

TWO_PARTS = (LadderStep(10, 4000, 10), LadderStep(5000, 9000, 100))
BETWEEN = "a buys 10 @ 6000, b buys 5 @ 3000, c sells 10 @ 3000"
"""Nothing is left over above 3000, until somebody else sells, too."""


@pytest.mark.parametrize(
    ("orders", "ladder", "reference", "expected"),
    [
        # Most is traded ...
        ("a buys 10 @ 6000, b sells 10 @ 4000, c sells 5 @ 7000", FULL_LADDER, 4000, (4000, 10, 0)),
        ("a buys 10 @ 6000, a buys 5 @ 5000, b sells 12 @ 4500", FULL_LADDER, 9000, (5000, 12, 3)),
        # ... then the least is left over, between two prices if it must be ...
        ("a buys 5 @ 4000, b buys 10 @ 6000, c sells 10 @ 3000", FULL_LADDER, 3500, (4001, 10, 0)),
        (
            "a buys 10 @ 6000, b buys 5 @ 4000, c sells 10 @ 4000, d sells 5 @ 6000",
            FULL_LADDER,
            9000,
            (5999, 10, 0),
        ),
        # ... then it is near to the reference, which need not be anybody's price ...
        ("a buys 10 @ 6000, b sells 10 @ 4000", FULL_LADDER, 5123, (5123, 10, 0)),
        ("a buys 10 @ 6000, b sells 10 @ 4000", FULL_LADDER, 9000, (6000, 10, 0)),
        ("a buys 10 @ 6000, b sells 10 @ 4000", FULL_LADDER, 100, (4000, 10, 0)),
        # ... nor a price of the ladder; then it is the lower.
        ("a buys 10 @ 6000, b sells 10 @ 4000", HALVES, 5125, (5100, 10, 0)),
        ("a buys 10 @ 6000, b sells 10 @ 4000", HALVES, 5126, (5150, 10, 0)),
        ("a buys 10 @ 6000, b sells 10 @ 3010", BROKEN, 4495, (4000, 10, 0)),
        ("a buys 10 @ 6000, b sells 10 @ 3010", BROKEN, 4501, (5000, 10, 0)),
        # What is next to a price may be of the same part of the ladder, or of another.
        (f"{BETWEEN}, d sells 5 @ 5200", TWO_PARTS, 9000, (5100, 10, 0)),
        (f"{BETWEEN}, d sells 5 @ 5000", TWO_PARTS, 9000, (4000, 10, 0)),
        ("a sells 10 @ 3000, c buys 10 @ 6000, d buys 5 @ 4000", TWO_PARTS, 100, (5000, 10, 0)),
        # Left over: bought more than sold is positive.
        ("a buys 7 @ 5000, b sells 10 @ 5000", FULL_LADDER, 1, (5000, 7, -3)),
        # Market orders trade at whatever price the others make, or at the reference.
        ("a buys 10, b sells 4 @ 7000", FULL_LADDER, 5000, (7000, 4, 6)),
        ("a buys 10, b sells 10", FULL_LADDER, 5000, (5000, 10, 0)),
        ("a buys 10 @ 3000, b sells 20", FULL_LADDER, 5000, (3000, 10, -10)),
        # Nothing trades.
        ("", FULL_LADDER, 5000, None),
        ("a buys 10", FULL_LADDER, 5000, None),
        ("a sells 10 @ 4000", FULL_LADDER, 5000, None),
        ("a buys 10 @ 4000, b sells 10 @ 4001", FULL_LADDER, 4000, None),
    ],
)
def test_the_price_of_an_auction(
    orders: str, ladder: Sequence[LadderStep], reference: int, expected: tuple[int, int, int] | None
) -> None:
    auction = auction_of(list(collected(orders)))
    assert auction.equilibrium(ladder, reference) == expected


def test_the_reference_of_what_was_never_traded_is_the_middle_of_the_ladder() -> None:
    assert [midpoint(ladder) for ladder in (FULL_LADDER, HALVES, BROKEN)] == [5000, 5000, 4955]


@settings(max_examples=80, deadline=None)
@given(drawn=AUCTIONS, reference=st.integers(4_900, 5_100) | st.integers(1, 9_999))
def test_the_price_is_the_one_that_trying_all_prices_finds(
    drawn: tuple[Sequence[LadderStep], list[Collected]], reference: int
) -> None:
    ladder, orders = drawn
    assert auction_of(orders).equilibrium(ladder, reference) == brute_equilibrium(orders, ladder, reference)
    # Market orders are told from levels alone: they count at the worst price that they may trade at.
    bids, offers = (
        [(BEST[side] if o.price is None else o.price, o.quantity) for o in orders if o.side is side]
        for side in Side
    )
    from_levels = equilibrium(bids, offers, ladder, reference)
    assert from_levels == brute_equilibrium(orders, ladder, reference)
