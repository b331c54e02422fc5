"""Owns a league for tests of the leaderboards: members who trade, challenge each other and are settled.

Never says what any of it comes to: ``by_hand`` does.
Called by the tests of the scores slice and of the documents of scores.
"""

from collections.abc import Sequence
from typing import Final

from actors.machines.messages.answers import EventResult, MarketResult, OrderResult
from actors.machines.messages.challenges import AcceptChallenge, Offer, OfferChallenge
from actors.machines.messages.commands import (
    ChangeMarketState,
    CreateEvent,
    CreateMarket,
    Deposit,
    SettleMarket,
)
from actors.machines.messages.events import SocialStreamEvent
from actors.machines.messages.record import decode
from actors.machines.messages.scores import MemberScored
from actors.machines.messages.voiding import VoidContract
from actors.machines.messages.words import MarketState, Side
from actors.machines.streams import Streams
from tests.machines.stream.square import ONE, Square
from tests.machines.town import LOT, UNIT

FOUR_RUN: Final = ("Gulls", "Herons", "Terns", "Auks")
SOON: Final = 60_000_000
"""So much later, no challenge is still open."""


class League(Square):
    """Markets with odd numbers are in event 1 (sport), the others in 2 (weather).

    They have two contracts each; every third has four, of which two win.
    """

    def __init__(
        self, streams: Streams = ONE, commission: int = 0, markets: int = 2, *, cross_matching: bool = False
    ) -> None:
        super().__init__(streams, commission, cross_matching=cross_matching)
        self.carol = self.register("carol")
        self.dave = self.register("dave")
        self.members: Final = (self.alice, self.bob, self.carol, self.dave)
        for name in ("carol", "dave"):
            self.send(self.staff, Deposit(name, 1_000 * UNIT))
        (event,) = self.send(self.staff, CreateEvent("Rain", "weather", 1_800_000_000_000_000))
        assert isinstance(event, EventResult)
        self.contracts: dict[int, tuple[int, ...]] = {1: (1, 2)}
        for number in range(2, markets + 1):
            event_id = 1 if number % 2 else 2
            names, winners = (FOUR_RUN, 2) if number % 3 == 0 else (("Yes", "No"), 1)
            created = CreateMarket(event_id, f"Market {number}", names, winners, commission=commission)
            (market,) = self.send(self.staff, created)
            assert isinstance(market, MarketResult)
            self.contracts[number] = market.market.terms.contract_ids
            self.send(self.staff, ChangeMarketState(number, MarketState.OPEN))

    def trade(
        self, buyer: int, seller: int, price: int, lots: int = 1, market_id: int = 1, contract: int = 0
    ) -> None:
        """The buyer rests, the seller takes. Whatever else crosses trades, too."""
        contract_id = self.contracts[market_id][contract]
        for account_id, side in ((buyer, Side.BUY), (seller, Side.SELL)):
            self.place(account_id, side, price, lots * LOT, contract_id=contract_id, market_id=market_id)

    def challenge(self, challenger: int, acceptor: int, market_id: int = 1) -> None:
        """A bet that is offered to anybody, and accepted."""
        contract_id = self.contracts[market_id][0]
        terms = (contract_id, Side.BUY, 5_000, LOT)
        (offered,) = self.send(
            challenger, OfferChallenge(market_id, *terms, Offer(0, None, self.time + SOON))
        )
        if isinstance(offered, OrderResult):
            accept = AcceptChallenge(market_id, offered.order_id, *terms)
            self.send(acceptor, accept)

    def verdict(self, market_id: int, *winners: int, void: bool = False, shared: bool = False) -> None:
        """Settles, or corrects: the winners are the first contract (0) or the second (1), or they share.

        Where two of four win, the last contract wins besides; or three share both places.
        """
        self.send(self.staff, ChangeMarketState(market_id, MarketState.CLOSED))
        contracts = self.contracts[market_id]
        besides = contracts[3:] if winners else ()
        ids = (*(contracts[winner] for winner in winners), *besides)
        sharing = (*contracts[:2], *contracts[3:]) if shared else ()
        self.send(self.staff, SettleMarket(market_id, ids, void, "said so", sharing))

    def withdraw(self, market_id: int) -> None:
        """Takes the third contract out, where there is one."""
        self.send(self.staff, VoidContract(market_id, max(self.contracts[market_id][:3]), "withdrawn"))

    def scored(self) -> list[MemberScored]:
        return [event for event in self.written(MemberScored) if isinstance(event, MemberScored)]

    def records(self, name: str) -> Sequence[tuple[int, tuple[SocialStreamEvent, ...]]]:
        """The records of a social stream: time and events."""
        events = [decode(body).events for body in self.bodies[name]]
        return list(zip(self.times[name], events, strict=True))  # type: ignore[arg-type] # a social stream's
