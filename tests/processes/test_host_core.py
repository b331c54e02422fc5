"""Owns the tests of a host's core: conversations over a post that loses, doubles, delays and reorders.

Never starts a process: cores talk over a network that the test moves by hand.
Called by pytest.
"""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.machines import limits
from actors.machines.messages import record
from actors.machines.messages.answers import Answer, OrderResult, Reply
from actors.machines.messages.commands import GetAccount, GetOrder, Request
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import OrderState, Side
from actors.processes.gateway_core import impatient
from actors.processes.host_core import HostCore
from actors.processes.host_window import ACKNOWLEDGE_AFTER_US, REPEAT_AFTER_US
from rabbit.log import LogLockedError, LogUnavailableError
from tests.processes.failing_log import FailingLog
from tests.processes.network import Network, order_of
from tests.processes.schedules import STEPS, is_order, owner_of, take_step
from tests.processes.workload import FUNDS, Floor, request

ALICES, BOBBYS, MARKET = "accounts-1", "accounts-0", "markets-0"


# The path of an order.


def test_an_order_travels_to_its_market_and_back_and_is_then_answered(network: Network, floor: Floor) -> None:
    network.ask(floor.buy(5_000, 10), "order")
    (submission,) = network.between(ALICES, MARKET)
    assert (len(submission.messages), network.answers) == (1, {}), "the market has not spoken yet"

    network.deliver()
    (report,) = network.between(MARKET, ALICES)
    assert report.acknowledged == submission.first, "the acknowledgement travels on the report"
    assert network.answers == {}

    network.deliver()
    (answer,) = network.answers["order"]
    assert order_of(answer).state is OrderState.CREATED


def test_what_is_answered_or_sent_is_in_the_log_before(network: Network, floor: Floor) -> None:
    before = len(network.records(ALICES))
    network.ask(floor.buy(5_000, 10), "order")
    accepted = network.records(ALICES)
    assert len(accepted) == before + 1
    body = record.decode(accepted[-1].body)
    (letter,) = network.between(ALICES, MARKET)
    assert body.sent[MARKET].messages == letter.messages
    assert body.sent[MARKET].first == letter.first
    assert letter.sequence == accepted[-1].sequence

    network.deliver_all()
    (answer,) = network.answers["order"]
    assert isinstance(answer, Answer)
    assert answer.position[ALICES] == len(network.records(ALICES))


def test_a_question_leaves_no_trace(network: Network, floor: Floor) -> None:
    before = {name: len(network.records(name)) for name in network.cores}
    reply = network.answer(GetAccount(floor.alice))
    assert isinstance(reply, Reply)
    assert {name: len(network.records(name)) for name in network.cores} == before


def test_many_asks_make_one_record_and_one_letter(network: Network, floor: Floor) -> None:
    before = len(network.records(ALICES))
    asks = [(f"order {price}", floor.buy(price, 10)) for price in range(1, 101)]
    network.cores[ALICES].take(asks, (), network.now)
    assert len(network.records(ALICES)) == before + 1
    assert [len(letter.messages) for letter in network.cores[ALICES].letters(network.now)] == [100]


def test_a_message_to_oneself_is_delivered_in_a_turn_of_its_own(network: Network, floor: Floor) -> None:
    own = [record.decode(entry.body) for entry in network.records(MARKET)]
    assert any(MARKET in body.sent for body in own), "the catalogue tells its own stream to make the market"
    assert any(MARKET in body.cursors for body in own)
    assert not network.between(MARKET, MARKET), "it never travels"


# A post that misbehaves.


def test_a_lost_letter_is_sent_again_when_its_time_has_come(network: Network, floor: Floor) -> None:
    network.ask(floor.buy(5_000, 10), "order")
    lost = network.letters.pop()
    network.pass_time(REPEAT_AFTER_US - 1)
    assert network.letters == []
    network.pass_time(1)
    (again,) = network.letters
    assert (again.first, again.messages) == (lost.first, lost.messages)
    network.deliver_all()
    assert len(network.answers["order"]) == 1


def test_a_letter_that_comes_twice_happens_once_and_is_acknowledged_twice(
    network: Network, floor: Floor
) -> None:
    network.ask(floor.buy(5_000, 10), "order")
    letter = network.deliver()
    network.deliver_all()
    network.settle()
    hashes = network.state_hashes()
    network.hand_over(letter)
    assert network.state_hashes()[MARKET] == hashes[MARKET]
    network.pass_time(ACKNOWLEDGE_AFTER_US)
    (acknowledgement,) = network.between(MARKET, ALICES)
    assert acknowledgement.messages == ()
    assert acknowledgement.acknowledged >= letter.first


def test_a_letter_that_overtakes_another_is_not_taken(network: Network, floor: Floor) -> None:
    network.ask(floor.buy(5_000, 10), "first")
    first = network.letters.pop()
    network.answers.clear()
    network.pass_time(REPEAT_AFTER_US)
    network.deliver_all()
    network.ask(floor.buy(5_001, 10), "second")
    second = network.letters.pop()
    network.hand_over(msgspec.structs.replace(second, first=second.first + 1))
    assert network.between(MARKET, ALICES) == [], "a gap: nothing is taken"
    network.hand_over(first)
    assert network.between(MARKET, ALICES) == [], "a repeat: nothing is taken"
    network.settle()
    assert {ticket: len(answers) for ticket, answers in network.answers.items()} == {"first": 1, "second": 1}


def test_a_letter_from_a_former_life_of_its_sender_does_no_harm(network: Network, floor: Floor) -> None:
    network.ask(floor.buy(5_000, 10), "order")
    late = network.letters.pop()
    network.restart(ALICES)
    network.settle()
    hashes = network.state_hashes()
    network.hand_over(late)
    network.settle()
    assert network.state_hashes() == hashes


def test_without_traffic_back_an_acknowledgement_goes_alone_after_a_short_wait(
    network: Network, floor: Floor
) -> None:
    network.ask(floor.buy(5_000, 10), "order")
    network.deliver_all()
    assert network.letters == []
    network.pass_time(ACKNOWLEDGE_AFTER_US)
    (acknowledgement,) = network.letters
    assert (acknowledgement.source, acknowledgement.messages) == (ALICES, ())
    network.deliver_all()
    assert [core.due() for core in network.cores.values()] == [None] * 5, "nothing is left to be done"


def test_one_letter_at_a_time_and_the_next_is_a_batch(network: Network, floor: Floor) -> None:
    for price in range(1, 21):
        network.ask(floor.buy(price, 10), f"order {price}")
    (first,) = network.letters
    assert len(first.messages) == 1
    network.deliver()
    network.deliver()
    (second,) = network.between(ALICES, MARKET)
    assert (second.first, len(second.messages)) == (first.first + 1, 19)
    network.settle()
    assert len(network.answers) == 20


def test_letters_that_cross_do_not_wait_for_each_other(network: Network, floor: Floor) -> None:
    network.answer(floor.buy(5_000, 10))
    network.ask(floor.sell(5_000, 4), "sale")
    network.deliver()
    (fill_of_alice,) = network.between(MARKET, ALICES)
    network.ask(floor.buy(4_000, 10), "crosses")
    network.letters.sort(key=lambda letter: letter.source == MARKET)
    network.deliver()
    (_, from_market) = network.between(MARKET, ALICES)
    assert from_market.messages == (), "an acknowledgement; the report waits for one"
    network.deliver(network.letters.index(fill_of_alice))
    (from_alices,) = network.between(ALICES, MARKET)
    assert from_alices.messages == (), "an acknowledgement at once, though the letter before is unanswered"
    network.deliver_all()
    assert set(network.answers) == {"sale", "crosses"}, "and no time had to pass"


def test_while_a_letter_is_on_its_way_the_next_gathers(network: Network, floor: Floor) -> None:
    core = network.cores[ALICES]
    core.take([("first", floor.buy(5_000, 10))], (), network.now)
    assert core.letters(network.now, busy={MARKET}) == []
    for price in range(5_001, 5_006):
        core.take([(f"order {price}", floor.buy(price, 10))], (), network.now)
        assert core.letters(network.now, busy={MARKET}) == []
    (letter,) = core.letters(network.now)
    assert len(letter.messages) == 6


def test_what_cannot_be_sent_is_not_due(network: Network, floor: Floor) -> None:
    core = network.cores[ALICES]
    core.take([("order", floor.buy(5_000, 10))], (), network.now)
    core.letters(network.now)
    assert core.due() == network.now + REPEAT_AFTER_US
    assert core.due(busy={MARKET}) is None


def test_a_letter_is_never_longer_than_allowed(
    network: Network, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MESSAGES_PER_LETTER_MAX", 3)
    core = network.cores[ALICES]
    core.take([(f"order {price}", floor.buy(price, 10)) for price in range(1, 21)], (), network.now)
    network.letters.extend(core.letters(network.now))
    assert [len(letter.messages) for letter in network.letters] == [3]
    network.settle()
    reply = network.answer(GetAccount(floor.alice))
    assert isinstance(reply, Reply)
    resting = sum(price * 10 for price in range(1, 21))
    assert reply.result.exposure == resting  # type: ignore[union-attr]


def test_a_letter_for_another_stream_is_refused(network: Network, floor: Floor) -> None:
    network.ask(floor.buy(5_000, 10))
    (letter,) = network.letters
    with pytest.raises(AssertionError, match=f"to {MARKET} came to {BOBBYS}"):
        network.cores[BOBBYS].take((), [letter], network.now)


# Hosts that die.


def test_a_host_that_dies_between_logging_and_sending_sends_when_it_is_back(
    network: Network, floor: Floor
) -> None:
    network.ask(floor.buy(5_000, 10), "lost with the process")
    network.letters.clear()
    network.restart(ALICES)
    (letter,) = network.between(ALICES, MARKET)
    assert len(letter.messages) == 1
    network.settle()
    assert network.answers == {}, "who asked is not known any more"


def test_the_retry_of_a_request_whose_answer_was_lost_gets_that_answer(
    network: Network, floor: Floor
) -> None:
    asked = floor.buy(5_000, 10, key="mine")
    network.ask(asked, "lost")
    network.restart(ALICES)
    network.ask(asked, "retry while the market is asked")
    network.settle()
    network.ask(asked, "retry afterwards")
    (first,) = network.answers["retry while the market is asked"]
    (second,) = network.answers["retry afterwards"]
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert first.results == second.results
    assert "lost" not in network.answers


def test_an_impatient_request_is_answered_with_what_is_known(network: Network, floor: Floor) -> None:
    network.kill(MARKET)
    asked = floor.buy(5_000, 10)
    network.ask(asked, "patient")
    hurried = impatient(asked)
    network.ask(hurried, "impatient")
    (answer,) = network.answers["impatient"]
    assert isinstance(answer, Answer)
    assert (answer.final, order_of(answer).state) == (False, OrderState.PENDING)
    network.restart(MARKET)
    network.settle()
    (final,) = network.answers["patient"]
    assert order_of(final).state is OrderState.CREATED


def test_a_peer_that_came_back_gets_its_letters_at_once(network: Network, floor: Floor) -> None:
    network.kill(MARKET)
    network.ask(floor.buy(5_000, 10), "order")
    network.deliver_all()
    network.restart(MARKET)
    assert network.between(ALICES, MARKET), "without waiting for the time of repeats"
    network.settle()
    assert len(network.answers["order"]) == 1


@pytest.mark.parametrize("dies", [ALICES, BOBBYS, MARKET])
@pytest.mark.parametrize("steps", range(8))
def test_a_host_may_die_at_any_step_of_a_trade(network: Network, floor: Floor, dies: str, steps: int) -> None:
    network.answer(floor.buy(5_000, 10))
    sale = floor.sell(5_000, 4)
    network.ask(sale, "sale")
    for _ in range(steps):
        if network.letters:
            network.deliver()
        else:
            network.pass_time(ACKNOWLEDGE_AFTER_US)
    network.restart(dies)
    network.settle()
    network.answers.clear()
    network.ask(sale, "retry")
    network.settle()
    (answer,) = network.answers["retry"]
    assert order_of(answer).state is OrderState.FILLED
    for name, hashed in network.state_hashes().items():
        network.restart(name)
        assert network.cores[name].state_hash == hashed


def test_recovery_gives_the_same_state(network: Network, floor: Floor) -> None:
    for price in range(4_990, 5_010):
        network.answer(floor.buy(price, 10))
        network.answer(floor.sell(price, 7))
    hashes = network.state_hashes()
    for name, hashed in hashes.items():
        core, sequence = network.cores[name], network.cores[name].sequence
        network.kill(name)
        network.cores[name] = HostCore(name, network.streams, network.log, network.wall)
        assert (network.cores[name].state_hash, network.cores[name].sequence) == (hashed, sequence)
        assert core is not network.cores[name]


def test_a_core_that_cannot_recover_gives_the_lock_back(network: Network) -> None:
    network.cores[ALICES].close()
    writer = network.log.writer(ALICES)
    list(writer.recover())
    writer.append(b"[1]", 1)
    writer.close()
    for _ in range(2):
        with pytest.raises(msgspec.ValidationError):
            HostCore(ALICES, network.streams, network.log, network.wall)


@pytest.mark.parametrize(("fails", "stored"), [("before", False), ("after", True)])
def test_when_an_append_fails_nothing_leaves_and_the_core_is_dead(fails: str, stored: bool) -> None:
    log = FailingLog()
    network = Network(log=log)
    network.memory = log
    floor = Floor(network.answer)
    network.answers.clear()
    asked = floor.buy(5_000, 10)

    log.writers[ALICES].fails = fails
    with pytest.raises(LogUnavailableError):
        network.ask(asked, "order")
    assert (network.answers, network.letters) == ({}, [])
    with pytest.raises(AssertionError, match="must not go on"):
        network.cores[ALICES].tick(network.now)

    network.restart(ALICES)
    sent = [message for letter in network.between(ALICES, MARKET) for message in letter.messages]
    assert any(isinstance(message, SubmitOrder) for message in sent) is stored
    network.answer(asked)
    reply = network.answer(GetAccount(floor.alice))
    assert isinstance(reply, Reply)
    assert reply.result.exposure == 5_000 * 10, "the order exists once"  # type: ignore[union-attr]


def test_a_host_that_was_replaced_finds_out_without_writing() -> None:
    log = FailingLog()
    network = Network(log=log)
    core = network.cores[ALICES]
    core.keep_alive()
    log.writers[ALICES].fails = "before"
    with pytest.raises(LogLockedError):
        core.keep_alive()
    with pytest.raises(AssertionError, match="must not go on"):
        core.letters(network.now)


def test_a_closed_core_takes_nothing_and_its_lock_is_free(network: Network) -> None:
    network.cores[ALICES].close()
    with pytest.raises(AssertionError):
        network.cores[ALICES].take((), (), network.now)
    HostCore(ALICES, network.streams, network.log, network.wall)


# Any schedule of faults.


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, max_size=60))
def test_whatever_happens_on_the_way_everything_converges(steps: list[tuple[str, int]]) -> None:
    network = Network()
    floor = Floor(network.answer)
    asked: list[Request] = []
    for step in steps:
        take_step(network, floor, asked, step)
    network.settle()

    assert network.problems == []
    orders = [
        order_of(network.answer(again)) for again in asked if len(again.commands) == 1 and is_order(again)
    ]
    assert len({order.order_id for order in orders}) == len(orders), "each request made one order"
    now = [order_of(network.answer(GetOrder(owner_of(floor, order), order.order_id))) for order in orders]
    assert OrderState.PENDING not in [order.state for order in now]
    bought, sold = (
        sum(order.executed_quantity for order in now if order.side is side) for side in (Side.BUY, Side.SELL)
    )
    assert bought == sold, "every execution reached both sides, once"
    spent, earned = (
        sum(order.executed_value for order in now if order.side is side) for side in (Side.BUY, Side.SELL)
    )
    assert spent == earned
    hashes = network.state_hashes()
    for name in hashes:
        network.restart(name)
    network.settle()
    assert network.state_hashes() == hashes, "nothing that counts was only in memory"


def test_more_than_is_owned_cannot_be_risked_over_a_lossy_post(network: Network, floor: Floor) -> None:
    whole = FUNDS // limits.PRICE_MAX
    network.ask(request(floor.alice, floor.order(Side.BUY, limits.PRICE_MAX, whole)), "all")
    network.letters.clear()
    network.restart(ALICES)
    answer = network.answer(request(floor.alice, floor.order(Side.BUY, limits.PRICE_MAX, whole)))
    assert isinstance(answer, Answer)
    assert not isinstance(answer.results[0], OrderResult)
