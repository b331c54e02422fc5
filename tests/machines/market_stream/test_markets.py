"""Owns the tests of a market stream as a whole: instructions, acknowledgements, who is told, poison.

Never tests single guards: those are the market's and the catalogue's.
Called by pytest.
"""

import pytest
from msgspec import structs

from actors.machines.market_stream.markets import Markets
from actors.machines.messages.answers import (
    Answer,
    EventResult,
    MarketResult,
    OrderResult,
    Refused,
    Reply,
)
from actors.machines.messages.book_events import CancelMissed, OrderMatched, OrderRejected
from actors.machines.messages.challenges import Offer, OfferChallenge
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    ChangeEvent,
    ChangeExchangeState,
    ChangeMarketState,
    ChangeRoles,
    Command,
    CreateMarket,
    HaltMarket,
    PlaceOrder,
    SettleMarket,
    TurnInPlay,
)
from actors.machines.messages.events import (
    InstructionAnswered,
    MarketHalted,
    MarketNoted,
    SettlementCompleted,
)
from actors.machines.messages.parts import Conditions
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
from actors.machines.messages.words import (
    EventState,
    ExchangeState,
    MarketState,
    OrderState,
    Reason,
    SelfTrade,
    Side,
    TimeInForce,
)
from actors.machines.streams import Streams, account_stream_of_id
from tests.machines.town import LOT, OpenTown

GTC = TimeInForce.GOOD_TIL_CANCELLED
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


# In play, delays, and orders that end by themselves.


def ask(town: OpenTown, account_id: int, *commands: Command) -> str:
    """Asks, and tells what became of it so far: the states of the orders, or the reason of a refusal."""
    answer = town.ask(account_stream_of_id(account_id), town.request_of(account_id, *commands))
    return "waits" if answer is None else told(answer)


def told(answer: Answer | Reply) -> str:
    assert isinstance(answer, Answer)
    return " ".join(
        str(result.state) if isinstance(result, OrderResult) else str(getattr(result, "reason", result))
        for result in answer.results
    )


def order(
    side: Side, price: int, quantity: int, time_in_force: TimeInForce = GTC, **conditions: int
) -> PlaceOrder:
    return PlaceOrder(1, 1, side, price, quantity, time_in_force, None, Conditions(**conditions))  # type: ignore[arg-type]


def states(town: OpenTown, account_id: int) -> list[tuple[OrderState, Reason | None]]:
    account = town.accounts(account_stream_of_id(account_id)).accounts[account_id]
    return [(each.state, each.reason) for each in account.orders.values()]


def in_play(delay_ms: int = 1_000) -> OpenTown:
    town = OpenTown(in_play_delay_ms=delay_ms)
    town.send(town.staff, TurnInPlay(1))
    return town


def test_what_is_not_to_be_kept_is_cancelled_when_a_market_turns_in_play() -> None:
    town = OpenTown()
    ask(town, town.alice, order(Side.BUY, 4_000, LOT), order(Side.BUY, 4_000, LOT, TimeInForce.KEEP_IN_PLAY))
    ask(town, town.alice, order(Side.BUY, 4_000, LOT, TimeInForce.GOOD_TIL_HALTED))
    offer = Offer(0, None, town.time + 10**9, "")
    ask(town, town.alice, OfferChallenge(1, 1, Side.BUY, 4_000, LOT, offer))
    (turned,) = town.send(town.staff, TurnInPlay(1))
    assert isinstance(turned, MarketResult)
    assert (turned.in_play, turned.version, turned.state) == (True, 3, MarketState.OPEN)
    gone = (OrderState.CANCELLED, Reason.MARKET_IN_PLAY)
    assert states(town, town.alice) == [gone, (OrderState.CREATED, None), gone, gone]
    assert town.money(town.alice)[1] == 4_000 * LOT
    (again,) = town.send(town.staff, TurnInPlay(1))
    assert again == Refused(Reason.MARKET_STATE, "The market is in play already.", "in_play")
    assert markets_of(town).markets[1].result() == turned
    # Without a delay orders arrive at once.
    assert ask(town, town.bob, order(Side.SELL, 4_000, LOT)) == "filled"
    town.assert_sound()


def test_a_draft_or_a_closed_market_can_not_be_in_play() -> None:
    town = OpenTown(opened=False)
    refused = Refused(Reason.MARKET_STATE, "The market is draft.", "in_play")
    assert town.send(town.staff, TurnInPlay(1)) == (refused,)
    missing = Refused(Reason.MARKET_NOT_FOUND, "There is no such market.", "market_id")
    assert town.send(town.staff, TurnInPlay(9)) == (missing,)
    town.move(MarketState.OPEN)
    town.move(MarketState.HALTED)
    town.send(town.staff, TurnInPlay(1))
    assert markets_of(town).markets[1].in_play
    town.assert_sound()


def test_in_play_an_order_waits_and_is_then_matched_with_what_is_there_then() -> None:
    town = in_play()
    assert ask(town, town.alice, order(Side.BUY, 4_000, LOT)) == "waits"
    town.wait(999_000)
    assert states(town, town.alice) == [(OrderState.PENDING, None)]
    assert ask(town, town.bob, order(Side.SELL, 3_000, LOT)) == "waits"
    town.answers.clear()
    town.wait(1_000)
    assert [told(answer) for _, answer in town.answers] == ["created"]
    town.wait(1_000_000)
    assert [told(answer) for _, answer in town.answers] == ["created", "filled"]
    assert states(town, town.alice) == [(OrderState.FILLED, None)]
    town.assert_sound()


def test_who_comes_first_is_matched_first_after_the_delay() -> None:
    town = in_play()
    market = markets_of(town)
    submits = [SubmitOrder(1, 1, order_id, town.alice, Side.BUY, 4_000, LOT, GTC) for order_id in (99, 35)]
    for submit in submits:
        for event in market.receive(submit, 5_000):
            market.evolve(event)
    due = []
    for event in market.decide_due(5_000_000):
        market.evolve(event)
        due.append(event)
    assert [event.order_id for event in due if isinstance(event, OrderMatched) and event.delayed] == [99, 35]
    assert [each.order_id for each in market.markets[1].books[1].resting()] == [99, 35]


def test_a_cancel_does_not_wait() -> None:
    town = in_play()
    ask(town, town.alice, order(Side.BUY, 4_000, LOT))
    (order_id,) = town.accounts(account_stream_of_id(town.alice)).accounts[town.alice].orders
    waiting = town.request_of(town.alice, CancelOrder(order_id))
    town.answers.clear()
    town.turn(account_stream_of_id(town.alice), [("cancel", waiting)])
    town.deliver()
    # Whoever placed it is told, too.
    assert [told(answer) for _, answer in town.answers] == ["cancelled", "cancelled"]
    assert markets_of(town).timers.waiting == []
    assert town.money(town.alice)[1] == 0
    town.assert_sound()


@pytest.mark.parametrize("state", [MarketState.HALTED, MarketState.CLOSED])
def test_what_waits_is_rejected_when_trading_stops(state: MarketState) -> None:
    town = in_play()
    ask(town, town.alice, order(Side.BUY, 4_000, LOT))
    town.move(state)
    assert states(town, town.alice) == [(OrderState.REJECTED, Reason.MARKET_NOT_OPEN)]
    assert markets_of(town).timers.waiting == []
    town.assert_sound()


def test_what_has_waited_may_be_rejected_then() -> None:
    town = in_play()
    ask(town, town.alice, order(Side.BUY, 4_000, LOT))
    ask(
        town,
        town.bob,
        order(Side.SELL, 4_000, LOT, post_only=True),
        order(Side.SELL, 5_000, LOT, TimeInForce.GOOD_TIL_DATE, good_til=town.time + 1_000),
    )
    town.wait(1_000_000)
    assert states(town, town.bob) == [
        (OrderState.REJECTED, Reason.POST_ONLY_WOULD_TRADE),
        (OrderState.REJECTED, Reason.EXPIRED),
    ]
    town.assert_sound()


HALTS: list[tuple[str, Command | HaltMarket]] = [
    ("staff", ChangeMarketState(1, MarketState.HALTED)),
    ("the kill switch", ChangeExchangeState(ExchangeState.HALTED)),
    ("the exchange itself", HaltMarket(1, "auditor: something")),
]


@pytest.mark.parametrize(("who", "halt"), HALTS)
def test_an_order_that_is_good_til_a_halt_is_gone_with_any(who: str, halt: Command | HaltMarket) -> None:
    town = OpenTown()
    until = order(Side.BUY, 4_000, LOT, TimeInForce.GOOD_TIL_HALTED)
    ask(town, town.alice, order(Side.BUY, 4_000, LOT), until)
    if isinstance(halt, HaltMarket):
        town.ask(markets_of(town).name, halt)
    else:
        town.send(town.staff, halt)
    market = markets_of(town).markets[1]
    assert market.state is MarketState.HALTED, who
    assert states(town, town.alice) == [
        (OrderState.CREATED, None),
        (OrderState.CANCELLED, Reason.MARKET_HALTED),
    ]
    assert market.standing.orders == {}
    town.assert_sound()


@pytest.mark.parametrize("halted", [False, True])
def test_an_order_ends_at_its_time_also_after_a_restart_and_while_the_market_is_halted(
    halted: bool,
) -> None:
    town = OpenTown()
    good_til = town.time + 1_000_000
    ask(town, town.alice, order(Side.BUY, 4_000, 2 * LOT, TimeInForce.GOOD_TIL_DATE, good_til=good_til))
    ask(town, town.bob, order(Side.SELL, 4_000, LOT))
    if halted:
        town.move(MarketState.HALTED)
    town.all = {name: town.replayed(name) for name in town.all}
    market = town.all[markets_of(town).name]
    waiting = markets_of(town).timers.waiting
    assert (market.due_time, len(waiting)) == (good_til, 1)
    town.time = good_til - 2
    assert town.turn(market.name) is None
    assert states(town, town.alice) == [(OrderState.PARTIAL, None)]
    town.turn(market.name)
    town.deliver()
    assert states(town, town.alice) == [(OrderState.CANCELLED, Reason.EXPIRED)]
    assert waiting == []
    town.assert_sound()


def test_an_order_is_not_accepted_after_its_time_nor_taken_by_a_market_it_reaches_too_late() -> None:
    town = OpenTown()
    past = order(Side.BUY, 4_000, LOT, TimeInForce.GOOD_TIL_DATE, good_til=town.time)
    (refused,) = town.send(town.alice, past)
    assert refused == Refused(Reason.INVALID_EXPIRY, "The time has passed already.", "good_til")
    soon = order(Side.BUY, 4_000, LOT, TimeInForce.GOOD_TIL_DATE, good_til=town.time + 100)
    town.turn(account_stream_of_id(town.alice), [("t", town.request_of(town.alice, soon))])
    town.time += 1_000
    town.deliver()
    assert states(town, town.alice) == [(OrderState.REJECTED, Reason.EXPIRED)]
    town.assert_sound()


def test_an_order_for_another_version_of_the_market_is_rejected() -> None:
    town = OpenTown()
    assert markets_of(town).markets[1].version == 2
    assert ask(town, town.alice, order(Side.BUY, 4_000, LOT, market_version=2)) == "created"
    town.move(MarketState.HALTED)
    halted = ask(town, town.alice, order(Side.BUY, 4_000, LOT, market_version=2))
    assert halted == "market-not-open"
    town.move(MarketState.OPEN)
    assert ask(town, town.alice, order(Side.BUY, 4_000, LOT, market_version=2)) == "market-changed"
    assert ask(town, town.alice, order(Side.BUY, 4_000, LOT, market_version=4)) == "created"
    town.assert_sound()


def test_what_is_due_at_once_is_decided_one_after_the_other() -> None:
    """An order that would end now has just traded with one whose delay is over."""
    town = in_play()
    good_til = town.time + 1_500_000
    ask(town, town.alice, order(Side.BUY, 4_000, LOT, TimeInForce.GOOD_TIL_DATE, good_til=good_til))
    town.wait(400_000)
    ask(town, town.bob, order(Side.SELL, 4_000, LOT))
    town.wait(600_000)
    assert states(town, town.alice) == [(OrderState.CREATED, None)]
    town.wait(1_000_000)
    assert states(town, town.alice) == [(OrderState.FILLED, None)]
    assert markets_of(town).timers.waiting == []
    town.assert_sound()


def test_an_order_that_goes_past_its_own_accounts_frees_what_those_held() -> None:
    town = OpenTown()
    ask(town, town.alice, order(Side.SELL, 4_000, LOT), order(Side.SELL, 4_500, 2 * LOT))
    ask(town, town.bob, order(Side.SELL, 5_000, LOT))
    past = structs.replace(
        order(Side.BUY, 5_000, LOT), conditions=Conditions(self_trade=SelfTrade.CANCEL_MAKER)
    )
    (result,) = town.send(town.alice, past)
    assert isinstance(result, OrderResult)
    assert (result.state, result.exposure) == (OrderState.FILLED, 5_000 * LOT)
    own = (OrderState.CANCELLED, Reason.SELF_TRADE)
    assert states(town, town.alice) == [own, own, (OrderState.FILLED, None)]
    assert town.money(town.alice)[1] == 5_000 * LOT
    town.assert_sound()
