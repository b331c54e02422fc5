"""Owns the tests of the gateway over Thespian: fake hosts in a real tree, which hang, die and come back.

Never tests when to repeat or to give up: those are the core's (here only with shorter times).
Called by pytest.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Final

import pytest

from actors.machines.messages.answers import Answer, OrderResult, Refused, Reply
from actors.machines.messages.commands import (
    Asked,
    CancelAll,
    GetAccount,
    HaltExchange,
    HaltMarket,
    Request,
)
from actors.machines.messages.words import OrderState
from actors.processes import gateway_core
from actors.processes.gateway import OutcomeUnknownError, UnavailableError
from actors.processes.settings import Settings
from actors.processes.thespian_gateway import ThespianGateway
from rabbit.open import open_log
from tests.processes.fakes.hosts import HOSTS, PENDING, SILENT, batches, behave
from tests.processes.programs import Program, is_gone, kill, pause, started, wait_for
from tests.processes.workload import Floor, register, request

pytestmark = pytest.mark.whole

FIRST: Final = "accounts-0"


@pytest.fixture
def gateway(settings: Settings) -> Iterator[ThespianGateway]:
    gateway = ThespianGateway(settings)
    gateway.start()
    yield gateway
    gateway.close()


def of_first(key: str = "") -> Request:
    """A request for the first account stream."""
    return request(16, CancelAll(), key=key)


async def reachable(gateway: ThespianGateway) -> None:
    """Waits until every host answers questions."""
    for account_id in (16, 17):
        while True:
            with contextlib.suppress(UnavailableError):
                await gateway.ask(GetAccount(account_id))
                break


def shorten(monkeypatch: pytest.MonkeyPatch, *, impatient_us: int, unknown_us: int) -> None:
    monkeypatch.setattr(gateway_core, "IMPATIENT_AFTER_US", impatient_us)
    monkeypatch.setattr(gateway_core, "UNKNOWN_AFTER_US", unknown_us)
    monkeypatch.setattr(gateway_core, "LOOK_AFTER_US", impatient_us)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is repeated or given up because it takes long."""
    for name in ("REPEAT_AFTER_US", "IMPATIENT_AFTER_US", "UNREACHABLE_AFTER_US", "UNKNOWN_AFTER_US"):
        monkeypatch.setattr(gateway_core, name, 120_000_000)


# Asking and being answered.


async def test_requests_questions_and_registrations_are_answered(
    gateway: ThespianGateway, hosts: Program
) -> None:
    await reachable(gateway)
    answer = await gateway.request(of_first("my key"))
    assert (answer.final, answer.position) == (True, {"my key": 1})
    reply = await gateway.ask(register("alice"))
    assert isinstance(reply.result, Refused)
    assert set(reply.position) == {"accounts-1"}, "the stream that the name chooses"
    assert gateway.streams == hosts.settings.streams


@pytest.mark.usefixtures("patience")
async def test_many_at_once_travel_in_few_batches(gateway: ThespianGateway, hosts: Program) -> None:
    await reachable(gateway)
    before = len(batches(hosts.settings, FIRST))
    keys = [f"key {number}" for number in range(2_000)]
    answers = await asyncio.gather(*(gateway.request(of_first(key)) for key in keys))
    assert [list(answer.position) for answer in answers] == [[key] for key in keys]
    made = batches(hosts.settings, FIRST)[before:]
    assert sum(made) == len(keys), "none was sent twice"
    assert len(made) <= len(keys) // 20


async def test_who_does_not_wait_any_more_harms_nobody(gateway: ThespianGateway, hosts: Program) -> None:
    await reachable(gateway)
    left = asyncio.create_task(gateway.request(of_first()))
    await asyncio.sleep(0)
    left.cancel()
    assert (await gateway.request(of_first())).final
    assert left.cancelled()


async def test_every_loop_gets_its_own_answers(gateway: ThespianGateway, hosts: Program) -> None:
    await reachable(gateway)

    def elsewhere() -> Answer:
        return asyncio.run(gateway.request(of_first("elsewhere")))

    there, here = await asyncio.gather(asyncio.to_thread(elsewhere), gateway.request(of_first("here")))
    assert [list(there.position), list(here.position)] == [["elsewhere"], ["here"]]


# Hosts that don't answer.


async def test_an_unanswered_request_is_answered_with_what_is_known_when_patience_ends(
    gateway: ThespianGateway, hosts: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reachable(gateway)
    shorten(monkeypatch, impatient_us=100_000, unknown_us=5_000_000)
    behave(hosts.settings, FIRST, PENDING)
    answer = await gateway.request(of_first("slow"))
    assert (answer.final, answer.position) == (False, {"slow": 1})


async def test_without_any_answer_the_outcome_is_unknown(
    gateway: ThespianGateway, hosts: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reachable(gateway)
    shorten(monkeypatch, impatient_us=50_000, unknown_us=200_000)
    behave(hosts.settings, FIRST, SILENT)
    change, question = await asyncio.gather(
        gateway.request(of_first()), gateway.ask(GetAccount(16)), return_exceptions=True
    )
    assert isinstance(change, OutcomeUnknownError)
    assert isinstance(question, UnavailableError)


async def test_a_host_that_hangs_holds_up_nobody_else(
    gateway: ThespianGateway, hosts: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reachable(gateway)
    pause(hosts.below()[FIRST])
    stuck = [asyncio.create_task(gateway.request(of_first())) for _ in range(50)]
    for _ in range(50):
        assert (await gateway.request(request(17, CancelAll()))).final
    shorten(monkeypatch, impatient_us=50_000, unknown_us=400_000)
    failures = await asyncio.gather(*stuck, return_exceptions=True)
    assert {type(failure) for failure in failures} <= {OutcomeUnknownError, UnavailableError}


# Hosts that die, and trees.


@pytest.mark.usefixtures("patience")
async def test_what_a_dead_host_was_asked_is_asked_again_at_once(
    gateway: ThespianGateway, hosts: Program
) -> None:
    await reachable(gateway)
    behave(hosts.settings, FIRST, SILENT)
    before = len(batches(hosts.settings, FIRST))
    asked = asyncio.create_task(gateway.request(of_first("survivor")))
    await asyncio.to_thread(wait_for, lambda: len(batches(hosts.settings, FIRST)) > before)
    behave(hosts.settings, FIRST, "answer")
    kill(hosts.below()[FIRST])
    async with asyncio.timeout(60):  # less than the patience after which it would be repeated anyway
        assert (await asked).position == {"survivor": 1}


async def test_without_actors_nothing_happens_and_that_is_said(gateway: ThespianGateway) -> None:
    with pytest.raises(UnavailableError):
        await gateway.request(of_first())


@pytest.mark.parametrize("victim", ["root", "admin", "supervisor"])
async def test_it_survives_the_death_and_return_of_the_whole_tree(
    gateway: ThespianGateway,
    hosts: Program,
    settings: Settings,
    victim: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await reachable(gateway)
    tree = {"root": hosts.pid, **hosts.below()}
    kill(tree[victim])
    await asyncio.to_thread(
        wait_for, lambda: hosts.process.poll() is not None and all(map(is_gone, tree.values()))
    )
    shorten(monkeypatch, impatient_us=100_000, unknown_us=500_000)
    with pytest.raises((UnavailableError, OutcomeUnknownError)):
        await gateway.request(of_first())
    monkeypatch.undo()
    with started(settings, HOSTS):
        async with asyncio.timeout(60):
            await reachable(gateway)
        assert (await gateway.request(of_first())).final


# The end.


async def test_closing_tells_everybody(settings: Settings, hosts: Program) -> None:
    gateway = ThespianGateway(settings)
    gateway.start()
    await reachable(gateway)
    behave(settings, FIRST, SILENT)
    before = len(batches(settings, FIRST))
    asked = asyncio.create_task(gateway.request(of_first()))
    await asyncio.to_thread(wait_for, lambda: len(batches(settings, FIRST)) > before)
    gateway.close()
    with pytest.raises(OutcomeUnknownError):
        await asked
    with pytest.raises(UnavailableError):
        await gateway.request(of_first())


async def test_before_it_is_started_it_takes_nothing(settings: Settings) -> None:
    with pytest.raises(UnavailableError):
        await ThespianGateway(settings).request(of_first())


# The real tree.


@pytest.mark.usefixtures("patience")
async def test_a_trade_between_real_processes(gateway: ThespianGateway, settings: Settings) -> None:
    open_log(settings.log, settings.log_folder).initialise(settings.streams.names)
    with started(settings, "actors.processes.root"):
        async with asyncio.timeout(60):
            await reachable(gateway)
        loop = asyncio.get_running_loop()

        def ask(asked: Asked) -> Answer | Reply:
            if isinstance(asked, Request):
                return asyncio.run_coroutine_threadsafe(gateway.request(asked), loop).result()
            assert not isinstance(asked, HaltMarket | HaltExchange), "never asked over the gateway"
            return asyncio.run_coroutine_threadsafe(gateway.ask(asked), loop).result()

        floor = await asyncio.to_thread(Floor, ask)
        await gateway.request(floor.buy(5_000, 10))
        sold = await gateway.request(floor.sell(5_000, 10))
        (result,) = sold.results
        assert isinstance(result, OrderResult)
        assert (result.state, [fill.quantity for fill in result.fills]) == (OrderState.FILLED, [10])
