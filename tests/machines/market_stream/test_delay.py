"""Owns the tests of what waits out a delay: in turn, until it arrives, is taken back, or the market stops.

Never tests what becomes of it on arrival.
Called by pytest.
"""

from actors.machines.market_stream.delay import FIRST, Delay, delayed
from actors.machines.market_stream.timers import Timers
from actors.machines.messages.book_events import OrderCancelled, OrderRejected
from actors.machines.messages.parts import Conditions
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import Reason, Side, TimeInForce

LATER = SubmitOrder(3, 10, 48, 16, Side.BUY, 5_000, 7, TimeInForce.GOOD_TIL_CANCELLED)
EARLIER = SubmitOrder(
    3, 10, 64, 32, Side.SELL, 5_000, 5, TimeInForce.FILL_OR_KILL, Conditions(market_version=4)
)


def waiting(timers: Timers) -> Delay:
    delay = Delay(3)
    for order in (EARLIER, LATER):
        delay.begin(delayed(order, 1_000), timers)
    return delay


def test_who_came_first_is_first_whatever_its_id_and_is_submitted_as_it_was() -> None:
    timers = Timers()
    delay = waiting(timers)
    assert timers.waiting == [(1_000, 3, FIRST)] * 2
    assert delay.first == EARLIER
    delay.end(EARLIER.order_id, timers)
    assert delay.first == LATER
    delay.end(LATER.order_id, timers)
    assert (delay.waiting, timers.waiting) == ({}, [])


def test_what_waits_can_be_taken_back() -> None:
    delay = waiting(Timers())
    taken = OrderCancelled(3, 10, 48, 16, Side.BUY, 5_000, 7, Reason.MEMBER_REQUESTED, delayed=True)
    assert delay.decide_withdrawal(48, Reason.MEMBER_REQUESTED) == taken
    assert delay.decide_withdrawal(99, Reason.MEMBER_REQUESTED) is None


def test_nothing_outlives_the_end_of_trading() -> None:
    reason = Reason.MARKET_NOT_OPEN
    assert waiting(Timers()).decide_rejections(reason) == [
        OrderRejected(3, 64, 32, reason, delayed=True),
        OrderRejected(3, 48, 16, reason, delayed=True),
    ]
