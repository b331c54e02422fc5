"""Owns the tests of the kill switch: its table, who is answered when, and what every stream does at its word.

Never tests how quickly the word spreads: tests of processes do.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.market_stream.exchange import TRANSITIONS, Exchange
from actors.machines.market_stream.market import Market
from actors.machines.messages.answers import (
    AccountResult,
    ExchangeResult,
    MarketResult,
    OrderResult,
    Refused,
    Reply,
    Result,
)
from actors.machines.messages.commands import (
    Asked,
    CancelOrder,
    ChangeExchangeState,
    ChangeMarketState,
    CreateMarket,
    Deposit,
    GetExchangeState,
    HaltExchange,
    HaltMarket,
    Withdraw,
)
from actors.machines.messages.events import (
    ExchangeHalted,
    ExchangeOpened,
    InstructionAnswered,
    MarketEvent,
    MarketHalted,
    OrdersSwept,
    SwitchAcknowledged,
)
from actors.machines.messages.posted import ExchangeSwitched, Instruct, SweepOrders, SwitchExchange
from actors.machines.messages.record import decode
from actors.machines.messages.words import ExchangeState, MarketState, OrderState, Reason, Side
from actors.machines.streams import Streams
from actors.machines.switch import NEVER_SWITCHED
from tests.machines.town import LOT, UNIT, OpenTown

OPEN, HALTED = ExchangeState.OPEN, ExchangeState.HALTED
HALT = ChangeExchangeState(HALTED, reason="a test")
REOPEN = ChangeExchangeState(OPEN, reason="it is over")
STAFF = 16


# The machine alone.


def switched(state: ExchangeState) -> Exchange:
    """A switch in this state, moved by nobody who waits."""
    exchange = Exchange(Streams())
    if state is HALTED:
        exchange.move(ExchangeHalted(1, False, "a test", 0, 0, 0, 5))
    return exchange


def ask(exchange: Exchange, command: ChangeExchangeState, request_id: int) -> list[MarketEvent]:
    """Staff moves the switch; what that leads to is applied."""
    events = exchange.decide_change(Instruct(STAFF, request_id, 0, command), command, 7)
    assert not isinstance(events, Refused)
    apply(exchange, events)
    return events


def hear(exchange: Exchange, stream: str, version: int) -> list[MarketEvent]:
    """A stream says that it has followed; what that leads to is applied."""
    events = exchange.decide_switched(ExchangeSwitched(stream, version))
    apply(exchange, events)
    return events


def apply(exchange: Exchange, events: list[MarketEvent]) -> None:
    for event in events:
        if isinstance(event, ExchangeHalted | ExchangeOpened):
            exchange.move(event)
        elif isinstance(event, SwitchAcknowledged):
            exchange.acknowledged(event)


def answered(events: list[MarketEvent]) -> list[tuple[int, Result]]:
    """Which requests are answered, and with what."""
    return [(event.request_id, event.result) for event in events if isinstance(event, InstructionAnswered)]


@pytest.mark.parametrize("state", ExchangeState)
@pytest.mark.parametrize("kind", [ExchangeHalted, ExchangeOpened])
def test_every_move_in_every_state_is_in_the_table_or_changes_nothing(
    state: ExchangeState, kind: type[ExchangeHalted | ExchangeOpened]
) -> None:
    exchange = switched(state)
    version = exchange.version + 1
    move = (
        ExchangeHalted(version, False, "why", 0, 0, 0, 9)
        if kind is ExchangeHalted
        else ExchangeOpened(version, "why", 0, 0, 0, 9)
    )
    if (after := TRANSITIONS[state].get(kind)) is not None:
        exchange.move(move)
        assert exchange.result() == ExchangeResult(after, version, "why", 9)
    else:
        before = exchange.result()
        with pytest.raises(AssertionError, match=f"while {state}"):
            exchange.move(move)
        assert exchange.result() == before


def test_versions_have_no_gap() -> None:
    with pytest.raises(AssertionError, match="after version 1"):
        switched(HALTED).move(ExchangeOpened(3, "", 0, 0, 0, 9))


def test_the_move_is_answered_when_the_last_stream_has_followed() -> None:
    exchange = Exchange(Streams(2, 1))
    ask(exchange, HALT, 1)
    assert [answered(hear(exchange, stream, 1)) for stream in ("accounts-0", "markets-0", "accounts-1")] == [
        [],
        [],
        [(1, ExchangeResult(HALTED, 1, "a test", 7))],
    ]
    assert exchange.waiting == {}


def test_each_move_waits_for_every_streams_own_word_though_a_younger_one_is_done_first() -> None:
    """A stream that cancels many orders for one move has done its part of the next before."""
    exchange = Exchange(Streams(1, 1))
    ask(exchange, HALT, 1)
    ask(exchange, REOPEN, 2)
    for stream, version in (("accounts-0", 1), ("accounts-0", 2)):
        assert answered(hear(exchange, stream, version)) == []
    assert answered(hear(exchange, "markets-0", 2)) == [(2, ExchangeResult(OPEN, 2, "it is over", 7))]
    assert answered(hear(exchange, "markets-0", 1)) == [(1, ExchangeResult(HALTED, 1, "a test", 7))]
    assert exchange.waiting == {}


def test_opening_what_is_open_is_no_move() -> None:
    exchange = switched(OPEN)
    assert answered(ask(exchange, REOPEN, 1)) == [(1, ExchangeResult(OPEN, 0, "", 0))]
    assert exchange.version == 0


def test_halting_again_is_a_move_by_staff_and_none_by_the_exchange_itself() -> None:
    exchange = switched(HALTED)
    assert exchange.decide_halt(HaltExchange("a breach"), 9) == []
    ask(exchange, HALT, 1)
    assert exchange.version == 2


def test_moves_that_nobody_follows_are_bounded() -> None:
    exchange = Exchange(Streams())
    for number in range(limits.SWITCHES_WAITING_MAX):
        ask(exchange, HALT, number + 1)
    refused = exchange.decide_change(Instruct(STAFF, 999, 0, HALT), HALT, 9)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.LIMIT_EXCEEDED


def test_only_a_halt_cancels_orders() -> None:
    with pytest.raises(ValueError, match="by a halt only"):
        ChangeExchangeState(OPEN, cancel_orders=True)


# The whole town.


class Square(OpenTown):
    """A town with two more open markets, so that both market streams have some."""

    def __init__(self) -> None:
        super().__init__(("Yes",))
        self.market_ids = [1, *(self.open_market() for _ in range(2))]
        assert {self.streams.of_market(identity) for identity in self.market_ids} == {
            "markets-0",
            "markets-1",
        }

    def open_market(self, state: MarketState = MarketState.OPEN) -> int:
        (made,) = self.send(self.staff, CreateMarket(1, "Another?", ("Yes",)))
        assert isinstance(made, MarketResult)
        if state is MarketState.OPEN:
            self.change(made.market.market_id, state)
        return made.market.market_id

    def change(self, market_id: int, state: MarketState) -> Result:
        (result,) = self.send(self.staff, ChangeMarketState(market_id, state))
        return result

    def switch(self, command: ChangeExchangeState) -> ExchangeResult:
        (result,) = self.send(self.staff, command)
        assert isinstance(result, ExchangeResult)
        return result

    def states(self) -> list[MarketState]:
        return [
            self.markets(self.streams.of_market(identity)).markets[identity].state
            for identity in self.market_ids
        ]

    def known_everywhere(self) -> set[ExchangeState]:
        """What the account streams answer when they are asked."""
        known = set()
        for name in self.streams.account_names:
            account_id = 1 << 4 | int(name[-1])
            reply = self.ask(name, GetExchangeState(account_id))
            assert isinstance(reply, Reply)
            assert isinstance(reply.result, ExchangeResult)
            known.add(reply.result.state)
        return known

    def resting(self) -> int:
        return sum(
            len(market.resting) for name in self.streams.market_names for market in self._markets_of(name)
        )

    def tell(self, asked: Asked) -> Reply:
        """What the exchange itself asks of a market stream."""
        assert isinstance(asked, HaltMarket | HaltExchange)
        stream = (
            self.streams.of_events
            if isinstance(asked, HaltExchange)
            else self.streams.of_market(asked.market_id)
        )
        reply = self.ask(stream, asked)
        assert isinstance(reply, Reply)
        return reply

    def _markets_of(self, name: str) -> list[Market]:
        return list(self.markets(name).markets.values())


def test_a_halt_stops_every_market_and_every_account_and_opening_restores_them() -> None:
    town = Square()
    town.place(town.alice, Side.BUY, 4000, LOT)
    halted = town.switch(HALT)
    assert (halted.state, halted.version, halted.reason) == (HALTED, 1, "a test")
    assert town.states() == [MarketState.HALTED] * 3
    assert town.known_everywhere() == {HALTED}
    assert town.place(town.bob, Side.SELL, 4000, LOT) == Refused(
        Reason.TRADING_SUSPENDED, "The exchange is halted."
    )
    opened = town.switch(REOPEN)
    assert (opened.state, opened.version) == (OPEN, 2)
    assert town.states() == [MarketState.OPEN] * 3
    assert town.known_everywhere() == {OPEN}
    # What rested through the halt trades after it.
    filled = town.place(town.bob, Side.SELL, 4000, LOT)
    assert isinstance(filled, OrderResult)
    assert filled.state is OrderState.FILLED
    town.assert_sound()


def test_only_markets_that_the_switch_halted_are_opened_by_it() -> None:
    town = Square()
    first, second, third = town.market_ids
    town.change(first, MarketState.HALTED)
    town.switch(HALT)
    # Staff takes the second for itself, and closes the third.
    town.change(second, MarketState.HALTED)
    town.change(third, MarketState.CLOSED)
    town.switch(REOPEN)
    assert town.states() == [MarketState.HALTED, MarketState.HALTED, MarketState.CLOSED]
    town.assert_sound()


def test_while_it_is_halted_no_market_opens() -> None:
    town = Square()
    draft = town.open_market(MarketState.DRAFT)
    town.switch(HALT)
    made = town.open_market(MarketState.DRAFT)
    for market_id in (draft, made, 1):
        refused = town.change(market_id, MarketState.OPEN)
        assert refused == Refused(Reason.TRADING_SUSPENDED, "The whole exchange is halted.", "state")
    town.switch(REOPEN)
    changed = town.change(made, MarketState.OPEN)
    assert isinstance(changed, MarketResult)
    assert changed.state is MarketState.OPEN
    town.assert_sound()


def test_a_market_that_was_opening_when_the_switch_was_moved_opens_with_the_exchange() -> None:
    town = Square()
    market_id = town.open_market(MarketState.DRAFT)
    stream = town.streams.of_market(market_id)
    opening = town.request_of(town.staff, ChangeMarketState(market_id, MarketState.OPEN))
    staffs = town.streams.of_username("staff")
    town.turn(staffs, [("opening", opening)])
    for letter in town.letters_of(staffs):
        town.turn(stream, letters=[letter])
    # The terms are on their way to the account streams, and have not come back yet.
    market = town.markets(stream).markets[market_id]
    assert len(market.awaited) == len(town.streams.account_names)
    switch = SwitchExchange(1, HALTED, False, "a test", 7)
    town.markets(stream).evolve(town.markets(stream).receive(switch, 0)[0])
    town.deliver()
    (result,) = town.results_for("opening")
    assert isinstance(result, MarketResult)
    assert result.state is market.state is MarketState.HALTED
    assert market.by_switch


def test_money_moves_and_orders_can_be_cancelled_while_it_is_halted() -> None:
    town = Square()
    placed = town.place(town.alice, Side.BUY, 4000, LOT)
    assert isinstance(placed, OrderResult)
    town.switch(HALT)
    deposited, withdrawn = town.send(town.staff, Deposit("bob", UNIT), Withdraw("bob", UNIT))
    assert isinstance(deposited, AccountResult)
    assert isinstance(withdrawn, AccountResult)
    (cancelled,) = town.send(town.alice, CancelOrder(placed.order_id))
    assert isinstance(cancelled, OrderResult)
    assert cancelled.state is OrderState.CANCELLED
    town.assert_sound()


def test_a_halt_may_cancel_all_orders_and_gives_their_funds_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ORDERS_SWEPT_AT_ONCE_MAX", 3)
    town = Square()
    for market_id in town.market_ids:
        for price in (1000, 2000):
            town.place(town.alice, Side.BUY, price, LOT, market_id=market_id, contract_id=market_id)
            town.place(town.bob, Side.BUY, price, LOT, market_id=1)
    town.change(1, MarketState.HALTED)
    resting = town.resting()
    assert resting > 3
    town.switch(ChangeExchangeState(HALTED, cancel_orders=True))
    assert town.resting() == 0
    sweeps = [
        [type(event).__name__ for event in decode(body).events].count("OrderCancelled")
        for name in town.streams.market_names
        for body in town.bodies[name]
        if any(isinstance(event, OrdersSwept) for event in decode(body).events)
    ]
    assert sum(sweeps) == resting
    assert max(sweeps) == 3
    for member in (town.alice, town.bob):
        assert town.money(member) == (1000 * UNIT, 0)
        account = town.accounts(town.streams.account_names[member & 15]).accounts[member]
        reasons = {order.reason for order in account.orders.values()}
        assert reasons == {Reason.ADMIN_REQUESTED}
    town.assert_sound()


def test_orders_that_came_after_a_sweep_was_asked_for_are_not_swept() -> None:
    town = Square()
    town.place(town.alice, Side.BUY, 4000, LOT)
    stream = town.markets(town.streams.of_market(1))
    assert stream.exchange_noted == NEVER_SWITCHED
    assert stream.receive(SweepOrders(1), 0) == [OrdersSwept(1, done=True)]


def test_a_second_halt_does_not_end_the_sweep_of_the_first() -> None:
    town = Square()
    town.place(town.alice, Side.BUY, 4000, LOT)
    both = [ChangeExchangeState(HALTED, cancel_orders=True), ChangeExchangeState(HALTED)]
    assert [
        result.version for result in town.send(town.staff, *both) if isinstance(result, ExchangeResult)
    ] == [
        1,
        2,
    ]
    assert town.resting() == 0
    town.assert_sound()


def test_members_may_not_move_the_switch() -> None:
    town = Square()
    (refused,) = town.send(town.alice, HALT)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.NOT_ALLOWED


# What the exchange itself asks for.


def test_the_exchange_halts_a_market_by_itself_and_the_switch_does_not_open_it() -> None:
    town = Square()
    town.switch(HALT)
    reply = town.tell(HaltMarket(1, "a breach"))
    assert isinstance(reply.result, MarketResult)
    assert reply.result.state is MarketState.HALTED
    logged = [decode(body).events for body in town.bodies[town.streams.of_market(1)]]
    assert (MarketHalted(1, "a breach"),) in logged
    town.switch(REOPEN)
    assert town.states() == [MarketState.HALTED, MarketState.OPEN, MarketState.OPEN]
    town.assert_sound()


def test_asked_again_it_does_nothing_new() -> None:
    town = Square()
    town.tell(HaltMarket(1, "a breach"))
    records = {name: len(bodies) for name, bodies in town.bodies.items()}
    assert isinstance(town.tell(HaltMarket(1, "the same breach")).result, MarketResult)
    assert {name: len(bodies) for name, bodies in town.bodies.items()} == records
    assert town.tell(HaltMarket(99, "no such thing")).result == Refused(
        Reason.MARKET_NOT_FOUND, "There is no such market.", "market_id"
    )


def test_the_exchange_halts_as_a_whole_by_itself_and_staff_opens_it() -> None:
    town = Square()
    reply = town.tell(HaltExchange("money is missing"))
    assert isinstance(reply.result, ExchangeResult)
    assert (reply.result.state, reply.result.reason) == (HALTED, "money is missing")
    assert town.states() == [MarketState.HALTED] * 3
    town.switch(REOPEN)
    assert town.states() == [MarketState.OPEN] * 3
    town.assert_sound()
