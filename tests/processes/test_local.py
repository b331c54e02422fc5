"""Owns the tests of the exchange in one thread: that it is the same exchange, and repeats exactly.

Never tests what the machines decide.
Called by pytest.
"""

import asyncio
from itertools import count

import pytest

from actors.machines.messages.answers import Answer, OrderResult, Reply
from actors.machines.messages.commands import GetAccount, GetCredentials
from actors.machines.messages.words import OrderState
from actors.machines.streams import Streams
from actors.processes.gateway import OutcomeUnknownError, UnavailableError
from actors.processes.host_window import REPEAT_AFTER_MAX_US
from actors.processes.local import START_US, LocalExchange, SteppingClock
from rabbit.memory import MemoryLog
from tests.processes import workload
from tests.processes.workload import Floor, register

ALICES, BOBBYS, MARKET = "accounts-1", "accounts-0", "markets-0"


@pytest.fixture
def exchange() -> LocalExchange:
    return LocalExchange()


@pytest.fixture
def floor(exchange: LocalExchange) -> Floor:
    return Floor(exchange.ask)


def state_of(answer: Answer | Reply) -> OrderState:
    assert isinstance(answer, Answer)
    (result,) = answer.results
    assert isinstance(result, OrderResult), result
    return result.state


def test_an_order_is_answered_with_the_word_of_its_market(exchange: LocalExchange, floor: Floor) -> None:
    assert state_of(exchange.ask(floor.buy(5_000, 10))) is OrderState.CREATED
    assert state_of(exchange.ask(floor.sell(5_000, 4))) is OrderState.FILLED
    assert exchange.problems == []


def test_the_gateway_is_a_gateway(exchange: LocalExchange, floor: Floor) -> None:
    async def visit() -> None:
        assert exchange.gateway.streams == exchange.streams
        assert (await exchange.gateway.request(floor.buy(5_000, 10))).final
        reply = await exchange.gateway.ask(GetCredentials("alice"))
        assert reply.result.username == "alice"  # type: ignore[union-attr]

    asyncio.run(visit())


def test_every_run_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> dict[str, str]:
        monkeypatch.setattr(workload, "_keys", count(1))
        exchange = LocalExchange(log=MemoryLog("same"))  # how far others were read tells hashes of records
        floor = Floor(exchange.ask)
        for price in range(4_990, 5_010):
            exchange.ask(floor.buy(price, 10, key=f"buy {price}"))
            exchange.ask(floor.sell(price, 7, key=f"sell {price}"))
        return exchange.state_hashes()

    assert run() == run()


def test_more_streams_are_the_same_exchange() -> None:
    exchange = LocalExchange(Streams(accounts=4, markets=4))
    floor = Floor(exchange.ask)
    exchange.ask(floor.buy(5_000, 10))
    assert state_of(exchange.ask(floor.sell(5_000, 10))) is OrderState.FILLED


@pytest.mark.parametrize("stream", [ALICES, BOBBYS, MARKET, "markets-1"])
def test_a_restarted_host_is_the_same(exchange: LocalExchange, floor: Floor, stream: str) -> None:
    exchange.ask(floor.buy(5_000, 10))
    before = exchange.state_hashes()
    exchange.restart(stream)
    assert exchange.state_hashes() == before
    assert state_of(exchange.ask(floor.sell(5_000, 4))) is OrderState.FILLED


def test_a_stopped_host_is_unavailable(exchange: LocalExchange, floor: Floor) -> None:
    exchange.stop(ALICES)
    with pytest.raises(UnavailableError):
        exchange.ask(floor.buy(5_000, 10))
    exchange.restart(ALICES)
    assert state_of(exchange.ask(floor.buy(5_000, 10))) is OrderState.CREATED


def test_without_its_market_an_order_is_pending(exchange: LocalExchange, floor: Floor) -> None:
    exchange.stop(MARKET)
    asked = floor.buy(5_000, 10)
    answer = exchange.ask(asked)
    assert isinstance(answer, Answer)
    assert (answer.final, state_of(answer)) == (False, OrderState.PENDING)
    exchange.restart(MARKET)
    assert state_of(exchange.ask(asked)) is OrderState.CREATED


def test_what_cannot_be_answered_yet_is_unknown(exchange: LocalExchange, floor: Floor) -> None:
    exchange.stop(ALICES)
    from_bobbys_stream = floor.deposit("alice", 1)
    with pytest.raises(OutcomeUnknownError):
        exchange.ask(from_bobbys_stream)
    exchange.restart(ALICES)
    answer = exchange.ask(from_bobbys_stream)
    assert isinstance(answer, Answer)
    assert answer.final


def test_lost_letters_come_again_when_time_passes() -> None:
    clock = SteppingClock()
    exchange = LocalExchange(clock=clock)
    floor = Floor(exchange.ask)
    exchange.stop(MARKET)
    asked = floor.buy(5_000, 10)
    exchange.ask(asked)
    exchange.restart("markets-1")
    clock.now += REPEAT_AFTER_MAX_US
    exchange.tick()
    exchange.restart(MARKET)
    clock.now += REPEAT_AFTER_MAX_US
    exchange.tick()
    assert state_of(exchange.ask(asked)) is OrderState.CREATED


def test_it_goes_on_from_its_log() -> None:
    log = MemoryLog()
    before = LocalExchange(log=log)
    floor = Floor(before.ask)
    before.ask(floor.buy(5_000, 10))
    hashes = before.state_hashes()
    for stream in before.streams.names:
        log.free(stream)
    after = LocalExchange(log=log)
    assert after.state_hashes() == hashes
    reply = after.ask(GetAccount(floor.alice))
    assert isinstance(reply, Reply)
    assert reply.result.exposure == 5_000 * 10  # type: ignore[union-attr]


class Counter:
    """A follower that reads so many steps after each settling."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.left = 0
        self.asked = 0

    def step(self) -> bool:
        self.asked += 1
        self.left = (self.left or self.steps + 1) - 1
        return self.left > 0


def test_followers_catch_up_before_an_answer_is_given() -> None:
    follower = Counter(steps=3)
    exchange = LocalExchange(followers=(follower,))
    before = follower.asked
    exchange.ask(register("alice"))
    assert follower.asked == before + 4


def test_the_clock_steps() -> None:
    clock = SteppingClock(step_us=5)
    assert [clock(), clock()] == [START_US + 5, START_US + 10]
