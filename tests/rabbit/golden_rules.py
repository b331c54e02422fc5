"""Owns the chapter of the golden log in which all rules of trading lead to events.

Never changes once it is written: a new kind of event gets a new chapter.
Called by tests/rabbit/golden_chapters.py.
"""

from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import (
    MarketResult,
    OrderResult,
)
from actors.machines.messages.commands import (
    CancelOrder,
    ChangeMarketState,
    CreateMarket,
    Deposit,
    PlaceOrder,
    SettleMarket,
    TurnInPlay,
)
from actors.machines.messages.parts import Conditions
from actors.machines.messages.voiding import VoidContract
from actors.machines.messages.words import (
    MarketState,
    SelfTrade,
    Side,
    TimeInForce,
)
from tests.rabbit.golden_teller import START_US, UNIT, Teller


def rules(teller: Teller) -> None:
    """Orders with conditions are amended, wait, meet in sets and in auctions; contracts are taken out."""
    staff = teller.register("steward", staff=True)
    june, kurt = teller.register("june"), teller.register("kurt")
    teller.ask(staff, Deposit("june", 1_000 * UNIT), Deposit("kurt", 1_000 * UNIT))
    event = teller.create_event(staff)
    _amend(teller, staff, june, kurt, event)
    _wait(teller, staff, june, kurt, event)
    _meet_in_sets(teller, staff, june, kurt, event)
    _collect(teller, staff, june, kurt, event)
    _take_out(teller, staff, june, kurt, event)


def _open(teller: Teller, staff: int, command: CreateMarket) -> tuple[int, ...]:
    """Makes a market and opens it; the market's id, then its contracts'."""
    (created,) = teller.ask(staff, command)
    assert isinstance(created, MarketResult)
    market = created.market
    teller.ask(staff, ChangeMarketState(market.market_id, MarketState.OPEN))
    return (market.market_id, *(contract.contract_id for contract in market.contracts))


def _placed(teller: Teller, account_id: int, order: PlaceOrder) -> int:
    (placed,) = teller.ask(account_id, order)
    assert isinstance(placed, OrderResult)
    return placed.order_id


def _amend(teller: Teller, staff: int, june: int, kurt: int, event: int) -> None:
    market, yes = _open(teller, staff, CreateMarket(event, "Amended", ("Yes",)))
    offer = _placed(teller, kurt, PlaceOrder(market, yes, Side.SELL, 6_000, 30_000))
    bid = _placed(teller, june, PlaceOrder(market, yes, Side.BUY, 5_000, 30_000))
    teller.ask(june, AmendOrder(bid, 20_000))
    teller.restart_all()
    teller.ask(june, AmendOrder(bid, 40_000, 6_000))
    # The amendment comes when the order is filled already.
    teller.ask(june, PlaceOrder(market, yes, Side.SELL, 6_000, 5_000))
    teller.ask(kurt, PlaceOrder(market, yes, Side.SELL, 6_000, 10_000), AmendOrder(offer, 50_000))
    late = _placed(teller, june, PlaceOrder(market, yes, Side.BUY, 1_000, 10_000))
    teller.ask(kurt, PlaceOrder(market, yes, Side.SELL, 1_000, 10_000))
    teller.ask(june, AmendOrder(late, 20_000))
    missed = _placed(teller, june, PlaceOrder(market, yes, Side.BUY, 500, 10_000))
    teller.ask(june, CancelOrder(missed), AmendOrder(missed, 5_000))


def _wait(teller: Teller, staff: int, june: int, kurt: int, event: int) -> None:
    in_play = CreateMarket(event, "In play", ("Yes",), in_play_delay_ms=5_000)
    market, yes = _open(teller, staff, in_play)
    keep, good_til = TimeInForce.KEEP_IN_PLAY, TimeInForce.GOOD_TIL_DATE
    kept = _placed(teller, june, PlaceOrder(market, yes, Side.BUY, 4_000, 20_000, keep))
    date = Conditions(good_til=START_US + 5 * 10**12 + 10**9)
    halted = TimeInForce.GOOD_TIL_HALTED
    teller.ask(
        june,
        PlaceOrder(market, yes, Side.BUY, 3_000, 10_000, good_til, conditions=date),
        PlaceOrder(market, yes, Side.BUY, 3_000, 10_000, halted),
        PlaceOrder(market, yes, Side.SELL, 4_000, 10_000, conditions=Conditions(post_only=True)),
        PlaceOrder(market, yes, Side.SELL, 4_000, 10**6, TimeInForce.FILL_OR_KILL),
        PlaceOrder(market, yes, Side.BUY, 2_000, 10_000, conditions=Conditions(market_version=99)),
    )
    own = Conditions(self_trade=SelfTrade.CANCEL_MAKER)
    teller.ask(june, PlaceOrder(market, yes, Side.SELL, 3_000, 5_000, halted, conditions=own))
    kept = _placed(teller, june, PlaceOrder(market, yes, Side.BUY, 2_500, 20_000, keep))
    teller.ask(
        staff, ChangeMarketState(market, MarketState.HALTED), ChangeMarketState(market, MarketState.OPEN)
    )
    teller.ask(staff, TurnInPlay(market, "kick-off"))
    teller.ask(kurt, PlaceOrder(market, yes, Side.SELL, 2_500, 5_000))
    teller.ask(june, AmendOrder(kept, 20_000, 2_600))
    teller.restart_all()
    teller.pass_time(5 * 10**6)
    teller.pass_time(10**9)


def _meet_in_sets(teller: Teller, staff: int, june: int, kurt: int, event: int) -> None:
    complementary = CreateMarket(event, "Complementary", ("Home", "Draw", "Away"), cross_matching=True)
    market, home, draw, away = _open(teller, staff, complementary)
    teller.ask(june, PlaceOrder(market, home, Side.BUY, 4_000, 10_000))
    teller.ask(june, PlaceOrder(market, draw, Side.BUY, 3_000, 10_000))
    teller.ask(kurt, PlaceOrder(market, away, Side.BUY, 3_500, 10_000))
    teller.ask(staff, ChangeMarketState(market, MarketState.CLOSED))
    teller.ask(staff, SettleMarket(market, (draw,), void=False, reason="a draw"))


def _collect(teller: Teller, staff: int, june: int, kurt: int, event: int) -> None:
    by_auction = CreateMarket(event, "Auctioned", ("Yes",), opening_auction_s=60, closing_auction_s=60)
    (created,) = teller.ask(staff, by_auction)
    assert isinstance(created, MarketResult)
    market, yes = created.market.market_id, created.market.contracts[0].contract_id
    teller.ask(staff, ChangeMarketState(market, MarketState.AUCTION))
    teller.ask(june, PlaceOrder(market, yes, Side.BUY, 6_000, 20_000))
    teller.ask(kurt, PlaceOrder(market, yes, Side.SELL, 5_000, 10_000))
    teller.ask(kurt, PlaceOrder(market, yes, Side.SELL, 1, 5_000, TimeInForce.MARKET))
    teller.restart_all()
    teller.pass_time(60 * 10**6)
    teller.ask(june, PlaceOrder(market, yes, Side.BUY, 3_000, 20_000))


def _take_out(teller: Teller, staff: int, june: int, kurt: int, event: int) -> None:
    runners = CreateMarket(event, "Places", ("Ant", "Bee", "Cat", "Dog"), winner_count=2)
    market, ant, bee, cat, dog = _open(teller, staff, runners)
    for contract in (ant, dog):
        teller.ask(june, PlaceOrder(market, contract, Side.BUY, 5_000, 10_000))
        teller.ask(kurt, PlaceOrder(market, contract, Side.SELL, 5_000, 8_000))
    teller.ask(staff, VoidContract(market, dog, "did not start"))
    teller.ask(staff, ChangeMarketState(market, MarketState.CLOSED))
    teller.ask(staff, SettleMarket(market, (ant,), void=False, reason="a dead heat", dead_heat=(bee, cat)))
