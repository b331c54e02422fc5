"""Owns the tests of what a market makes of an amendment: a table, its place in the queue, its delay in play.

Never tests funds: the tests of the account's decisions do.
Called by pytest.
"""

import pytest

from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import OrderResult, Refused
from actors.machines.messages.book_events import AmendDelayed, AmendMissed, OrderReduced, OrderReplaced
from actors.machines.messages.commands import CancelOrder, PlaceOrder, TurnInPlay
from actors.machines.messages.parts import Conditions
from actors.machines.messages.record import decode
from actors.machines.messages.words import MarketState, OrderState, Reason, Side, TimeInForce
from tests.auditing.recorded import RecordedTown, audited
from tests.machines.town import LOT

DELAY_MS = 2_000


def resting(town: RecordedTown, quantity: int = 10) -> OrderResult:
    """A bid of alice for so many lots at 5000."""
    placed = town.place(town.alice, Side.BUY, 5000, quantity * LOT)
    assert isinstance(placed, OrderResult)
    return placed


def amended(
    town: RecordedTown, order: OrderResult, quantity: int, price: int | None = None
) -> OrderResult | Refused:
    """What alice's amendment is answered with."""
    (result,) = town.send(town.alice, AmendOrder(order.order_id, quantity * LOT, price))
    assert isinstance(result, OrderResult | Refused)
    return result


def last_event(town: RecordedTown) -> OrderReduced | OrderReplaced | AmendMissed | AmendDelayed:
    """What the market's stream last said of an amendment."""
    name = town.streams.of_market(1)
    said = [event for body in town.bodies[name] for event in decode(body).events]
    return [
        each for each in said if isinstance(each, OrderReduced | OrderReplaced | AmendMissed | AmendDelayed)
    ][-1]


def queue(town: RecordedTown, price: int = 5000) -> list[tuple[int, int]]:
    """Whose bids wait at a price, and for how many lots."""
    book = town.markets(town.streams.of_market(1)).markets[1].books[1]
    return [
        (order.account_id, order.quantity // LOT)
        for order in book.resting()
        if (order.side, order.price) == (Side.BUY, price)
    ]


AMENDMENTS = [
    # traded before, asked: lots, price -> state, total, left, price; the event
    (0, 4, None, OrderState.CREATED, 4, 4, 5000, OrderReduced),
    (0, 4, 5000, OrderState.CREATED, 4, 4, 5000, OrderReduced),
    (3, 4, None, OrderState.PARTIAL, 4, 1, 5000, OrderReduced),
    (3, 3, None, OrderState.FILLED, 3, 0, 5000, OrderReduced),
    (3, 1, None, OrderState.FILLED, 3, 0, 5000, OrderReduced),
    (3, 2, 6000, OrderState.FILLED, 3, 0, 5000, OrderReduced),
    (0, 12, None, OrderState.CREATED, 12, 12, 5000, OrderReplaced),
    (0, 4, 4900, OrderState.CREATED, 4, 4, 4900, OrderReplaced),
    (3, 12, 4900, OrderState.PARTIAL, 12, 9, 4900, OrderReplaced),
    (3, 12, 5500, OrderState.PARTIAL, 12, 4, 5500, OrderReplaced),
    (0, 5, 5500, OrderState.FILLED, 5, 0, 5500, OrderReplaced),
]


@pytest.mark.parametrize(
    ("traded", "lots", "price", "state", "total", "left", "new_price", "event"), AMENDMENTS
)
def test_an_order_becomes_what_was_asked_for(
    traded: int,
    lots: int,
    price: int | None,
    state: OrderState,
    total: int,
    left: int,
    new_price: int,
    event: type[OrderReduced] | type[OrderReplaced],
) -> None:
    town = RecordedTown()
    order = resting(town)
    if traded:
        town.place(town.bob, Side.SELL, 5000, traded * LOT)
    town.place(town.bob, Side.SELL, 5500, 5 * LOT)
    result = amended(town, order, lots, price)
    assert isinstance(result, OrderResult)
    assert (result.state, result.quantity, result.available_quantity, result.price) == (
        state,
        total * LOT,
        left * LOT,
        new_price,
    )
    assert isinstance(last_event(town), event)
    town.assert_sound()
    assert audited(town.entries) == []


@pytest.mark.parametrize(
    ("lots", "price", "behind"), [(4, None, False), (10, None, False), (11, None, True), (4, 5000, False)]
)
def test_less_of_an_order_keeps_its_place_and_more_of_it_goes_behind(
    lots: int, price: int | None, behind: bool
) -> None:
    town = RecordedTown()
    order = resting(town)
    town.place(town.bob, Side.BUY, 5000, LOT)
    amended(town, order, lots, price)
    first, second = (town.alice, lots), (town.bob, 1)
    assert queue(town) == ([second, first] if behind else [first, second])


def test_a_replacement_leaves_and_arrives_in_one_event_and_trades_at_once() -> None:
    town = RecordedTown()
    order = resting(town)
    town.place(town.bob, Side.SELL, 5200, 3 * LOT)
    result = amended(town, order, 10, 5300)
    assert isinstance(result, OrderResult)
    assert [(fill.price, fill.quantity) for fill in result.fills] == [(5200, 3 * LOT)]
    event = last_event(town)
    assert isinstance(event, OrderReplaced)
    assert (event.price, event.left, event.quantity) == (5000, 10 * LOT, 10 * LOT)
    assert (event.arrival.price, event.arrival.left) == (5300, 7 * LOT)
    assert (queue(town), queue(town, 5300)) == ([], [(town.alice, 7)])


def test_a_replacement_that_meets_its_own_account_is_cancelled_as_any_order_is() -> None:
    town = RecordedTown()
    order = resting(town)
    town.place(town.alice, Side.SELL, 5200, LOT)
    result = amended(town, order, 10, 5300)
    assert isinstance(result, OrderResult)
    assert (result.state, result.cancel_reason) == (OrderState.CANCELLED, Reason.SELF_TRADE)
    town.assert_sound()
    assert audited(town.entries) == []


def test_an_order_keeps_its_conditions_and_the_market_s_version_is_of_its_first_arrival_alone() -> None:
    town = RecordedTown()
    town.place(town.bob, Side.SELL, 5200, LOT)
    conditions = Conditions(post_only=True, market_version=2)
    asked = PlaceOrder(1, 1, Side.BUY, 5000, LOT, TimeInForce.GOOD_TIL_HALTED, conditions=conditions)
    (order,) = town.send(town.alice, asked)
    assert isinstance(order, OrderResult), "the market has opened once"
    refused = amended(town, order, 1, 5300)
    assert isinstance(refused, Refused)
    assert (refused.reason, queue(town)) == (Reason.POST_ONLY_WOULD_TRADE, [(town.alice, 1)])
    town.move(MarketState.HALTED)
    town.move(MarketState.OPEN)
    assert queue(town) == []
    assert audited(town.entries) == []


def test_a_halted_market_lets_orders_shrink_and_not_arrive_anew() -> None:
    town = RecordedTown()
    order = resting(town)
    town.move(MarketState.HALTED)
    refused = amended(town, order, 10, 5100)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (Reason.MARKET_NOT_OPEN, "order_id")
    result = amended(town, order, 4)
    assert isinstance(result, OrderResult)
    assert result.available_quantity == 4 * LOT
    town.assert_sound()
    assert audited(town.entries) == []


def test_what_rests_no_more_when_the_amendment_arrives_was_too_late_for_it() -> None:
    town = RecordedTown()
    order = resting(town)
    request = town.request_of(town.alice, CancelOrder(order.order_id), AmendOrder(order.order_id, LOT))
    town.turn(town.streams.account_names[town.alice % 16], [("both", request)])
    town.deliver()
    cancelled, refused = town.results_for("both")
    assert isinstance(cancelled, OrderResult)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.TOO_LATE
    town.assert_sound()
    assert audited(town.entries) == []


# In play: what arrives anew waits as long as what arrives.


class InPlay(RecordedTown):
    """A market in play, with a bid of alice for ten lots."""

    def __init__(self, in_force: TimeInForce = TimeInForce.KEEP_IN_PLAY) -> None:
        super().__init__(in_play_delay_ms=DELAY_MS)
        placed = self.place(self.alice, Side.BUY, 5000, 10 * LOT, time_in_force=in_force)
        assert isinstance(placed, OrderResult)
        self.order = placed
        self.send(self.staff, TurnInPlay(1))

    def ask_to_amend(self, order_id: int, lots: int, price: int | None = None) -> str:
        """A ticket under which the answer will come."""
        ticket = f"amendment {self.keys}"
        request = self.request_of(self.alice, AmendOrder(order_id, lots * LOT, price))
        self.turn(self.streams.account_names[self.alice % 16], [(ticket, request)])
        self.deliver()
        return ticket

    def answer(self, ticket: str) -> OrderResult | Refused | None:
        answers = dict(self.answers)
        if ticket not in answers:
            return None
        (result,) = self.results_for(ticket)
        assert isinstance(result, OrderResult | Refused)
        return result


def test_in_play_less_of_an_order_comes_at_once_and_a_replacement_after_the_delay() -> None:
    town = InPlay()
    reduced = town.answer(town.ask_to_amend(town.order.order_id, 8))
    assert isinstance(reduced, OrderResult)
    ticket = town.ask_to_amend(town.order.order_id, 8, 5100)
    assert (town.answer(ticket), queue(town)) == (None, [(town.alice, 8)])
    town.wait(DELAY_MS * 1_000 + 10)
    replaced = town.answer(ticket)
    assert isinstance(replaced, OrderResult)
    assert (replaced.price, queue(town, 5100)) == (5100, [(town.alice, 8)])
    town.assert_sound()
    assert audited(town.entries) == []


def test_what_is_left_when_the_delay_is_over_is_replaced() -> None:
    town = InPlay()
    offer = town.request_of(town.bob, PlaceOrder(1, 1, Side.SELL, 5000, 3 * LOT))
    town.turn(town.streams.account_names[town.bob % 16], [("offer", offer)])
    town.deliver()
    ticket = town.ask_to_amend(town.order.order_id, 12, 5100)
    town.wait(DELAY_MS * 1_000 + 10)
    sold, replaced = town.results_for("offer")[0], town.answer(ticket)
    assert isinstance(sold, OrderResult)
    assert isinstance(replaced, OrderResult)
    assert (sold.state, replaced.state) == (OrderState.FILLED, OrderState.PARTIAL)
    assert queue(town, 5100) == [(town.alice, 9)]
    town.assert_sound()
    assert audited(town.entries) == []


@pytest.mark.parametrize("state", [MarketState.HALTED, MarketState.CLOSED])
def test_a_market_that_stops_trading_refuses_what_waits(state: MarketState) -> None:
    town = InPlay()
    ticket = town.ask_to_amend(town.order.order_id, 8, 5100)
    town.move(state)
    refused = town.answer(ticket)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.MARKET_NOT_OPEN
    town.assert_sound()
    assert audited(town.entries) == []


def test_a_market_that_stops_trading_is_no_reason_where_the_order_had_gone_before() -> None:
    town = InPlay()
    ticket = town.ask_to_amend(town.order.order_id, 8, 5100)
    town.send(town.alice, CancelOrder(town.order.order_id))
    town.move(MarketState.HALTED)
    refused = town.answer(ticket)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.TOO_LATE
    town.assert_sound()
    assert audited(town.entries) == []


def test_an_order_that_is_cancelled_while_its_replacement_waits_is_gone() -> None:
    town = InPlay()
    ticket = town.ask_to_amend(town.order.order_id, 8, 5100)
    town.send(town.alice, CancelOrder(town.order.order_id))
    town.wait(DELAY_MS * 1_000 + 10)
    refused = town.answer(ticket)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.TOO_LATE
    town.assert_sound()
    assert audited(town.entries) == []


def test_an_order_that_waits_itself_shrinks_at_once_and_is_replaced_behind_its_own_arrival() -> None:
    town = InPlay(TimeInForce.GOOD_TIL_CANCELLED)
    request = town.request_of(town.alice, PlaceOrder(1, 1, Side.BUY, 4000, 5 * LOT))
    town.turn(town.streams.account_names[town.alice % 16], [("order", request)])
    town.deliver()
    waiting = max(town.accounts(town.streams.account_names[town.alice % 16]).accounts[town.alice].orders)
    shrunk = town.answer(town.ask_to_amend(waiting, 3))
    assert isinstance(shrunk, OrderResult)
    assert (shrunk.state, shrunk.available_quantity) == (OrderState.PENDING, 3 * LOT)
    reduced = last_event(town)
    assert isinstance(reduced, OrderReduced)
    assert reduced.waits
    ticket = town.ask_to_amend(waiting, 3, 4100)
    town.wait(DELAY_MS * 1_000 + 10)
    arrived, replaced = town.results_for("order")[0], town.answer(ticket)
    assert isinstance(arrived, OrderResult)
    assert isinstance(replaced, OrderResult)
    assert (arrived.price, replaced.price, replaced.state) == (4000, 4100, OrderState.CREATED)
    assert queue(town, 4100) == [(town.alice, 3)]
    town.assert_sound()
    assert audited(town.entries) == []
