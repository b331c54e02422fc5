"""Owns the tests of request ids: whose they are, and that all that is logged meanwhile carries them.

Never tests what is done with a request.
Called by pytest.
"""

import asyncio

import pytest
import structlog

from resources.middleware.asgi import Receive, Scope, Send
from resources.middleware.request_id import RequestId
from tests.resources.middleware.asking import answering, ask, lifespan, of_the_program


async def test_each_request_gets_an_id_of_its_own() -> None:
    app = RequestId(answering(b"here"))
    first, second = [(await ask(app)).headers["x-request-id"] for _ in range(2)]
    elsewhere = (await ask(RequestId(answering()))).headers["x-request-id"]
    assert len({first, second, elsewhere}) == 3


@pytest.mark.parametrize("given", ["a", "7b0c2f-1", "trace:1.2_3", "x" * 64])
async def test_a_well_formed_one_is_taken_and_echoed(given: str) -> None:
    answer = await ask(RequestId(answering()), headers={"x-request-id": given})
    assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\r\nset-cookie: b", "a\n", "<script>", "é"])
async def test_another_one_is_not_repeated(given: str) -> None:
    answer = await ask(RequestId(answering()), headers={"x-request-id": given})
    assert given not in answer.headers["x-request-id"] or not given


async def test_what_is_logged_meanwhile_carries_it_and_nothing_later_does() -> None:
    seen: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0)
        seen.append(structlog.contextvars.get_contextvars().get("request_id"))
        await answering()(scope, receive, send)

    await asyncio.gather(*(ask(RequestId(app), headers={"x-request-id": name}) for name in "abc"))
    await ask(RequestId(app), headers={"x-request-id": "d"})
    assert seen == ["a", "b", "c", "d"]
    assert "request_id" not in structlog.contextvars.get_contextvars()


async def test_other_headers_and_the_lifespan_are_left_alone() -> None:
    answer = await ask(RequestId(answering(b"a", b"b", etag='"1"')))
    assert (answer.headers["etag"], answer.parts) == ('"1"', [b"a", b"b"])
    assert await lifespan(RequestId(of_the_program)) == ["lifespan.startup.complete"]
