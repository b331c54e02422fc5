"""Owns the tests of previews: they say what the order then does, are refused as it is, and leave no trace.

Never goes over HTTP: the tests of the resource of orders do.
Called by pytest.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines.messages.answers import MatchPreview, OrderPreview, OrderResult, Refused, Reply
from actors.machines.messages.commands import (
    ChangeMarketState,
    CreateMarket,
    Deposit,
    GetAccount,
    PlaceOrder,
    PreviewMatch,
    PreviewOrder,
    TurnInPlay,
)
from actors.machines.messages.parts import PLAIN, Conditions
from actors.machines.messages.words import NEVER_RESTING, MarketState, Reason, SelfTrade, Side, TimeInForce
from actors.machines.streams import account_stream_of_id
from tests.machines.auction_town import MARKET, A, AuctionTown, B
from tests.machines.town import LOT, UNIT, OpenTown, Town

PAST_OWN = Conditions(self_trade=SelfTrade.CANCEL_MAKER)
POST_ONLY = Conditions(post_only=True)


class Members(OpenTown):
    """Three members and two markets of three contracts: in the second one the contracts are complementary."""

    def __init__(self) -> None:
        super().__init__(("A", "B", "C"), commission=200)
        self.carol = self.register("carol")
        self.send(self.staff, Deposit("carol", 3 * UNIT))
        self.send(self.staff, CreateMarket(1, "Complementary", ("A", "B", "C"), cross_matching=True))
        self.send(self.staff, ChangeMarketState(2, MarketState.OPEN))


def preview(town: Town, account_id: int, order: PlaceOrder) -> tuple[MatchPreview, OrderPreview] | Refused:
    """What the web makes of its two questions."""
    market = town.ask(town.streams.of_market(order.market_id), PreviewMatch(account_id, order))
    assert isinstance(market, Reply)
    matched = market.result
    told = matched if isinstance(matched, MatchPreview) else MatchPreview((), order.quantity, None)
    account = town.ask(account_stream_of_id(account_id), PreviewOrder(account_id, order, told))
    assert isinstance(account, Reply)
    if isinstance(account.result, Refused):
        return account.result
    if isinstance(matched, Refused):
        return matched
    assert isinstance(account.result, OrderPreview)
    return told, account.result


def compare(town: Town, account_id: int, order: PlaceOrder) -> None:
    """Looks at an order, places it, and finds that it did what was said."""
    before, logged = town.money(account_id), [len(bodies) for bodies in town.bodies.values()]
    told = preview(town, account_id, order)
    assert (town.money(account_id), [len(bodies) for bodies in town.bodies.values()]) == (before, logged)
    (result,) = town.send(account_id, order)
    if isinstance(told, Refused):
        assert isinstance(result, Refused)
        assert result.reason is told.reason
        return
    assert isinstance(result, OrderResult)
    matched, account = told
    assert result.fills == matched.fills
    assert result.cancel_reason is matched.reason
    assert result.available_quantity == (matched.left if matched.reason is None else 0)
    assert (account.balance, account.exposure_before) == before
    assert (account.balance, account.exposure) == town.money(account_id)
    position = town.accounts(account_stream_of_id(account_id)).accounts[account_id].positions[order.market_id]
    assert account.market_exposure == position.exposure


CONTRACTS = {1: (1, 2, 3, 4), 2: (4, 5, 6, 6), 3: (7,)}
"""Markets -> contracts, one of which isn't the first market's; there is no third market."""
RESTING = (
    TimeInForce.GOOD_TIL_CANCELLED,
    TimeInForce.GOOD_TIL_CANCELLED,
    TimeInForce.GOOD_TIL_HALTED,
    TimeInForce.KEEP_IN_PLAY,
)


def orders(
    in_force: tuple[TimeInForce, ...], conditions: tuple[Conditions, ...]
) -> st.SearchStrategy[PlaceOrder]:
    return st.sampled_from((1, 1, 1, 2, 2, 2, 3)).flatmap(
        lambda market_id: st.builds(
            PlaceOrder,
            st.just(market_id),
            st.sampled_from(CONTRACTS[market_id]),
            st.sampled_from(Side),
            st.sampled_from((2000, 3000, 3300, 3400, 3500, 5000)),
            st.sampled_from((LOT, 2 * LOT, 3 * LOT)),
            st.sampled_from(in_force),
            st.none(),
            st.sampled_from(conditions),
        )
    )


ORDERS = orders(RESTING, (PLAIN, PLAIN, PAST_OWN, POST_ONLY, Conditions(market_version=7))) | orders(
    (*NEVER_RESTING, TimeInForce.MARKET), (PLAIN, PAST_OWN)
)


@given(st.lists(st.tuples(st.integers(0, 2), ORDERS), min_size=1, max_size=25))
@settings(max_examples=60, deadline=None)
def test_a_preview_says_what_the_order_then_does(drawn: list[tuple[int, PlaceOrder]]) -> None:
    town = Members()
    for who, order in drawn:
        compare(town, (town.alice, town.bob, town.carol)[who], order)
    town.assert_sound()


def test_orders_of_ones_own_that_would_be_cancelled_risk_nothing_any_more() -> None:
    town = OpenTown()
    own = town.place(town.alice, Side.BUY, 5000, 2 * LOT)
    assert isinstance(own, OrderResult)
    order = PlaceOrder(1, 1, Side.SELL, 4000, LOT, conditions=PAST_OWN)
    told = preview(town, town.alice, order)
    assert not isinstance(told, Refused)
    assert (told[0].cancelled, told[1].exposure_before, told[1].exposure) == (
        (own.order_id,),
        2 * LOT * 5000,
        LOT * 6000,
    )
    compare(town, town.alice, order)


def test_in_play_a_preview_says_how_long_it_would_take_and_what_would_trade_were_it_now() -> None:
    town = OpenTown()
    town.send(town.staff, CreateMarket(1, "In play", ("Yes", "No"), in_play_delay_ms=3_000))
    town.send(town.staff, ChangeMarketState(2, MarketState.OPEN))
    kept = TimeInForce.KEEP_IN_PLAY
    town.place(town.bob, Side.SELL, 5000, LOT, market_id=2, contract_id=3, time_in_force=kept)
    town.send(town.staff, TurnInPlay(2))
    told = preview(town, town.alice, PlaceOrder(2, 3, Side.BUY, 5000, 2 * LOT))
    assert not isinstance(told, Refused)
    assert (told[0].delay_ms, told[0].left) == (3_000, LOT)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (PlaceOrder(9, 1, Side.BUY, 5000, LOT), Reason.MARKET_NOT_FOUND),
        (PlaceOrder(1, 9, Side.BUY, 5000, LOT), Reason.CONTRACT_NOT_FOUND),
        (PlaceOrder(1, 1, Side.BUY, 5000, 10**10), Reason.INSUFFICIENT_FUNDS),
    ],
)
def test_a_preview_is_refused_as_the_order_would_be(order: PlaceOrder, reason: Reason) -> None:
    town = OpenTown()
    told = preview(town, town.alice, order)
    assert isinstance(told, Refused)
    assert told.reason is reason
    town.move(MarketState.HALTED)
    # The account is asked first what it would refuse; the market only then.
    halted = preview(town, town.alice, PlaceOrder(1, 1, Side.BUY, 5000, LOT))
    assert isinstance(halted, Refused)
    assert halted.reason is Reason.MARKET_NOT_OPEN


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from((A, A, B)),
            st.sampled_from(Side),
            st.sampled_from((3000, 4000, 5000)),
            st.sampled_from((LOT, 2 * LOT)),
            st.sampled_from((TimeInForce.GOOD_TIL_CANCELLED, TimeInForce.MARKET)),
        ),
        max_size=12,
    )
)
@settings(max_examples=30, deadline=None)
def test_while_a_market_collects_a_preview_says_that_the_order_would_be_collected(
    drawn: list[tuple[int, int, Side, int, int, TimeInForce]],
) -> None:
    town = AuctionTown()
    town.move(MarketState.AUCTION)
    for who, contract_id, side, price, quantity, in_force in drawn:
        order = PlaceOrder(MARKET, contract_id, side, price, quantity, in_force)
        account_id = (town.alice, town.bob, town.carol)[who]
        told = preview(town, account_id, order)
        assert isinstance(told, Refused) or (told[0].collected, told[0].fills) == (True, ())
        compare(town, account_id, order)
    town.assert_sound()


def test_a_market_order_is_previewed_at_the_worst_price_that_it_may_trade_at() -> None:
    town = AuctionTown()
    town.move(MarketState.AUCTION)
    told = preview(town, town.alice, PlaceOrder(MARKET, A, Side.BUY, 1, LOT, TimeInForce.MARKET))
    assert not isinstance(told, Refused)
    assert (told[1].price, told[1].exposure) == (9_999, 9_999 * LOT)


@pytest.mark.parametrize("conditions", [PLAIN, PAST_OWN])
@pytest.mark.parametrize(("side", "asked"), [(Side.BUY, 1), (Side.SELL, 9_999)])
def test_a_preview_of_a_market_order_knows_that_it_could_meet_any_of_ones_own(
    side: Side, asked: int, conditions: Conditions
) -> None:
    """Whatever price the order comes with: it has none."""
    town = AuctionTown()
    town.move(MarketState.AUCTION)
    town.send(town.alice, PlaceOrder(MARKET, A, side.other, 5000, LOT))
    compare(
        town,
        town.alice,
        PlaceOrder(MARKET, A, side, asked, LOT, TimeInForce.MARKET, conditions=conditions),
    )


def test_whoever_has_no_account_has_nothing_to_look_at() -> None:
    town = OpenTown()
    nobody = town.alice + 16 * 100
    told = preview(town, nobody, PlaceOrder(1, 1, Side.BUY, 5000, LOT))
    assert isinstance(told, Refused)
    assert told.reason is Reason.NOT_FOUND


def test_market_and_account_are_not_asked_for_each_others_part() -> None:
    town = OpenTown()
    order = PlaceOrder(1, 1, Side.BUY, 5000, LOT)
    with pytest.raises(TypeError, match="takes no PreviewMatch"):
        town.turn(account_stream_of_id(town.alice), [("ticket", PreviewMatch(town.alice, order))])
    with pytest.raises(TypeError, match="takes no GetAccount"):
        town.turn(town.streams.of_market(1), [("ticket", GetAccount(town.alice))])
