"""Owns the tests of the steps that staff may ask of a market: by state, and by its auctions.

Never takes a step: ``test_market.py`` and ``test_auction_life.py`` do.
Called by pytest.
"""

import pytest

from actors.machines.market_stream.market_steps import ASKABLE, Auctions, askable
from actors.machines.messages.words import MarketState

DRAFT, AUCTION, OPEN, HALTED, CLOSED = (
    MarketState.DRAFT,
    MarketState.AUCTION,
    MarketState.OPEN,
    MarketState.HALTED,
    MarketState.CLOSED,
)
OPENS, CLOSES = Auctions(opening=True), Auctions(closing=True)
OPENING = Auctions(opening=True, closing=True, under_way=True)
CLOSING = Auctions(closing=True, under_way=True, under_way_closing=True)


@pytest.mark.parametrize(
    ("state", "auctions", "steps"),
    [
        (DRAFT, CLOSES, (OPEN,)),
        (DRAFT, OPENS, (AUCTION,)),
        (AUCTION, OPENING, (OPEN, HALTED, CLOSED)),
        (AUCTION, CLOSING, (HALTED, CLOSED)),
        (HALTED, OPENING, (AUCTION, CLOSED)),
        (HALTED, CLOSING, (AUCTION, CLOSED)),
        (OPEN, OPENS, (HALTED, CLOSED)),
        (OPEN, CLOSES, (HALTED, AUCTION, CLOSED)),
        (HALTED, CLOSES, (OPEN, AUCTION, CLOSED)),
        (CLOSED, CLOSES, ()),
    ],
)
def test_the_steps_of_a_market_with_auctions(
    state: MarketState, auctions: Auctions, steps: tuple[MarketState, ...]
) -> None:
    assert askable(state, auctions) == steps


@pytest.mark.parametrize("state", MarketState)
def test_without_auctions_they_are_in_the_table(state: MarketState) -> None:
    assert askable(state) == ASKABLE[state]
