"""Owns the tests of a turn: answers, attaching retries, questions, poison; and the whole under chance.

Never starts a host.
Called by pytest.
"""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from actors.machines import limits, turn
from actors.machines.account_stream import accounts_decide
from actors.machines.market_stream.market import Market
from actors.machines.market_stream.timers import Timers
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import (
    AccountResult,
    Answer,
    Credentials,
    MarketResult,
    OrderResult,
    Refused,
    Reply,
)
from actors.machines.messages.book_events import OrderCancelled
from actors.machines.messages.commands import (
    Asked,
    CancelAll,
    CancelOrder,
    ChangeProfile,
    Command,
    CreateEvent,
    Deposit,
    GetAccount,
    GetCredentials,
    GetOrder,
    HaltMarket,
    PlaceOrder,
)
from actors.machines.messages.parts import Conditions
from actors.machines.messages.words import (
    MarketState,
    OrderState,
    Reason,
    Role,
    Side,
    TimeInForce,
)
from actors.machines.streams import Streams, account_stream_of_id
from actors.machines.turn import Stream
from tests.machines.drawn_orders import ORDERS, STEPS
from tests.machines.town import LOT, UNIT, OpenTown

BUY = PlaceOrder(1, 1, Side.BUY, 5000, LOT)
SELL = PlaceOrder(1, 1, Side.SELL, 4000, LOT)


def answers_to(town: OpenTown, ticket: str) -> list[Answer]:
    return [answer for to, answer in town.answers if to == ticket and isinstance(answer, Answer)]


def test_nothing_is_answered_before_the_market_has_spoken() -> None:
    town = OpenTown()
    stream = account_stream_of_id(town.alice)
    town.answers.clear()
    body = town.turn(stream, [("t", town.request_of(town.alice, BUY))])
    assert body is not None
    assert town.answers == []
    town.deliver()
    (answer,) = answers_to(town, "t")
    assert answer.final
    assert set(answer.position) >= {stream, town.streams.of_market(1)}
    assert answer.position[stream] == len(town.bodies[stream])


def test_an_impatient_request_is_answered_with_what_is_known() -> None:
    town = OpenTown()
    stream = account_stream_of_id(town.alice)
    town.answers.clear()
    hasty = town.request_of(town.alice, BUY, patient=False)
    town.turn(stream, [("t", hasty)])
    (answer,) = answers_to(town, "t")
    (result,) = answer.results
    assert isinstance(result, OrderResult)
    assert (answer.final, result.state) == (False, OrderState.PENDING)
    town.deliver()
    assert len(answers_to(town, "t")) == 1
    town.turn(stream, [("again", hasty)])
    (final,) = answers_to(town, "again")
    assert final.final


def test_an_impatient_request_about_more_than_orders_waits() -> None:
    town = OpenTown()
    town.answers.clear()
    create = town.request_of(town.staff, CreateEvent("E", "t", 1), patient=False)
    town.turn(account_stream_of_id(town.staff), [("t", create)])
    assert town.answers == []
    town.deliver()
    assert len(answers_to(town, "t")) == 1


def test_a_retry_in_flight_attaches_and_a_later_one_gets_the_stored_answer() -> None:
    town = OpenTown()
    stream = account_stream_of_id(town.alice)
    request = town.request_of(town.alice, BUY)
    town.answers.clear()
    town.turn(stream, [("first", request), ("second", request)])
    town.turn(stream, [("third", request)])
    town.deliver()
    town.turn(stream, [("fourth", request)])
    results = [answers_to(town, ticket)[0].results for ticket in ("first", "second", "third", "fourth")]
    assert results == [results[0]] * 4
    assert town.money(town.alice)[1] == UNIT // 2
    town.assert_sound()


def test_the_same_key_with_another_body_is_refused_for_each_command() -> None:
    town = OpenTown()
    request = town.request_of(town.alice, BUY)
    town.ask(account_stream_of_id(town.alice), request)
    other = structs.replace(request, fingerprint="other", commands=(BUY, BUY))
    answer = town.ask(account_stream_of_id(town.alice), other)
    assert isinstance(answer, Answer)
    assert [result.reason for result in answer.results if isinstance(result, Refused)] == [
        Reason.KEY_REUSED
    ] * 2
    town.assert_sound()


def test_a_refusal_is_stored_like_any_answer() -> None:
    town = OpenTown()
    request = town.request_of(town.alice, structs.replace(BUY, contract_id=99))
    stream = account_stream_of_id(town.alice)
    first = town.ask(stream, request)
    town.send(town.staff, Deposit("alice", 1))
    second = town.ask(stream, request)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert first.results == second.results


def test_an_answer_survives_a_restart() -> None:
    town = OpenTown()
    stream = account_stream_of_id(town.alice)
    request = town.request_of(town.alice, BUY)
    before = town.ask(stream, request)
    town.all[stream] = town.replayed(stream)
    after = town.ask(stream, request)
    assert isinstance(before, Answer)
    assert isinstance(after, Answer)
    assert before.results == after.results


def test_questions_leave_no_trace() -> None:
    town = OpenTown()
    order = town.place(town.alice, Side.BUY, 5000, LOT)
    assert isinstance(order, OrderResult)
    stream = account_stream_of_id(town.alice)
    records = len(town.bodies[stream])
    replies = [
        town.ask(stream, asked)
        for asked in (
            GetCredentials("alice"),
            GetAccount(town.alice),
            GetOrder(town.alice, order.order_id),
            GetOrder(town.alice, 99),
            GetAccount(99),
            GetCredentials("nobody"),
        )
    ]
    results = [reply.result for reply in replies if isinstance(reply, Reply)]
    credentials, account, found, *missing = results
    assert credentials == Credentials(town.alice, "alice", Role.MEMBER, 1, "hash of alice")
    assert isinstance(account, AccountResult)
    assert account.exposure == UNIT // 2
    assert isinstance(found, OrderResult)
    assert found.order_id == order.order_id
    assert missing == [Refused(Reason.NOT_FOUND, "There is no such thing.")] * 3
    assert len(town.bodies[stream]) == records


@pytest.mark.parametrize(
    ("stream", "asked"), [("markets-0", GetAccount(1)), ("accounts-0", HaltMarket(1, "a breach"))]
)
def test_what_another_kind_of_stream_is_to_be_asked_is_an_error(stream: str, asked: Asked) -> None:
    with pytest.raises(TypeError, match=f"{stream} takes no {type(asked).__name__}"):
        Stream(stream, Streams()).turn([("t", asked)], [], 0, 1)


def test_a_command_that_cannot_be_decided_is_refused_and_the_batch_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town = OpenTown()
    decide = accounts_decide.decide

    poison = RuntimeError("poison")

    def poisoned(state: object, account_id: int, command: Command, spot: object) -> object:
        if isinstance(command, CancelAll):
            raise poison
        return decide(state, account_id, command, spot)  # type: ignore[arg-type]

    monkeypatch.setattr(turn, "decide", poisoned)
    refused, placed = town.send(town.alice, CancelAll(), BUY)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.INTERNAL
    assert isinstance(placed, OrderResult)
    assert [problem.what for problem in town.problems] == ["CancelAll"]


def test_a_poisoned_message_halts_its_market_and_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    town = OpenTown()

    def poison(_market: Market, _order: object, _time: int) -> None:
        message = "poison"
        raise RuntimeError(message)

    monkeypatch.setattr(Market, "decide_order", poison)
    refused = town.place(town.alice, Side.BUY, 5000, LOT)
    monkeypatch.undo()
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.INTERNAL
    assert town.markets(town.streams.of_market(1)).markets[1].state is MarketState.HALTED
    assert len(town.problems) == 1
    assert town.money(town.alice) == (1000 * UNIT, 0)
    assert isinstance(town.move(MarketState.OPEN), MarketResult)
    assert isinstance(town.place(town.alice, Side.BUY, 5000, LOT), OrderResult)


def test_a_poisoned_report_is_passed_over_with_its_funds_kept_reserved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town = OpenTown()

    def poison(*_arguments: object) -> Iterable[object]:
        message = "poison"
        raise RuntimeError(message)

    stream = account_stream_of_id(town.alice)
    town.turn(stream, [("t", town.request_of(town.alice, BUY))])
    monkeypatch.setattr(turn, "receive", poison)
    town.deliver()
    assert len(town.problems) == 1
    assert town.money(town.alice) == (1000 * UNIT, UNIT // 2)


COMMANDS = st.one_of(
    ORDERS,
    st.builds(CancelOrder, st.integers(1, 400)),
    st.builds(CancelAll, st.sampled_from([None, 1, 2])),
)


@settings(deadline=None, max_examples=60)
@given(
    work=st.lists(st.tuples(st.booleans(), st.lists(COMMANDS, min_size=1, max_size=4)), max_size=25),
    restarts=st.sets(st.integers(0, 24)),
    waits=st.sets(st.integers(0, 24)),
    steps=st.dictionaries(st.integers(0, 24), st.sampled_from(STEPS)),
    winner=st.integers(1, 3),
)
def test_under_chance_money_is_conserved_and_replay_is_exact(
    work: list[tuple[bool, list[Command]]],
    restarts: set[int],
    waits: set[int],
    steps: dict[int, Command],
    winner: int,
) -> None:
    """Random trading of two members, with all streams rebuilt from their logs now and then."""
    town = OpenTown(("A", "B", "C"), commission=123, in_play_delay_ms=1)
    for at, (alices, commands) in enumerate(work):
        if at in steps:
            town.send(town.staff, steps[at])
        member = town.alice if alices else town.bob
        town.ask(account_stream_of_id(member), town.request_of(member, *commands))
        for member in (town.alice, town.bob):
            balance, exposure = town.money(member)
            assert exposure <= balance
        if at in waits:
            town.wait(500)
        if at in restarts:
            town.all = {name: town.replayed(name) for name in town.all}
    town.settle(winner)
    town.assert_sound()
    for name in town.streams.market_names:
        assert town.markets(name).timers.waiting == []
    balances = sum(town.money(member)[0] for member in (town.alice, town.bob))
    commission = sum(town.accounts(name).commission for name in town.streams.account_names)
    assert balances + commission == 2000 * UNIT
    for member in (town.alice, town.bob):
        assert town.money(member)[1] == 0
    clearing = sum(town.accounts(name).clearing.get(1, 0) for name in town.streams.account_names)
    assert clearing == 0


def test_what_a_market_does_not_take_does_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MESSAGES_WAITING_MAX", 2)
    town = OpenTown()
    stream = account_stream_of_id(town.alice)
    # The market's host is stopped: letters are not delivered.
    order = PlaceOrder(1, 1, Side.BUY, 1000, LOT)
    first, second, third = (town.request_of(town.alice, order) for _ in range(3))
    for ticket, request in (("first", first), ("second", second)):
        assert town.turn(stream, [(ticket, request)]) is not None
    crowded = (Refused(Reason.UNAVAILABLE, "Nothing was done: who decides it can't keep up."),)
    assert (
        town.turn(stream, [("third", third), ("first again", structs.replace(first, patient=False))]) is None
    )
    assert town.results_for("third") == crowded
    assert town.turn(stream, [("amend", town.request_of(town.alice, AmendOrder(17, LOT)))]) is None
    assert town.results_for("amend") == crowded
    # A repeat of what was accepted is answered, and cancels have room of their own.
    assert town.results_for("first again")[0] != crowded[0]
    assert town.turn(stream, [("fourth", town.request_of(town.alice, CancelAll()))]) is not None
    assert town.turn(stream, [("fifth", town.request_of(town.alice, CancelAll()))]) is None
    assert town.results_for("fifth") == crowded
    # Other commands, and other streams' markets, are not concerned.
    assert town.turn(stream, [("profile", town.request_of(town.alice, ChangeProfile("Alice")))]) is not None
    of_market = town.streams.of_market
    other = next(identity for identity in range(2, 50) if of_market(identity) != of_market(1))
    elsewhere = structs.replace(order, market_id=other)
    town.turn(stream, [("other", town.request_of(town.alice, elsewhere))])
    (not_found,) = town.results_for("other")
    assert isinstance(not_found, Refused)
    assert not_found.reason is Reason.MARKET_NOT_FOUND
    # The market is back: the same request under the same key is carried out.
    town.deliver()
    town.turn(stream, [("third again", third)])
    town.deliver()
    assert isinstance(town.results_for("third again")[0], OrderResult)
    town.assert_sound()


def test_where_more_is_due_than_one_turn_does_letters_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order that should have ended is not met by one that came later."""
    town = OpenTown()
    good_til = town.time + 1_000
    timed = [
        PlaceOrder(
            1,
            1,
            Side.BUY,
            price,
            LOT,
            TimeInForce.GOOD_TIL_DATE,
            None,
            Conditions(good_til=good_til),
        )
        for price in (4000, 5000)
    ]
    town.send(town.alice, *timed)
    due = Timers.due
    monkeypatch.setattr(Timers, "due", lambda timers, time: due(timers, time, 1))
    town.time = good_til
    town.turn(account_stream_of_id(town.bob), [("late", town.request_of(town.bob, SELL))])
    market = town.streams.of_market(1)
    (letter,) = [
        each for each in town.letters_of(account_stream_of_id(town.bob)) if each.destination == market
    ]
    body = town.turn(market, letters=[letter])
    assert body is not None
    assert ([type(event) for event in body.events], body.cursors) == ([OrderCancelled], {})
    town.deliver()
    assert [result.state for result in town.results_for("late") if isinstance(result, OrderResult)] == [
        "created"
    ]
    town.assert_sound()
