"""Owns the tests of a contract that is taken out of its market: who may, what ends, what members keep.

Never tests exposure itself: test_exposure.py does.
Called by pytest.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines.market_stream.voiding import decide_void
from actors.machines.messages.answers import MarketResult, OrderResult, Refused, Reply
from actors.machines.messages.challenges import AcceptChallenge, Offer, OfferChallenge
from actors.machines.messages.commands import (
    ChangeMarketState,
    CreateMarket,
    GetOrder,
    HaltMarket,
    PlaceOrder,
    Withdraw,
)
from actors.machines.messages.posted import Instruct
from actors.machines.messages.voiding import VoidContract
from actors.machines.messages.words import MarketState, OrderState, Reason, Side
from actors.machines.streams import Streams, account_stream_of_id
from tests.machines.town import LOT, UNIT, OpenTown

APART = Streams(4, 2)
RUNNERS = ("Gulls", "Herons", "Terns", "Auks")


def void(town: OpenTown, contract_id: int, market_id: int = 1) -> MarketResult | Refused:
    (result,) = town.send(town.staff, VoidContract(market_id, contract_id, "withdrawn"))
    assert isinstance(result, MarketResult | Refused)
    return result


def state_of(town: OpenTown, account_id: int, order_id: int) -> OrderState:
    reply = town.ask(account_stream_of_id(account_id), GetOrder(account_id, order_id))
    assert isinstance(reply, Reply)
    assert isinstance(reply.result, OrderResult)
    return reply.result.state


def order(result: OrderResult | Refused) -> OrderResult:
    assert isinstance(result, OrderResult)
    return result


def test_what_was_traded_in_it_counts_for_nothing_and_what_rests_is_cancelled() -> None:
    town = OpenTown(RUNNERS)
    bought = order(town.place(town.alice, Side.BUY, 4_000, 10 * LOT))
    order(town.place(town.bob, Side.SELL, 4_000, 10 * LOT))
    resting = order(town.place(town.bob, Side.SELL, 5_000, 10 * LOT))
    other = order(town.place(town.bob, Side.SELL, 6_000, 10 * LOT, contract_id=2))
    assert (town.money(town.alice), town.money(town.bob)) == (
        (1_000 * UNIT, 4 * UNIT),
        (1_000 * UNIT, 11 * UNIT),
    )
    result = void(town, 1)
    assert isinstance(result, MarketResult)
    assert (result.voided, result.state) == ((1,), MarketState.OPEN)
    states = [
        state_of(town, town.alice, bought.order_id),
        state_of(town, town.bob, resting.order_id),
        state_of(town, town.bob, other.order_id),
    ]
    assert states == [OrderState.VOIDED, OrderState.CANCELLED, OrderState.CREATED]
    assert (town.money(town.alice), town.money(town.bob)) == ((1_000 * UNIT, 0), (1_000 * UNIT, 4 * UNIT))
    refused = town.place(town.alice, Side.BUY, 4_000, LOT)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (Reason.CONTRACT_VOIDED, "contract_id")
    town.assert_sound()


def test_its_market_is_settled_among_the_others() -> None:
    town = OpenTown(RUNNERS, commission=1_000)
    for contract_id in (1, 2):
        order(town.place(town.alice, Side.BUY, 4_000, 10 * LOT, contract_id=contract_id))
        order(town.place(town.bob, Side.SELL, 4_000, 10 * LOT, contract_id=contract_id))
    void(town, 1)
    refused = town.settle(1)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.CONTRACT_NOT_FOUND
    settled = town.settle(2)
    assert isinstance(settled, MarketResult)
    assert settled.verdict is not None
    assert (settled.verdict.winners, settled.verdict.voided) == ((2,), (1,))
    assert town.money(town.alice) == (1_000 * UNIT + 6 * UNIT - 6 * UNIT // 10, 0)
    assert town.money(town.bob) == (994 * UNIT, 0)
    town.settle(3)
    assert town.money(town.alice) == (996 * UNIT, 0)
    late = void(town, 3)
    assert isinstance(late, Refused)
    assert late.reason is Reason.MARKET_STATE
    town.assert_sound()


def test_a_hedge_that_is_voided_may_leave_a_debt_and_then_nothing_more_is_risked() -> None:
    """Whoever sold two of three loses 1.00 at most on the one, for the other pays; without it, 5.00."""
    town = OpenTown(("A", "B", "C"))
    for contract_id, price in ((1, 5_000), (3, 4_000)):
        order(town.place(town.bob, Side.BUY, price, 10 * LOT, contract_id=contract_id))
        order(town.place(town.alice, Side.SELL, price, 10 * LOT, contract_id=contract_id))
    town.send(town.staff, Withdraw("alice", 997 * UNIT))
    assert town.money(town.alice) == (3 * UNIT, UNIT)
    assert isinstance(void(town, 3), MarketResult)
    assert town.money(town.alice) == (3 * UNIT, 5 * UNIT)
    refused = town.place(town.alice, Side.BUY, 1_000, LOT, contract_id=2)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.INSUFFICIENT_FUNDS
    order(town.place(town.bob, Side.SELL, 5_000, 10 * LOT, contract_id=1))
    order(town.place(town.alice, Side.BUY, 5_000, 10 * LOT, contract_id=1))
    assert town.money(town.alice) == (3 * UNIT, 0)
    town.assert_sound()


STATES = [
    ((), Reason.MARKET_STATE),
    ((MarketState.OPEN,), None),
    ((MarketState.OPEN, MarketState.HALTED), None),
    ((MarketState.OPEN, MarketState.CLOSED), None),
]


@pytest.mark.parametrize(("steps", "reason"), STATES)
def test_from_its_opening_to_its_verdict(steps: tuple[MarketState, ...], reason: Reason | None) -> None:
    town = OpenTown(RUNNERS, opened=False)
    for step in steps:
        town.move(step)
    result = void(town, 1)
    if reason is None:
        assert isinstance(result, MarketResult)
        assert result.state is steps[-1]
    else:
        assert isinstance(result, Refused)
        assert result.reason is reason
    town.assert_sound()


def test_as_many_are_left_as_can_decide_the_market() -> None:
    town = OpenTown(RUNNERS, winner_count=2)
    assert isinstance(void(town, 1), MarketResult)
    refused = void(town, 2)
    assert isinstance(refused, Refused)
    assert refused == Refused(
        Reason.MARKET_STATE, "2 contract(s) would be left for 2 winner(s): void the market.", "contract_id"
    )


def test_what_is_out_is_out_and_what_is_not_there_is_not() -> None:
    town = OpenTown(RUNNERS)
    assert void(town, 1) == void(town, 1)
    unknown = void(town, 99)
    assert isinstance(unknown, Refused)
    assert unknown.reason is Reason.CONTRACT_NOT_FOUND
    nowhere = void(town, 1, market_id=99)
    assert isinstance(nowhere, Refused)
    assert nowhere.reason is Reason.MARKET_NOT_FOUND


def test_contracts_that_are_matched_across_stay_together() -> None:
    town = OpenTown(RUNNERS)
    town.send(town.staff, CreateMarket(1, "Winner", ("A", "B", "C"), cross_matching=True))
    town.send(town.staff, ChangeMarketState(2, MarketState.OPEN))
    refused = void(town, 5, market_id=2)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (Reason.MARKET_STATE, "contract_id")


def test_its_open_challenges_end_and_others_stay_open() -> None:
    town = OpenTown(RUNNERS)
    offer = Offer(town.bob, "bob", town.time + 60_000_000, "I dare you")
    ids = []
    for contract_id in (1, 2):
        (offered,) = town.send(town.alice, OfferChallenge(1, contract_id, Side.BUY, 4_000, LOT, offer))
        assert isinstance(offered, OrderResult)
        ids.append(offered.order_id)
    void(town, 1)
    assert [state_of(town, town.alice, each) for each in ids] == [OrderState.CANCELLED, OrderState.CREATED]
    (accepted,) = town.send(town.bob, AcceptChallenge(1, ids[1], 2, Side.BUY, 4_000, LOT))
    assert isinstance(accepted, OrderResult)
    town.assert_sound()


def test_an_order_on_its_way_is_rejected_and_frees_what_it_held() -> None:
    """The market voids the contract while an order for it is accepted and has not arrived."""
    town = OpenTown(RUNNERS, streams=APART)
    alices, staffs = account_stream_of_id(town.alice), account_stream_of_id(town.staff)
    assert alices != staffs
    town.turn(alices, [("order", town.request_of(town.alice, PlaceOrder(1, 1, Side.BUY, 4_000, 10 * LOT)))])
    assert town.money(town.alice)[1] == 4 * UNIT
    town.turn(staffs, [("void", town.request_of(town.staff, VoidContract(1, 1, "withdrawn")))])
    for letter in town.letters_of(staffs):
        town.turn(letter.destination, letters=[letter])
    late = town.letters_of(alices)
    (told,) = [each for each in town.letters_of(town.streams.of_market(1)) if each.destination == alices]
    town.turn(alices, letters=[told])
    assert town.money(town.alice)[1] == 0  # what can't trade risks nothing
    for letter in late:
        town.turn(letter.destination, letters=[letter])
    town.deliver()
    (refused,) = town.results_for("order")
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.CONTRACT_VOIDED
    assert town.money(town.alice) == (1_000 * UNIT, 0)
    town.assert_sound()


def test_until_all_streams_have_done_it_nothing_else_is_decided_and_no_halt_loses_the_answer() -> None:
    town = OpenTown(RUNNERS, streams=APART)
    staffs = account_stream_of_id(town.staff)
    town.answers.clear()
    town.turn(staffs, [("void", town.request_of(town.staff, VoidContract(1, 1, "withdrawn")))])
    for letter in town.letters_of(staffs):
        town.turn(letter.destination, letters=[letter])
    market = town.markets(town.streams.of_market(1)).markets[1]
    assert len(market.awaited) == len(town.streams.account_names)
    for contract_id in (1, 2):
        command = VoidContract(1, contract_id, "withdrawn, too")
        refused = decide_void(market, Instruct(town.staff, 9, 0, command), command)
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.MARKET_STATE
    town.turn(town.streams.of_market(1), [("halt", HaltMarket(1, "something is wrong"))])
    assert len(market.awaited) > 0
    town.deliver()
    (result,) = town.results_for("void")
    assert isinstance(result, MarketResult)
    assert (result.voided, market.state, market.asker) == ((1,), MarketState.HALTED, None)
    town.assert_sound()


def test_staff_may_halt_the_market_meanwhile() -> None:
    town = OpenTown(RUNNERS, streams=APART)
    staffs = account_stream_of_id(town.staff)
    town.answers.clear()
    town.turn(staffs, [("void", town.request_of(town.staff, VoidContract(1, 1, "withdrawn")))])
    halt = ChangeMarketState(1, MarketState.HALTED)
    town.turn(staffs, [("halt", town.request_of(town.staff, halt))])
    for letter in town.letters_of(staffs):
        town.turn(letter.destination, letters=[letter])
    market = town.markets(town.streams.of_market(1)).markets[1]
    assert (market.state, len(market.awaited)) == (MarketState.HALTED, len(town.streams.account_names))
    town.deliver()
    (halted,) = town.results_for("halt")
    assert isinstance(halted, MarketResult)
    town.deliver()
    (result,) = town.results_for("void")
    assert isinstance(result, MarketResult)
    assert (result.voided, market.state, market.asker) == ((1,), MarketState.HALTED, None)
    town.assert_sound()


QUANTITIES = st.integers(1, 50).map(lambda lots: lots * LOT)
TRADES = st.lists(
    st.tuples(st.integers(1, 4), st.booleans(), st.integers(1, 9_999), QUANTITIES, st.booleans()), max_size=12
)


@settings(max_examples=30, deadline=None)
@given(TRADES, st.integers(1, 2), st.integers(1, 4), st.integers(0, 2))
def test_members_have_what_they_would_have_had_without_the_contract(
    trades: list[tuple[int, bool, int, int, bool]], winner_count: int, out: int, winner: int
) -> None:
    """Whatever was traded and rests: the same exposure and result as in a town where it never was."""
    towns = []
    for with_it in (True, False):
        town = OpenTown(RUNNERS, winner_count=winner_count, commission=123)
        if not with_it:
            void(town, out)
        for contract_id, alice_buys, price, quantity, both in trades:
            if with_it or contract_id != out:
                side = Side.BUY if alice_buys else Side.SELL
                town.place(town.alice, side, price, quantity, contract_id=contract_id)
                if both:
                    town.place(town.bob, side.other, price, quantity, contract_id=contract_id)
        if with_it:
            void(town, out)
        towns.append(town)
    one, other = towns
    members = (one.alice, one.bob)
    assert [one.money(each) for each in members] == [other.money(each) for each in members]
    left = [each for each in (1, 2, 3, 4) if each != out]
    winners = [left[(winner + at) % 3] for at in range(winner_count)]
    for town in towns:
        town.settle(*winners)
        town.assert_sound()
    assert [one.money(each) for each in members] == [other.money(each) for each in members]
