"""Owns the tests of a market stream as a whole: instructions, acknowledgements, who is told, poison.

Never tests single guards: those are the market's and the catalogue's.
Called by pytest.
"""

import pytest

from actors.machines.markets import Markets
from actors.machines.messages.answers import EventResult, MarketResult, Refused
from actors.machines.messages.commands import (
    CancelAll,
    ChangeEvent,
    ChangeMarketState,
    ChangeRoles,
    CreateMarket,
    SettleMarket,
)
from actors.machines.messages.events import (
    CancelMissed,
    InstructionAnswered,
    MarketHalted,
    MarketNoted,
    OrderRejected,
    SettlementCompleted,
)
from actors.machines.messages.posted import (
    Instruct,
    MarketAnnounced,
    MarketStateReported,
    Posted,
    SubmitOrder,
    TermsRecorded,
    VerdictApplied,
    WithdrawOrder,
)
from actors.machines.messages.words import EventState, MarketState, Reason, Side, TimeInForce
from actors.machines.streams import Streams
from tests.machines.town import LOT, OpenTown

SUBMIT = SubmitOrder(1, 1, 16, 16, Side.BUY, 5000, 1, TimeInForce.GOOD_TIL_CANCELLED)
WITHDRAW = WithdrawOrder(1, 16, 16, Reason.MEMBER_REQUESTED)
HALT = Instruct(16, 1, 0, ChangeMarketState(1, MarketState.HALTED))


def markets_of(town: OpenTown) -> Markets:
    return town.markets(town.streams.of_market(1))


def test_open_is_answered_when_every_account_stream_knows_the_terms() -> None:
    town = OpenTown(streams=Streams(4, 2), opened=False)
    result = town.move(MarketState.OPEN)
    assert isinstance(result, MarketResult)
    assert result.state is MarketState.OPEN
    for name in town.streams.account_names:
        assert town.accounts(name).markets[1].terms == result.market.terms
    town.assert_sound()


def test_until_then_it_stays_a_draft() -> None:
    town = OpenTown(opened=False)
    markets = markets_of(town)
    first, second = town.streams.account_names
    states = []
    for message in (
        Instruct(town.staff, 99, 0, ChangeMarketState(1, MarketState.OPEN)),
        TermsRecorded(1, first),
        TermsRecorded(1, second),
    ):
        for event in markets.receive(message, 0):
            markets.evolve(event)
        states.append(markets.markets[1].state)
    assert states == [MarketState.DRAFT, MarketState.DRAFT, MarketState.OPEN]


def test_a_life_of_a_market_settles_its_event() -> None:
    town = OpenTown()
    for state in (MarketState.HALTED, MarketState.OPEN, MarketState.CLOSED):
        result = town.move(state)
        assert isinstance(result, MarketResult)
        assert result.state is state
    settled = town.settle(1)
    assert isinstance(settled, MarketResult)
    assert settled.state is MarketState.SETTLED
    assert town.markets("markets-0").catalogue.events[1].state is EventState.SETTLED
    town.assert_sound()


def test_halted_orders_rest_and_new_ones_are_rejected() -> None:
    town = OpenTown()
    town.place(town.alice, Side.BUY, 4000, LOT)
    town.move(MarketState.HALTED)
    refused = town.place(town.bob, Side.SELL, 4000, LOT)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.MARKET_NOT_OPEN
    assert len(markets_of(town).markets[1].resting) == 1
    town.assert_sound()


def test_staff_changes_events_and_is_refused_what_does_not_exist() -> None:
    town = OpenTown()
    (changed,) = town.send(town.staff, ChangeEvent(1, state=EventState.LIVE))
    assert isinstance(changed, EventResult)
    refusals = [
        town.send(town.staff, command)[0]
        for command in (
            CreateMarket(9, "M", ("A",)),
            ChangeMarketState(9, MarketState.OPEN),
            SettleMarket(9, (1,), False, "r"),
            ChangeMarketState(1, MarketState.SETTLED),
            SettleMarket(1, (1,), False, "r"),
        )
    ]
    assert [refused.reason for refused in refusals if isinstance(refused, Refused)] == [
        Reason.EVENT_NOT_FOUND,
        Reason.MARKET_NOT_FOUND,
        Reason.MARKET_NOT_FOUND,
        Reason.MARKET_STATE,
        Reason.MARKET_STATE,
    ]
    town.assert_sound()


def test_an_order_for_no_market_is_rejected() -> None:
    markets = Markets("markets-1", Streams())
    assert markets.receive(SUBMIT, 0) == [OrderRejected(1, 16, 16, Reason.MARKET_NOT_FOUND)]


def test_a_settlement_that_does_not_clear_is_not_completed() -> None:
    town = OpenTown()
    town.place(town.alice, Side.BUY, 4000, LOT)
    town.place(town.bob, Side.SELL, 4000, LOT)
    town.move(MarketState.CLOSED)
    markets = markets_of(town)
    instruct = Instruct(town.staff, 99, 0, SettleMarket(1, (1,), False, "r"))
    for event in markets.receive(instruct, 0):
        markets.evolve(event)
    first, second = town.streams.account_names
    for event in markets.receive(VerdictApplied(1, first, 1, 5), 0):
        markets.evolve(event)
    with pytest.raises(AssertionError, match="does not clear: 4 is left over"):
        markets.receive(VerdictApplied(1, second, 1, -1), 0)
    completed = markets.receive(VerdictApplied(1, second, 1, -5), 0)
    assert SettlementCompleted(1, 1) in completed


POISON: list[tuple[Posted, list[type]]] = [
    (SUBMIT, [MarketHalted, OrderRejected]),
    (WITHDRAW, [MarketHalted, CancelMissed]),
    (HALT, [InstructionAnswered]),
    (MarketStateReported(1, 1, MarketState.OPEN), [MarketHalted]),
    (MarketAnnounced(77), []),
]


@pytest.mark.parametrize(("message", "kinds"), POISON)
def test_a_message_that_cannot_be_decided_halts_its_market(message: Posted, kinds: list[type]) -> None:
    events = markets_of(OpenTown()).poisoned(message)
    assert [type(event) for event in events] == kinds


def test_a_halted_market_is_not_halted_again_by_poison() -> None:
    town = OpenTown()
    town.move(MarketState.HALTED)
    assert [type(event) for event in markets_of(town).poisoned(SUBMIT)] == [OrderRejected]


def test_a_message_that_is_not_for_market_streams_is_an_error() -> None:
    with pytest.raises(TypeError, match="does not take MarketAnnounced"):
        Markets("markets-0", Streams()).receive(MarketAnnounced(1), 0)


def test_what_is_no_event_of_a_market_stream_changes_nothing() -> None:
    town = OpenTown()
    markets = markets_of(town)
    before = town.all[markets.name].state_hash()
    with pytest.raises(AssertionError):
        markets.evolve(MarketNoted(1))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="does not decide CancelAll"):
        markets.receive(Instruct(16, 1, 0, CancelAll()), 0)  # type: ignore[arg-type]
    assert town.all[markets.name].state_hash() == before


def test_a_market_stream_has_no_members_to_give_roles_to() -> None:
    town = OpenTown()
    with pytest.raises(TypeError, match="does not decide ChangeRoles"):
        markets_of(town).receive(Instruct(town.staff, 99, 0, ChangeRoles("alice", ())), 0)
