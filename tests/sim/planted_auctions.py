"""Owns faults of auctions that the simulator must find, each planted into the real code.

Never leaves anything planted: the test's monkeypatch takes it out again.
Called by planted.py, which has them among all others.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import pytest

from actors.machines.book.interface import Resting
from actors.machines.market_stream.auction import Auction
from actors.machines.market_stream.equilibrium import Equilibrium, Level, equilibrium
from actors.machines.market_stream.market import Market
from actors.machines.market_stream.timers import Timers
from actors.machines.messages.auctions import AuctionStarted
from actors.machines.messages.parts import LadderStep
from actors.machines.messages.words import Side


def pass_over_the_reference(patch: pytest.MonkeyPatch) -> None:
    """Of several prices that would do, the lowest is taken, wherever the market traded before."""

    def lowest(
        bids: Sequence[Level], offers: Sequence[Level], ladder: Sequence[LadderStep], _reference: int
    ) -> Equilibrium | None:
        return equilibrium(bids, offers, ladder, 0)

    patch.setattr("actors.machines.market_stream.auction.equilibrium", lowest)


def collect_one_s_own(patch: pytest.MonkeyPatch) -> None:
    """An order is collected where it could come to trade with another one of its account."""

    def nobody(_auction: Auction, _account_id: int, _side: Side, _price: int) -> Iterator[Resting]:
        return iter(())

    patch.setattr(Auction, "own_within", nobody)


def forget_the_end_of_an_auction(patch: pytest.MonkeyPatch) -> None:
    """An auction that should end by itself waits for staff."""
    collect = Market.collect

    def collect_for_ever(market: Market, event: AuctionStarted, _timers: Timers) -> None:
        collect(market, event, Timers())
        assert market.collecting is not None
        market.collecting.ends_time = 0

    patch.setattr(Market, "collect", collect_for_ever)


PLANTS: Final = (pass_over_the_reference, collect_one_s_own, forget_the_end_of_an_auction)
