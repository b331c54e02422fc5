"""Owns which state staff may ask a market for next; settling and voiding have a command of their own.

Never moves a market: it says what may be asked, the market's table what may happen.
Called by the market machine, and by pages that offer the steps.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from actors.machines.messages.words import MarketState

ASKABLE: Final[Mapping[MarketState, tuple[MarketState, ...]]] = {
    MarketState.DRAFT: (MarketState.OPEN,),
    MarketState.AUCTION: (MarketState.OPEN, MarketState.HALTED, MarketState.CLOSED),
    MarketState.OPEN: (MarketState.HALTED, MarketState.CLOSED),
    MarketState.HALTED: (MarketState.OPEN, MarketState.CLOSED),
    MarketState.CLOSED: (),
    MarketState.SETTLED: (),
    MarketState.VOIDED: (),
}
"""Without a closing auction. Of a market that the kill switch halted staff may also ask that it is
``halted`` after the switch."""


class Auctions(NamedTuple):
    """Whether a market opens by an auction, may close by one, and is in one, halted or not."""

    opening: bool = False
    closing: bool = False
    under_way: bool = False
    under_way_closing: bool = False


NO_AUCTIONS: Final = Auctions()


def askable(state: MarketState, auctions: Auctions = NO_AUCTIONS) -> tuple[MarketState, ...]:
    """Which states staff may ask for. A closing auction ends by closing, an opening one by either."""
    steps = ASKABLE[state]
    if state is MarketState.DRAFT and auctions.opening:
        return (MarketState.AUCTION,)
    if auctions.under_way:
        # What was collected may be crossed: after a halt it is collected on, or nothing of it trades.
        goes_on = MarketState.AUCTION if state is MarketState.HALTED else MarketState.OPEN
        by_closing = state is MarketState.AUCTION and auctions.under_way_closing
        first = () if by_closing else (goes_on,)
        return (*first, *(step for step in steps if step is not MarketState.OPEN))
    if auctions.closing and MarketState.CLOSED in steps:
        return (*steps[:-1], MarketState.AUCTION, MarketState.CLOSED)
    return steps
