"""Owns the tests of one market: its life against the table, matching by time in force, its verdicts.

Never tests price/time priority: that is the book's.
Called by pytest.
"""

import pytest

from actors.machines.market_stream.market import TRANSITIONS, Market
from actors.machines.market_stream.market_life import decide_state
from actors.machines.market_stream.timers import Timers
from actors.machines.messages.answers import Refused
from actors.machines.messages.book_events import CancelMissed, OrderCancelled, OrderMatched, OrderRejected
from actors.machines.messages.commands import SettleMarket
from actors.machines.messages.events import (
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketOpened,
    MarketOpening,
    MarketSettled,
    MarketTurnedInPlay,
)
from actors.machines.messages.parts import FULL_LADDER, Contract, MakerFill, MarketDetails, Verdict
from actors.machines.messages.posted import Instruct, SubmitOrder, WithdrawOrder
from actors.machines.messages.voiding import ContractVoided
from actors.machines.messages.words import MarketState, Reason, Side, TimeInForce
from actors.machines.streams import Streams

DETAILS = MarketDetails(
    3, 1, "Who?", "who", "", 0, (Contract(10, "A", "a"), Contract(11, "B", "b")), 1, 0, FULL_LADDER
)
SINGLE = MarketDetails(3, 1, "Will it?", "will-it", "", 0, (Contract(10, "Yes", "yes"),), 1, 0, FULL_LADDER)
GTC, IOC = TimeInForce.GOOD_TIL_CANCELLED, TimeInForce.IMMEDIATE_OR_CANCEL
WON = MarketSettled(3, Verdict(1, (10,)), "because", 7, 1, 0)
VOID = MarketSettled(3, Verdict(1, (), True), "because", 7, 1, 0)
OUT = ContractVoided(3, 11, "withdrawn", 7, 1, 0)
MOVES = [
    MarketOpening(3, 7, 1, 0),
    MarketOpened(3),
    MarketHalted(3),
    MarketClosed(3),
    MarketTurnedInPlay(3),
    WON,
    VOID,
    OUT,
]
SETTLE = SettleMarket(3, (10,), False, "because")
INSTRUCT = Instruct(7, 1, 0, SETTLE)
ALICE, BOB = 16, 17
TIME = 5000


def market(state: MarketState = MarketState.OPEN, details: MarketDetails = DETAILS) -> Market:
    made = Market(MarketCreated(details, 7, 1, 0, 1000))
    made.state = state
    return made


def submit(
    order_id: int, account_id: int, side: Side, price: int, quantity: int, tif: TimeInForce = GTC
) -> SubmitOrder:
    return SubmitOrder(3, 10, order_id, account_id, side, price, quantity, tif)


def arrive(made: Market, order: SubmitOrder) -> OrderMatched:
    event = made.decide_order(order, TIME)
    assert isinstance(event, OrderMatched)
    made.match(event, Timers())
    return event


@pytest.mark.parametrize("state", MarketState)
@pytest.mark.parametrize("move", MOVES)
def test_every_move_in_every_state_is_in_the_table_or_changes_nothing(
    state: MarketState,
    move: MarketOpening | MarketOpened | MarketHalted | MarketClosed | MarketSettled | ContractVoided,
) -> None:
    made = market(state)
    allowed = TRANSITIONS[state].get(type(move), frozenset())
    if allowed:
        made.move(move)
        assert made.state in allowed
        if isinstance(move, MarketSettled):
            assert made.state is (MarketState.VOIDED if move.verdict.void else MarketState.SETTLED)
    else:
        with pytest.raises(AssertionError, match="market 3"):
            made.move(move)
        assert made.state is state


def test_a_market_is_created_as_a_draft() -> None:
    made = Market(MarketCreated(DETAILS, 7, 1, 0, 1000))
    assert TRANSITIONS[None] == {MarketCreated: frozenset({made.state})}
    assert (made.result().created_time, made.result().market) == (1000, DETAILS)


def test_while_it_waits_for_acknowledgements_a_market_takes_no_verdict() -> None:
    closed = market(MarketState.SETTLED)
    closed.await_all(Streams(), (7, 1, 0))
    refused = closed.decide_verdict(INSTRUCT, SETTLE)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.MARKET_STATE


ARRIVALS = [
    # A bid of 100 at 4000 by alice rests. What arrives, what trades, what is left, and why not.
    (submit(33, BOB, Side.SELL, 4000, 60), 60, 0, None),
    (submit(33, BOB, Side.SELL, 3000, 160), 100, 60, None),
    (submit(33, BOB, Side.SELL, 4001, 60), 0, 60, None),
    (submit(33, BOB, Side.SELL, 3000, 160, IOC), 100, 60, Reason.INSUFFICIENT_LIQUIDITY),
    (submit(33, BOB, Side.SELL, 4001, 60, IOC), 0, 60, Reason.INSUFFICIENT_LIQUIDITY),
    (submit(33, BOB, Side.SELL, 4000, 60, IOC), 60, 0, None),
    (submit(32, ALICE, Side.SELL, 4000, 60), 0, 60, Reason.SELF_TRADE),
]


@pytest.mark.parametrize(("order", "traded", "left", "reason"), ARRIVALS)
def test_an_arriving_order_trades_as_far_as_it_may(
    order: SubmitOrder, traded: int, left: int, reason: Reason | None
) -> None:
    made = market()
    arrive(made, submit(16, ALICE, Side.BUY, 4000, 100))
    event = arrive(made, order)
    assert (sum(fill.quantity for fill in event.fills), event.left, event.reason) == (traded, left, reason)
    assert all(fill.price == 4000 for fill in event.fills)
    rests = left > 0 and reason is None
    assert (order.order_id in made.resting) is rests
    assert made.left_of(10, order.order_id) == (left if rests else 0)
    assert made.left_of(10, 16) == 100 - traded


def test_executions_are_numbered_consecutively_over_all_contracts() -> None:
    made = market()
    numbers: list[int] = []
    for at, contract_id in enumerate((10, 11, 10)):
        for side, account_id in ((Side.BUY, ALICE), (Side.SELL, BOB)):
            order = SubmitOrder(
                3, contract_id, 16 * (2 * at + 1) + account_id, account_id, side, 5000, 10, GTC
            )
            numbers += [fill.execution_id for fill in arrive(made, order).fills]
    assert numbers == [1, 2, 3]


REFUSALS = [
    (MarketState.SETTLED, 10, Reason.MARKET_SETTLED),
    (MarketState.CLOSED, 99, Reason.MARKET_NOT_OPEN),
    (MarketState.HALTED, 10, Reason.MARKET_NOT_OPEN),
    (MarketState.DRAFT, 10, Reason.MARKET_NOT_OPEN),
    (MarketState.OPEN, 99, Reason.CONTRACT_NOT_FOUND),
]


@pytest.mark.parametrize(("state", "contract_id", "reason"), REFUSALS)
def test_an_order_is_rejected_by_the_first_rung_it_fails(
    state: MarketState, contract_id: int, reason: Reason
) -> None:
    made = market(state)
    if state is MarketState.SETTLED:
        made.verdict = Verdict(1, (10,))
    order = SubmitOrder(3, contract_id, 16, ALICE, Side.BUY, 5000, 1, GTC)
    assert made.decide_order(order, TIME) == OrderRejected(3, 16, ALICE, reason)


def test_a_cancel_takes_what_is_left_or_misses() -> None:
    made = market()
    withdraw = WithdrawOrder(3, 16, ALICE, Reason.MEMBER_REQUESTED)
    assert made.decide_withdrawal(withdraw) == CancelMissed(3, 16, ALICE)
    arrive(made, submit(16, ALICE, Side.BUY, 4000, 100))
    arrive(made, submit(33, BOB, Side.SELL, 4000, 30))
    event = made.decide_withdrawal(withdraw)
    assert event == OrderCancelled(3, 10, 16, ALICE, Side.BUY, 4000, 70, Reason.MEMBER_REQUESTED)


VERDICTS = [
    (DETAILS, MarketState.OPEN, (10,), False, Reason.MARKET_STATE),
    (DETAILS, MarketState.DRAFT, (), True, Reason.MARKET_STATE),
    (DETAILS, MarketState.CLOSED, (99,), False, Reason.CONTRACT_NOT_FOUND),
    (DETAILS, MarketState.CLOSED, (10, 10), False, Reason.INVALID_WINNERS),
    (DETAILS, MarketState.CLOSED, (10, 11), False, Reason.INVALID_WINNERS),
    (DETAILS, MarketState.CLOSED, (), False, Reason.INVALID_WINNERS),
    (DETAILS, MarketState.CLOSED, (10,), False, None),
    (DETAILS, MarketState.CLOSED, (99,), True, None),
    (DETAILS, MarketState.SETTLED, (11,), False, None),
    (DETAILS, MarketState.VOIDED, (11,), False, None),
    (SINGLE, MarketState.CLOSED, (), False, None),
    (SINGLE, MarketState.CLOSED, (10,), False, None),
]


@pytest.mark.parametrize(("details", "state", "winners", "void", "reason"), VERDICTS)
def test_a_verdict_names_the_winners_of_a_closed_market(
    details: MarketDetails,
    state: MarketState,
    winners: tuple[int, ...],
    void: bool,
    reason: Reason | None,
) -> None:
    decided = market(state, details).decide_verdict(INSTRUCT, SettleMarket(3, winners, void, "because"))
    if reason is None:
        assert isinstance(decided, MarketSettled)
        assert decided.verdict == Verdict(1, () if void else winners, void)
    else:
        assert isinstance(decided, Refused)
        assert decided.reason is reason


def test_a_correction_is_the_next_version() -> None:
    made = market(MarketState.SETTLED)
    made.verdict = Verdict(1, (11,))
    decided = made.decide_verdict(INSTRUCT, SETTLE)
    assert isinstance(decided, MarketSettled)
    assert decided.verdict == Verdict(2, (10,))


def test_deciding_changes_nothing() -> None:
    made = market()
    arrive(made, submit(16, ALICE, Side.BUY, 4000, 100))
    before = (made.books[10].state_hash(), dict(made.resting), made.next_execution)
    decided = made.decide_order(submit(33, BOB, Side.SELL, 4000, 100), TIME)
    assert isinstance(decided, OrderMatched)
    assert decided.fills == (MakerFill(1, 16, ALICE, 4000, 100),)
    made.decide_withdrawal(WithdrawOrder(3, 16, ALICE, Reason.MEMBER_REQUESTED))
    decide_state(made, INSTRUCT, MarketState.CLOSED, TIME)
    assert (made.books[10].state_hash(), dict(made.resting), made.next_execution) == before
