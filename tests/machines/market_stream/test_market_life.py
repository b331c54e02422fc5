"""Owns the tests of what a market decides of its own life: steps, halts, play, and what ends with them.

Never tests what a step does elsewhere: the market stream's tests do.
Called by pytest.
"""

import pytest

from actors.machines.market_stream.market import Market
from actors.machines.market_stream.market_life import (
    decide_halt,
    decide_in_play,
    decide_state,
    decide_sweep,
    halting,
)
from actors.machines.market_stream.market_steps import ASKABLE
from actors.machines.market_stream.timers import Timers
from actors.machines.messages.answers import Refused
from actors.machines.messages.book_events import OrderCancelled, OrderMatched
from actors.machines.messages.commands import ChangeMarketState
from actors.machines.messages.events import (
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketOpened,
    MarketOpening,
    MarketTurnedInPlay,
)
from actors.machines.messages.parts import FULL_LADDER, Contract, MarketDetails
from actors.machines.messages.posted import Instruct, SubmitOrder
from actors.machines.messages.words import MarketState, Reason, Side, TimeInForce
from actors.machines.streams import Streams

DETAILS = MarketDetails(
    3, 1, "Who?", "who", "", 0, (Contract(10, "A", "a"), Contract(11, "B", "b")), 1, 0, FULL_LADDER
)
INSTRUCT = Instruct(7, 1, 0, ChangeMarketState(3, MarketState.OPEN))
ALICE = 16
TIME = 5000
PLAIN, UNTIL_HALT, KEPT = (
    TimeInForce.GOOD_TIL_CANCELLED,
    TimeInForce.GOOD_TIL_HALTED,
    TimeInForce.KEEP_IN_PLAY,
)


def market(state: MarketState = MarketState.OPEN) -> Market:
    made = Market(MarketCreated(DETAILS, 7, 1, 0, 1000))
    made.state = state
    return made


def filled() -> Market:
    """Three orders rest: 16 simply, 32 until a halt, 48 also in play."""
    made = market()
    for order_id, kind in ((16, PLAIN), (32, UNTIL_HALT), (48, KEPT)):
        event = made.decide_order(SubmitOrder(3, 10, order_id, ALICE, Side.BUY, 4000, 100, kind), TIME)
        assert isinstance(event, OrderMatched)
        made.match(event, Timers())
    return made


def gone(events: object) -> list[tuple[int, Reason]]:
    assert isinstance(events, list)
    return [(event.order_id, event.reason) for event in events if isinstance(event, OrderCancelled)]


STEPS = [
    (MarketState.DRAFT, MarketState.OPEN, [MarketOpening]),
    (MarketState.OPEN, MarketState.HALTED, [MarketHalted]),
    (MarketState.OPEN, MarketState.CLOSED, [MarketClosed]),
    (MarketState.HALTED, MarketState.OPEN, [MarketOpened]),
    (MarketState.HALTED, MarketState.CLOSED, [MarketClosed]),
]


@pytest.mark.parametrize("state", [state for state in MarketState if state is not MarketState.AUCTION])
@pytest.mark.parametrize("wanted", MarketState)
def test_staff_may_take_the_allowed_steps_and_is_told_which_they_are(
    state: MarketState, wanted: MarketState
) -> None:
    events = decide_state(market(state), INSTRUCT, wanted, TIME)
    steps = {(start, end): kinds for start, end, kinds in STEPS}
    if (state, wanted) in steps:
        assert not isinstance(events, Refused)
        assert [type(event) for event in events] == steps[state, wanted]
    else:
        names = ", ".join(ASKABLE[state]) or "none"
        detail = f"The market is {state}; allowed next: {names}."
        assert events == Refused(Reason.MARKET_STATE, detail, "state")


@pytest.mark.parametrize(("state", "wanted"), [step[:2] for step in STEPS])
def test_while_it_waits_for_acknowledgements_a_market_takes_no_step_but_a_halt(
    state: MarketState, wanted: MarketState
) -> None:
    made = market(state)
    made.await_all(Streams(), (7, 1, 0))
    events = decide_state(made, INSTRUCT, wanted, TIME)
    if wanted is MarketState.HALTED:
        assert events == [MarketHalted(3)]
    else:
        detail = "What was decided before is still being applied."
        assert events == Refused(Reason.MARKET_STATE, detail, "state")


def test_closing_cancels_every_resting_order_first() -> None:
    events = decide_state(filled(), INSTRUCT, MarketState.CLOSED, TIME)
    halted = Reason.MARKET_HALTED
    assert gone(events) == [(16, halted), (32, halted), (48, halted)]
    assert not isinstance(events, Refused)
    assert events[-1] == MarketClosed(3)


def test_a_halt_cancels_what_is_good_til_then() -> None:
    made = filled()
    assert gone(halting(made)) == [(32, Reason.MARKET_HALTED)]
    assert halting(made, "fire", by_switch=True)[-1] == MarketHalted(3, "fire", by_switch=True)
    assert decide_halt(made, "fire") == halting(made, "fire")
    assert decide_halt(market(MarketState.CLOSED), "fire") == []


def test_the_beginning_of_play_cancels_what_is_not_to_be_kept() -> None:
    made = filled()
    events = decide_in_play(made)
    assert gone(events) == [(16, Reason.MARKET_IN_PLAY), (32, Reason.MARKET_IN_PLAY)]
    assert not isinstance(events, Refused)
    assert events[-1] == MarketTurnedInPlay(3)
    made.in_play = True
    assert isinstance(decide_in_play(made), Refused)
    assert isinstance(decide_in_play(market(MarketState.CLOSED)), Refused)


def test_a_sweep_cancels_the_oldest_first() -> None:
    swept = Reason.ADMIN_REQUESTED
    assert gone(decide_sweep(filled(), 2)) == [(16, swept), (32, swept)]
    assert gone(decide_sweep(filled(), 9)) == [(16, swept), (32, swept), (48, swept)]
