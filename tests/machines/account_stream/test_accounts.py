"""Owns the tests of an account stream as a whole: what reaches whom, sums, and refusals by role.

Never tests single guards: those are the account's.
Called by pytest.
"""

import pytest

from actors.machines.messages.answers import AccountResult, CancelledResult, OrderResult, Refused
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    CancelReference,
    ChangeProfile,
    EndSessions,
    PlaceOrder,
)
from actors.machines.messages.events import MarketHalted, VerdictNoted
from actors.machines.messages.parts import Verdict
from actors.machines.messages.words import MarketState, OrderState, Reason, Side
from actors.machines.streams import account_stream_of_id
from tests.machines.town import LOT, UNIT, OpenTown


def test_a_batch_is_carried_out_in_list_order() -> None:
    town = OpenTown()
    results = town.send(
        town.alice,
        PlaceOrder(1, 1, Side.BUY, 4000, LOT, reference_id="first"),
        PlaceOrder(1, 1, Side.BUY, 4000, 0x7FFFFFFF, reference_id="too much"),
        CancelReference("first"),
        PlaceOrder(1, 1, Side.BUY, 4100, LOT, reference_id="second"),
        CancelReference("first"),
        CancelAll(),
    )
    first, too_much, cancelled, second, gone, all_gone = results
    assert isinstance(first, OrderResult)
    assert isinstance(too_much, Refused)
    assert isinstance(cancelled, OrderResult)
    assert isinstance(second, OrderResult)
    assert isinstance(gone, Refused)
    assert (first.state, cancelled.state) == (OrderState.CREATED, OrderState.CANCELLED)
    assert (too_much.reason, gone.reason) == (Reason.INSUFFICIENT_FUNDS, Reason.NOT_FOUND)
    assert all_gone == CancelledResult((second.order_id,))
    assert town.money(town.alice) == (1000 * UNIT, 0)
    town.assert_sound()


def test_a_cancel_that_meets_a_fill_on_its_way_is_too_late() -> None:
    town = OpenTown()
    resting = town.place(town.alice, Side.BUY, 4000, LOT)
    assert isinstance(resting, OrderResult)
    sell = town.request_of(town.bob, PlaceOrder(1, 1, Side.SELL, 4000, LOT))
    cancel = town.request_of(town.alice, CancelOrder(resting.order_id), CancelAll())
    bobs, alices = account_stream_of_id(town.bob), account_stream_of_id(town.alice)
    town.answers.clear()
    town.turn(bobs, [("bob", sell)])
    for letter in town.letters_of(bobs):
        town.turn(letter.destination, letters=[letter])
    town.turn(alices, [("alice", cancel)])
    town.deliver()
    (filled,) = town.results_for("bob")
    too_late, none_left = town.results_for("alice")
    assert isinstance(filled, OrderResult)
    assert filled.state is OrderState.FILLED
    assert isinstance(too_late, Refused)
    assert too_late.reason is Reason.TOO_LATE
    assert none_left == CancelledResult(())
    town.assert_sound()


def test_ending_sessions_kills_every_token() -> None:
    town = OpenTown()
    (ended,) = town.send(town.alice, EndSessions())
    assert isinstance(ended, AccountResult)
    (refused,) = town.send(town.alice, CancelAll())
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.NOT_SIGNED_IN
    town.assert_sound()


def test_a_profile_changes_field_by_field() -> None:
    town = OpenTown()
    town.send(town.alice, ChangeProfile(bio="I trade."))
    (changed,) = town.send(town.alice, ChangeProfile(display_name="Alice A."))
    assert isinstance(changed, AccountResult)
    assert (changed.display_name, changed.bio) == ("Alice A.", "I trade.")
    town.assert_sound()


def test_a_clearing_that_the_log_contradicts_stops_the_stream() -> None:
    town = OpenTown()
    accounts = town.accounts(account_stream_of_id(town.alice))
    with pytest.raises(AssertionError, match="clearing of 1"):
        accounts.evolve(VerdictNoted(1, Verdict(1, (1,)), 5))


def test_everything_of_a_stream_sums_to_zero_through_a_whole_life() -> None:
    town = OpenTown(commission=200)
    town.place(town.alice, Side.BUY, 4000, 10 * LOT)
    town.place(town.bob, Side.SELL, 3000, 4 * LOT)
    town.settle(1)
    town.assert_sound()
    alices, bobs = (town.accounts(account_stream_of_id(who)) for who in (town.alice, town.bob))
    assert town.money(town.alice) == (1000 * UNIT + 24 * UNIT // 10 * 98 // 100, 0)
    assert town.money(town.bob) == (1000 * UNIT - 24 * UNIT // 10, 0)
    commissions = {machine.name: machine.commission for machine in (alices, bobs)}
    assert sum(commissions.values()) == 24 * UNIT // 10 * 2 // 100
    clearings = {machine.name: machine.clearing[1] for machine in (alices, bobs)}
    assert len(clearings) == 1 or sum(clearings.values()) == 0


def test_a_correction_moves_the_difference_and_may_leave_a_debt() -> None:
    town = OpenTown()
    town.place(town.alice, Side.BUY, 5000, 1000 * LOT)
    town.place(town.bob, Side.SELL, 5000, 1000 * LOT)
    town.settle(1)
    assert (town.money(town.alice)[0], town.money(town.bob)[0]) == (1500 * UNIT, 500 * UNIT)
    town.settle(2)
    assert (town.money(town.alice)[0], town.money(town.bob)[0]) == (500 * UNIT, 1500 * UNIT)
    town.settle(void=True)
    assert (town.money(town.alice)[0], town.money(town.bob)[0]) == (1000 * UNIT, 1000 * UNIT)
    town.assert_sound()


def test_a_market_that_is_voided_again_moves_nothing_more() -> None:
    town = OpenTown()
    town.place(town.alice, Side.BUY, 5000, LOT)
    town.place(town.bob, Side.SELL, 5000, LOT)
    for _ in range(2):
        town.settle(void=True)
        assert town.money(town.alice) == town.money(town.bob) == (1000 * UNIT, 0)
    town.assert_sound()


def test_an_order_to_a_closed_market_is_rejected_and_freed() -> None:
    town = OpenTown()
    town.place(town.alice, Side.BUY, 5000, LOT)
    town.move(MarketState.CLOSED)
    assert town.money(town.alice) == (1000 * UNIT, 0)
    refused = town.place(town.alice, Side.BUY, 5000, LOT)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.MARKET_NOT_OPEN
    assert town.money(town.alice) == (1000 * UNIT, 0)
    town.assert_sound()


def test_an_answer_keeps_the_money_of_its_moment() -> None:
    town = OpenTown()
    first = town.place(town.alice, Side.BUY, 5000, LOT)
    second = town.place(town.alice, Side.BUY, 5000, LOT)
    assert isinstance(first, OrderResult)
    assert isinstance(second, OrderResult)
    assert (first.exposure, second.exposure) == (UNIT // 2, UNIT)
    assert first.balance == second.balance == 1000 * UNIT


def test_what_is_no_event_of_an_account_stream_changes_nothing() -> None:
    town = OpenTown()
    accounts = town.accounts("accounts-0")
    before = town.all["accounts-0"].state_hash()
    with pytest.raises(AssertionError):
        accounts.evolve(MarketHalted(1))  # type: ignore[arg-type]
    assert town.all["accounts-0"].state_hash() == before


def test_both_sides_show_the_markets_time_of_an_execution() -> None:
    town = OpenTown()
    resting = town.place(town.alice, Side.BUY, 5000, LOT)
    taking = town.place(town.bob, Side.SELL, 5000, LOT)
    assert isinstance(resting, OrderResult)
    assert isinstance(taking, OrderResult)
    accounts = town.accounts(account_stream_of_id(town.alice)).accounts[town.alice]
    assert accounts.orders[resting.order_id].modified_time == taking.modified_time
