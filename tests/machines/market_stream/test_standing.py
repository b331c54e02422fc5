"""Owns the tests of orders that don't simply stay: which they are, and their timers.

Never tests what ends them: the market's tests do.
Called by pytest.
"""

from actors.machines.market_stream.standing import Standing
from actors.machines.market_stream.timers import Timers
from actors.machines.messages.words import TimeInForce

UNTIL_HALT, DATED, KEPT = (
    TimeInForce.GOOD_TIL_HALTED,
    TimeInForce.GOOD_TIL_DATE,
    TimeInForce.KEEP_IN_PLAY,
)


def filled(timers: Timers) -> Standing:
    standing = Standing(3)
    for order_id, kind, good_til in (
        (16, UNTIL_HALT, 0),
        (32, DATED, 500),
        (48, UNTIL_HALT, 0),
        (64, KEPT, 0),
    ):
        standing.rest(order_id, kind, good_til, timers)
    return standing


def test_orders_are_told_by_how_they_are_in_force_oldest_first() -> None:
    standing = filled(Timers())
    assert [*standing.of(UNTIL_HALT)] == [16, 48]
    assert [*standing.of(KEPT)] == [64]
    assert [*standing.of(TimeInForce.GOOD_TIL_CANCELLED)] == []


def test_only_an_order_with_a_time_has_a_timer_and_takes_it_along() -> None:
    timers = Timers()
    standing = filled(timers)
    assert timers.waiting == [(500, 3, 32)]
    for order_id in (16, 32, 99):
        standing.leave(order_id, timers)
    assert timers.waiting == []
    assert [*standing.orders] == [48, 64]
