"""Owns the tests of the rules on conditions and delays: a lawful history, and a table of falsified events.

Never repeats what holds for any order: test_books.py and test_trading.py have it.
Called by pytest.
"""

from collections.abc import Callable
from functools import cache

import pytest

from actors.auditing.breaches import Rule
from actors.auditing.entries import Entry
from actors.machines.messages.book_events import OrderCancelled, OrderDelayed, OrderMatched, OrderRejected
from actors.machines.messages.commands import CancelOrder, PlaceOrder, TurnInPlay
from actors.machines.messages.events import (
    Event,
    MarketHalted,
    MarketTurnedInPlay,
    OrderPlaced,
)
from actors.machines.messages.parts import Conditions, MakerFill, OwnOrder
from actors.machines.messages.words import MarketState, Reason, SelfTrade, Side, TimeInForce
from actors.machines.streams import account_stream_of_id
from tests.auditing.recorded import (
    Change,
    RecordedTown,
    audited,
    doubled,
    fields,
    followed_by,
    found_in,
    removed,
)
from tests.machines.town import LOT

GTC = TimeInForce.GOOD_TIL_CANCELLED
BUY, SELL = Side.BUY, Side.SELL
PAST_OWN = Conditions(self_trade=SelfTrade.CANCEL_MAKER)
Which = Callable[[OrderMatched], bool]


def ask(
    town: RecordedTown,
    account_id: int,
    side: Side,
    price: int,
    quantity: int = LOT,
    time_in_force: TimeInForce = GTC,
    conditions: Conditions | None = None,
) -> None:
    """An order, whether it is answered or waits."""
    order = PlaceOrder(1, 1, side, price, quantity, time_in_force, None, conditions or Conditions())
    town.ask(account_stream_of_id(account_id), town.request_of(account_id, order))


@cache
def live() -> tuple[Entry, ...]:
    """Orders of every kind, a halt, play, and what waits in it: matched, taken back, rejected."""
    town = RecordedTown(in_play_delay_ms=1)
    ask(town, town.alice, BUY, 4_000)
    ask(town, town.alice, BUY, 3_900, time_in_force=TimeInForce.GOOD_TIL_HALTED)
    ask(town, town.alice, BUY, 3_800, time_in_force=TimeInForce.KEEP_IN_PLAY)
    ask(town, town.alice, BUY, 3_700, LOT, TimeInForce.GOOD_TIL_DATE, Conditions(good_til=town.time + 500))
    ask(town, town.bob, SELL, 4_000, 2 * LOT, TimeInForce.FILL_OR_KILL)
    ask(town, town.bob, SELL, 4_000, LOT // 2, TimeInForce.FILL_OR_KILL)
    ask(town, town.bob, BUY, 3_950, 10)
    ask(town, town.alice, SELL, 5_000)
    ask(town, town.bob, SELL, 5_000, LOT, GTC, Conditions(post_only=True))
    ask(town, town.alice, BUY, 5_000, 2 * LOT, GTC, PAST_OWN)
    town.wait(600)
    town.move(MarketState.HALTED)
    town.move(MarketState.OPEN)
    town.send(town.staff, TurnInPlay(1))
    ask(town, town.bob, SELL, 3_800, 20)
    ask(town, town.alice, BUY, 3_000, 30)
    town.wait(2_000)
    ask(town, town.alice, BUY, 2_000)
    account = town.accounts(account_stream_of_id(town.alice)).accounts[town.alice]
    town.send(town.alice, CancelOrder(max(account.orders)))
    ask(town, town.alice, BUY, 2_100)
    town.settle(1)
    town.assert_sound()
    return tuple(town.entries)


def nth(kind: type, which: Callable[..., bool]) -> int:
    """The place of the first such event among its kind."""
    events: list[Event] = [event for entry in live() for event in entry.body.events if type(event) is kind]
    return next(at for at, event in enumerate(events) if which(event))


def test_a_lawful_history_of_conditions_breaches_nothing() -> None:
    assert audited(live()) == []
    events = [event for entry in live() for event in entry.body.events]
    assert sum(isinstance(event, OrderDelayed) for event in events) == 4
    reasons = {event.reason for event in events if isinstance(event, OrderCancelled)}
    assert reasons == {
        Reason.EXPIRED,
        Reason.MARKET_HALTED,
        Reason.MARKET_IN_PLAY,
        Reason.MEMBER_REQUESTED,
    }


KILLED = nth(OrderMatched, lambda event: event.time_in_force is TimeInForce.FILL_OR_KILL)
FILLED = KILLED + 1
PASSED = nth(OrderMatched, lambda event: event.cancelled != ())
POST_ONLY = PASSED - 1
DATED = nth(OrderMatched, lambda event: event.good_til > 0)
KEPT = nth(OrderMatched, lambda event: event.time_in_force is TimeInForce.KEEP_IN_PLAY)
LATE = nth(OrderMatched, lambda event: event.delayed)
EXPIRED = nth(OrderCancelled, lambda event: event.reason is Reason.EXPIRED)
WITH_HALT = nth(OrderCancelled, lambda event: event.reason is Reason.MARKET_HALTED)
WITH_PLAY = nth(OrderCancelled, lambda event: event.reason is Reason.MARKET_IN_PLAY)
TAKEN_BACK = nth(OrderCancelled, lambda event: event.delayed)
TO_KEEP = OrderCancelled(1, 1, 48, 17, BUY, 3_800, LOT, Reason.MARKET_IN_PLAY)
PART = (MakerFill(1, 17, 17, 4_000, LOT),)


@pytest.mark.parametrize(
    ("kind", "at", "change", "rule"),
    [
        # Accepted: not after its time.
        (OrderPlaced, 3, fields(conditions=Conditions(good_til=1)), Rule.CONDITIONS),
        (OrderPlaced, 0, fields(conditions=Conditions(post_only=True)), Rule.TOLD),
        # All or nothing.
        (OrderMatched, KILLED, fields(fills=PART, left=LOT), Rule.CAUSE),
        (OrderMatched, KILLED, fields(reason=None), Rule.CAUSE),
        (
            OrderMatched,
            FILLED,
            fields(fills=(), left=LOT // 2, reason=Reason.INSUFFICIENT_LIQUIDITY),
            Rule.PRIORITY,
        ),
        # Only passive, and past its own.
        (OrderMatched, POST_ONLY, fields(fills=PART, left=0), Rule.CAUSE),
        (OrderMatched, PASSED, fields(cancelled=()), Rule.PRIORITY),
        (OrderMatched, PASSED, fields(cancelled=(OwnOrder(1, 97, SELL, 5_000, LOT),) * 2), Rule.ORDER),
        (OrderMatched, PASSED, fields(cancelled=(OwnOrder(1, 17, BUY, 4_000, LOT // 2),)), Rule.SELF_TRADE),
        (OrderMatched, FILLED, fields(cancelled=(OwnOrder(1, 33, BUY, 3_900, LOT),)), Rule.CAUSE),
        # How it is in force.
        (OrderMatched, DATED, fields(good_til=10**15), Rule.CAUSE),
        (OrderMatched, DATED, fields(good_til=1), Rule.CONDITIONS),
        (OrderMatched, KEPT, fields(time_in_force=GTC), Rule.CAUSE),
        (OrderCancelled, EXPIRED, removed, Rule.CONDITIONS),
        (OrderCancelled, EXPIRED, fields(order_id=17, price=4_000, quantity=LOT // 2), Rule.CONDITIONS),
        (OrderCancelled, WITH_HALT, removed, Rule.CONDITIONS),
        (OrderCancelled, WITH_HALT, fields(order_id=49, price=3_800), Rule.CONDITIONS),
        (OrderCancelled, WITH_PLAY, removed, Rule.CONDITIONS),
        (OrderCancelled, WITH_PLAY, fields(order_id=49, price=3_800), Rule.CONDITIONS),
        # In play, and what waits.
        (MarketTurnedInPlay, 0, doubled, Rule.CONDITIONS),
        (MarketTurnedInPlay, 0, removed, Rule.CAUSE),
        (MarketTurnedInPlay, 0, fields(market_id=9), Rule.LIFE),
        (OrderDelayed, 0, fields(due_time=1), Rule.CONDITIONS),
        (OrderDelayed, 0, fields(price=3_801), Rule.CAUSE),
        (OrderDelayed, 0, fields(conditions=Conditions(market_version=9)), Rule.CAUSE),
        (OrderDelayed, 0, fields(market_id=9), Rule.LIFE),
        (OrderDelayed, 0, removed, Rule.CAUSE),
        (OrderDelayed, 3, removed, Rule.CAUSE),
        (OrderMatched, LATE, fields(delayed=False), Rule.CONDITIONS),
        (OrderMatched, LATE, fields(delayed=False), Rule.CAUSE),
        (OrderMatched, LATE, doubled, Rule.CONDITIONS),
        (OrderMatched, LATE, removed, Rule.CONDITIONS),
        (OrderMatched, LATE + 1, removed, Rule.CONDITIONS),
        (OrderMatched, LATE, fields(quantity=21, left=1), Rule.CONDITIONS),
        (OrderMatched, 0, fields(delayed=True), Rule.CONDITIONS),
        (OrderCancelled, TAKEN_BACK, fields(delayed=False), Rule.ORDER),
        (OrderCancelled, TAKEN_BACK, fields(quantity=1), Rule.CONDITIONS),
        (OrderCancelled, WITH_HALT, fields(delayed=True), Rule.CONDITIONS),
        (OrderRejected, 0, removed, Rule.CONDITIONS),
        (OrderRejected, 0, fields(order_id=17), Rule.CONDITIONS),
        (OrderRejected, 0, fields(delayed=False), Rule.CAUSE),
        (MarketHalted, 0, followed_by(MarketTurnedInPlay(1)), Rule.CONDITIONS),
    ],
)
def test_a_falsified_event_is_found(kind: type, at: int, change: Change, rule: Rule) -> None:
    assert rule in found_in(kind, change, at, live)
