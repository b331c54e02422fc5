"""Owns the tests of markets that open and close by auctions, through pure streams.

Never repeats which price is found: ``test_equilibrium.py`` does.
Called by pytest.
"""

import pytest

from actors.machines.book.fast import FastBook
from actors.machines.market_stream.auction import Auction
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import MarketResult, OrderResult, Refused
from actors.machines.messages.auctions import AuctionStarted, Reference
from actors.machines.messages.book_events import OrderCancelled
from actors.machines.messages.challenges import Offer, OfferChallenge
from actors.machines.messages.commands import (
    CancelOrder,
    ChangeExchangeState,
    ChangeMarketState,
    HaltMarket,
    PlaceOrder,
    SettleMarket,
    TurnInPlay,
)
from actors.machines.messages.events import (
    MarketClosed,
    MarketOpened,
)
from actors.machines.messages.parts import Conditions, LadderStep
from actors.machines.messages.posted import SwitchExchange
from actors.machines.messages.words import (
    ExchangeState,
    MarketState,
    OrderState,
    Reason,
    SelfTrade,
    Side,
    TimeInForce,
)
from actors.machines.streams import Streams, account_stream_of_id
from tests.machines.auction_town import MARKET, A, AuctionTown, B
from tests.machines.town import LOT, UNIT

BUY, SELL = Side.BUY, Side.SELL
AUCTION, OPEN, HALTED, CLOSED = (
    MarketState.AUCTION,
    MarketState.OPEN,
    MarketState.HALTED,
    MarketState.CLOSED,
)
SECOND = 1_000_000


@pytest.fixture
def town() -> AuctionTown:
    """In its opening auction, which staff ends."""
    made = AuctionTown()
    made.move(AUCTION)
    return made


def state_of(result: object) -> MarketState | None:
    return result.state if isinstance(result, MarketResult) else None


# The life of a market.


def test_a_market_opens_by_an_auction_and_closes_by_one() -> None:
    town = AuctionTown()
    assert isinstance(refused := town.move(OPEN), Refused)
    assert refused.detail == "The market is draft; allowed next: auction."
    assert state_of(town.move(AUCTION)) is AUCTION
    assert isinstance(refused := town.move(AUCTION), Refused)
    assert refused.detail == "The market is auction; allowed next: open, halted, closed."
    assert state_of(town.move(OPEN)) is OPEN
    assert isinstance(refused := town.move(OPEN), Refused)
    assert refused.detail == "The market is open; allowed next: halted, auction, closed."
    assert state_of(town.move(AUCTION)) is AUCTION
    assert isinstance(refused := town.move(OPEN), Refused)
    assert refused.detail == "The market is auction; allowed next: halted, closed."
    closed = town.move(CLOSED)
    assert isinstance(closed, MarketResult)
    assert (closed.state, closed.version) == (CLOSED, 5)
    middle = (Reference(A, 5_000), Reference(B, 5_000))
    assert town.started() == [AuctionStarted(MARKET, closing, 0, middle) for closing in (False, True)]
    town.assert_sound()


@pytest.mark.parametrize(("opening_s", "closing_s"), [(None, None), (0, None), (None, 0)])
def test_only_the_auctions_that_a_market_has(opening_s: int | None, closing_s: int | None) -> None:
    town = AuctionTown(opening_s, closing_s)
    assert state_of(town.move(AUCTION)) is (None if opening_s is None else AUCTION)
    assert state_of(town.move(OPEN)) is OPEN
    assert state_of(town.move(AUCTION)) is (None if closing_s is None else AUCTION)
    assert state_of(town.move(CLOSED)) is CLOSED
    town.assert_sound()


def test_an_auction_that_has_a_life_ends_by_itself() -> None:
    town = AuctionTown(60, 30)
    town.move(AUCTION)
    (first,) = town.started()
    assert first.ends_time - town.markets(town.streams.of_market(MARKET)).timers.waiting[0][0] == 0
    town.order(town.alice, BUY, 6_000)
    town.order(town.bob, SELL, 4_000)
    town.wait(59 * SECOND)
    assert town.market.state is AUCTION
    town.wait(SECOND)
    assert (town.market.state, [event.price for event in town.uncrossed()]) == (OPEN, [5_000])
    assert town.orders(town.alice) == [("filled", 1, 5_000)]
    assert state_of(town.move(AUCTION)) is AUCTION
    town.wait(30 * SECOND)
    assert town.market.state is CLOSED
    assert town.markets(town.streams.of_market(MARKET)).timers.waiting == []
    town.assert_sound()


def test_staff_ends_an_auction_before_its_time() -> None:
    town = AuctionTown(60)
    town.move(AUCTION)
    town.move(OPEN)
    town.wait(100 * SECOND)
    assert town.market.state is OPEN
    town.assert_sound()


# What is collected, and how it trades.


@pytest.mark.parametrize("streams", [Streams(), Streams(1, 1, 1), Streams(4, 2, 1)])
def test_all_trade_at_one_price_and_what_is_left_rests(streams: Streams) -> None:
    town = AuctionTown(streams=streams)
    town.move(AUCTION)
    placed = town.order(town.alice, BUY, 7_000, 10)
    assert isinstance(placed, OrderResult)
    assert (placed.state, placed.available_quantity, placed.fills) == (OrderState.CREATED, 10 * LOT, ())
    town.order(town.carol, BUY, 6_000, 10)
    town.order(town.bob, SELL, 4_000, 8)
    town.order(town.carol, SELL, 6_500, 1)
    town.order(town.bob, SELL, 5_100, 5)
    assert town.money(town.alice)[1] == 7_000 * 10 * LOT
    assert isinstance(town.market.books[A], Auction)
    assert state_of(town.move(OPEN)) is OPEN
    (ended,) = town.uncrossed()
    assert (ended.price, ended.volume, ended.imbalance) == (5_100, 13 * LOT, 7 * LOT)
    assert town.orders(town.alice) == [("filled", 10, 5_100)]
    assert town.orders(town.bob) == [("filled", 8, 5_100), ("filled", 5, 5_100)]
    assert town.orders(town.carol) == [("partial", 3, 5_100), ("created", 0, 0)]
    assert town.money(town.alice) == (1000 * UNIT, 5_100 * 10 * LOT)
    book = town.market.books[A]
    assert isinstance(book, FastBook)
    assert [(order.side, order.price, order.quantity) for order in book.resting()] == [
        (BUY, 6_000, 7 * LOT),
        (SELL, 6_500, LOT),
    ]
    # From then on it is a market like any other, and executions are counted on.
    taken = town.order(town.bob, SELL, 6_000, 1)
    assert isinstance(taken, OrderResult)
    assert [fill.execution_id for fill in taken.fills] == [len(ended.fills) + 1]
    town.assert_sound()


def test_contracts_have_prices_of_their_own_and_consecutive_executions(town: AuctionTown) -> None:
    for contract_id, price in ((B, 3_000), (A, 6_000)):
        town.order(town.alice, BUY, price, contract_id=contract_id)
        town.order(town.bob, SELL, price, contract_id=contract_id)
    town.move(OPEN)
    assert [(event.contract_id, event.price) for event in town.uncrossed()] == [(A, 6_000), (B, 3_000)]
    assert [fill.execution_id for event in town.uncrossed() for fill in event.fills] == [1, 2]
    town.assert_sound()


def test_market_orders_trade_first_and_what_is_left_of_them_is_cancelled(town: AuctionTown) -> None:
    town.order(town.alice, BUY, 6_000, 10)
    placed = town.order(town.carol, BUY, None, 15)
    assert isinstance(placed, OrderResult)
    assert (placed.price, placed.state, placed.exposure) == (9_999, OrderState.CREATED, 9_999 * 15 * LOT)
    town.order(town.bob, SELL, 5_500, 12)
    town.move(OPEN)
    # At up to 6000 more would be left over: Alice's order, too.
    assert town.orders(town.carol) == [("cancelled", 12, 6_001)]
    assert town.orders(town.alice) == [("created", 0, 0)]
    (cancelled,) = town.written(OrderCancelled)
    assert isinstance(cancelled, OrderCancelled)
    assert (cancelled.reason, cancelled.quantity) == (Reason.INSUFFICIENT_LIQUIDITY, 3 * LOT)
    assert town.money(town.carol)[1] == 6_001 * 12 * LOT
    town.assert_sound()


def test_a_market_order_is_reserved_at_the_worst_price_of_the_ladder() -> None:
    town = AuctionTown(ladder=(LadderStep(200, 4_000, 200), LadderStep(5_000, 9_000, 500)))
    town.move(AUCTION)
    bought, sold = (town.order(member, side, None) for member, side in ((town.alice, BUY), (town.bob, SELL)))
    assert isinstance(bought, OrderResult)
    assert isinstance(sold, OrderResult)
    assert (bought.price, bought.exposure) == (9_000, 9_000 * LOT)
    assert (sold.price, sold.exposure) == (200, 9_800 * LOT)
    town.move(OPEN)
    # The middle of the ladder, 4600, is none of its prices.
    assert [event.price for event in town.uncrossed()] == [5_000]
    assert town.money(town.alice)[1] == town.money(town.bob)[1] == 5_000 * LOT
    town.assert_sound()


def test_a_market_order_is_for_auctions_alone() -> None:
    town = AuctionTown(None)
    town.move(OPEN)
    rejected = town.order(town.alice, BUY, None)
    assert isinstance(rejected, Refused)
    assert rejected.reason is Reason.NOT_IN_AUCTION
    assert town.money(town.alice)[1] == 0
    town.assert_sound()


def test_what_can_not_wait_is_not_collected(town: AuctionTown) -> None:
    for time_in_force in (TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL):
        placed = town.order(town.alice, BUY, 6_000, time_in_force=time_in_force)
        assert isinstance(placed, OrderResult)
        assert (placed.state, placed.cancel_reason) == (
            OrderState.CANCELLED,
            Reason.INSUFFICIENT_LIQUIDITY,
        )
    assert town.market.resting == {}
    town.assert_sound()


def test_nobody_takes_in_an_auction_so_post_only_orders_are_collected(town: AuctionTown) -> None:
    town.order(town.alice, BUY, 6_000)
    town.order(town.bob, SELL, 4_000, conditions=Conditions(post_only=True))
    town.move(OPEN)
    assert town.orders(town.bob) == [("filled", 1, 5_000)]
    town.assert_sound()


@pytest.mark.parametrize("self_trade", SelfTrade)
def test_a_post_only_order_that_could_meet_ones_own_is_not_collected_and_cancels_nothing(
    town: AuctionTown, self_trade: SelfTrade
) -> None:
    town.order(town.alice, BUY, 6_000)
    conditions = Conditions(post_only=True, self_trade=self_trade)
    refused = town.order(town.alice, SELL, 4_000, conditions=conditions)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.POST_ONLY_WOULD_TRADE
    assert town.orders(town.alice)[0][0] == "created"
    town.assert_sound()


@pytest.mark.parametrize("price", [4_000, None])
def test_of_own_orders_that_could_meet_one_goes(town: AuctionTown, price: int | None) -> None:
    town.order(town.alice, BUY, 6_000)
    newer = town.order(town.alice, SELL, price)
    assert isinstance(newer, OrderResult)
    assert (newer.state, newer.cancel_reason) == (OrderState.CANCELLED, Reason.SELF_TRADE)
    older_goes = Conditions(self_trade=SelfTrade.CANCEL_MAKER)
    assert isinstance(town.order(town.alice, SELL, price, conditions=older_goes), OrderResult)
    town.order(town.bob, BUY, 5_000)
    town.move(OPEN)
    assert [state for state, *_ in town.orders(town.alice)] == ["cancelled", "cancelled", "filled"]
    town.assert_sound()


def test_orders_are_cancelled_and_amended_while_they_are_collected(town: AuctionTown) -> None:
    first, second, third = (town.order(town.alice, BUY, 6_000, 5) for _ in range(3))
    assert isinstance(first, OrderResult)
    assert isinstance(second, OrderResult)
    assert isinstance(third, OrderResult)
    town.send(town.alice, CancelOrder(first.order_id))
    town.send(town.alice, AmendOrder(second.order_id, 3 * LOT, None))
    town.send(town.alice, AmendOrder(third.order_id, 4 * LOT, 6_500))
    assert town.money(town.alice)[1] == (6_000 * 3 + 6_500 * 4) * LOT
    town.order(town.bob, SELL, 6_000, 5)
    town.move(OPEN)
    assert town.orders(town.alice) == [("cancelled", 0, 0), ("partial", 1, 6_000), ("filled", 4, 6_000)]
    town.assert_sound()


def test_a_market_order_is_amended_in_its_quantity_alone(town: AuctionTown) -> None:
    placed = town.order(town.alice, BUY, None, 5)
    assert isinstance(placed, OrderResult)
    (refused,) = town.send(town.alice, AmendOrder(placed.order_id, 5 * LOT, 6_000))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (Reason.INVALID_PRICE, "price")
    town.send(town.alice, AmendOrder(placed.order_id, 7 * LOT, None))
    town.order(town.bob, SELL, 4_000, 7)
    town.order(town.carol, BUY, 9_999, 1)
    town.move(OPEN)
    assert town.orders(town.alice) == [("filled", 7, 5_000)]
    town.assert_sound()


def test_an_order_expires_while_it_is_collected(town: AuctionTown) -> None:
    until = Conditions(good_til=town.time + SECOND)
    town.order(town.alice, BUY, 6_000, time_in_force=TimeInForce.GOOD_TIL_DATE, conditions=until)
    town.order(
        town.carol,
        BUY,
        6_000,
        time_in_force=TimeInForce.GOOD_TIL_DATE,
        conditions=Conditions(good_til=town.time + 9 * SECOND),
    )
    town.wait(SECOND)
    town.order(town.bob, SELL, 4_000)
    town.move(OPEN)
    assert town.orders(town.alice) == [("cancelled", 0, 0)]
    assert town.orders(town.carol) == [("filled", 1, 5_000)]
    town.wait(9 * SECOND)
    town.assert_sound()


def test_challenges_wait_until_the_auction_is_over(town: AuctionTown) -> None:
    offer = Offer(0, None, town.time + 60 * SECOND)
    (refused,) = town.send(town.alice, OfferChallenge(MARKET, A, BUY, 5_000, LOT, offer))
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.MARKET_NOT_OPEN
    assert isinstance(town.order(town.alice, BUY, 5_000, contract_id=1), Refused)
    town.assert_sound()


# Closing.


def test_a_closing_auction_takes_over_the_book_and_refers_to_the_last_price() -> None:
    town = AuctionTown(None)
    town.move(OPEN)
    town.order(town.alice, BUY, 3_000, 10)
    town.order(town.bob, SELL, 3_000, 1)
    town.order(town.bob, SELL, 8_000, 5)
    town.move(AUCTION)
    (started,) = town.started()
    assert started.references == (Reference(A, 3_000), Reference(B, 5_000))
    town.order(town.bob, SELL, 2_000, 9)
    town.order(town.carol, BUY, None, 2)
    closed = town.move(CLOSED)
    assert state_of(closed) is CLOSED
    (ended,) = town.uncrossed()
    assert (ended.price, ended.volume, ended.imbalance) == (3_000, 9 * LOT, 2 * LOT)
    assert town.orders(town.alice) == [("cancelled", 8, 3_000)]
    assert town.orders(town.bob) == [("filled", 1, 3_000), ("cancelled", 0, 0), ("filled", 9, 3_000)]
    assert town.orders(town.carol) == [("filled", 2, 3_000)]
    reasons = [event.reason for event in town.written(OrderCancelled) if isinstance(event, OrderCancelled)]
    assert reasons == [Reason.MARKET_HALTED, Reason.MARKET_HALTED]
    assert (town.market.resting, town.market.collecting) == ({}, None)
    (settled,) = town.send(town.staff, SettleMarket(MARKET, (A,), False, "it won"))
    assert isinstance(settled, MarketResult)
    assert town.money(town.alice) == (1000 * UNIT + 7_000 * 8 * LOT, 0)
    town.assert_sound()


def test_an_opening_auction_may_end_by_closing_and_then_nothing_trades(town: AuctionTown) -> None:
    town.order(town.alice, BUY, 6_000)
    town.order(town.bob, SELL, None)
    assert state_of(town.move(CLOSED)) is CLOSED
    assert town.uncrossed() == []
    assert [town.orders(member) for member in (town.alice, town.bob)] == [[("cancelled", 0, 0)]] * 2
    (voided,) = town.send(town.staff, SettleMarket(MARKET, (), True, "rained off"))
    assert isinstance(voided, MarketResult)
    town.assert_sound()


# Halts.


def test_a_halted_auction_keeps_what_it_collected_and_goes_on_with_its_full_time() -> None:
    town = AuctionTown(60)
    town.move(AUCTION)
    town.order(town.alice, BUY, 6_000)
    town.order(town.carol, BUY, 6_000, time_in_force=TimeInForce.GOOD_TIL_HALTED)
    assert state_of(town.move(HALTED)) is HALTED
    assert town.orders(town.carol) == [("cancelled", 0, 0)]
    rejected = town.order(town.bob, SELL, 4_000)
    assert isinstance(rejected, Refused)
    assert rejected.reason is Reason.MARKET_NOT_OPEN
    town.wait(120 * SECOND)
    assert town.market.state is HALTED
    assert isinstance(refused := town.move(OPEN), Refused)
    assert refused.detail == "The market is halted; allowed next: auction, closed."
    assert state_of(town.move(AUCTION)) is AUCTION
    town.order(town.bob, SELL, 4_000)
    town.wait(59 * SECOND)
    assert town.market.state is AUCTION
    town.wait(SECOND)
    assert town.orders(town.alice) == [("filled", 1, 5_000)]
    town.assert_sound()


@pytest.mark.parametrize("closing", [False, True])
def test_a_halted_auction_may_be_closed_and_then_nothing_trades(closing: bool) -> None:
    town = AuctionTown(None if closing else 0)
    if closing:
        town.move(OPEN)
    town.move(AUCTION)
    town.order(town.alice, BUY, 6_000)
    town.order(town.bob, SELL, 4_000)
    town.move(HALTED)
    assert state_of(town.move(CLOSED)) is CLOSED
    assert (town.uncrossed(), town.market.resting) == ([], {})
    town.assert_sound()


def test_the_kill_switch_halts_an_auction_which_goes_on_after_it() -> None:
    town = AuctionTown(60)
    town.move(AUCTION)
    town.order(town.alice, BUY, 6_000)
    town.send(town.staff, ChangeExchangeState(ExchangeState.HALTED))
    assert town.market.state is HALTED
    refused = town.move(AUCTION)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.TRADING_SUSPENDED
    town.wait(60 * SECOND)
    town.send(town.staff, ChangeExchangeState(ExchangeState.OPEN))
    assert town.market.state is AUCTION
    town.order(town.bob, SELL, 4_000)
    town.wait(60 * SECOND)
    assert town.orders(town.alice) == [("filled", 1, 5_000)]
    town.assert_sound()


def test_the_kill_switch_may_cancel_what_was_collected(town: AuctionTown) -> None:
    town.order(town.alice, BUY, 6_000)
    town.order(town.bob, SELL, None)
    town.send(town.staff, ChangeExchangeState(ExchangeState.HALTED, cancel_orders=True))
    assert [town.orders(member) for member in (town.alice, town.bob)] == [[("cancelled", 0, 0)]] * 2
    town.send(town.staff, ChangeExchangeState(ExchangeState.OPEN))
    assert town.market.state is AUCTION
    town.move(OPEN)
    town.assert_sound()


def test_nothing_begins_to_collect_while_the_exchange_is_halted() -> None:
    town = AuctionTown()
    town.send(town.staff, ChangeExchangeState(ExchangeState.HALTED))
    refused = town.move(AUCTION)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.TRADING_SUSPENDED


def test_a_market_that_was_opening_when_the_switch_was_moved_collects_with_the_exchange() -> None:
    town = AuctionTown()
    stream, staffs = town.streams.of_market(MARKET), town.streams.of_username("staff")
    town.turn(staffs, [("asks", town.request_of(town.staff, ChangeMarketState(MARKET, AUCTION)))])
    for letter in town.letters_of(staffs):
        town.turn(stream, letters=[letter])
    # The terms are on their way to the account streams, and have not come back yet.
    switch = SwitchExchange(1, ExchangeState.HALTED, False, "a test", 7)
    town.markets(stream).evolve(town.markets(stream).receive(switch, 0)[0])
    town.deliver()
    (result,) = town.results_for("asks")
    assert isinstance(result, MarketResult)
    assert (result.state, result.version) == (town.market.state, town.market.version) == (HALTED, 3)
    assert town.market.by_switch
    assert town.market.collecting is not None


def test_the_exchange_itself_halts_an_auction(town: AuctionTown) -> None:
    stream = town.streams.of_market(MARKET)
    town.ask(stream, HaltMarket(MARKET, "found something"))
    assert town.market.state is HALTED
    assert state_of(town.move(AUCTION)) is AUCTION
    town.assert_sound()


def test_a_market_may_turn_in_play_while_it_collects(town: AuctionTown) -> None:
    town.order(town.alice, BUY, 6_000)
    town.order(town.carol, BUY, 5_000, time_in_force=TimeInForce.KEEP_IN_PLAY)
    town.send(town.staff, TurnInPlay(MARKET))
    assert (town.market.state, town.market.in_play) == (AUCTION, True)
    assert [town.orders(member) for member in (town.alice, town.carol)] == [
        [("cancelled", 0, 0)],
        [("created", 0, 0)],
    ]
    town.assert_sound()


def test_what_waits_in_play_is_rejected_as_the_auction_closes_its_market() -> None:
    town = AuctionTown(None, 1, in_play_delay_ms=1_000)
    town.move(OPEN)
    town.send(town.staff, TurnInPlay(MARKET))
    town.move(AUCTION)
    asked = PlaceOrder(MARKET, A, BUY, 5_000, LOT)
    town.ask(account_stream_of_id(town.alice), town.request_of(town.alice, asked, patient=False))
    assert list(town.market.delay.waiting)
    # The auction's end and the order's arrival are due in one turn, in this order.
    town.wait(2 * SECOND)
    assert town.market.state is CLOSED
    assert town.orders(town.alice) == [("rejected", 0, 0)]
    town.assert_sound()


def test_the_events_of_an_end_come_in_their_order(town: AuctionTown) -> None:
    town.order(town.alice, BUY, 6_000)
    town.order(town.bob, SELL, None, 2)
    before = len(town.bodies[town.streams.of_market(MARKET)])
    town.move(OPEN)
    kinds = [type(event).__name__ for event in town.written(OrderCancelled, MarketOpened, MarketClosed)]
    assert kinds == ["OrderCancelled", "MarketOpened"]
    assert len(town.bodies[town.streams.of_market(MARKET)]) > before
    town.assert_sound()
