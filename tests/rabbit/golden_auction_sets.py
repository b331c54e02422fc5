"""Owns the chapter of the golden log in which auctions of complementary contracts end with sets.

Never changes once it is written: a new kind of event gets a new chapter.
Called by tests/rabbit/golden_chapters.py.
"""

from actors.machines.messages.answers import MarketResult
from actors.machines.messages.commands import (
    ChangeMarketState,
    CreateMarket,
    Deposit,
    PlaceOrder,
    SettleMarket,
)
from actors.machines.messages.words import MarketState, Side
from tests.rabbit.golden_teller import UNIT, Teller


def auction_sets(teller: Teller) -> None:
    """An opening auction ends with sets, and an order cancelled for its own member's; so does the other."""
    staff = teller.register("umpire", staff=True)
    lena, milo = teller.register("lena"), teller.register("milo")
    teller.ask(staff, Deposit("lena", 1_000 * UNIT), Deposit("milo", 1_000 * UNIT))
    event = teller.create_event(staff)
    both = CreateMarket(
        event,
        "Collected and complementary",
        ("Home", "Away"),
        cross_matching=True,
        opening_auction_s=60,
        closing_auction_s=0,
    )
    (created,) = teller.ask(staff, both)
    assert isinstance(created, MarketResult)
    market, (home, away) = created.market.market_id, created.market.contracts
    teller.ask(staff, ChangeMarketState(market, MarketState.AUCTION))
    teller.ask(lena, PlaceOrder(market, home.contract_id, Side.BUY, 6_000, 20_000))
    teller.ask(lena, PlaceOrder(market, away.contract_id, Side.BUY, 4_500, 5_000))
    teller.ask(milo, PlaceOrder(market, away.contract_id, Side.BUY, 4_200, 10_000))
    teller.restart_all()
    teller.pass_time(60 * 10**6)
    teller.ask(milo, PlaceOrder(market, away.contract_id, Side.BUY, 4_100, 4_000))
    teller.ask(staff, ChangeMarketState(market, MarketState.AUCTION))
    teller.ask(milo, PlaceOrder(market, home.contract_id, Side.SELL, 3_000, 10_000))
    teller.ask(lena, PlaceOrder(market, away.contract_id, Side.SELL, 6_500, 10_000))
    teller.restart_all()
    teller.ask(staff, ChangeMarketState(market, MarketState.CLOSED))
    teller.ask(staff, SettleMarket(market, (home.contract_id,), void=False, reason="as seen"))
