"""Owns the tests of talking to the actors: requests, keys, what is remembered, how it can fail.

Never tests what a command means.
Called by pytest.
"""

import asyncio

import pytest

from actors.machines.messages.answers import Answer, OrderResult, Refused, Reply
from actors.machines.messages.commands import CancelOrder, GetAccount, RegisterMember
from actors.machines.messages.words import Reason
from actors.processes.gateway import OutcomeUnknownError, UnavailableError
from resources.exchange import CarriedOut, Exchange
from resources.freshness import LastWrites
from resources.toolkit.http import HttpRequest
from resources.toolkit.idempotency import fingerprint
from resources.toolkit.problems import ProblemError
from resources.toolkit.query import Query
from resources.toolkit.resource import Call
from tests.resources.scripted import ADA, Line, ScriptedGateway, account_result, order_result, room

AT = {"accounts-0": 3}
CANCEL = CancelOrder(48)


def call(method: str = "POST", **headers: str) -> Call[None, Query]:
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    return Call(HttpRequest(method, "/v3/orders", "a=b", given), {}, ADA, None, Query())


class Scene:
    """The exchange as resources see it, and the actors behind it."""

    def __init__(self, *lines: Line) -> None:
        self.gateway = ScriptedGateway(lines)
        self.writes = LastWrites()
        self.exchange = Exchange(self.gateway, self.writes, room())


def answer(*results: OrderResult | Refused) -> Answer:
    return Answer(results, True, AT)


async def test_a_members_commands_are_one_request() -> None:
    scene = Scene(answer(order_result(), order_result()))
    assert await scene.exchange.carry_out(call(), (CANCEL, CANCEL)) == answer(order_result(), order_result())
    (request,) = scene.gateway.requests
    assert (request.account_id, request.generation, request.scope) == (16, 1, "POST /v3/orders")
    assert request.commands == (CANCEL, CANCEL)
    assert scene.writes.of(ADA.account_id) == AT


async def test_a_key_of_the_client_is_kept_with_what_it_was_used_for() -> None:
    scene = Scene(answer(order_result()))
    await scene.exchange.carry_out(call(idempotency_key="k"), (CANCEL,))
    (request,) = scene.gateway.requests
    assert (request.key, request.key_kept, request.fingerprint) == ("k", True, fingerprint((CANCEL,)))


@pytest.mark.parametrize("asked", [call(), call("DELETE", idempotency_key="k")])
async def test_otherwise_the_web_makes_a_key_for_its_own_repeats(asked: Call[None, Query]) -> None:
    scene = Scene(answer(order_result()), answer(order_result()))
    for _ in range(2):
        await scene.exchange.carry_out(asked, (CANCEL,))
    first, second = scene.gateway.requests
    assert (first.key_kept, second.key_kept) == (False, False)
    assert first.key != second.key
    assert "k" not in {first.key, second.key}


async def test_no_two_processes_of_the_web_make_the_same_keys() -> None:
    keys = []
    for scene in (Scene(answer(order_result())), Scene(answer(order_result()))):
        await scene.exchange.carry_out(call(), (CANCEL,))
        keys.append(scene.gateway.requests[0].key)
    assert len(set(keys)) == 2


async def test_one_command_comes_to_its_result() -> None:
    carried_out = await Scene(answer(order_result())).exchange.carry_out_one(call(), CANCEL, OrderResult)
    assert carried_out == CarriedOut(order_result(), True, AT)


@pytest.mark.parametrize(
    ("reason", "unknown", "status"),
    [
        (Reason.NOT_FOUND, Reason.NOT_FOUND, 404),
        (Reason.MARKET_NOT_FOUND, Reason.NOT_FOUND, 422),
        (Reason.MARKET_NOT_FOUND, Reason.MARKET_NOT_FOUND, 404),
        (Reason.TOO_LATE, Reason.NOT_FOUND, 409),
        (Reason.NOT_SIGNED_IN, Reason.NOT_FOUND, 401),
    ],
)
async def test_one_command_that_is_refused_is_a_problem(reason: Reason, unknown: Reason, status: int) -> None:
    with pytest.raises(ProblemError) as caught:
        await Scene(answer(Refused(reason))).exchange.carry_out_one(call(), CANCEL, OrderResult, unknown)
    assert caught.value.kind.status == status


@pytest.mark.parametrize(
    ("error", "status"), [(UnavailableError("no host"), 503), (OutcomeUnknownError("no answer"), 504)]
)
async def test_actors_that_do_not_answer(error: Line, status: int) -> None:
    scene = Scene(error, error)
    with pytest.raises(ProblemError) as caught:
        await scene.exchange.carry_out(call(), (CANCEL,))
    assert caught.value.kind.status == status
    with pytest.raises(ProblemError) as caught:
        await scene.exchange.ask(GetAccount(16))
    assert caught.value.kind.status == status
    assert scene.writes.of(ADA.account_id) == {}


REGISTER = RegisterMember("ada", "$hash", "Ada", "key")


async def test_a_registration_is_the_members_first_write() -> None:
    scene = Scene(Reply(account_result(), AT))
    assert await scene.exchange.register(REGISTER) == (account_result(), AT)
    assert scene.gateway.asked == [REGISTER]
    assert scene.writes.of(ADA.account_id) == AT


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (Reply(Refused(Reason.USERNAME_TAKEN), AT), 409),
        (UnavailableError("no host"), 503),
        (OutcomeUnknownError("no answer"), 504),
    ],
)
async def test_a_registration_that_fails(line: Line, status: int) -> None:
    with pytest.raises(ProblemError) as caught:
        await Scene(line).exchange.register(REGISTER)
    assert caught.value.kind.status == status


async def test_every_account_stream_has_to_answer() -> None:
    reply = Reply(account_result(), {})
    assert await Scene(reply, reply).exchange.answers(1)
    assert not await Scene(reply, UnavailableError("no host")).exchange.answers(1)


async def test_an_answer_that_does_not_come_is_not_waited_for() -> None:
    class Silent(ScriptedGateway):
        async def ask(self, asked: object) -> Reply:
            await asyncio.Event().wait()
            raise AssertionError(asked)

    assert not await Exchange(Silent(()), LastWrites(), room()).answers(0.01)
