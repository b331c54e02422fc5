"""Owns the tests of what members do in markets, as it stands in activity streams.

Never looks at who may see it.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.messages.activity import Content, JoinedContent, NewsContent
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import OrderResult
from actors.machines.messages.badges import BadgeContent
from actors.machines.messages.challenges import AcceptChallenge, Offer, OfferChallenge
from actors.machines.messages.commands import CancelOrder, SettleMarket
from actors.machines.messages.trading_entries import (
    Counterparty,
    FillContent,
    OrderContent,
    PositionContent,
    SettlementContent,
    VoidedContent,
)
from actors.machines.messages.voiding import VoidContract
from actors.machines.messages.words import MarketState, Side, TimeInForce
from actors.machines.stream import names
from actors.machines.stream.positions import Held
from actors.machines.streams import Streams
from tests.machines.auction_town import MARKET, A, AuctionTown
from tests.machines.stream.square import FOUR, ONE, Square
from tests.machines.town import LOT

BUY, SELL = Side.BUY, Side.SELL


def of(square: Square, account_id: int) -> list[Content]:
    """What stands in a member's stream, but that they joined, and badges."""
    entries = square.activity(names.of_member(account_id))
    assert {entry.account_id for entry in entries} == {account_id}
    assert entries[0].content == JoinedContent()
    return [entry.content for entry in entries[1:] if not isinstance(entry.content, BadgeContent)]


def order_id(result: object) -> int:
    assert isinstance(result, OrderResult)
    return result.order_id


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_an_order_that_trades_with_several(streams: Streams) -> None:
    square = Square(streams)
    cheap = order_id(square.place(square.alice, SELL, 4_000, 10))
    dear = order_id(square.place(square.alice, SELL, 5_000, 10))
    taker = order_id(square.place(square.bob, BUY, 5_000, 15))
    against = (Counterparty(square.alice, 15, 65_000),)
    assert of(square, square.bob) == [
        OrderContent(taker, 1, BUY, 5_000, 15, TimeInForce.GOOD_TIL_CANCELLED),
        FillContent(taker, 1, BUY, 15, 65_000, maker=False, counterparties=against),
        PositionContent(True, 1, BUY, 15, 65_000),
    ]
    assert of(square, square.alice)[2:] == [
        FillContent(cheap, 1, SELL, 10, 40_000, True, (Counterparty(square.bob, 10, 40_000),)),
        PositionContent(True, 1, SELL, 10, 40_000),
        FillContent(dear, 1, SELL, 5, 25_000, True, (Counterparty(square.bob, 5, 25_000),)),
    ]
    market = square.activity(names.of_market(1))
    opened = [entry for entry in market if isinstance(entry.content, PositionContent)]
    assert {entry.username for entry in opened} == {"alice", "bob"}
    assert {(entry.market_id, entry.event_id) for entry in opened} == {(1, 1)}
    square.assert_sound()


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_a_set_is_a_fill_of_both_without_a_counterparty(streams: Streams) -> None:
    square = Square(streams, cross_matching=True)
    resting = order_id(square.place(square.alice, BUY, 4_000, 10, contract_id=2))
    better = order_id(square.place(square.alice, BUY, 4_500, 2, contract_id=2))
    taker = order_id(square.place(square.bob, BUY, 6_000, 5))
    assert of(square, square.bob)[1:] == [
        FillContent(taker, 1, BUY, 5, 2 * 5_500 + 3 * 6_000, maker=False, counterparties=()),
        PositionContent(True, 1, BUY, 5, 29_000),
    ]
    assert of(square, square.alice)[2:] == [
        FillContent(better, 2, BUY, 2, 9_000, maker=True, counterparties=()),
        PositionContent(True, 2, BUY, 2, 9_000),
        FillContent(resting, 2, BUY, 3, 12_000, maker=True, counterparties=()),
    ]
    square.settle(1)
    square.assert_sound()


def test_an_order_that_is_replaced_may_trade() -> None:
    square = Square()
    square.place(square.alice, SELL, 4_000, 10)
    taker = order_id(square.place(square.bob, BUY, 3_000, 10))
    square.send(square.bob, AmendOrder(taker, 10, 4_000))
    assert FillContent(taker, 1, BUY, 10, 40_000, False, (Counterparty(square.alice, 10, 40_000),)) in of(
        square, square.bob
    )


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_a_position_is_closed_with_a_profit_and_forgotten(streams: Streams) -> None:
    square = Square(streams)
    square.place(square.alice, SELL, 4_000, 10)
    square.place(square.bob, BUY, 4_000, 10)
    owner = square.social(streams.of_activity(names.of_member(square.bob)))
    assert owner.positions.held(square.bob, 1, 1) == Held(10, -40_000)
    square.place(square.alice, BUY, 6_000, 10)
    square.place(square.bob, SELL, 6_000, 10)
    assert of(square, square.bob)[-1] == PositionContent(False, 1, BUY, 10, 60_000, 20_000)
    assert of(square, square.alice)[-1] == PositionContent(False, 1, SELL, 10, 60_000, -20_000)
    assert [square.social(name).positions.open for name in streams.social_names] == [{}] * streams.social
    square.assert_sound()


def test_what_is_cancelled_has_no_entry() -> None:
    square = Square()
    placed = order_id(square.place(square.alice, SELL, 4_000, 10))
    before = of(square, square.alice)
    square.send(square.alice, CancelOrder(placed))
    assert of(square, square.alice) == before


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_a_market_is_settled_and_corrected(streams: Streams) -> None:
    square = Square(streams, commission=1_000)
    square.place(square.alice, SELL, 4_000, 10)
    square.place(square.bob, BUY, 4_000, 10)
    square.settle(1)
    assert of(square, square.bob)[-1] == SettlementContent(False, 60_000, 6_000, 1)
    assert of(square, square.alice)[-1] == SettlementContent(False, -60_000, 0, 1)
    assert [square.social(name).positions.open for name in streams.social_names] == [{}] * streams.social
    square.send(square.staff, SettleMarket(1, (1,), False, "the same again"))
    square.send(square.staff, SettleMarket(1, (), True, "abandoned"))
    versions = [each.version for each in of(square, square.bob) if isinstance(each, SettlementContent)]
    assert versions == [1, 3]
    assert of(square, square.bob)[-1] == SettlementContent(True, 0, 0, 3)
    square.assert_sound()


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_a_contract_is_voided_and_what_was_held_in_it_is_forgotten(streams: Streams) -> None:
    square = Square(streams, contracts=("Gulls", "Herons", "Terns"))
    for contract_id in (1, 2):
        square.place(square.alice, SELL, 4_000, 10, contract_id=contract_id)
        square.place(square.bob, BUY, 4_000, 10, contract_id=contract_id)
    square.place(square.bob, BUY, 4_000, 5, contract_id=3)
    square.send(square.staff, VoidContract(1, 1, "withdrawn"))
    square.send(square.staff, VoidContract(1, 1, "withdrawn"))
    assert of(square, square.bob)[-1] == VoidedContent(1)
    assert of(square, square.alice)[-1] == VoidedContent(1)
    owner = square.social(streams.of_activity(names.of_member(square.bob)))
    assert owner.positions.open[square.bob] == {1: {2: Held(10, -40_000)}}
    told = square.activity(names.of_market(1))[-1].content
    assert told == NewsContent("contract_voided", "withdrawn", contract_id=1)
    square.settle(2)
    assert of(square, square.bob)[-1] == SettlementContent(False, 60_000, 0, 1)
    square.assert_sound()


def test_what_traded_in_part_before_it_was_cancelled_is_settled_too() -> None:
    square = Square()
    placed = order_id(square.place(square.alice, SELL, 4_000, 10))
    square.place(square.bob, BUY, 4_000, 4)
    square.send(square.alice, CancelOrder(placed))
    square.settle(1)
    assert of(square, square.alice)[-1] == SettlementContent(False, -24_000, 0, 1)
    assert square.social().positions.open == {}


def test_a_hedge_that_was_closed_in_a_voided_contract_is_told_of() -> None:
    square = Square(contracts=("Gulls", "Herons", "Terns"))
    placed = order_id(square.place(square.alice, SELL, 4_000, 10))
    square.place(square.bob, BUY, 4_000, 4)
    square.send(square.alice, CancelOrder(placed))
    square.send(square.staff, VoidContract(1, 1, "withdrawn"))
    assert of(square, square.alice)[-1] == VoidedContent(1)
    assert square.social().positions.open == {}


def test_what_was_closed_before_its_contract_is_voided_is_told_of_and_nothing_is_held_anyway() -> None:
    square = Square(contracts=("Gulls", "Herons", "Terns"))
    for side in (SELL, BUY):
        square.place(square.alice, side, 4_000, 10)
        square.place(square.bob, side.other, 4_000, 10)
    square.send(square.staff, VoidContract(1, 1, "withdrawn"))
    assert of(square, square.bob)[-1] == VoidedContent(1)
    assert square.social().positions.open == {}


def test_who_never_traded_there_is_told_of_no_settlement() -> None:
    square = Square()
    square.place(square.alice, SELL, 4_000, 10)
    square.settle(1)
    assert [type(content) for content in of(square, square.alice)] == [OrderContent]
    assert isinstance(square.activity(names.of_market(1))[-1].content, NewsContent)


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_a_challenge_that_is_accepted_is_a_fill_of_both(streams: Streams) -> None:
    square = Square(streams)
    offer = Offer(square.bob, "bob", limits.CHALLENGE_LIFE_MAX_US)
    challenge = order_id(square.send(square.alice, OfferChallenge(1, 1, SELL, 4_000, 10, offer))[0])
    accepted = order_id(square.send(square.bob, AcceptChallenge(1, challenge, 1, SELL, 4_000, 10))[0])
    traded = [each for each in of(square, square.bob) if isinstance(each, FillContent)]
    against = (Counterparty(square.alice, 10, 40_000),)
    assert traded == [FillContent(accepted, 1, BUY, 10, 40_000, False, against, challenge)]
    traded = [each for each in of(square, square.alice) if isinstance(each, FillContent)]
    against = (Counterparty(square.bob, 10, 40_000),)
    assert traded == [FillContent(challenge, 1, SELL, 10, 40_000, True, against, challenge)]
    kinds = {type(each) for account_id in (square.alice, square.bob) for each in of(square, account_id)}
    assert OrderContent not in kinds
    square.assert_sound()


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_what_is_traded_in_an_auction_is_an_entry_for_each_order(streams: Streams) -> None:
    town = AuctionTown(streams=streams)
    town.move(MarketState.AUCTION)
    (first, second, third) = (
        order_id(town.order(account_id, side, price, lots))
        for account_id, side, price, lots in (
            (town.alice, BUY, 6_000, 3),
            (town.carol, BUY, 6_000, 1),
            (town.bob, SELL, 5_000, 4),
        )
    )
    town.move(MarketState.OPEN)
    against = (Counterparty(town.alice, 3 * LOT, 15_000 * LOT), Counterparty(town.carol, LOT, 5_000 * LOT))
    to_bob = [(Counterparty(town.bob, lots * LOT, lots * 5_000 * LOT),) for lots in (3, 1)]
    for account_id, fill in (
        (town.alice, FillContent(first, A, BUY, 3 * LOT, 15_000 * LOT, True, to_bob[0])),
        (town.carol, FillContent(second, A, BUY, LOT, 5_000 * LOT, True, to_bob[1])),
        (town.bob, FillContent(third, A, SELL, 4 * LOT, 20_000 * LOT, True, against)),
    ):
        contents = [entry.content for entry in town.activity(names.of_member(account_id))]
        assert fill in contents
        assert PositionContent(True, A, fill.side, fill.quantity, fill.value) in contents
    news = [entry.content for entry in town.activity(names.of_market(MARKET))]
    assert [each.step for each in news if isinstance(each, NewsContent)] == ["created", "auction", "opened"]
    town.assert_sound()
