"""Owns the tests of what is counted and when it becomes a result: links, portions, corrections, privacy.

Never adds up cells: the documents do, and their test holds them against figures worked out by hand.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import OrderResult
from actors.machines.messages.challenges import AcceptChallenge, Offer, OfferChallenge
from actors.machines.messages.commands import ChangeEvent
from actors.machines.messages.following import ChangePrivacy, PrivacyChoice
from actors.machines.messages.record import decode
from actors.machines.messages.scores import (
    Cell,
    CountedTrade,
    MembersLinked,
    PortionScored,
    Result,
    Showing,
    ShowingChanged,
    Streak,
    TradesCounted,
)
from actors.machines.messages.social_words import Audience, Detail, PrivacyKind
from actors.machines.messages.words import MarketState, Side
from actors.machines.stream.scoring import SHOWN_AT_FIRST
from actors.machines.streams import Streams
from tests.machines.auction_town import MARKET, A, AuctionTown
from tests.machines.stream.league import League
from tests.machines.stream.square import FOUR, ONE
from tests.machines.town import LOT, UNIT

DOLLAR = UNIT


def profits(league: League) -> dict[tuple[int, int], int | None]:
    """The newest profit by member and market."""
    return {
        (event.account_id, event.market_id): None if event.result is None else event.result.profit
        for event in league.scored()
    }


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_both_sides_of_a_trade_count_where_their_members_are(streams: Streams) -> None:
    league = League(streams)
    league.trade(league.alice, league.bob, 4_000, lots=10)
    counted = [event for event in league.written(TradesCounted) if isinstance(event, TradesCounted)]
    assert sorted(
        (trade for event in counted for trade in event.trades), key=lambda each: each.account_id
    ) == sorted(
        [
            CountedTrade(league.alice, Side.BUY, 4_000, 10 * LOT),
            CountedTrade(league.bob, Side.SELL, 4_000, 10 * LOT),
        ],
        key=lambda each: each.account_id,
    )
    league.verdict(1, 0)
    assert profits(league) == {(league.alice, 1): 6 * DOLLAR, (league.bob, 1): -6 * DOLLAR}
    league.assert_sound()


def test_an_order_that_trades_nothing_counts_nothing() -> None:
    league = League()
    league.place(league.alice, Side.BUY, 4_000, LOT)
    league.verdict(1, 0)
    assert league.written(TradesCounted) == []
    assert league.scored() == []


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_between_two_who_are_linked_nothing_counts_from_then_on(streams: Streams) -> None:
    league = League(streams)
    league.trade(league.alice, league.bob, 4_000)
    league.challenge(league.bob, league.alice, market_id=2)
    league.challenge(league.alice, league.bob, market_id=1)
    league.trade(league.alice, league.bob, 4_000, lots=50)
    league.trade(league.alice, league.carol, 5_000)
    for market_id in (1, 2):
        league.verdict(market_id, 0)
    assert profits(league) == {
        (league.alice, 1): DOLLAR * 11 // 10,
        (league.bob, 1): -DOLLAR * 6 // 10,
        (league.carol, 1): -DOLLAR // 2,
    }
    links = [(event.account_id, event.other_id) for event in league.written(MembersLinked)]  # type: ignore[union-attr]
    assert sorted(links) == sorted([(league.alice, league.bob), (league.bob, league.alice)])
    league.assert_sound()


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_a_set_counts_for_whoever_is_linked_with_nobody_in_it(streams: Streams) -> None:
    league = League(streams, cross_matching=True)
    league.challenge(league.alice, league.bob, market_id=2)
    for other in (league.bob, league.carol):
        league.place(league.alice, Side.BUY, 6_000, LOT)
        league.place(other, Side.BUY, 4_500, LOT, contract_id=2)
    counted = [event for event in league.written(TradesCounted) if isinstance(event, TradesCounted)]
    assert sorted(
        ((event.contract_id, trade) for event in counted for trade in event.trades),
        key=lambda each: each[0],
    ) == [
        (1, CountedTrade(league.alice, Side.BUY, 6_000, LOT)),
        (2, CountedTrade(league.carol, Side.BUY, 4_000, LOT)),
    ]
    league.verdict(1, 1)
    assert profits(league) == {
        (league.alice, 1): -DOLLAR * 6 // 10,
        (league.carol, 1): DOLLAR * 6 // 10,
    }
    league.assert_sound()


def test_what_a_replaced_order_trades_counts() -> None:
    league = League()
    league.place(league.alice, Side.BUY, 4_000, LOT)
    resting = league.place(league.bob, Side.SELL, 5_000, LOT)
    assert isinstance(resting, OrderResult)
    league.send(league.bob, AmendOrder(resting.order_id, LOT, 4_000))
    assert len(league.written(TradesCounted)) == 1


def test_a_result_has_the_category_and_the_time_of_the_first_verdict() -> None:
    league = League()
    league.trade(league.alice, league.bob, 4_000)
    league.verdict(1, 0)
    league.send(league.staff, ChangeEvent(1, type="athletics"))
    league.time += limits.DAY_US
    league.verdict(1, 1)
    first, second = [event for event in league.scored() if event.account_id == league.alice]
    assert (first.category, second.category) == ("sport", "sport")
    assert first.time == second.time
    assert (first.username, first.event_id, first.showing) == ("alice", 1, SHOWN_AT_FIRST)
    assert second.before == first.result == Result(6 * DOLLAR // 10, 4 * DOLLAR // 10, LOT, LOT * 6_000**2)


def test_a_correction_that_changes_nothing_says_nothing() -> None:
    league = League()
    league.trade(league.alice, league.bob, 4_000)
    league.trade(league.bob, league.alice, 4_000)
    league.verdict(1, void=True)
    assert league.scored() == []
    league.verdict(1, 1)
    assert len(league.scored()) == 2
    league.verdict(1, 1)
    assert len(league.scored()) == 2


def test_streaks_are_made_anew_by_a_correction() -> None:
    league = League(markets=4)
    for market_id in (1, 2, 3, 4):
        league.trade(league.alice, league.bob, 5_000, market_id=market_id)
    for market_id in (2, 3, 1):
        league.verdict(market_id, 0)
    assert {event.streaks for event in league.scored()} == {()}
    league.verdict(3, 1)
    alice = next(event for event in league.scored() if event.streaks and event.account_id == league.alice)
    assert {streak.cell.scope: (streak.current, streak.longest) for streak in alice.streaks} == {
        "exchange": (1, 1),
        "category:sport": (1, 1),
        "event:1": (1, 1),
        "market:3": (0, 0),
    }
    league.verdict(3, void=True)
    alice = next(event for event in reversed(league.scored()) if event.account_id == league.alice)
    assert alice.result is None
    assert Streak(Cell("exchange", "all"), 2, 2) in alice.streaks
    assert Streak(Cell("event:1", "all"), 1, 1) in alice.streaks
    assert Streak(Cell("market:3", "all"), 0, 0) in alice.streaks
    league.assert_sound()


def portions(league: League, name: str = "social-0") -> list[tuple[int, int]]:
    """Market and members of each portion, a record each."""
    found = []
    for body in league.bodies[name]:
        events = decode(body).events
        ended = [event for event in events if isinstance(event, PortionScored)]
        assert len(ended) <= 1
        found += [(event.market_id, event.members) for event in ended]
    return found


def test_many_members_are_scored_in_portions_one_verdict_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MEMBERS_SCORED_AT_ONCE_MAX", 2)
    league = League()
    for buyer, seller in ((league.alice, league.bob), (league.carol, league.dave)):
        league.trade(buyer, seller, 4_000)
    league.trade(league.alice, league.bob, 6_000, market_id=2)
    follow = league.follow
    monkeypatch.setattr(league, "follow", lambda: False)
    league.verdict(1, 0)
    league.verdict(2, 0)
    league.verdict(1, 1)
    monkeypatch.setattr(league, "follow", follow)
    league.deliver()
    assert portions(league) == [(1, 2), (1, 2), (2, 2), (1, 2), (1, 2)]
    takers_first = (league.bob, league.alice, league.dave, league.carol)
    assert [(event.market_id, event.account_id) for event in league.scored()] == [
        *((1, member) for member in takers_first),
        (2, league.bob),
        (2, league.alice),
        *((1, member) for member in takers_first),
    ]
    assert not league.social().scores.waiting
    league.assert_sound()


def choose(
    audience: Audience | None, detail: Detail | None, kind: PrivacyKind = PrivacyKind.LEADERBOARDS
) -> ChangePrivacy:
    return ChangePrivacy((PrivacyChoice(kind, audience, detail),))


def shown(league: League) -> list[ShowingChanged]:
    return [event for event in league.written(ShowingChanged) if isinstance(event, ShowingChanged)]


def test_what_a_member_chooses_holds_for_what_they_have_and_for_what_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "CELLS_SHOWN_AT_ONCE_MAX", 6)
    league = League(markets=3)
    for market_id in (1, 2, 3):
        league.trade(league.alice, league.bob, 4_000, market_id=market_id)
    league.told(league.alice, choose(None, Detail.PROFIT))
    assert shown(league) == []
    league.verdict(1, 0)
    league.verdict(3, 0)
    open_handed = Showing(Audience.EVERYONE, Detail.PROFIT)
    assert {event.showing for event in league.scored() if event.account_id == league.alice} == {open_handed}
    league.told(league.alice, choose(Audience.ONLY_ME, None))
    league.told(league.alice, choose(Audience.ONLY_ME, None, PrivacyKind.FOLLOW))
    hidden = Showing(Audience.ONLY_ME, Detail.PROFIT)
    first, second = shown(league)
    assert (first.account_id, first.showing, second.showing) == (league.alice, hidden, hidden)
    assert len(first.cells) == 6
    scopes = [cell.scope for cell in (*first.cells, *second.cells)]
    assert scopes == [*("exchange",) * 4, *("category:sport",) * 4, "event:1", "market:1", "market:3"]
    league.verdict(2, 0)
    assert {event.account_id: event.showing for event in league.scored() if event.market_id == 2} == {
        league.alice: hidden,
        league.bob: SHOWN_AT_FIRST,
    }
    league.assert_sound()


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_what_is_traded_in_an_auction_counts_but_between_two_who_are_linked(streams: Streams) -> None:
    town = AuctionTown(streams=streams)
    town.move(MarketState.AUCTION)
    town.order(town.alice, Side.BUY, 6_000, 3)
    town.order(town.bob, Side.SELL, 5_000, 3)
    town.move(MarketState.OPEN)
    offer = OfferChallenge(MARKET, A, Side.BUY, 4_000, LOT, Offer(0, None, town.time + 60_000_000))
    (offered,) = town.send(town.alice, offer)
    assert isinstance(offered, OrderResult)
    town.send(town.bob, AcceptChallenge(MARKET, offered.order_id, A, Side.BUY, 4_000, LOT))
    town.move(MarketState.AUCTION)
    for member, side in ((town.alice, Side.BUY), (town.carol, Side.BUY), (town.bob, Side.SELL)):
        town.order(member, side, 5_000, 2 if side is Side.SELL else 1)
    town.move(MarketState.CLOSED)
    counted = [
        (trade.account_id, trade.side, trade.price, trade.quantity // LOT)
        for name in streams.social_names
        for body in town.bodies[name]
        for event in decode(body).events
        if isinstance(event, TradesCounted)
        for trade in event.trades
    ]
    assert sorted(counted) == sorted(
        [
            (town.alice, Side.BUY, 5_000, 3),
            (town.bob, Side.SELL, 5_000, 3),
            (town.carol, Side.BUY, 5_000, 1),
            (town.bob, Side.SELL, 5_000, 1),
        ]
    )
    town.assert_sound()
