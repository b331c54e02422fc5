"""Owns a town whose second market opens and closes by auctions, audited; its contracts may meet in sets.

Never judges a trade.
Called by the tests of the machines, of the audit and of the documents.
"""

from typing import Final

from actors.machines.market_stream.market import Market
from actors.machines.messages.answers import MarketResult, OrderResult, Refused, Result
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed, SetUncrossed
from actors.machines.messages.commands import (
    ChangeMarketState,
    CreateMarket,
    Deposit,
    PlaceOrder,
    SettleMarket,
)
from actors.machines.messages.events import Event
from actors.machines.messages.parts import FULL_LADDER, PLAIN, Conditions, LadderStep
from actors.machines.messages.record import decode
from actors.machines.messages.words import MarketState, Side, TimeInForce
from actors.machines.streams import Streams
from tests.auditing.recorded import RecordedTown, audited
from tests.machines.town import LOT, UNIT

MARKET: Final = 2
A, B, C = 3, 4, 5
"""The market's contracts; mostly it has the first two."""
GTC: Final = TimeInForce.GOOD_TIL_CANCELLED


class AuctionTown(RecordedTown):
    """Alice, Bob and Carol with 1000 each; the market is a draft. Without a life staff ends its auctions."""

    def __init__(
        self,
        opening_s: int | None = 0,
        closing_s: int | None = 0,
        streams: Streams | None = None,
        ladder: tuple[LadderStep, ...] = FULL_LADDER,
        in_play_delay_ms: int = 0,
        names: tuple[str, ...] = ("A", "B"),
        cross_matching: bool = False,
    ) -> None:
        super().__init__(opened=False, streams=streams)
        self.carol = self.register("carol")
        self.send(self.staff, Deposit("carol", 1000 * UNIT))
        create = CreateMarket(
            1,
            "By auction",
            names,
            ladder=ladder,
            in_play_delay_ms=in_play_delay_ms,
            cross_matching=cross_matching,
            opening_auction_s=opening_s,
            closing_auction_s=closing_s,
        )
        (made,) = self.send(self.staff, create)
        assert isinstance(made, MarketResult)
        assert made.market.market_id == MARKET

    @property
    def market(self) -> Market:
        return self.markets(self.streams.of_market(MARKET)).markets[MARKET]

    def move(self, state: MarketState) -> Result:
        """Staff asks for a state of the market with the auctions."""
        (result,) = self.send(self.staff, ChangeMarketState(MARKET, state))
        return result

    def order(
        self,
        account_id: int,
        side: Side,
        price: int | None,
        lots: int = 1,
        contract_id: int = A,
        time_in_force: TimeInForce = GTC,
        conditions: Conditions = PLAIN,
    ) -> OrderResult | Refused:
        """Without a price it is a market order."""
        kind = TimeInForce.MARKET if price is None else time_in_force
        asked = PlaceOrder(MARKET, contract_id, side, price or 1, lots * LOT, kind, conditions=conditions)
        (result,) = self.send(account_id, asked)
        assert isinstance(result, OrderResult | Refused)
        return result

    def orders(self, account_id: int) -> list[tuple[str, int, int]]:
        """State, executed lots and paid (or received) ticks a lot, of each of a member's orders."""
        stream = next(
            name for name in self.streams.account_names if account_id in self.accounts(name).accounts
        )
        return [
            (
                order.state.value,
                order.executed_quantity // LOT,
                order.executed_value // max(1, order.executed_quantity),
            )
            for order in self.accounts(stream).accounts[account_id].orders.values()
        ]

    def written(self, *kinds: type[Event]) -> list[Event]:
        """The events of these kinds in the market's stream."""
        return [
            event
            for body in self.bodies[self.streams.of_market(MARKET)]
            for event in decode(body).events
            if isinstance(event, kinds)
        ]

    def uncrossed(self) -> list[AuctionUncrossed]:
        return [event for event in self.written(AuctionUncrossed) if isinstance(event, AuctionUncrossed)]

    def started(self) -> list[AuctionStarted]:
        return [event for event in self.written(AuctionStarted) if isinstance(event, AuctionStarted)]

    def assert_sound(self) -> None:
        """As of every town; and an auditor finds nothing in its log."""
        super().assert_sound()
        assert audited(self.entries, self.streams) == []


class SetTown(AuctionTown):
    """Its second market's contracts are complementary, and it is in its opening auction."""

    def __init__(self, contracts: int = 3, streams: Streams | None = None) -> None:
        super().__init__(names=("A", "B", "C", "D", "E")[:contracts], cross_matching=True, streams=streams)
        self.move(MarketState.AUCTION)

    def bid(self, *prices: int, side: Side = Side.BUY) -> None:
        """One lot of each contract, by Alice, Bob and Carol in turn."""
        members = (self.alice, self.bob, self.carol)
        for contract_id, price, member in zip((A, B, C), prices, members, strict=False):
            self.order(member, side, price, contract_id=contract_id)

    def sets(self) -> list[SetUncrossed]:
        return [event for event in self.written(SetUncrossed) if isinstance(event, SetUncrossed)]

    def states(self) -> list[tuple[str, int, int]]:
        return [each for member in (self.alice, self.bob, self.carol) for each in self.orders(member)]

    def close_and_settle(self, *winners: int) -> None:
        self.move(MarketState.CLOSED)
        self.send(self.staff, SettleMarket(MARKET, winners, void=not winners, reason="said so"))
